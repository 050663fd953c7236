"""What an engine can be asked for: frozen requests. Their fingerprint names content, never a path of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

from craft.terms.digest import digest
from craft.terms.rates import FrameRate
from engines.adapters.inputs import FILES, Example, Input, Lora, Performance

FRAME_TOKENS, PICTURE_TOKENS = 2000, 2500
"""What a question holds beside its words: our frame with the shape of the answer; one picture of up to 1024 pixels."""
_LATER = ("loras", "performance")


@dataclass(frozen=True, slots=True)
class Units:
    """What prices are counted in. `tokens` are those of a question, at most; `answer_tokens` the most of its answer."""

    calls: int = 1
    images: int = 0
    seconds: float = 0.0
    characters: int = 0
    frames: int = 0
    tokens: int = 0
    answer_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Base of all requests. `seed` is meaningful to engines whose capability says so."""

    kind: ClassVar[str] = ""
    seed: int = 0

    def units(self) -> Units:
        """The request counted in priced units."""
        return Units()

    def as_json(self) -> dict[str, Any]:
        """The request as plain data without paths: what the engine saw."""
        held = {f.name: getattr(self, f.name) for f in fields(self)}
        # a request that wears and acts nothing is the same as before there was anything to wear or to act
        return {"kind": self.kind} | {k: _plain(v) for k, v in held.items() if k not in _LATER or v}

    def fingerprint(self) -> str:
        """Content hash of the request: equal requests, equal hash, on every machine."""
        return digest(f"engine.request.{self.kind}", 1, self.as_json())

    def inputs(self) -> tuple[Input, ...]:
        """All files the request carries."""
        found: list[Input] = []
        for f in fields(self):
            value = getattr(self, f.name)
            parts = value if isinstance(value, tuple) else (value,)
            found += [v if isinstance(v, Input) else v.file for v in parts if isinstance(v, FILES)]
        return tuple(found)


