"""From rows to a drawable scene: the packet that the previs engine (and the browser) draws a shot from.

Location, light and cast come from their definitions, the camera from the shot; nothing of the look is decided here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from billing.queries import figure
from craft.terms.delivery import frame_size
from craft.terms.rates import FrameRate
from craft.terms.shots import Framing, Optics, Size
from episodes import staging
from episodes.models import Shot
from scenes.models import Scene, SceneVersion
from studio.models import Project
from talent.models import Casting, Character

VERSION = 2
# Shots that show the place itself need nobody in them; all others fall back to who is in the scene.
PLACE_SIZES = (Size.EWS.value, Size.WS.value, Size.INSERT.value)
_EMOTIONS = {
    "angry": "anger",
    "furious": "anger",
    "shouting": "anger",
    "sad": "sadness",
    "crying": "sadness",
    "afraid": "fear",
    "scared": "fear",
    "whispering": "fear",
    "smiling": "joy",
    "laughing": "joy",
    "happy": "joy",
    "surprised": "surprise",
    "shocked": "surprise",
    "disgusted": "disgust",
    "calm": "neutral",
}


def shot_packet(
    shot: Shot,
    project: Project,
    cast: Sequence[Character],
    *,
    burn_in: str | None = None,
    quality: str = "",
) -> dict[str, Any]:
    """The packet of a shot without dialogue cues. `cast` in order of marks; `quality` instead of the project's."""
    width, height = frame_size(project.aspect, quality or project.quality)
    subjects = [str(character.pk) for character in cast]
    speaking = {str(line.character_id) for line in shot.lines.all() if not line.off_screen}
    return {
        **_frame(project, width, height, shot.frames, shot.number),
        **scene_part(shot.scene),
        "characters": [
            _character(c, mark, subjects, shot, str(c.pk) in speaking, project.rate)
            for mark, c in enumerate(cast)
        ],
        "props": staging.props_of(shot, subjects),
        "extras": int((shot.scene.layout or {}).get("extras", 0)),
        "camera": _camera(shot, subjects, speaking),
        "visemes": [],
        "burn_in": burn_in or _burn_in(shot, project),
    }


def scene_packet(scene: Scene, project: Project, stand_in: Character | None) -> dict[str, Any]:
    """One frame of a place for its preview: a medium wide view, with somebody to be lit when there is a cast."""
    width, height = frame_size(project.aspect, project.quality)
    people = [stand_in] if stand_in else []
    subjects = [str(c.pk) for c in people]
    character = [
        {
            "id": str(c.pk),
            "name": c.name,
            **c.look,
            "mark": 0,
            "pose": "stand",
            "gaze": "camera",
            "emotion": "neutral",
            "speaking": False,
        }
        for c in people
    ]
    camera = {
        "size": Size.MWS.value if people else Size.WS.value,
        "angle": "eye_level",
        "framing": Framing.SINGLE.value,
        "movement": "static",
        "direction": "none",
        "speed": "slow",
        "azimuth": 0,
        "focal_mm": 35,
        "subjects": subjects,
        "roll_degrees": 0.0,
        "arc_degrees": 0.0,
    }
    return {
        **_frame(project, width, height, 1, 0),
        **scene_part(scene),
        "characters": character,
        "camera": camera,
        "visemes": [],
        "burn_in": None,
    }


def wide_packet(version: SceneVersion) -> dict[str, Any]:
    """The empty place as a reference for other engines."""
    return _empty(version, 0)


def reverse_packet(version: SceneVersion) -> dict[str, Any]:
    """The empty place from the other side."""
    return _empty(version, 180)


def _empty(version: SceneVersion, azimuth: int) -> dict[str, Any]:
    scene = _as_it_was(version)
    packet = scene_packet(scene, scene.project, None)
    return {**packet, "camera": {**packet["camera"], "azimuth": azimuth, "focal_mm": 24}}


def _as_it_was(version: SceneVersion) -> Scene:
    scene = version.scene
    for name, value in version.definition.items():
        setattr(scene, name, value)
    return scene


def preview_packet(version: SceneVersion) -> dict[str, Any]:
    """The frame of a scene's version: the project's first character stands in the light."""
    scene = _as_it_was(version)
    casting = (
        Casting.objects.filter(project_id=scene.project_id)
        .select_related("character")
        .order_by("-lines", "created_at")
        .first()
    )
    return scene_packet(scene, scene.project, casting.character if casting else None)


