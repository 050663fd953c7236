"""The assembly: takes → timeline → segments, four-layer mix → signed master with captions, poster and stems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from craft import vision
from craft.render.cache import SegmentCache
from craft.render.errors import RenderCancelled, RenderError, TimelineError
from craft.render.master import Assembly, AssemblySpec, assemble
from craft.render.model import Timeline
from craft.render.plan import PictureSpec
from craft.render.stills import still
from craft.terms.sound import LOUDNESS, Layer, LoudnessSpec
from edit_suite.compose import Composition, compose
from edit_suite.models import TimelineRevision
from edit_suite.queries import programme_of
from edit_suite.services import check_rows, keep_master, keep_timeline
from episodes.gates import decisions
from episodes.models import Episode, Shot, Take
from tenancy.errors import SlateError
from tenancy.queries import get_for
from vault import services as vault
from vault.claims import MasterClaim
from vault.models import Asset
from vault.segments import segment_shelf
from workflow import jobs
from workflow.runner import Context

ACTIONS = (
    ("c2pa.trimmed", "cut and dissolved from the storyboard"),
    ("c2pa.color_adjustments", "graded per scene"),
    ("c2pa.edited", "four layers of sound mixed and brought to delivery loudness"),
    ("c2pa.transcoded", "encoded as H.264 and AAC"),
)
MIMES = {"srt": "application/x-subrip", "vtt": "text/vtt"}
# A static shot of a still place barely moves; a run of identical frames this long is a fault.
FROZEN_SECONDS, BLACK_RATIO, BANDED_RATIO = 1.0, 0.5, 0.25


class AssemblyFailed(SlateError):
    """A step of the render failed; finished segments stay cached."""

    code = "assembly.failed"
    status = 500


@dataclass(slots=True)
class _Plan:
    episode: Episode
    timeline: TimelineRevision
    composition: Composition
    assets: dict[str, Asset]
    gates: list[dict[str, Any]]
    loudness: LoudnessSpec


def assemble_episode(ctx: Context, *, episode: str, **later: Any) -> dict[str, Any] | None:
    """Render, measure, sign and keep the master of an episode's timeline, then open Gate C."""
    with ctx.scope():
        plan = _plan(episode)
    with ExitStack() as stack:
        paths = {sha: stack.enter_context(vault.local_path(asset)) for sha, asset in plan.assets.items()}
        made = _render(ctx, plan, paths)
        ctx.check()
        rows = check_rows(made, plan.composition.timeline.length) + _picture_rows(
            plan.composition.pictures, made
        )
        ctx.progress(0, 1, "signing")
        claim = _claim(plan, paths, made)
        staged = {"master": vault.stage(made.master, mime="video/mp4", sign=claim, studio_id=ctx.studio_id)}
        staged |= _side_files(ctx, made)
    report = dict(staged["master"].provenance)
    with ctx.closing(
        {
            "frames": made.frames,
            "segments_rendered": made.segments_rendered,
            "segments_cached": made.segments_cached,
        }
    ):
        found = get_for(Episode, episode, using=Episode.objects.select_related("project"))
        assets = _attach(found, plan, staged)
        keep_master(
            episode=found, timeline=plan.timeline, assets=assets, made=made, checks=rows, provenance=report
        )
    return None


def segment_cache(studio_id: UUID) -> SegmentCache:
    """The studio's finished segments on this machine and, where the vault is shared, on its shelf."""
    root = settings.SLATE_CACHE / "segments" / str(studio_id)
    return SegmentCache(root, shelf=segment_shelf(studio_id))


def _plan(episode: str) -> _Plan:
    found = get_for(Episode, episode, using=Episode.objects.select_related("project"))
    composition = compose(found)
    takes = [take for _, take in composition.pictures] + composition.sounds
    drawn = {take.asset.sha256: take.asset for take in takes}
    programme = programme_of(found)
    return _Plan(
        found,
        # The board may have moved on since the job was queued: what is rendered is what is recorded.
        keep_timeline(found, composition),
        composition,
        drawn | {asset.sha256: asset for asset in composition.extras},
        decisions(found),
        LOUDNESS[(programme and programme.loudness) or found.project.loudness],
    )


