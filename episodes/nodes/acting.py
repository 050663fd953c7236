"""The step that cuts a performer's film to its shot; engines are sent exactly that part, and nothing of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from craft.render.cutting import part_of_film
from craft.render.errors import RenderError
from craft.terms.rates import FrameRate
from engines.adapters.inputs import Input
from engines.adapters.inputs import Performance as Film
from engines.arriving import FILM_MIME
from episodes.models import BROUGHT, Episode, Performance, Shot, Take
from episodes.nodes.making import shot_of
from episodes.nodes.wiring import Wiring
from episodes.performed import NODE, PORT, STAGE, outdated, part_of, performance_of, settings_of
from episodes.queries import Chosen, cast_of, next_take_number
from tenancy.errors import SlateError
from vault import services as vault
from vault.models import Asset
from workflow.events import emit
from workflow.runner import Context


def make_performance(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """Cut the shot's performance to the frames that it uses; a shot without one goes on as it is."""
    with ctx.scope():
        found, shot = shot_of(ctx, episode, subject)
        film = performance_of(shot)
        part = part_of(film, shot) if film else (0, 0)
    if film is None:
        with ctx.closing({"performance": "the shot has none"}):
            Take.objects.filter(stage=STAGE, subject_id=shot.pk, chosen=True).update(chosen=False)
        return None
    staged = _cut(ctx, film, part, FrameRate.parse(found.project.rate))
    with ctx.closing({"stage": STAGE}):
        asset = vault.attach(
            staged,
            kind=STAGE,
            title=f"{shot.label} performance",
            project=found.project_id,
            meta={"frames": part[1]},
            parents=[(film.asset, "film")],
        )
        _keep(found, shot, film, part, asset)
    return None


def _cut(ctx: Context, film: Performance, part: tuple[int, int], rate: FrameRate) -> vault.Staged:
    out = Path(ctx.workdir) / "performance.mp4"
    with vault.local_path(film.asset) as path:
        try:
            part_of_film(path, *part, rate, out)
        except RenderError as error:
            raise SlateError(
                f"The film of this performance cannot be cut: {error}",
                code="step.input_damaged",
                kept="Everything made before stays.",
                next_step="Bring the film again.",
            ) from error
    return vault.stage(out, mime=FILM_MIME, studio_id=ctx.studio_id)


def _keep(episode: Episode, shot: Shot, film: Performance, part: tuple[int, int], asset: Asset) -> None:
    seconds = float(FrameRate.parse(episode.project.rate).seconds(part[1]))
    Take.objects.filter(stage=STAGE, subject_id=shot.pk, chosen=True).update(chosen=False)
    take = Take.objects.create(
        episode=episode,
        shot=shot,
        stage=STAGE,
        subject_id=shot.pk,
        number=next_take_number(STAGE, shot.pk),
        asset=asset,
        engine=BROUGHT,
        request_digest=asset.sha256,
        meta={
            NODE: settings_of(film, len(cast_of(shot))),
            "first": part[0],
            "frames": part[1],
            "seconds": seconds,
        },
        chosen=True,
    )
    told = {"take": str(take.pk), "stage": STAGE, "shot": str(shot.pk), "title": asset.title}
    emit(episode.project_id, "take.made", told)


def film_at(wiring: Wiring, takes: Chosen, shot: Shot) -> Take | None:
    """The cut performance at a clip's input, None for a shot without one. Raises SlateError where a film was brought,
    changed or taken away since the step before: a clip would not be what was asked for."""
    if PORT not in wiring.wired:
        return None
    take, film = wiring.take(takes, PORT), performance_of(shot)
    if outdated(take, film) if take else film is not None:
        raise SlateError(
            f"The performance of {shot.label} was changed after this step was planned.",
            code="step.input_changed",
            kept="Everything made before stays. Nothing was sent.",
            charged="Nothing was charged for this step.",
            next_step="Run what is stale on the plan’s page.",
        )
    return take


def given_film(take: Take, path: Path) -> Film:
    """A cut performance as a request carries it."""
    told, asset = take.meta[NODE], take.asset
    film = Input(path, asset.sha256, asset.mime, PORT)
    return Film(film, float(take.meta["seconds"]), told["body"], told["expression"], told["seen"])
