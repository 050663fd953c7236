"""Programmes and files by chance, from a seed: whatever comes, it is whole or refused by name."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from craft.render import exchange
from craft.render.effects import Cdl, Effect, Modifier, Reframe, Stabilise, Style
from craft.render.errors import RenderError, TimelineError
from craft.render.grade import Grade
from craft.render.model import (
    Clip,
    Finish,
    FrameRange,
    Gap,
    Item,
    MediaRef,
    Timeline,
    Title,
    Track,
    Transition,
)
from craft.render.picture import PictureJob
from craft.render.plan import PictureSpec, segments
from craft.render.retime import Retime, Sampling
from craft.terms import cuts
from craft.terms.rates import FrameRate
from tests.render.conftest import Shelf
from tests.render.test_exchange import NAMES, SHELF, rich

RATES = [FrameRate.parse(text) for text in ("24", "25", "23.976", "29.97", "60")]
SOURCES = (("24", "96x54", 700), ("30000/1001", "128x72", 600), ("25", "54x96", 500), ("12", "98x54", 400))
KINDS = [kind for kind in cuts.Transition if kind is not cuts.Transition.CUT]
SPEC = PictureSpec(96, 54)


def media(shelf: Shelf) -> list[MediaRef]:
    """Four films of other rates and shapes, each with one key frame at its beginning."""
    return [
        shelf.video(f"chance{number}", f"testsrc2=s={size}:r={rate}", frames, "-g", "1000")
        for number, (rate, size, frames) in enumerate(SOURCES)
    ]


def box(dice: random.Random) -> tuple[float, float, float, float]:
    side = dice.uniform(0.2, 1)
    return dice.uniform(0, 1 - side), dice.uniform(0, 1 - side), side, side


def effects(dice: random.Random) -> tuple[Effect, ...]:
    found: list[Effect] = []
    if dice.random() < 0.4:
        found.append(Grade(contrast=dice.uniform(0.7, 1.4), temperature=dice.uniform(-0.5, 0.5)))
    if dice.random() < 0.2:
        found.append(Modifier(dice.choice(list(Style)), dice.uniform(0.1, 1)))
    if dice.random() < 0.2:
        found.append(Reframe(box(dice), box(dice) if dice.random() < 0.6 else None))
    if dice.random() < 0.08:
        found.append(Stabilise(dice.uniform(0.1, 1)))
    if dice.random() < 0.1:
        found.append(Cdl(slope=(1.1, 1.0, 0.9)))
    return tuple(found)


def retime(dice: random.Random, source: int) -> Retime:
    """Up to four spans of any speed, forwards, backwards or held."""
    length = dice.randint(1, 260)
    inner = sorted(dice.sample(range(1, length), min(dice.randint(0, 4), length - 1))) if length > 1 else []
    keys = [(at, Fraction(dice.randint(0, source * 4), 4)) for at in (0, *inner, length)]
    return Retime.through(keys, dice.choice(list(Sampling)))


def clip(dice: random.Random, name: str, films: list[MediaRef]) -> Clip:
    """Frames from the second half of a film's first half, so that transitions find something on both sides."""
    film = dice.choice(films)
    assert film.available is not None
    half = film.available.length // 2
    source = dice.randint(1, min(200, half))
    shown = Clip(film, FrameRange(dice.randint(0, half - source) + half // 2, source), effects(dice), name)
    return shown if dice.random() < 0.5 else replace(shown, retime=retime(dice, source))


def programme(dice: random.Random, films: list[MediaRef]) -> Timeline:
    items: list[Item] = []
    for number in range(count := dice.randint(1, 5)):
        items.append(Gap(dice.randint(1, 40)) if dice.random() < 0.1 else clip(dice, f"c{number}", films))
        if number < count - 1 and dice.random() < 0.6:
            before = dice.randint(0, 60)
            items.append(Transition(dice.choice(KINDS), before, max(dice.randint(0, 60), 1 - before)))
    words = (Title(FrameRange(dice.randint(0, 5), dice.randint(2, 20)), "<b>{\\an8} %{pts} ':,;"),)
    return Timeline(
        dice.choice(RATES),
        Track(tuple(items)),
        titles=words if dice.random() < 0.3 else (),
        finish=Finish(timecode=dice.random() < 0.2),
        start=dice.randint(0, 100_000),
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_programme_by_chance_is_whole_or_refused(seed: int, shelf: Shelf, tmp_path: Path) -> None:
    dice, films, made = random.Random(seed), media(shelf), 0
    while made < 6:
        line = programme(dice, films)
        try:
            parts = segments(line)
        except TimelineError:
            continue
        made += 1
        job = PictureJob(line.rate, SPEC, shelf, tmp_path / str(made), None, workers=2)
        try:
            frames, refusal = sum(piece.frames for piece in job.render(parts)), ""
        except RenderError as error:
            frames, refusal = 0, f"{error.code}: {error.tail}"
        if refusal:
            assert refusal.startswith("segment_short: the source is too short")
        else:
            assert frames == line.length
            assert {path.suffix for path in (tmp_path / str(made)).iterdir()} == {".mp4"}


def damaged(dice: random.Random, data: bytes) -> bytes:
    """Bytes changed, left out, repeated, numbers replaced by such as nobody writes."""
    found = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 5, 20))):
        at, other = dice.randrange(len(found)), dice.randrange(len(found))
        how = dice.randint(0, 3)
        if how == 0:
            found[at] = dice.randrange(256)
        elif how == 1:
            del found[at : at + dice.randint(1, 40)]
        elif how == 2:
            found[at:at] = found[other : other + dice.randint(1, 60)]
        else:
            found[at:at] = dice.choice(
                [b"-1", b"9" * 20, b"1e308", b"NaN", b"null", b"{}", b"\x00", b"<", b'"']
            )
    return bytes(found)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(exchange.FORMATS))
def test_a_file_damaged_by_chance_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    dice, ending = random.Random(kind), exchange.FORMATS[kind]
    data = exchange.write(rich(), kind, tmp_path / f"whole{ending}", NAMES).path.read_bytes()
    path = tmp_path / f"damaged{ending}"
    for _ in range(25):
        path.write_bytes(damaged(dice, data))
        try:
            code = exchange.read(path, SHELF, RATES[0]).timeline.length >= 0 and "read"
        except TimelineError as error:
            code = error.code
        assert code in ("read", "exchange", "document")
