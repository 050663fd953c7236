"""What a breakdown says: cast, places, acts, scenes of the script, and a list of shots with their lines."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from craft.screenplay.model import ScriptNote
from craft.screenplay.staging import Staging
from craft.terms.cuts import EditorialCut, Transition
from craft.terms.light import Atmosphere, Mood, TimeOfDay
from craft.terms.rates import FrameRate
from craft.terms.shots import Angle, Direction, Framing, Movement, Optics, Purpose, Size, Speed
from craft.terms.story import ActOut, ActStructure


@dataclass(frozen=True, slots=True)
class CharacterPlan:
    """A member of the cast. `name` is the cue without extensions (MARA); `display` is for people (Mara).

    `description` comes from the action that introduces them; "" when nothing does. `line` is their first one.
    """

    key: str
    name: str
    display: str
    description: str
    age: str
    lines: int
    words: int
    line: int
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SceneDef:
    """A place at a time of day, as it is to be built and lit; `key` is unique in the breakdown.

    `set_kind` is a suggestion by words; `density` 0–100 belongs to the atmosphere; `fill_ratio` is key:fill.
    """

    key: str
    place: str
    interior: bool
    time_of_day: TimeOfDay
    set_kind: str
    mood: Mood
    atmosphere: Atmosphere
    density: int
    fill_ratio: float
    line: int


@dataclass(frozen=True, slots=True)
class ActPlan:
    """An act. Valence −1…1 (dark to bright) and energy −1…1 (still to driven) are for the score."""

    number: int
    title: str
    purpose: str
    valence: float
    energy: float
    out: ActOut
    line: int


@dataclass(frozen=True, slots=True)
class ScriptScene:
    """A scene of the script in order; several may play in one `SceneDef`."""

    number: int
    label: str
    heading: str
    scene_key: str
    act: int
    synopsis: str
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A line in its shot. `extension` is "V.O.", "O.S." or "" (CONT'D is dropped)."""

    character: str
    text: str
    parenthetical: str
    extension: str
    language: str
    dual: bool
    line: int

    @property
    def off_screen(self) -> bool:
        """Whether the speaker's lips are not seen."""
        return any(mark in self.extension.upper() for mark in ("V.O", "O.S", "O.C"))


@dataclass(frozen=True, slots=True)
class ShotPlan:
    """One shot. `frames` is exact and `seconds` = frames / rate; `azimuth` is 0–315 by 45, 0 before the face.

    `characters` are the names seen, the one the camera is on first. `directed` names the fields the script
    fixed. `transition_frames` lie round the cut into this shot (0 for a cut). `emotion` is neutral, joy,
    sadness, anger, fear, surprise or disgust. `staging` is what the action makes people do and carry.
    """

    number: int
    scene_key: str
    script_scene: int
    act: int
    size: Size
    framing: Framing
    purpose: Purpose
    angle: Angle
    movement: Movement
    direction: Direction
    speed: Speed
    focal_mm: int
    azimuth: int
    roll_degrees: float
    arc_degrees: float
    characters: tuple[str, ...]
    emotion: str
    frames: int
    seconds: float
    action: str
    lines: tuple[LinePlan, ...]
    transition_in: Transition
    transition_frames: int
    editorial: EditorialCut | None
    directed: tuple[str, ...]
    line: int
    end_line: int
    optics: Optics = Optics.NONE
    optics_direction: Direction = Direction.IN
    aperture: float = 0.0
    staging: Staging = field(default_factory=Staging)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The whole. `transition_out` is how the last shot ends. Notes carry the line they are about."""

    title: str
    logline: str
    language: str
    rate: FrameRate
    pacing: str
    structure: ActStructure
    characters: tuple[CharacterPlan, ...]
    scenes: tuple[SceneDef, ...]
    acts: tuple[ActPlan, ...]
    script_scenes: tuple[ScriptScene, ...]
    shots: tuple[ShotPlan, ...]
    transition_out: Transition
    transition_out_frames: int
    notes: tuple[ScriptNote, ...]

    @property
    def frames(self) -> int:
        """The runtime in frames."""
        return sum(shot.frames for shot in self.shots)

    @property
    def seconds(self) -> float:
        """The runtime in seconds."""
        return float(self.rate.seconds(self.frames))

    def scene(self, key: str) -> SceneDef:
        """A scene by its key. Raises KeyError."""
        return {scene.key: scene for scene in self.scenes}[key]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; the rate as text, runtime included."""
        plain = asdict(self)
        plain["rate"] = str(self.rate)
        plain["frames"], plain["seconds"] = self.frames, round(self.seconds, 3)
        return plain

    def as_json(self) -> str:
        """The same as indented JSON."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1)