def _render(ctx: Context, plan: _Plan, paths: Mapping[str, Path]) -> Assembly:
    project = plan.episode.project
    spec = AssemblySpec(picture=PictureSpec.of(project.aspect, project.quality), loudness=plan.loudness)
    cache = segment_cache(ctx.studio_id)
    line: Timeline = plan.composition.timeline
    try:
        return assemble(
            line,
            lambda sha: paths[sha],
            ctx.workdir / "assembly",
            cache,
            spec=spec,
            cancelled=ctx.cancelled,
            progress=lambda p: ctx.progress(p.done, p.total, p.stage),
        )
    except RenderCancelled as stopped:
        raise jobs.Cancelled(str(stopped)) from stopped
    except TimelineError as error:
        raise AssemblyFailed(
            f"The cut does not fit its takes: {error}.",
            code=f"assembly.{error.code}",
            kept="Takes and cut stay.",
            charged="Nothing.",
            next_step="Change the cut of that shot.",
        ) from error
    except RenderError as error:
        raise AssemblyFailed(
            f"The assembly stopped at {error.what}.",
            code=f"assembly.{error.code}",
            kept="Takes and finished segments stay.",
            charged="Nothing.",
            next_step="Try again; the log has the details.",
        ) from error


def _picture_rows(pictures: Sequence[tuple[Shot, Take]], made: Assembly) -> list[dict[str, Any]]:
    """Black and frozen stretches, measured on the finished file in one decode."""
    report = vision.measure_clip(made.master)
    black, frozen = report.black_ratio, report.freeze_longest
    return [
        {"name": "Black picture", "ok": black < BLACK_RATIO, "value": f"{black:.1%} of frames"},
        {"name": "Frozen picture", "ok": frozen < FROZEN_SECONDS, "value": f"longest {frozen:.2f} s"},
        {
            "name": "Banding",
            "ok": None if report.banding is None else report.banding < BANDED_RATIO,
            "value": "not measured" if report.banding is None else f"{report.banding:.1%} of the picture",
        },
        {
            "name": "Torn fields",
            "ok": not report.interlaced,
            "value": "none" if not report.interlaced else "found",
        },
        {"name": "Shots", "ok": True, "value": f"{len(pictures)} placed"},
    ]


def _claim(plan: _Plan, paths: Mapping[str, Path], made: Assembly) -> MasterClaim:
    pictures = plan.composition.pictures
    return MasterClaim(
        shots=[(f"{shot.label} {take.label}", paths[take.asset.sha256]) for shot, take in pictures],
        actions=ACTIONS,
        gates=plan.gates,
        project=plan.episode.project.title,
        episode=plan.episode.title,
        loudness=made.loudness.plain(),
        engines=sorted(
            {f"{take.engine} {take.model_version}".strip() for _, take in pictures}
            | {f"{t.engine} {t.model_version}".strip() for t in plan.composition.sounds}
        ),
    )


def _side_files(ctx: Context, made: Assembly) -> dict[str, vault.Staged]:
    poster = still(made.master, made.frames // 3, ctx.workdir / "poster.png")
    staged = {"poster": vault.stage(poster, mime="image/png", studio_id=ctx.studio_id)}
    for kind, path in made.captions.items():
        staged[kind] = vault.stage(path, mime=MIMES[kind], studio_id=ctx.studio_id)
    for layer, path in made.stems.items():
        staged[f"stem {Layer(layer).value}"] = vault.stage(path, mime="audio/wav", studio_id=ctx.studio_id)
    return staged


def _attach(episode: Episode, plan: _Plan, staged: Mapping[str, vault.Staged]) -> dict[str, Asset]:
    kinds = {"master": "master", "poster": "still", "srt": "caption", "vtt": "caption"}
    parents = [(take.asset, "shot") for _, take in plan.composition.pictures] + [
        (take.asset, take.stage) for take in plan.composition.sounds
    ]
    made = {}
    for name, item in staged.items():
        title = f"{episode.title} {name}" if name != "master" else f"{episode.title} r{episode.revision}"
        meta = {"episode": str(episode.pk), "revision": episode.revision}
        made[name] = vault.attach(
            item,
            kind=kinds.get(name, "stem"),
            title=title,
            project=episode.project_id,
            meta=meta,
            parents=parents if name == "master" else (),
        )
    return made
