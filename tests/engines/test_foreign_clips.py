"""Ordinary silent clips are looked at by forks, and the verdict is that of ffprobe."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from craft.vision import forkserver
from engines import foreign
from engines.adapters.base import BadOutput
from tests.engines.clips import CODINGS, clip
from tests.vision.conftest import needs_forks

pytestmark = needs_forks
Damage = Callable[[bytearray, random.Random], bytes]


def told_by_ffprobe(path: Path) -> dict[str, Any]:
    argv = [
        "ffprobe",
        "-v",
        "error",
        "-count_frames",
        "-show_streams",
        "-show_format",
        "-of",
        "json",
        str(path),
    ]
    told = json.loads(subprocess.run(argv, capture_output=True, check=True, timeout=60).stdout)
    stream = told["streams"][0]
    return {
        "seconds": float(told["format"]["duration"]),
        "width": stream["width"],
        "height": stream["height"],
        "frames": int(stream["nb_read_frames"]),
    }


@pytest.mark.parametrize("coding", CODINGS)
def test_facts_of_a_fork_are_those_of_ffprobe(tmp_path: Path, coding: str) -> None:
    path = clip(tmp_path / "a.mp4", coding)
    assert foreign._told_by_a_fork(path) == told_by_ffprobe(path)


def payload(data: bytearray, rng: random.Random) -> int:
    """Somewhere among the coded pictures."""
    begin = data.index(b"mdat")
    end = data.find(b"moov")
    return rng.randrange(begin + 800, end if end > begin else len(data))


def cut(data: bytearray, rng: random.Random) -> bytes:
    return bytes(data[: payload(data, rng)])


def one_bit(data: bytearray, rng: random.Random) -> bytes:
    data[payload(data, rng)] ^= 1 << rng.randrange(8)
    return bytes(data)


def zeroes(data: bytearray, rng: random.Random) -> bytes:
    at = payload(data, rng)
    data[at : at + 50] = bytes(len(data[at : at + 50]))
    return bytes(data)


def noise(data: bytearray, rng: random.Random) -> bytes:
    at = payload(data, rng)
    data[at : at + 400] = rng.randbytes(len(data[at : at + 400]))
    return bytes(data)


def junk_behind(data: bytearray, rng: random.Random) -> bytes:
    return bytes(data) + rng.randbytes(40)


def missing_piece(data: bytearray, rng: random.Random) -> bytes:
    at = payload(data, rng)
    del data[at : at + 200]
    return bytes(data)


def wrong_table(data: bytearray, rng: random.Random) -> bytes:
    kind = rng.choice(
        [b"mvhd", b"mdhd", b"stts", b"stsz", b"elst", b"ctts", b"stsc", b"stco", b"stss", b"avcC"]
    )
    data[data.index(kind) + 8 + rng.randrange(16)] ^= 1 << rng.randrange(8)
    return bytes(data)


@pytest.mark.parametrize(
    "damage",
    [cut, one_bit, zeroes, noise, junk_behind, missing_piece, wrong_table],
    ids=lambda damage: damage.__name__,
)
def test_a_damaged_clip_gets_the_verdict_of_ffprobe(
    tmp_path: Path, damage: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = clip(tmp_path / "whole.mp4").read_bytes()
    told = 0
    for seed in range(8):
        path = tmp_path / f"{seed}.mp4"
        path.write_bytes(damage(bytearray(whole), random.Random(seed)))
        by_fork = foreign._told_by_a_fork(path)
        if by_fork is not None:
            told += 1
            with monkeypatch.context() as without:
                without.setattr(forkserver, "MOST_BYTES", 0)
                assert foreign.measured(path) == by_fork
    assert damage is wrong_table or told < 8


def test_a_clip_about_which_a_decoder_remarks_anything_is_looked_at_the_long_way(tmp_path: Path) -> None:
    """Newer decoders hide some damage and call it no error, where ffprobe refuses the film."""
    path = clip(tmp_path / "a.mp4", "named_colours")
    assert foreign._told_by_a_fork(path) is not None
    path.write_bytes(path.read_bytes().replace(b"nclx", b"none"))
    seen = forkserver.look(path, "h264", seconds=10, wall=20)
    assert seen is not None and seen.frames == 12 and "color" in seen.words
    assert foreign._told_by_a_fork(path) is None
    assert foreign.measured(path)["frames"] == 12


def test_a_clip_that_a_fork_does_not_tell_of_is_looked_at_the_long_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = clip(tmp_path / "a.mp4")
    facts = foreign._told_by_a_fork(path)
    monkeypatch.setattr(forkserver, "MOST_BYTES", 0)
    assert foreign._told_by_a_fork(path) is None
    assert foreign.measured(path) == facts
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(BadOutput, match="damaged"):
        foreign.measured(path)
