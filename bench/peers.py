"""The same half minute of film by melt, moviepy and editly: what assembly costs against theirs.

All get the same four shots, the dissolve, the title as a picture, frame size, preset, crf and key frames. We also mix
four layers, duck two of them, set the loudness and check the master, from a cold cache; the others get that mix as a
finished WAV. melt grades with ffmpeg's own filters, moviepy with its own effects and again with a tight function in
numpy; editly has no grade and makes none. Beside each ratio stands the least that it could be: ffmpeg decoding, grading
and encoding the same frames and the finished mix, and nothing else. The figure is processor time, children included,
as the median of alternated rounds of one run (editly one round); a program whose film lacks frames, sound or the
right pictures gets no figure.

None of them is part of this project; who is not there is not measured:

    melt      on the PATH:   apt-get install melt
    moviepy   in FOLDER:     python3 -m venv FOLDER/venv && FOLDER/venv/bin/pip install moviepy
    editly    in FOLDER:     npm install --prefix FOLDER editly     (compiles: g++ and the development files of cairo,
                             pango, jpeg, gif, rsvg, Xi, GLU, GLEW)

melt and editly draw through a display; without one they run under `xvfb-run` (apt-get install xvfb xauth). FOLDER is
`--peers-dir`, by default `peers` in the cache directory (`SLATE_CACHE`, else ~/.cache/slate).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.costs import Row, cost
from bench.peers_commands import editly, melt, moviepy, no_editly, no_melt, no_moviepy
from bench.peers_film import JOIN, OVERLAP, TITLE, Film

Command = Callable[[Film, Path], list[str]]
Frames = NDArray[np.uint8]

SMALL = (64, 36)
MEAN_TOLERANCE, TOLERANCE = 12.0, 24.0
"""How far a frame's mean luma may be from ours, and its luma on average from ours in the same place (of 255)."""
PATIENCE = 1800
"""Seconds a program may take for the film."""


class Unmeasured(Exception):
    """Why there is no figure for a program."""


@dataclass(frozen=True)
class Peer:
    """A program and what it makes of the film; `missing` says why it cannot, or nothing.

    `looked`: with the cube beside the grade. `rounds`: how often it is run at most.
    """

    claim: str
    goal: float
    missing: Callable[[], str]
    command: Command
    looked: bool = False
    rounds: int = sys.maxsize


@dataclass
class Tally:
    """A program's figures so far: (ours, its) processor seconds of every round, or why there are none; `bare` are
    those of ffmpeg alone."""

    peer: Peer
    out: Path
    reason: str = ""
    pairs: list[tuple[float, float]] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def default_folder() -> Path:
    """Where moviepy and editly are looked for when nobody says."""
    cache = os.environ.get("SLATE_CACHE")
    return (Path(cache) if cache else Path.home() / ".cache" / "slate") / "peers"


def peers(folder: Path) -> list[Peer]:
    """Everybody the film is given to; moviepy and editly are looked for in `folder`."""
    moviepy_missing = partial(no_moviepy, folder)
    with_moviepy = partial(moviepy, folder=folder)
    return [
        Peer("melt with eq and colortemperature", 0.6, no_melt, partial(melt, in_rgb=True)),
        Peer("melt with eq and colorcorrect", 0.6, no_melt, melt),
        Peer("melt with eq, colorcorrect and a cube", 0.6, no_melt, partial(melt, cube=True), looked=True),
        Peer("moviepy with its own effects", 0.3, moviepy_missing, with_moviepy),
        Peer(
            "moviepy with a grade written in numpy",
            0.3,
            moviepy_missing,
            partial(with_moviepy, own_effects=False),
        ),
        Peer(
            "editly without any grade",
            0.15,
            partial(no_editly, folder),
            partial(editly, folder=folder),
            rounds=1,
        ),
    ]