def scene_part(scene: Scene) -> dict[str, Any]:
    """Set, light and air of a place."""
    layout = scene.layout or {}
    keys = ("position", "role", "elevation", "intensity", "kelvin", "softness")
    return {
        "set": {
            "kind": scene.set_kind,
            "seed": int(layout.get("seed", 0)),
            "dressing": layout.get("dressing", {}),
            "words": layout.get("words", scene.name),
        },
        "lights": [
            {**{key: one[key] for key in keys}, "gel": one.get("gel") or None} for one in scene.lights
        ],
        "fill_stops": math.log2(scene.fill_ratio),
        "atmosphere": {"kind": scene.atmosphere["kind"], "density": scene.atmosphere["density"]},
        "time_of_day": scene.time_of_day,
        "mood": scene.mood,
    }


def with_visemes(
    packet: dict[str, Any], spoken: Sequence[tuple[str, Sequence[Sequence[Any]], int]]
) -> dict[str, Any]:
    """The packet with mouth cues: (character id, [[ms, viseme], …], offset in ms) for each spoken line."""
    cues = [
        {"character": who, "cues": [list(cue) for cue in track], "offset_ms": offset}
        for who, track, offset in spoken
    ]
    return {**packet, "visemes": cues}


def _burn_in(shot: Shot, project: Project) -> str | None:
    """Tiers whose pictures are for looking at only carry their shot's name in the frame."""
    return f"{project.title[:120]} {shot.label}" if figure("burn_in", False) else None


def seconds_of(shot: Shot, rate: str) -> float:
    """Length of a shot."""
    return float(FrameRate.parse(rate).seconds(shot.frames))


def emotion_of(text: str) -> str:
    """The drawable emotion a parenthetical asks for; neutral when it names none."""
    words = text.lower()
    return next((emotion for word, emotion in _EMOTIONS.items() if word in words), "neutral")


def _frame(project: Project, width: int, height: int, frames: int, number: int) -> dict[str, Any]:
    quality = "draft" if project.quality == "draft" else "preview"
    return {
        "version": VERSION,
        "width": width,
        "height": height,
        "rate": project.rate,
        "frames": frames,
        "seed": project.seed * 1000 + number,
        "quality": quality,
        "look": project.look,
    }


def _character(
    character: Character, mark: int, subjects: list[str], shot: Shot, speaking: bool, rate: str
) -> dict[str, Any]:
    partner = next(
        (other for other in subjects if other != str(character.pk)),
        "camera" if shot.framing == Framing.SINGLE else "mark",
    )
    who, seconds = str(character.pk), seconds_of(shot, rate)
    emotion = shot.emotion or next(
        (emotion_of(line.parenthetical) for line in shot.lines.all() if line.parenthetical), "neutral"
    )
    return {
        "id": str(character.pk),
        "name": character.name,
        **character.look,
        "mark": mark,
        "pose": staging.pose_of(shot, who, speaking=speaking),
        "beats": staging.beats_of(shot, who, seconds, subjects),
        "gaze": partner,
        "emotion": emotion or "neutral",
        "speaking": speaking,
    }


def _camera(shot: Shot, subjects: list[str], speaking: set[str]) -> dict[str, Any]:
    # The speaker is framed first: a two-hander on one speaker must not push in between both faces.
    ordered = sorted(subjects, key=lambda who: (who not in speaking, subjects.index(who)))
    return {
        "size": shot.size,
        "angle": shot.angle,
        "framing": shot.framing,
        "movement": shot.movement,
        "direction": shot.direction,
        "speed": shot.speed,
        "azimuth": shot.azimuth,
        "focal_mm": shot.focal_mm,
        "subjects": ordered,
        "roll_degrees": shot.roll_degrees,
        "arc_degrees": shot.arc_degrees,
        "easing": shot.easing,
        "aperture": shot.aperture,
        "optics": shot.optics if len(ordered) > 1 or shot.optics != Optics.RACK_FOCUS else Optics.NONE.value,
        "optics_direction": shot.optics_direction if shot.optics != Optics.NONE else "in",
        # The focus goes to whom the shot is not framed on.
        "rack_to": ordered[1] if shot.optics == Optics.RACK_FOCUS and len(ordered) > 1 else None,
    }
