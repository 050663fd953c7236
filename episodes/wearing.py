"""What the characters of a shot wear: LoRAs of the roster, for the engines that can; all others draw without them.

Like reference pictures they make a shot again only where its engine could have worn something.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from craft.terms.digest import digest
from engines.adapters.inputs import Input, Lora
from episodes.models import Shot, Take
from episodes.references import PICTURED
from talent import queries as talent
from talent.models import Training
from vault.models import Asset


@dataclass(frozen=True, slots=True)
class Outfit:
    """A LoRA that a character wears: whose, the file and what it is called, how strongly, for which weights."""

    character: UUID
    name: str
    asset: Asset
    scale: float
    word: str
    weights: str
    base: str

    @classmethod
    def of(cls, training: Training) -> Outfit:
        """What was learned, as it is worn. The training is finished."""
        assert training.lora is not None  # a row that is worn has one: the database asks for it
        base = str(training.facts.get("base", {}).get("sha256", ""))
        return cls(
            training.character_id,
            training.file_name,
            training.lora,
            training.scale,
            training.word,
            training.base,
            base,
        )

    def given(self, path: Path) -> Lora:
        """The file as an engine gets it."""
        file = Input(path, self.asset.sha256, self.asset.mime, self.name)
        return Lora(file, self.scale, self.word, self.weights, self.base)

    def outlined(self) -> Lora:
        """The LoRA without its file, for prices."""
        return self.given(Path())

    @property
    def mark(self) -> list[Any]:
        """What tells it from another: its name, its content, how strongly it is worn, the word that calls it."""
        return [self.name, self.asset.sha256, self.scale, self.word]


def outfits_of(shot: Shot) -> list[Outfit]:
    """What is worn in a shot, by mark. Call inside a scope."""
    return outfits_of_all([shot])[shot.pk]


def outfits_of_all(shots: Iterable[Shot]) -> dict[UUID, list[Outfit]]:
    """The same for many shots, in one query. The shots come with their cast (`episodes.queries.shots_of`)."""
    rows = list(shots)
    worn = talent.worn_by({entry.character_id for shot in rows for entry in shot.cast.all()})
    return {
        shot.pk: [
            Outfit.of(training)
            for entry in sorted(shot.cast.all(), key=lambda entry: entry.mark)
            for training in worn.get(entry.character_id, ())
        ]
        for shot in rows
    }


def wearers(outfits: Collection[Outfit]) -> frozenset[UUID]:
    """The characters that wear something."""
    return frozenset(one.character for one in outfits)


def facts_of(outfits: Sequence[Outfit], worn: Sequence[Lora]) -> dict[str, Any]:
    """What a take keeps: what its engine was offered, and what of it it wore."""
    return {"offered": [one.mark for one in outfits], "worn": [lora.file.sha256 for lora in worn]}


def undressed(take: Take | None, outfits: Sequence[Outfit]) -> bool:
    """Whether a take's engine would be offered something else to wear now. One that can wear nothing never is."""
    made = take.meta.get("outfits") if take else None
    return made is not None and [one.mark for one in outfits] != made["offered"]


def undressed_digest(shot: Shot, takes: Mapping[tuple[str, UUID], Take], outfits: Sequence[Outfit]) -> str:
    """What a shot's steps are made again for: empty while its chosen still and clip were offered what is worn now."""
    old = [
        str(take.pk)
        for stage in PICTURED
        if (take := takes.get((stage, shot.pk))) is not None and undressed(take, outfits)
    ]
    return digest("shot.loras", 1, [old, [one.mark for one in outfits]]) if old else ""
