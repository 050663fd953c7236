"""Verbs of the cut: how shots are trimmed, ramped and dressed, what is laid over them, how they are heard.

Every verb checks its row, then that the whole programme can still be rendered, and only then lets the change
stand; at Gate C it has the master made again. Nothing here makes a take or costs a credit.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction

from craft.render import rooms
from craft.render.document import from_plain, to_plain
from craft.render.errors import TimelineError
from craft.render.model import Finish
from craft.render.validation import check_timeline
from craft.terms.people import Permission
from craft.terms.sound import Layer
from edit_suite.compose import CutImpossible, NotReady, compose
from edit_suite.models import Inset, Programme, ShotCut, SoundLevel, TitleCard
from edit_suite.services import remake, require_open
from episodes.models import Episode, Shot
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from vault.models import Asset
from workflow.events import emit

CUT_FIELDS = (
    "head",
    "tail",
    "cut_in",
    "cut_out",
    "ramp",
    "ramp_at",
    "ramp_amount",
    "ramp_points",
    "sampling",
    "reverse",
    "freeze",
    "effects",
)
TITLE_FIELDS = ("offset", "length", "text", "place", "size", "fade", "look")
INSET_FIELDS = ("offset", "length", "corner", "width", "opacity", "border", "fade")
LEVEL_FIELDS = ("gain_db", "pan", "muted", "shift", "gain_keys", "room", "wet")
GAIN_LIMITS = (-60.0, 24.0)


Row = TypeVar("Row", bound=models.Model)


class CutRefused(SlateError):
    """The cut cannot be made as asked; `fields` names what to mend."""

    code = "cut.invalid"
    status = 422


def set_cut(*, shot: Shot, changes: dict[str, Any], actor: User) -> ShotCut:
    """Trim, ramp, hold or dress a shot. Raises Forbidden, EpisodeClosed, CutRefused."""
    row: ShotCut = ShotCut.objects.get_or_create(shot=shot)[0]
    return _saved(row, CUT_FIELDS, changes, shot.episode, f"{shot.label} was cut anew.", actor)


def add_title(*, shot: Shot, changes: dict[str, Any], actor: User) -> TitleCard:
    """Put a title over a shot. Raises Forbidden, EpisodeClosed, CutRefused."""
    because = f"{shot.label} has a title."
    return _saved(TitleCard(shot=shot), TITLE_FIELDS, changes, shot.episode, because, actor)


def edit_title(*, title: TitleCard, changes: dict[str, Any], actor: User) -> TitleCard:
    """Change a title. Raises Forbidden, EpisodeClosed, CutRefused."""
    because = f"A title of {title.shot.label} was changed."
    return _saved(title, TITLE_FIELDS, changes, title.shot.episode, because, actor)


def add_inset(*, shot: Shot, asset: Asset, changes: dict[str, Any], actor: User) -> Inset:
    """Lay a picture of the vault over a shot. Raises Forbidden, EpisodeClosed, CutRefused."""
    if asset.family not in ("image", "video"):
        raise CutRefused(
            f"“{asset.title}” has no picture.", fields={"asset": "Choose a picture or a clip."}, kept=KEPT
        )
    row, because = Inset(shot=shot, asset=asset), f"{shot.label} has a picture in the picture."
    return _saved(row, INSET_FIELDS, changes, shot.episode, because, actor)


def remove(*, row: TitleCard | Inset | SoundLevel | ShotCut, actor: User) -> None:
    """Take an edit away. Raises Forbidden, EpisodeClosed."""
    episode = row.episode if isinstance(row, SoundLevel) else row.shot.episode
    _may_cut(episode, actor)
    told = {"what": type(row).__name__, "row": str(row.pk)}
    with transaction.atomic():
        row.delete()
        _check_renderable(episode)
    record(actor, "cut.removed", episode, told)
    _followed(episode, "An edit was taken away.", actor)


def set_level(
    *, episode: Episode, stage: str, subject: UUID, changes: dict[str, Any], actor: User
) -> SoundLevel:
    """Set how one sound is heard. Raises Forbidden, EpisodeClosed, CutRefused."""
    row: SoundLevel = SoundLevel.objects.get_or_create(episode=episode, stage=stage, subject_id=subject)[0]
    return _saved(row, LEVEL_FIELDS, changes, episode, "The mix was changed.", actor)


def set_mix(*, episode: Episode, mix: dict[str, Any], rooms: bool, loudness: str, actor: User) -> Programme:
    """Set the gains of the four layers, the rooms and the delivery loudness. Raises like `set_cut`."""
    row: Programme = Programme.objects.get_or_create(episode=episode)[0]
    changes = {"mix": _mix(mix), "rooms": rooms, "loudness": loudness}
    return _saved(row, tuple(changes), changes, episode, "The mix was changed.", actor)


def set_finish(*, episode: Episode, finish: Finish, actor: User) -> Programme:
    """Set what is done to the whole picture: look, bars, burnt-in words. Raises like `set_cut`."""
    row: Programme = Programme.objects.get_or_create(episode=episode)[0]
    changes = {"finish": to_plain(finish)}
    return _saved(row, ("finish",), changes, episode, "The finish was changed.", actor)


def finish_from(plain: Any) -> Finish:
    """A finish as the API sends it. Raises CutRefused."""
    try:
        finish: Finish = from_plain(Finish, {**to_plain(Finish()), **dict(plain)}, "finish")
    except (TimelineError, TypeError, ValueError) as error:
        raise CutRefused("The finish cannot be read.", fields={"finish": str(error)}, kept=KEPT) from None
    return finish


KEPT = "The cut stays as it was."


def _mix(plain: dict[str, Any]) -> dict[str, Any]:
    """The layers' gains, checked."""
    low, high = GAIN_LIMITS
    found, wrong = {}, {}
    for name, figures in plain.items():
        try:
            layer, gain = Layer(name), float(figures.get("gain_db", 0.0))
        except (ValueError, TypeError, AttributeError):
            wrong[name] = "A layer with a gain in dB."
            continue
        if not low <= gain <= high:
            wrong[name] = f"From {low:g} to {high:g} dB."
        found[layer.value] = {"gain_db": gain, "muted": bool(figures.get("muted", False))}
    if wrong:
        raise CutRefused("The mix is not possible.", fields=wrong, kept=KEPT)
    return found