def played(argv: list[str], folder: Path) -> None:
    """Run another program's command in `folder`. Raises `Unmeasured` with the end of what it said."""
    try:
        subprocess.run(
            argv, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=PATIENCE
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip()[-200:]
        raise Unmeasured(f"it ended with {error.returncode}: {said}") from error
    except subprocess.TimeoutExpired as error:
        raise Unmeasured(f"it took more than {PATIENCE} s") from error


def small_frames(path: Path) -> Frames:
    """Every frame in grey, shape (frames, 36, 64)."""
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-map", "0:v:0", "-fps_mode", "passthrough"]
    argv += ["-vf", f"scale={SMALL[0]}:{SMALL[1]}:flags=area,format=gray", "-f", "rawvideo", "-"]
    data = subprocess.run(argv, capture_output=True, check=True).stdout
    return np.frombuffer(data, np.uint8).reshape(-1, SMALL[1], SMALL[0])


def loudest(path: Path) -> tuple[float, float]:
    """Seconds of the sound, and its largest sample as a share of full scale."""
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a:0", "-ac", "1", "-ar", "8000"]
    samples = np.frombuffer(
        subprocess.run([*argv, "-f", "f32le", "-"], capture_output=True, check=True).stdout, np.float32
    )
    return len(samples) / 8000, float(np.abs(samples).max(initial=0.0))


def compare(film: Film, ours: Frames, path: Path) -> None:
    """That a film of another is the film. Raises `Unmeasured`."""
    try:
        theirs, (seconds, peak) = small_frames(path), loudest(path)
    except subprocess.CalledProcessError as error:
        raise Unmeasured("what it made cannot be decoded") from error
    if abs(len(theirs) - film.frames) > 1:
        raise Unmeasured(f"it made {len(theirs)} frames of {film.frames}")
    if abs(seconds - film.seconds) > 0.25 or peak < 0.05:
        raise Unmeasured(f"its sound has {seconds:.2f} s of {film.seconds:.2f} and a peak of {peak:.3f}")
    for frame in looked_at(film):
        mine, other = ours[frame].astype(np.float64), theirs[min(frame, len(theirs) - 1)].astype(np.float64)
        mean, everywhere = abs(other.mean() - mine.mean()), np.abs(other - mine).mean()
        if mean > MEAN_TOLERANCE or everywhere > TOLERANCE:
            raise Unmeasured(
                f"frame {frame}: luma is off by {mean:.1f} in the mean, {everywhere:.1f} in place"
            )


def looked_at(film: Film) -> Iterator[int]:
    """The first frame, the title, the middle of every shot, the middle of the dissolve, the last frame."""
    yield from (0, TITLE.at.start + TITLE.at.length // 2)
    start = 0
    for number, shot in enumerate(film.shots):
        yield start + shot.frames // 2
        start += shot.frames - (OVERLAP if number == JOIN else 0)
        if number == JOIN:
            yield start + OVERLAP // 2
    yield film.frames - 1


def one_round(film: Film, ours: dict[bool, Frames], tallies: list[Tally], backwards: bool) -> None:
    """Ours and everybody who is given the same film, one after the other; a failure only ends its own tally."""
    bare = cost(film.bare).cpu
    for looked in (False, True):
        others = [tally for tally in tallies if tally.peer.looked == looked and not tally.reason]
        if not others:
            continue
        costs: dict[str, float] = {}
        jobs: list[Tally | None] = [None, *others]
        for tally in reversed(jobs) if backwards else jobs:
            if tally is None:
                costs[""] = cost(lambda looked=looked: film.ours(looked=looked)).cpu  # type: ignore[misc]
            else:
                costs[tally.peer.claim] = their_cost(film, ours[looked], tally)
        for tally in others:
            if not tally.reason:
                tally.pairs.append((costs[""], costs[tally.peer.claim]))
                tally.bare.append(bare)


def their_cost(film: Film, ours: Frames, tally: Tally) -> float:
    """What a program's film cost; what is wrong with it goes into its tally."""
    tally.out.unlink(missing_ok=True)
    argv = tally.peer.command(film, tally.out)
    try:
        seconds = cost(lambda: played(argv, film.folder)).cpu
        compare(film, ours, tally.out)
    except Unmeasured as reason:
        tally.reason = str(reason)
        return float("nan")
    return seconds


def row_of(tally: Tally) -> Row:
    """The claim about one program; without a figure it neither holds nor fails."""
    claim = f"31 s with primaries, title and mix: CPU against {tally.peer.claim}, given the finished mix"
    found: Row = {"claim": claim, "unit": "ratio", "goal": tally.peer.goal}
    if not tally.pairs or tally.reason:
        return {**found, "value": f"not measured: {tally.reason}", "unit": "", "holds": None}
    ratio = statistics.median(ours / theirs for ours, theirs in tally.pairs)
    least = statistics.median(
        bare / theirs for bare, (_, theirs) in zip(tally.bare, tally.pairs, strict=True)
    )
    seconds = [[round(part, 2) for part in pair] for pair in tally.pairs]
    figures = {"value": round(ratio, 4), "limit": round(least, 4), "cpu_seconds": seconds}
    return {**found, **figures, "holds": ratio <= tally.peer.goal}


def rows(
    folder: Path, pairs: int, peers_dir: Path | None = None, size: tuple[int, int] = (1280, 720)
) -> list[Row]:
    """The film by everybody who is there, `pairs` rounds; files go into `folder`. Rows of claim, value, unit, goal
    and holds (None where there is no figure), with `cpu_seconds` of every pair (ours, theirs) and the `limit`."""
    tallies = [
        Tally(peer, folder / f"peer{number}.mp4", peer.missing())
        for number, peer in enumerate(peers(peers_dir or default_folder()))
    ]
    if any(not tally.reason for tally in tallies):
        film = Film(folder, *size)
        ours = {looked: small_frames(film.ours(looked=looked)) for looked in (False, True)}
        for number in range(pairs):
            playing = [tally for tally in tallies if number < tally.peer.rounds]
            one_round(film, ours, playing, backwards=number % 2 == 1)
    return [row_of(tally) for tally in tallies]


def run(argv: list[str]) -> list[Row]:
    """Run the bench: `--pairs N --peers-dir FOLDER --size WIDTHxHEIGHT`."""
    parser = argparse.ArgumentParser(prog="bench peers", description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--peers-dir", type=Path)
    parser.add_argument("--size", default="1280x720")
    options = parser.parse_args(argv)
    width, height = (int(part) for part in options.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="bench-peers-") as folder:
        return rows(Path(folder), options.pairs, options.peers_dir, (width, height))


if __name__ == "__main__":
    found = run(sys.argv[1:])
    print(json.dumps(found, indent=2))
    sys.exit(0 if all(row["holds"] is not False for row in found) else 1)
