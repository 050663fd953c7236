"""One deliverable of a master, made in a worker: picture, sound, timelines, words, each a file of the vault."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from craft.render import captions, cdl, cube, exchange, ttml
from craft.render.bake import bake
from craft.render.document import from_document
from craft.render.effects import Effect
from craft.render.errors import RenderCancelled, RenderError, TimelineError
from craft.render.exchange.files import safe_name
from craft.render.grade import Grade
from craft.render.levelled import levelled_mix
from craft.render.looks import colour_chain
from craft.render.model import Clip, MediaKind, MediaRef, Timeline
from craft.render.outputs.deliver import DeliverySpec, deliver
from craft.render.outputs.hls import HlsSpec, Words, hls
from craft.render.outputs.profiles import PROFILES
from craft.render.outputs.upscale import upscale
from craft.render.progress import Progress
from craft.render.stems import export_stems
from craft.terms.sound import Layer
from edit_suite.delivering import UPSCALES, size_of
from edit_suite.models import Deliverable, Master
from edit_suite.tasks import segment_cache
from tenancy.errors import SlateError
from tenancy.queries import get_for
from vault import services as vault
from vault.claims import DeliveryClaim
from vault.models import Asset
from vault.queries import assets_by_content
from workflow import jobs
from workflow.events import emit
from workflow.runner import Context

MIMES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".wav": "audio/wav",
    ".zip": "application/zip",
    ".otio": "application/x-otio",
    ".otioz": "application/x-otioz",
    ".xml": "application/xml",
    ".edl": "text/x-edl",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
    ".ttml": "application/ttml+xml",
}
SIGNED = (".mp4", ".wav")
ENDINGS = {MediaKind.VIDEO: ".mp4", MediaKind.STILL: ".png", MediaKind.SOUND: ".wav"}


class DeliveryFailed(SlateError):
    """A deliverable could not be made; the master is untouched."""

    code = "deliverable.failed"
    status = 500


@dataclass(slots=True)
class _Job:
    ctx: Context
    row: Deliverable
    master: Master
    timeline: Timeline
    stems: dict[Layer, Asset]
    media: dict[str, Asset]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.row.kind)

    def out(self, suffix: str) -> Path:
        """Where the file is made."""
        folder = self.ctx.workdir / "deliverable"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{self.kind}{suffix}"

    def tell(self, report: Progress) -> None:
        """Progress of a render."""
        self.ctx.progress(report.done, report.total, report.stage)


def make_deliverable(ctx: Context, *, deliverable: str, **later: Any) -> dict[str, Any] | None:
    """Make the file, measure and sign it, keep it in the vault."""
    with ctx.scope():
        job = _job(ctx, deliverable)
    with ExitStack() as stack:
        held: Callable[[Asset], Path] = lambda asset: stack.enter_context(vault.local_path(asset))  # noqa: E731
        path = _made(job, held)
        ctx.check()
        claim = None
        if path.suffix in SIGNED and job.master.asset.signed:
            claim = DeliveryClaim(_title(job), job.kind, (job.master.asset.title, held(job.master.asset)))
        staged = vault.stage(path, mime=MIMES[path.suffix], sign=claim, studio_id=ctx.studio_id)
    with ctx.closing({"kind": job.kind}):
        row = get_for(Deliverable, deliverable)
        asset = vault.attach(
            staged,
            kind="deliverable",
            title=_title(job),
            project=job.master.episode.project_id,
            meta={"master": str(job.master.pk), "kind": job.kind},
            parents=[(job.master.asset, "master")],
        )
        Deliverable.objects.filter(pk=row.pk).update(asset=asset, facts=job.facts)
        emit(job.master.episode.project_id, "deliverable.made", {"deliverable": str(row.pk)})
    return None


def _title(job: _Job) -> str:
    return f"{job.master.episode.title} {job.kind.replace('_', ' ')}"


def _job(ctx: Context, deliverable: str) -> _Job:
    rows = Deliverable.objects.select_related("master__asset", "master__timeline", "master__episode__project")
    row = get_for(Deliverable, deliverable, using=rows)
    master = row.master
    timeline = from_document(master.timeline.document)
    stems = {
        Layer(name): asset
        for name, pk in master.stems.items()
        if (asset := Asset.objects.filter(pk=pk).first()) is not None
    }
    media = {asset.sha256: asset for asset in assets_by_content({ref.sha256 for ref in _media(timeline)})}
    return _Job(ctx, row, master, timeline, stems, media)


def _media(timeline: Timeline) -> list[MediaRef]:
    clips = [item.media for item in timeline.picture.items if isinstance(item, Clip)]
    sounds = [clip.media for track in timeline.sound for clip in track.clips]
    return [*clips, *sounds, *(overlay.media for overlay in timeline.overlays)]


def _made(job: _Job, held: Callable[[Asset], Path]) -> Path:
    try:
        if job.kind in PROFILES:
            return _file(job, held)
        if job.kind in UPSCALES:
            return _larger(job, held)
        if job.kind in exchange.FORMATS:
            return _timeline(job, held)
        return _OTHERS[job.kind](job, held)
    except RenderCancelled as stopped:
        raise jobs.Cancelled(str(stopped)) from stopped
    except (RenderError, TimelineError) as error:
        raise DeliveryFailed(
            f"The deliverable could not be made: {error}.",
            code=f"deliverable.{error.code}",
            kept="The master stays.",
            charged="Nothing.",
            next_step="Try again; the log has the details.",
        ) from error


def _file(job: _Job, held: Callable[[Asset], Path]) -> Path:
    profile = PROFILES[job.kind]
    sound = None
    if profile.sound != "copy" and job.stems:
        loudness = job.master.loudness
        paths = [held(asset) for asset in job.stems.values()]
        sound = job.ctx.workdir / "levelled.wav"
        levelled_mix(paths, float(loudness["gain_db"]), float(loudness["ceiling"]), sound, job.ctx.cancelled)
    made = deliver(
        held(job.master.asset),
        profile,
        job.out(profile.suffix),
        DeliverySpec(sound=sound, start=job.timeline.start),
        progress=job.tell,
        cancelled=job.ctx.cancelled,
    )
    job.facts = {"encoder": made.encoder, "frames": made.frames, "warnings": list(made.warnings)}
    return made.path


def _larger(job: _Job, held: Callable[[Asset], Path]) -> Path:
    made = upscale(
        held(job.master.asset),
        size_of(job.master, job.kind),
        job.out(".mp4"),
        cache=segment_cache(job.ctx.studio_id),
        progress=job.tell,
        cancelled=job.ctx.cancelled,
    )
    job.facts = {"scaler": made.scaler, "frames": made.frames, "warnings": list(made.warnings)}
    return made.path


def _timeline(job: _Job, held: Callable[[Asset], Path]) -> Path:
    names = {
        ref.sha256: safe_name(
            job.media[ref.sha256].title if ref.sha256 in job.media else "media", ref.sha256, ENDINGS[ref.kind]
        )
        for ref in _media(job.timeline)
    }
    media: Mapping[str, Path] = {}
    if job.kind == "otioz":
        media = {sha: held(asset) for sha, asset in job.media.items()}
    out = job.out(exchange.FORMATS[job.kind])
    written = exchange.write(job.timeline, job.kind, out, names, media)
    job.facts = {"losses": [f"{loss.where}: {loss.message}" for loss in written.losses]}
    return written.path


def _hls(job: _Job, held: Callable[[Asset], Path]) -> Path:
    folder = job.ctx.workdir / "hls"
    language = job.master.episode.project.language
    words = (Words(job.timeline.captions, language, "Dialogue"),) if job.timeline.captions else ()
    spec = HlsSpec(language=language, words=words)
    made = hls(held(job.master.asset), folder, spec, cancelled=job.ctx.cancelled)
    job.facts = {"segments": made.segments, "bandwidth": made.bandwidth, "codecs": made.codecs}
    return _zipped(folder, job.out(".zip"))


def _stems(job: _Job, held: Callable[[Asset], Path]) -> Path:
    folder = job.ctx.workdir / "stems"
    made = export_stems(
        {layer: held(asset) for layer, asset in job.stems.items()},
        folder,
        float(job.master.loudness["gain_db"]),
        title=job.master.episode.title,
        cancelled=job.ctx.cancelled,
    )
    job.facts = {"stems": {stem.code: stem.peak_dbfs for stem in made}}
    return _zipped(folder, job.out(".zip"))


def _grades(job: _Job, held: Callable[[Asset], Path]) -> Path:
    """The colour of every shot and of the finish: a cube of all of it, a CDL of what a CDL can say."""
    folder = job.ctx.workdir / "grades"
    folder.mkdir(parents=True, exist_ok=True)
    clips = [item for item in job.timeline.picture.items if isinstance(item, Clip)]
    wanted = {clip.name: clip.effects for clip in clips} | {"programme": job.timeline.finish.effects}
    losses: list[str] = []
    for number, (name, effects) in enumerate(wanted.items(), 1):
        stem = folder / f"{number:03d}_{safe_name(name, '', '.x').removesuffix('.x').strip('_')}"
        losses += _graded(stem, name, effects, lambda sha: held(job.media[sha]))
    job.facts = {"losses": losses}
    return _zipped(folder, job.out(".zip"))


def _graded(stem: Path, name: str, effects: tuple[Effect, ...], held: Callable[[str], Path]) -> list[str]:
    def table(sha256: str) -> cube.Cube:
        return cube.parse(held(sha256).read_bytes())

    stem.with_suffix(".cube").write_text(cube.write(bake(colour_chain(effects), table)))
    grade = next((effect for effect in effects if isinstance(effect, Grade)), None)
    if grade is None:
        return []
    correction, lost = cdl.of_grade(grade)
    stem.with_suffix(".cc").write_text(cdl.write_correction(cdl.Correction(correction, name)))
    return [f"{name}: {words}" for words in lost]


def _words(job: _Job, held: Callable[[Asset], Path]) -> Path:
    kind = job.kind.removeprefix("captions_")
    found, warnings = captions.cues(job.timeline.captions, job.timeline.rate)
    writer = {"srt": captions.srt, "vtt": captions.vtt, "ttml": ttml.ttml}[kind]
    out = job.out(f".{kind}")
    out.write_text(writer(found, job.timeline.rate), encoding="utf-8")
    job.facts = {"warnings": list(warnings)}
    return out


def _zipped(folder: Path, out: Path) -> Path:
    """All files of a folder in one; stored, because media do not get any smaller."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            bundle.write(path, path.relative_to(folder).as_posix())
    return out


_OTHERS: Mapping[str, Callable[[_Job, Callable[[Asset], Path]], Path]] = {
    "hls": _hls,
    "stems": _stems,
    "grades": _grades,
    "captions_srt": _words,
    "captions_vtt": _words,
    "captions_ttml": _words,
}