def _may_cut(episode: Episode, actor: User) -> None:
    require(actor, Permission.TIMELINE, episode.project_id)
    require_open(episode)


def _saved(
    row: Row, names: tuple[str, ...], changes: dict[str, Any], episode: Episode, because: str, actor: User
) -> Row:
    """Write a row's changes when they are possible, then have everything follow them."""
    _may_cut(episode, actor)
    unknown = set(changes) - set(names)
    if unknown:
        wrong = dict.fromkeys(sorted(unknown), "Not a figure of the cut.")
        raise CutRefused("The cut is not possible.", fields=wrong, kept=KEPT)
    for name, value in changes.items():
        setattr(row, name, value)
    try:
        row.clean_fields(exclude={"studio"})
    except ValidationError as error:
        told = {name: " ".join(words) for name, words in error.message_dict.items()}
        raise CutRefused("The cut is not possible.", fields=told, kept=KEPT) from None
    _check_points(row, changes)
    with transaction.atomic():
        row.save()
        _check_renderable(episode)
    shown = {name: str(getattr(row, name))[:200] for name in changes}
    record(actor, "cut.changed", episode, {"what": type(row).__name__, "row": str(row.pk), "changes": shown})
    _followed(episode, because, actor)
    return row


def _check_points(row: models.Model, changes: dict[str, Any]) -> None:
    """Points are pairs of numbers; a room is one we have. What else they must be, the timeline knows."""
    for name in {"ramp_points", "gain_keys"} & changes.keys():
        points = getattr(row, name)
        pairs = isinstance(points, list) and all(isinstance(p, list) and len(p) == 2 for p in points)
        if not pairs or not all(_number(value) for point in points for value in point):
            raise CutRefused("The cut is not possible.", fields={name: "Pairs of numbers."}, kept=KEPT)
    if changes.get("room") and not rooms.known(changes["room"]):
        raise CutRefused("The cut is not possible.", fields={"room": "No such room."}, kept=KEPT)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _followed(episode: Episode, because: str, actor: User) -> None:
    """Make the master again where there is one, and tell the pages."""
    remake(episode, because, actor)
    emit(episode.project_id, "cut.changed", {"episode": str(episode.pk)})


def _check_renderable(episode: Episode) -> None:
    """Refuse a cut that no master could be made of. Raises CutRefused."""
    try:
        check_timeline(compose(episode).timeline)
    except NotReady:
        pass  # a shot without a picture: its cut is checked when there is one
    except CutImpossible as error:
        raise CutRefused("The cut is not possible.", fields=error.fields, kept=KEPT) from None
    except TimelineError as error:
        raise CutRefused("The cut is not possible.", fields={error.where: str(error)}, kept=KEPT) from None
