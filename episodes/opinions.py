"""What a model that sees is asked about a take: frames beside the approved still, and what was asked for, as data.

An opinion stands beside the measurements and never replaces one; nothing waits for it, and no gate holds it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from craft.vision.frames import evenly, jpegs
from engines.adapters.base import Outline, Text
from engines.adapters.inputs import Input
from engines.adapters.requests import PICTURE_TOKENS
from engines.queries import goes_first
from episodes.models import Episode, Shot, Take
from episodes.queries import cast_of, chosen_takes, picture_of
from talent.models import Character

ROLE, SHAPE, JOB = "opinion", "take_opinion", "episodes.ask_opinion"
FEW, MANY, SHORT_SECONDS = 3, 5, 2.0
ANSWER_TOKENS, MOST_WORDS = 4000, 12_000
INSTRUCTIONS = """\
You look at frames of one take of a film and compare them with what was asked for. The first picture is
the approved still of the shot, the others are frames of the take in order. Give each of identity,
wardrobe, place and action a score from 0 (nothing of it) to 100 (exactly that), and say in one or two
sentences what you see, naming the frame. Judge only what can be seen. A drawn mannequin is a draft of a
person: judge it by build, clothes and colours. Where nobody is described, or the frames do not show it,
the score is null."""


def wanted() -> bool:
    """Whether the studio has an account that it put first for opinions."""
    return goes_first(ROLE)


def outline() -> Outline:
    """An opinion as the quote before Gate A needs it: the longest description, the most frames."""
    asked = Text(task="judge", instructions=INSTRUCTIONS, data="", schema=SHAPE, max_tokens=ANSWER_TOKENS)
    tokens = asked.units().tokens + MOST_WORDS + PICTURE_TOKENS * (MANY + 1)
    return Outline("text", images=MANY + 1, tokens=tokens, answer_tokens=ANSWER_TOKENS)


def asked_for(shot: Shot, cast: Sequence[Character]) -> str:
    """What the take has to show, as data: everything in it was written by people."""
    scene = shot.scene
    facts = {
        "shot": {"size": shot.size, "angle": shot.angle, "movement": shot.movement},
        "people": [_person(character) for character in cast],
        "place": {
            "name": scene.name,
            "interior": scene.interior,
            "hour": scene.time_of_day,
            "mood": scene.mood,
            "air": scene.atmosphere.get("kind", ""),
        },
        "action": shot.action,
    }
    return json.dumps(facts, ensure_ascii=False, indent=1)[:MOST_WORDS]


def _person(character: Character) -> dict[str, Any]:
    look = {name: character.look.get(name) for name in ("age", "hair", "beard", "hat", "glasses", "wardrobe")}
    return {"name": character.name, "description": character.description, "look": look}


def frames_of(clip: Path, frames: int, seconds: float, folder: Path) -> tuple[Input, ...]:
    """Three to five frames of a clip as pictures in the folder. Raises craft.vision.MediaError."""
    at = evenly(frames, FEW if seconds < SHORT_SECONDS else MANY)
    found = []
    for number, data in zip(at, jpegs(clip, at), strict=True):
        path = folder / f"frame-{number}.jpg"
        path.write_bytes(data)
        found.append(Input.of(path, "image/jpeg", f"frame {number}"))
    return tuple(found)


def still_of(path: Path, folder: Path) -> Input:
    """The approved still, as small as the frames. Raises craft.vision.MediaError."""
    small = folder / "still.jpg"
    small.write_bytes(jpegs(path, (0,))[0])
    return Input.of(small, "image/jpeg", "approved still")


def question(shot: Shot, images: tuple[Input, ...]) -> Text:
    """The one question about a take."""
    return Text(
        task="judge",
        instructions=INSTRUCTIONS,
        data=asked_for(shot, cast_of(shot)),
        schema=SHAPE,
        images=images,
        max_tokens=ANSWER_TOKENS,
    )


def opinions(episode: Episode, shots: Sequence[Shot]) -> dict[str, dict[str, Any]]:
    """The opinion about each shot's picture, by shot, where there is one."""
    takes = chosen_takes(episode)
    found = {str(shot.pk): opinion_of(picture_of(takes, shot)) for shot in shots}
    return {shot: opinion for shot, opinion in found.items() if opinion}


def opinion_of(take: Take | None) -> dict[str, Any]:
    """What is kept with a take; empty when nobody was asked."""
    return dict(take.meta.get(ROLE) or {}) if take else {}