def _plain(value: Any) -> Any:
    if isinstance(value, FILES):
        return value.as_json()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        raise TypeError("a request carries files as Input, never as a path")
    return str(value) if isinstance(value, FrameRate) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyframe(Request):
    """One still. `packet` is the drawable scene for engines that draw; `frame` is which frame of it."""

    kind: ClassVar[str] = "keyframe"
    prompt: str
    width: int
    height: int
    packet: Mapping[str, Any] = field(default_factory=dict)
    frame: int = 0
    negative: str = ""
    references: tuple[Input, ...] = ()
    loras: tuple[Lora, ...] = ()

    def units(self) -> Units:
        """One image."""
        return Units(images=1, frames=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guides(Request):
    """Control passes of a shot, drawn from its packet: `wanted` of depth, normals, segments, motion and camera."""

    kind: ClassVar[str] = "guides"
    packet: Mapping[str, Any]
    rate: str
    frames: int
    wanted: tuple[str, ...]

    def units(self) -> Units:
        """Seconds and frames of picture."""
        return Units(seconds=float(FrameRate.parse(self.rate).seconds(self.frames)), frames=self.frames)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip(Request):
    """A moving shot of exactly `frames` frames at `rate`; starts from `first` when given.

    The camera stands in its own fields, so that each engine gets it in its own words; `prompt` says what happens.
    `controls` are passes of the same shot (their title names the pass) for engines that take them. Where there is a
    `performance`, the film says what happens and how it moves; the first frame says who and where.
    """

    kind: ClassVar[str] = "clip"
    prompt: str
    width: int
    height: int
    rate: str
    frames: int
    packet: Mapping[str, Any] = field(default_factory=dict)
    movement: str = "static"
    direction: str = "none"
    speed: str = "slow"
    angle: str = "eye_level"
    optics: str = "none"
    negative: str = ""
    first: Input | None = None
    last: Input | None = None
    references: tuple[Input, ...] = ()
    controls: tuple[Input, ...] = ()
    loras: tuple[Lora, ...] = ()
    performance: Performance | None = None

    @property
    def seconds(self) -> float:
        """Length of the clip."""
        return float(FrameRate.parse(self.rate).seconds(self.frames))

    def units(self) -> Units:
        """Seconds and frames of picture."""
        return Units(seconds=self.seconds, frames=self.frames)


@dataclass(frozen=True, slots=True, kw_only=True)
class LipSync(Request):
    """Mouths put on a plate. `packet` carries the mouth cues for engines that draw; `speech` the sound for others.

    `plate_ref` is what the engine that made the plate calls it (`<engine>/<its number>`), for engines that take their
    own work only; empty where that is not known.
    """

    kind: ClassVar[str] = "lips"
    plate: Input
    rate: str
    frames: int
    packet: Mapping[str, Any] = field(default_factory=dict)
    speech: tuple[Input, ...] = ()
    plate_ref: str = ""

    def units(self) -> Units:
        """Seconds and frames of picture."""
        return Units(seconds=float(FrameRate.parse(self.rate).seconds(self.frames)), frames=self.frames)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech(Request):
    """One spoken line. `voice` holds the figures of the character's voice."""

    kind: ClassVar[str] = "speech"
    text: str
    language: str
    voice: Mapping[str, Any]
    emotion: str = "neutral"
    max_seconds: float | None = None

    def units(self) -> Units:
        """Characters of text; seconds are not known before it is spoken."""
        return Units(characters=len(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue(Request):
    """Lines spoken as one scene, in one language: (text, figures of the character's voice) of each, in order."""

    kind: ClassVar[str] = "dialogue"
    lines: tuple[tuple[str, Mapping[str, Any]], ...]
    language: str

    def units(self) -> Units:
        """Characters of all lines."""
        return Units(characters=sum(len(text) for text, _ in self.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneVoice(Request):
    """A voice made from recordings of a person. `consent` names the agreement of that person; without it nothing is
    sent anywhere."""

    kind: ClassVar[str] = "voice"
    name: str
    consent: str
    samples: tuple[Input, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Request):
    """Music for one act, from its mood. `spec` holds further figures of the composer (theme, palette, cues)."""

    kind: ClassVar[str] = "score"
    seconds: float
    valence: float
    energy: float
    genre: str = ""
    spec: Mapping[str, Any] = field(default_factory=dict)

    def units(self) -> Units:
        """Seconds of music."""
        return Units(seconds=self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect(Request):
    """A sound: `bed` True is an ambience of `seconds`, False a single effect."""

    kind: ClassVar[str] = "effect"
    sound: str
    seconds: float
    bed: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)

    def units(self) -> Units:
        """Seconds of sound."""
        return Units(seconds=self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge(Request):
    """A take to be measured against what was asked: wardrobe colours, light, the approved frame and the one it
    should end on, subject boxes.

    `lines` are those spoken by mouths that are seen, {who, at (seconds), visemes [[ms, viseme], …]}; `mouths` says
    where each speaker's mouth is, a box (or None) for every frame.
    """

    kind: ClassVar[str] = "judge"
    clip: Input
    palette: Mapping[str, str] = field(default_factory=dict)
    boxes: Mapping[str, Any] = field(default_factory=dict)
    reference: Input | None = None
    last: Input | None = None
    lines: tuple[Mapping[str, Any], ...] = ()
    mouths: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upscale(Request):
    """The same picture, larger."""

    kind: ClassVar[str] = "upscale"
    clip: Input
    width: int
    height: int
    seconds: float

    def units(self) -> Units:
        """Seconds of picture."""
        return Units(seconds=self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modify(Request):
    """The same clip in a stylised look: `style` by its name in `craft.render.effects.Style`, `strength` 0 to 1."""

    kind: ClassVar[str] = "modify"
    clip: Input
    style: str
    strength: float
    rate: str
    frames: int

    def units(self) -> Units:
        """Seconds and frames of picture."""
        return Units(seconds=float(FrameRate.parse(self.rate).seconds(self.frames)), frames=self.frames)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Request):
    """A question to a language model, answered once in the shape named by `schema` (`engines.adapters.answers`).

    `instructions` are ours, `data` is what people wrote: it is told apart and never followed. `images` are looked at.
    """

    kind: ClassVar[str] = "text"
    task: str
    instructions: str
    data: str
    schema: str
    images: tuple[Input, ...] = ()
    max_tokens: int = 4000

    def units(self) -> Units:
        """Tokens at most: none is shorter than a byte, a picture is the largest that any model counts."""
        words = len(self.instructions.encode()) + len(self.data.encode())
        return Units(
            images=len(self.images),
            tokens=words + FRAME_TOKENS + PICTURE_TOKENS * len(self.images),
            answer_tokens=self.max_tokens,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainLora(Request):
    """A LoRA to be learned from pictures with captions, for the model whose weights `base` names.

    Pictures are cut to `width` × `height`. Each step looks at one of them.
    """

    kind: ClassVar[str] = "train"
    base: str
    examples: tuple[Example, ...]
    width: int
    height: int
    rank: int = 8
    steps: int = 500
    learning_rate: float = 1e-4

    def units(self) -> Units:
        """The pictures it learns from."""
        return Units(images=len(self.examples))


@dataclass(frozen=True, slots=True)
class Outline:
    """A request that does not exist yet, as far as prices and capabilities need it: for quotes before Gate A."""

    kind: str
    images: int = 0
    seconds: float = 0.0
    characters: int = 0
    frames: int = 0
    width: int = 0
    tokens: int = 0
    answer_tokens: int = 0
    references: tuple[Input, ...] = ()
    loras: tuple[Lora, ...] = ()
    last: bool = False
    performance: Performance | None = None

    def units(self) -> Units:
        """The outline counted in priced units."""
        return Units(
            1, self.images, self.seconds, self.characters, self.frames, self.tokens, self.answer_tokens
        )
