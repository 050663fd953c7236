"""Words for engines: what happens for motion, a look for stills. Users' words are data, never instructions.

With an anchor frame the instruction holds no wardrobe, weather or mood: the look is in the frame.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from craft.terms.rates import FrameRate
from craft.terms.shots import Angle, Direction, Movement, Optics, Size
from episodes.models import Shot
from studio.models import Project
from talent.models import Character

_WORD = re.compile(r"[\w'’-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+")
DEFAULTS = "No music, no burnt-in text."
MAX_ACTION = 600
_STAYS = (Movement.STATIC, Movement.HANDHELD)
FIRST_FRAME = "the first frame of this shot"


def words_of(text: str) -> list[str]:
    """The words of a line."""
    return _WORD.findall(text)


def quoted(text: str) -> str:
    """A user's words as one delimited quotation: no control characters, no quote that could close it."""
    return "“" + _CONTROL.sub(" ", text).replace("“", "'").replace("”", "'").strip()[:MAX_ACTION] + "”"


def motion_instruction(shot: Shot, cast: Sequence[Character]) -> str:
    """`{size} on {subject}; {s}` and what happens. The camera is not in it: each engine gets it in its own words."""
    subject = quoted(" and ".join(c.name for c in cast)) if cast else "the place"
    seconds = float(FrameRate.parse(shot.episode.project.rate).seconds(shot.frames))
    action = f" Action: {quoted(shot.action)}." if shot.action.strip() else ""
    speech = (
        " Mouths closed: lips are added later."
        if any(not line.off_screen for line in shot.lines.all())
        else " No lip motion."
    )
    return f"{Size(shot.size).label.lower()} on {subject}; {seconds:.1f} s.{action} {DEFAULTS}{speech}"


def look_instruction(shot: Shot, cast: Sequence[Character], project: Project) -> str:
    """The still's content: who, where, light, action, all as data."""
    people = "; ".join(f"{quoted(c.name)}: {quoted(c.description)}" for c in cast) or "nobody"
    scene = shot.scene
    lights = ", ".join(f"{one['role']} from {one['position']} {one['kelvin']} K" for one in scene.lights)
    return (
        f"{Size(shot.size).label}, {Angle(shot.angle).label.lower()}, {shot.focal_mm} mm. "
        f"Place {quoted(scene.name)}, {scene.time_of_day}, {scene.mood.replace('_', ' ')}, "
        f"{scene.atmosphere['kind']}. Light: {lights}. Seen: {people}. Action: {quoted(shot.action)}. "
        f"Tone {quoted(project.tone)}. No text in the picture."
    )


def end_instruction(shot: Shot) -> str:
    """What makes a still the last of its shot: the same place and people, seen from where the camera ends."""
    moves = [(shot.movement, shot.direction)] if shot.movement not in _STAYS else []
    moves += [(shot.optics, shot.optics_direction)] if shot.optics != Optics.NONE else []
    named = [
        f"{move} {'' if way == Direction.NONE else way}".strip().replace("_", " ") for move, way in moves
    ]
    seen = f"after the camera’s {' and '.join(named)}" if named else "from the same camera"
    return f" This is the shot’s last frame, {seen}, the action over; same people, clothes, place and light."


def spoken_words(shot: Shot) -> str:
    """What is said in the shot, for engines that are given the script: ` Said: {who}: {line}; …`, or nothing."""
    lines = [f"{quoted(line.character.name)}: {quoted(line.text)}" for line in shot.lines.all()]
    return f" Said: {'; '.join(lines)}." if lines else ""
