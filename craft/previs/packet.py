"""The scene packet: a frozen, versioned description of one shot, checked against ``packet.schema.json``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from craft.previs.errors import PacketError
from craft.previs.packet_upgrades import upgraded
from craft.previs.poses import GAZES

PACKET_VERSION = 2


@dataclass(frozen=True)
class SetSpec:
    """Which set, and the seed and parameters of its dressing: same values, same furniture.

    ``words`` are the location's own words, from which the kind ``described`` is built.
    """

    kind: str = "office"
    seed: int = 0
    dressing: Mapping[str, str | float] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True)
class Hair:
    """Hair style and sRGB colour."""

    style: str = "short"
    colour: str = "#3a2a20"


@dataclass(frozen=True)
class Wearable:
    """A hat or a pair of glasses: kind (``none`` for neither) and sRGB colour."""

    kind: str = "none"
    colour: str = "#26221f"


@dataclass(frozen=True)
class Wardrobe:
    """Garment and the sRGB colour of each part; ``shirt`` and ``accent`` (tie, print) are seen where
    the cut shows them, ``pattern`` lies on the top.
    """

    garment: str = "suit"
    top: str = "#2c3a56"
    bottom: str = "#29344c"
    shoes: str = "#201a18"
    shirt: str = "#e2e6ea"
    accent: str = "#8a2f36"
    legs: str = "trousers"
    pattern: str = "plain"
    pattern_colour: str = "#8a8f98"


@dataclass(frozen=True)
class Beat:
    """Something a character does ``at_ms`` after frame 0, for ``duration_ms`` (0 = as long as it takes).

    ``mark`` is where a walk or a sit goes, ``target`` whom it concerns, ``prop`` what is handed over,
    drunk from or used.
    """

    at_ms: int
    action: str
    duration_ms: int = 0
    mark: int | None = None
    target: str | None = None
    prop: str | None = None
    emotion: str | None = None
    gaze: str | None = None


@dataclass(frozen=True)
class PropSpec:
    """A thing that is carried or stands at a mark; ``held_by`` names a character, ``hand`` which hand."""

    id: str
    kind: str
    colour: str = "#3a3d42"
    held_by: str | None = None
    hand: str = "right"
    mark: int = 0


@dataclass(frozen=True)
class CharacterSpec:
    """One figure: shape, colours, the mark it stands on and how it behaves. ``age`` in years."""

    id: str
    name: str = ""
    body: str = "average"
    age: int = 35
    skin: str = "#d7a17e"
    hair: Hair = field(default_factory=Hair)
    beard: str = "none"
    hat: Wearable = field(default_factory=Wearable)
    glasses: Wearable = field(default_factory=Wearable)
    wardrobe: Wardrobe = field(default_factory=Wardrobe)
    mark: int = 0
    pose: str = "stand"
    gaze: str = "partner"
    emotion: str = "neutral"
    emotion_strength: float = 1.0
    speaking: bool = False
    eyes: str = "#5b7f94"
    beats: tuple[Beat, ...] = ()


@dataclass(frozen=True)
class LightSpec:
    """One light of the rig, placed relative to the camera of frame 0. Intensity 0-100, 50 a normal
    exposure.
    """

    position: str
    role: str
    elevation: str = "high"
    intensity: float = 50.0
    kelvin: float = 5600.0
    softness: str = "medium"
    gel: str | None = None


@dataclass(frozen=True)
class Air:
    """What hangs in the air, density 0-100."""

    kind: str = "clear"
    density: float = 0.0


@dataclass(frozen=True)
class CameraSpec:
    """The shot as an operator would be told it. ``focal_mm`` 0 = chosen by size; azimuth 0 = before
    the subject's face,
    growing towards the camera's right; ``arc_degrees`` 0 = chosen by speed; ``aperture`` an f-number, 0 = by size;
    ``side`` of the line between two people that the camera keeps to; ``optics`` what the lens itself does,
    ``optics_direction`` which way, ``rack_to`` whom the focus goes to."""

    size: str = "ms"
    angle: str = "eye_level"
    framing: str = "single"
    movement: str = "static"
    direction: str = "none"
    speed: str = "medium"
    azimuth: float = 0.0
    focal_mm: float = 0.0
    subjects: tuple[str, ...] = ()
    roll_degrees: float = 0.0
    arc_degrees: float = 0.0
    easing: str = "ease"
    aperture: float = 0.0
    side: str = "auto"
    optics: str = "none"
    optics_direction: str = "in"
    rack_to: str | None = None

    def standing(self) -> CameraSpec:
        """The same camera without its movement."""
        optics = "none" if self.optics == "dolly_zoom" else self.optics
        return replace(self, movement="static", direction="none", optics=optics)


@dataclass(frozen=True)
class VisemeTrack:
    """Mouth shapes of one character; cue times count from ``offset_ms`` after frame 0."""

    character: str
    cues: tuple[tuple[int, str], ...]
    offset_ms: int = 0


@dataclass(frozen=True)
class Packet:
    """Everything a shot needs. Build it with ``from_json``; a Packet in hand has passed the schema."""

    width: int
    height: int
    rate: str
    frames: int
    set: SetSpec
    camera: CameraSpec
    version: int = PACKET_VERSION
    seed: int = 0
    quality: str = "draft"
    look: str = "cinematic"
    extras: int = 0
    props: tuple[PropSpec, ...] = ()
    characters: tuple[CharacterSpec, ...] = ()
    lights: tuple[LightSpec, ...] = ()
    fill_stops: float = 1.6
    atmosphere: Air = field(default_factory=Air)
    time_of_day: str = "night"
    mood: str = "natural"
    visemes: tuple[VisemeTrack, ...] = ()
    burn_in: str | None = None

    @property
    def fps(self) -> Fraction:
        """Frames per second."""
        return Fraction(self.rate)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Packet:
        """Check and build; a packet of an earlier version is brought up first.

        Raises PacketError naming the path of the first entry that cannot be drawn.
        """
        _refuse_nonfinite(data, "")
        data = upgraded(data)
        _check_schema(data)
        packet = cls(
            version=data["version"],
            width=data["width"],
            height=data["height"],
            rate=data["rate"],
            frames=data["frames"],
            seed=data.get("seed", 0),
            quality=data.get("quality", "draft"),
            look=data.get("look", "cinematic"),
            extras=data.get("extras", 0),
            props=tuple(PropSpec(**prop) for prop in data.get("props", ())),
            set=SetSpec(**data["set"]),
            camera=_camera(data["camera"]),
            characters=tuple(_character(c) for c in data.get("characters", ())),
            lights=tuple(LightSpec(**light) for light in data.get("lights", ())),
            fill_stops=float(data.get("fill_stops", 1.6)),
            atmosphere=Air(**data.get("atmosphere", {})),
            time_of_day=data.get("time_of_day", "night"),
            mood=data.get("mood", "natural"),
            visemes=tuple(_track(t) for t in data.get("visemes", ())),
            burn_in=data.get("burn_in"),
        )
        _check_references(packet)
        return packet

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data that ``from_json`` accepts."""
        data: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return data


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a packet."""
    text = files("craft.previs").joinpath("packet.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def _dotted(path: Sequence[str | int]) -> str:
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else (f".{part}" if out else str(part))
    return out


def _refuse_nonfinite(value: object, path: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise PacketError(path, f"{value} is not a number that can be drawn")
    if isinstance(value, Mapping):
        for key, item in value.items():
            _refuse_nonfinite(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            _refuse_nonfinite(item, f"{path}[{i}]")


def _check_schema(data: Mapping[str, Any]) -> None:
    plain = json.loads(json.dumps(dict(data), default=dict))
    errors: list[ValidationError] = sorted(
        _validator().iter_errors(plain), key=lambda e: list(map(str, e.path))
    )
    if errors:
        first = errors[0]
        raise PacketError(_dotted(list(first.path)), first.message[:300])


def _camera(data: Mapping[str, Any]) -> CameraSpec:
    return CameraSpec(**{**data, "subjects": tuple(data.get("subjects", ()))})


def _character(data: Mapping[str, Any]) -> CharacterSpec:
    parts = {
        **data,
        "hair": Hair(**data.get("hair", {})),
        "hat": Wearable(**data.get("hat", {})),
        "glasses": Wearable(**data.get("glasses", {})),
        "wardrobe": Wardrobe(**data.get("wardrobe", {})),
        "beats": tuple(Beat(**beat) for beat in data.get("beats", ())),
    }
    return CharacterSpec(**parts)


def _track(data: Mapping[str, Any]) -> VisemeTrack:
    cues = tuple((int(ms), str(viseme)) for ms, viseme in data["cues"])
    return VisemeTrack(data["character"], cues, data.get("offset_ms", 0))


def _check_references(packet: Packet) -> None:
    ids = [c.id for c in packet.characters]
    props = [p.id for p in packet.props]
    _refuse_twice("characters", ids)
    _refuse_twice("props", props)
    for i, prop in enumerate(packet.props):
        if prop.held_by is not None:
            _known(f"props[{i}].held_by", prop.held_by, ids)
    for i, character in enumerate(packet.characters):
        _check_gaze(f"characters[{i}].gaze", character.gaze, ids)
        _check_beats(f"characters[{i}].beats", character.beats, ids, props)
    for i, subject in enumerate(packet.camera.subjects):
        _known(f"camera.subjects[{i}]", subject, ids)
    if packet.camera.rack_to is not None:
        _known("camera.rack_to", packet.camera.rack_to, ids)
    for i, track in enumerate(packet.visemes):
        _known(f"visemes[{i}].character", track.character, ids)
        if any(a[0] > b[0] for a, b in zip(track.cues, track.cues[1:], strict=False)):
            raise PacketError(f"visemes[{i}].cues", "cue times go backwards")


def _refuse_twice(path: str, ids: Sequence[str]) -> None:
    for i, name in enumerate(ids):
        if name in ids[:i]:
            raise PacketError(f"{path}[{i}].id", f"{name!r} is used twice")


def _known(path: str, name: str, ids: Sequence[str], kind: str = "character") -> None:
    if name not in ids:
        raise PacketError(path, f"no {kind} {name!r} in this packet")


def _check_gaze(path: str, gaze: str, ids: Sequence[str]) -> None:
    if gaze not in GAZES and gaze not in ids:
        raise PacketError(path, f"{gaze!r} is neither a character nor one of {', '.join(GAZES)}")


def _check_beats(path: str, beats: Sequence[Beat], ids: Sequence[str], props: Sequence[str]) -> None:
    for i, beat in enumerate(beats):
        if i and beat.at_ms < beats[i - 1].at_ms:
            raise PacketError(f"{path}[{i}].at_ms", "beats go backwards")
        if beat.target is not None:
            _known(f"{path}[{i}].target", beat.target, [*ids, "camera"])
        if beat.prop is not None:
            _known(f"{path}[{i}].prop", beat.prop, props, "prop")
        if beat.gaze is not None:
            _check_gaze(f"{path}[{i}].gaze", beat.gaze, ids)
