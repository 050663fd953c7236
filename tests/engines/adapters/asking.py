"""Small requests for the tests of adapters, with real files in them: each is what a test class puts in its table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engines.adapters.base import (
    Clip,
    Effect,
    Input,
    Judge,
    Keyframe,
    LipSync,
    Performance,
    Request,
    Score,
    Speech,
    Upscale,
)
from fake_engines.works import make
from tests.engines.adapters.contract import Asking

WORDS = "A quiet harbour at dawn, one boat {no people}."


def picture(
    folder: Path, title: str = "keyframe", seed: int = 1, width: int = 320, height: int = 180
) -> Input:
    """A PNG in the folder."""
    return _file(
        folder, "keyframe", f"{title.replace(' ', '-')}-{seed}.png", title, seed, width=width, height=height
    )


def movie(folder: Path, title: str = "plate", seed: int = 1, **params: Any) -> Input:
    """An MP4 in the folder."""
    figures = {"width": 320, "height": 180, "rate": "24", "frames": 48, **params}
    return _file(folder, "clip", f"{title}-{seed}.mp4", title, seed, **figures)


def sound(folder: Path, title: str = "speech", seconds: float = 2.5) -> Input:
    """A WAV in the folder."""
    return _file(folder, "speech", f"{title}.wav", title, 1, seconds=seconds)


def _file(folder: Path, kind: str, name: str, title: str, seed: int, **params: Any) -> Input:
    mime, data = make(kind, params, seed)
    path = folder / name
    path.write_bytes(data)
    return Input.of(path, mime, title)


def still(references: int = 0, **changes: Any) -> Asking:
    """A keyframe, with so many reference pictures."""

    def ask(folder: Path) -> Request:
        held = tuple(picture(folder, f"reference {n}", n) for n in range(references))
        figures = {"prompt": WORDS, "width": 320, "height": 180, "seed": 5, "references": held, **changes}
        return Keyframe(**figures)

    return ask


def clip(*, first: bool = True, last: bool = False, references: int = 0, **changes: Any) -> Asking:
    """Two seconds of a slow pan, from a still unless told otherwise."""

    def ask(folder: Path) -> Request:
        held: dict[str, Any] = {
            "references": tuple(picture(folder, f"reference {n}", n) for n in range(references))
        }
        held |= {"first": picture(folder, "keyframe", 90)} if first else {}
        held |= {"last": picture(folder, "last", 91)} if last else {}
        figures = {"prompt": WORDS, "width": 320, "height": 180, "rate": "24", "frames": 48, "seed": 5}
        camera = {"movement": "pan", "direction": "left", "angle": "eye_level"}
        return Clip(**{**figures, **camera, **held, **changes})

    return ask


def acted(
    *, film_frames: int = 96, body: bool = True, expression: int = 3, seen: int = 1, **changes: Any
) -> Asking:
    """Four seconds acted out by somebody's film, from a still with one person in it; the camera stands."""

    def ask(folder: Path) -> Request:
        film = movie(folder, "performance", frames=film_frames)
        performed = Performance(film, film_frames / 24, body, expression, seen)
        figures = {"frames": 96, "prompt": "", "movement": "static", "direction": "none"}
        return clip(**{**figures, "performance": performed, **changes})(folder)

    return ask


def lips(**changes: Any) -> Asking:
    """Two seconds of a plate with one line of speech."""

    def ask(folder: Path) -> Request:
        figures = {"rate": "24", "frames": 48, "plate": movie(folder), "speech": (sound(folder),)}
        return LipSync(**{**figures, **changes})

    return ask


def line(**changes: Any) -> Asking:
    """One spoken line."""
    return lambda folder: Speech(**{"text": WORDS, "language": "en", "voice": {"name": "Rachel"}, **changes})


def cue(**changes: Any) -> Asking:
    """Ten seconds of music."""
    return lambda folder: Score(
        **{"seconds": 10.0, "valence": -0.4, "energy": 0.3, "genre": "thriller", **changes}
    )


def effect(**changes: Any) -> Asking:
    """Two seconds of a sound."""
    return lambda folder: Effect(**{"sound": "thunder", "seconds": 2.0, **changes})


def upscale(**changes: Any) -> Asking:
    """Two seconds made twice as large."""

    def ask(folder: Path) -> Request:
        figures = {"clip": movie(folder), "width": 640, "height": 360, "seconds": 2.0}
        return Upscale(**{**figures, **changes})

    return ask


def judged(**changes: Any) -> Asking:
    """A take to be judged."""
    return lambda folder: Judge(**{"clip": movie(folder), **changes})
