"""`python -m craft.sound`: speak (text on stdin), languages, score, ambience, effect, kinds, health; in JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from craft import sound
from craft.sound.catalogue import Catalogue
from craft.terms.languages import LANGUAGES


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused or failed (the reason is on stderr)."""
    given = _parser().parse_args(arguments)
    commands: dict[str, Callable[[argparse.Namespace], Any]] = {
        "speak": _speak,
        "languages": lambda _given: _languages(),
        "score": _score,
        "ambience": lambda g: sound.ambience(
            g.kind, seconds=g.seconds, seed=g.seed, params=_params(g), out=g.out
        ),
        "effect": lambda g: sound.effect(g.kind, seed=g.seed, params=_params(g), out=g.out),
        "kinds": lambda g: {"ambience": _told(sound.BEDS), "effect": _told(sound.HITS)},
        "health": lambda g: {"health": _plain(sound.health()), "versions": sound.versions()},
    }
    try:
        answer = commands[given.command](given)
    except (sound.SoundError, ValueError) as error:
        print(f"{getattr(error, 'code', 'sound.refused')}: {error}", file=sys.stderr)
        return 1
    print(json.dumps(_plain(answer), ensure_ascii=False, indent=1, default=str))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m craft.sound", description="Speech, score, ambience and effects."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    speak = commands.add_parser("speak", help="speak the text on stdin")
    speak.add_argument("--voice", default="tenor_open", choices=list(sound.VOICES))
    speak.add_argument("--language", default="en")
    speak.add_argument("--emotion", default="neutral", choices=list(sound.EMOTIONS))
    speak.add_argument("--max-seconds", type=float)
    speak.add_argument("--min-seconds", type=float)
    speak.add_argument("--ssml", action="store_true", help="the text is SSML")
    commands.add_parser("languages", help="list the languages and what the voice can do in each")
    music = _score_parser(commands)
    bed = commands.add_parser("ambience", help="write an ambience")
    bed.add_argument("--seconds", type=float, default=30.0)
    hit = commands.add_parser("effect", help="write an effect")
    for command in (bed, hit):
        command.add_argument("kind")
        command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    for command in (music, bed, hit):
        command.add_argument("--seed", type=int, default=0)
    for command in (speak, music, bed, hit):
        command.add_argument("out", type=Path)
    commands.add_parser("kinds", help="list ambiences and effects with their parameters and ranges")
    commands.add_parser("health", help="which engines work here")
    return parser


def _score_parser(commands: Any) -> argparse.ArgumentParser:
    music: argparse.ArgumentParser = commands.add_parser(
        "score", help="write a cue and its MIDI; moments are seconds, with --rate frames"
    )
    length = music.add_mutually_exclusive_group(required=True)
    length.add_argument("--seconds", type=float)
    length.add_argument("--frames", type=int, help="the length in frames of --rate")
    music.add_argument("--rate", help="frames per second: 24, 25, 30000/1001")
    for name in ("valence", "energy"):
        music.add_argument(f"--{name}", type=float, default=0.0)
    music.add_argument("--genre", default="drama")
    music.add_argument("--kind", default="cue", choices=list(sound.CueKind))
    music.add_argument("--theme", action="append", default=[], help="whose melody; again for further themes")
    music.add_argument("--hit", action="append", default=[], type=float, help="where an accent lands")
    music.add_argument("--cut", action="append", default=[], type=float, help="where a bar line should fall")
    music.add_argument("--intro", action="store_true", help="begin with the pad alone")
    music.add_argument("--close", action="store_true", help="end with a cadence that rings")
    music.add_argument("--stems", action="store_true", help="write harmony, melody, bass and percussion too")
    return music


def _speak(given: argparse.Namespace) -> sound.Speech:
    return sound.speak(
        sys.stdin.read(),
        language=given.language,
        voice=sound.VOICES[given.voice],
        out=given.out,
        max_seconds=given.max_seconds,
        emotion=given.emotion,
        min_seconds=given.min_seconds,
        ssml=given.ssml,
    )


def _languages() -> list[dict[str, str]]:
    return [
        {"language": row.bcp47, "name": row.name, "voice": row.voice, "status": row.status, "mark": row.mark}
        for row in LANGUAGES.values()
    ]


def _score(given: argparse.Namespace) -> sound.Score:
    rest: dict[str, Any] = {
        "valence": given.valence,
        "energy": given.energy,
        "genre": given.genre,
        "seed": given.seed,
        "themes": tuple(given.theme),
        "intro": given.intro,
        "out": given.close,
        "kind": given.kind,
    }
    if (given.frames is None) != (given.rate is None):
        raise sound.SoundRefused("--frames and --rate belong together; without them say --seconds.")
    if given.frames is None:
        spec = sound.ScoreSpec(given.seconds, hits=tuple(given.hit), cuts=tuple(given.cut), **rest)
    else:
        marks = {name: [_whole(at) for at in getattr(given, name[:-1])] for name in ("hits", "cuts")}
        spec = sound.ScoreSpec.of_frames(given.frames, given.rate, **marks, **rest)
    return sound.score(spec, given.out, stems=given.stems)


def _whole(frame: float) -> int:
    if not frame.is_integer():
        raise sound.SoundRefused(f"{frame} is no frame; with --rate moments are whole frames.")
    return int(frame)


def _params(given: argparse.Namespace) -> dict[str, object]:
    out: dict[str, object] = {}
    for pair in given.set:
        name, _, value = pair.partition("=")
        try:
            out[name] = float(value)
        except ValueError:
            out[name] = value
    return out


def _told(catalogue: Catalogue[Any]) -> dict[str, object]:
    """Every kind with its level and its parameters' ranges."""
    return {slug: kind.told() for slug, kind in catalogue.all().items()}


def _plain(value: Any) -> Any:
    """Dataclasses as dicts, everywhere in a value."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(dataclasses.asdict(value))
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


if __name__ == "__main__":
    sys.exit(main())
