"""The reference pictures of a shot, the most important first; every engine gets the first so many that it takes.

who speaks ─▶ the others by mark ─▶ the place ─▶ props that the shot names
Within the cast everybody's first picture comes before anybody's second: four slots for two people show both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from uuid import UUID

from craft.terms.digest import digest
from craft.terms.references import PlaceView
from engines.adapters.inputs import Input
from episodes.models import Shot, Take
from episodes.prompts import quoted
from scenes import queries as scenes
from scenes.models import Reference as PlacePicture
from talent import queries as talent
from talent.models import Reference as Portrait
from vault.models import Asset

PICTURED = ("keyframe", "clip")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that an engine may be given: what it shows (as prompts say it), whose it is, the file."""

    title: str
    about: str
    asset: Asset

    def given(self, path: Path) -> Input:
        """The file as an engine gets it."""
        return Input(path, self.asset.sha256, self.asset.mime, self.title)

    def outlined(self) -> Input:
        """The picture without its file, for prices."""
        return self.given(Path())

    @property
    def mark(self) -> list[str]:
        """What tells it from another: what it is said to show, and its content."""
        return [self.title, self.asset.sha256]


def pictures_of(shot: Shot) -> list[Picture]:
    """A shot's pictures in order. Call inside a scope."""
    return pictures_of_all([shot])[shot.pk]


def pictures_of_all(shots: Iterable[Shot]) -> dict[UUID, list[Picture]]:
    """The same for many shots, in two queries. The shots come with cast and lines (`episodes.queries.shots_of`)."""
    rows = list(shots)
    cast = {entry.character_id for shot in rows for entry in shot.cast.all()}
    people = talent.references_of_all(cast) if cast else {}
    places = scenes.references_of_all({shot.scene_id for shot in rows}) if rows else {}
    return {shot.pk: _of(shot, people, places.get(shot.scene_id, [])) for shot in rows}


def _of(
    shot: Shot, people: Mapping[UUID, Sequence[Portrait]], place: Sequence[PlacePicture]
) -> list[Picture]:
    speaking = {line.character_id for line in shot.lines.all() if not line.off_screen}
    cast = sorted(shot.cast.all(), key=lambda entry: (entry.character_id not in speaking, entry.mark))
    ranks = zip_longest(*(people.get(entry.character_id, ()) for entry in cast))
    faces = [
        Picture(f"{quoted(one.character.name)}, {one.name}", "character", one.asset)
        for rank in ranks
        for one in rank
        if one is not None
    ]
    views = [
        Picture(f"the place {quoted(one.scene.name)}, {one.name}", "place", one.asset)
        for one in place
        if one.view != PlaceView.PROP
    ]
    props = [
        Picture(f"the prop {quoted(one.prop)}", "prop", one.asset)
        for one in place
        if one.view == PlaceView.PROP and _named(one.prop, shot)
    ]
    return [*faces, *views, *props]


def _named(prop: str, shot: Shot) -> bool:
    """Whether a shot's action or staging speaks of a prop."""
    staged = {cue.get("prop", "") for cue in (shot.staging or {}).get("cues", [])}
    staged |= set((shot.staging or {}).get("lying", []))
    words = re.escape(prop.casefold())
    return prop.casefold() in staged or bool(re.search(rf"(?<!\w){words}(?!\w)", shot.action.casefold()))


def outdated(take: Take | None, pictures: Sequence[Picture]) -> bool:
    """Whether a take's engine would be given other pictures now. An engine that takes none never is: what the built-in
    one draws does not depend on them."""
    made = take.meta.get("references") if take else None
    if not made:
        return False
    now = [one.mark for one in pictures[: int(made["slots"])]]
    return bool(now != made["sent"])


def outdated_digest(shot: Shot, takes: Mapping[tuple[str, UUID], Take], pictures: Sequence[Picture]) -> str:
    """What a shot's steps are made again for: empty while no chosen still or clip of it is outdated."""
    old = [
        str(take.pk)
        for stage in PICTURED
        if (take := takes.get((stage, shot.pk))) is not None and outdated(take, pictures)
    ]
    return digest("shot.references", 1, [old, [one.mark for one in pictures]]) if old else ""
