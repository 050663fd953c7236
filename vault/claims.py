"""What a signed file says about itself: plain claims in, C2PA manifest definitions out. No Django."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

GENERATOR = {"name": "Slate", "version": "1"}
SHOT_ASSERTION, MASTER_ASSERTION = "studio.slate.shot", "studio.slate.master"
DELIVERY_ASSERTION = "studio.slate.delivery"
# Our own note of the bytes C2PA's hash leaves out; see `vault.strict`.
CONTAINER_ASSERTION = "studio.slate.container"
ACTIONS_ASSERTION = "c2pa.actions.v2"
SIGNABLE: Mapping[str, str] = {
    "video/mp4": ".mp4",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "audio/wav": ".wav",
}
_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


class DigitalSource(StrEnum):
    """How pixels or samples came to be, in IPTC's words.

    Our built-in engines (3D renderer, formant speech, MIDI score, noise ambience) compute their media from
    formulas and no training data: `algorithmicMedia` says exactly that. `digitalCreation` would claim a
    person drew it with tools, `virtualRecording` that something was recorded in a virtual world. Generative
    models are `trainedAlgorithmicMedia`. A master is a composite of either.
    """

    ALGORITHMIC = _IPTC + "algorithmicMedia"
    TRAINED = _IPTC + "trainedAlgorithmicMedia"
    COMPOSITE_SYNTHETIC = _IPTC + "compositeSynthetic"
    COMPOSITE_TRAINED = _IPTC + "compositeWithTrainedAlgorithmicMedia"


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A signed file that went into another; `relationship` is `inputTo` (used) or `componentOf` (placed)."""

    title: str
    path: Path
    relationship: str = "inputTo"


@dataclass(frozen=True, slots=True)
class ShotClaim:
    """What made one generated file. `references` are (title, sha256), `inputs` the signed files behind it."""

    engine: str
    model: str
    model_version: str
    prompt_hash: str
    references: Sequence[tuple[str, str]] = ()
    consent_ids: Sequence[str] = ()
    seed: int | None = None
    digital_source: DigitalSource | str = DigitalSource.ALGORITHMIC
    title: str = ""
    inputs: Sequence[Ingredient] = ()

    @property
    def ingredients(self) -> Sequence[Ingredient]:
        """The files that become ingredients."""
        return self.inputs

    def manifest(self, mime: str, sources: Sequence[str]) -> dict[str, Any]:
        """The manifest definition of a file of type `mime`. `sources` of the inputs do not change it."""
        created: dict[str, Any] = {
            "action": "c2pa.created",
            "digitalSourceType": str(self.digital_source),
            "softwareAgent": {"name": f"{self.engine} {self.model}".strip(), "version": self.model_version},
        }
        if self.inputs:
            created["parameters"] = {"ingredientIds": labels(self.inputs)}
        return _definition(self.title or "Shot", mime, [created], SHOT_ASSERTION, self.facts())

    def facts(self) -> dict[str, Any]:
        """The body of our own assertion."""
        return {
            "engine": self.engine,
            "model": self.model,
            "model_version": self.model_version,
            "prompt_sha256": self.prompt_hash,
            "references": [{"title": title, "sha256": sha256} for title, sha256 in self.references],
            "consents": list(self.consent_ids),
            "seed": self.seed,
        }


@dataclass(frozen=True, slots=True)
class MasterClaim:
    """What a master consists of and who let it pass.

    `shots` are (title, path) in order of the timeline. `actions` name what was done to them: (C2PA action,
    words for people), e.g. ("c2pa.color_adjustments", "grade per scene"). `gates` are dicts with gate,
    decided_by (display name), decided_at (ISO) and digest; `loudness` is the measurement as plain data.
    """

    shots: Sequence[tuple[str, Path]]
    actions: Sequence[tuple[str, str]]
    gates: Sequence[Mapping[str, Any]]
    project: str
    episode: str
    loudness: Mapping[str, Any] = field(default_factory=dict)
    engines: Sequence[str] = ()

    @property
    def ingredients(self) -> Sequence[Ingredient]:
        """Each shot, placed."""
        return [Ingredient(title, path, "componentOf") for title, path in self.shots]

    def manifest(self, mime: str, sources: Sequence[str]) -> dict[str, Any]:
        """The manifest definition; `sources` are the digital source types the shots declare."""
        trained = any(
            source in (DigitalSource.TRAINED, DigitalSource.COMPOSITE_TRAINED) for source in sources
        )
        source = DigitalSource.COMPOSITE_TRAINED if trained else DigitalSource.COMPOSITE_SYNTHETIC
        ids = labels(self.ingredients)
        placed = [{"action": "c2pa.placed", "parameters": {"ingredientIds": [label]}} for label in ids]
        edits = [{"action": action, "description": words} for action, words in self.actions]
        created = {"action": "c2pa.created", "digitalSourceType": str(source), "softwareAgent": GENERATOR}
        title = f"{self.project} · {self.episode}"
        return _definition(title, mime, [created, *placed, *edits], MASTER_ASSERTION, self.facts())

    def facts(self) -> dict[str, Any]:
        """The body of our own assertion."""
        return {
            "project": self.project,
            "episode": self.episode,
            "shots": [
                {"label": label, "title": title}
                for label, (title, _) in zip(labels(self.ingredients), self.shots, strict=True)
            ],
            "gates": [public_gate(gate) for gate in self.gates],
            "loudness": finite(self.loudness),
            "engines": list(self.engines),
        }


@dataclass(frozen=True, slots=True)
class DeliveryClaim:
    """A deliverable of a master: the same programme in another form. `master` is its title and its signed file."""

    title: str
    form: str
    master: tuple[str, Path]

    @property
    def ingredients(self) -> Sequence[Ingredient]:
        """The master, of which this is a rendition."""
        return [Ingredient(*self.master, "parentOf")]

    def manifest(self, mime: str, sources: Sequence[str]) -> dict[str, Any]:
        """The manifest definition: the master was opened and transcoded; nothing else was done to it."""
        opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": labels(self.ingredients)}}
        made = {"action": "c2pa.transcoded", "description": self.form, "softwareAgent": GENERATOR}
        return _definition(self.title, mime, [opened, made], DELIVERY_ASSERTION, self.facts())

    def facts(self) -> dict[str, Any]:
        """The body of our own assertion."""
        return {"form": self.form, "master": self.master[0]}


Claim = ShotClaim | MasterClaim | DeliveryClaim


def public_gate(gate: Mapping[str, Any]) -> dict[str, Any]:
    """A gate's decision as outsiders may read it: of a nameless person only the start of the address."""
    return {**gate, "decided_by": str(gate.get("decided_by", "")).partition("@")[0]}


def finite(value: Any) -> Any:
    """Plain data without infinities: what could not be measured (the loudness of silence) becomes None."""
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def labels(ingredients: Sequence[Ingredient]) -> list[str]:
    """The label of each ingredient, which actions refer to: i001, i002 …"""
    return [f"i{number:03d}" for number in range(1, len(ingredients) + 1)]


def _definition(
    title: str, mime: str, actions: list[dict[str, Any]], label: str, facts: dict[str, Any]
) -> dict[str, Any]:
    return {
        "claim_generator_info": [GENERATOR],
        "title": title,
        "format": mime,
        "assertions": [
            {"label": ACTIONS_ASSERTION, "data": {"actions": actions, "allActionsIncluded": True}},
            {"label": label, "data": facts},
        ],
    }
