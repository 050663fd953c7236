"""How we have AAC encoded, against ffmpeg's default: processor time, and noise against what hides it.

Speech, a score, rain, a forest and the mix of a scene are encoded at the bit rate of a master both ways, one after the
other. Noise is what the decoded file differs by; what hides it is the sound itself, spread over its neighbours among
the critical bands (Schroeder, Atal and Hall 1979: 14.5 dB and one more for every band below it). The figure is the mean
over stretches and bands, so that one loud fault counts as much as it should.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.costs import Row, cost, row
from craft.render.execute import run as run_ffmpeg
from craft.render.graphs.sound import encode_command
from craft.render.tools import find_tools
from craft.render.wav import SAMPLE_RATE
from craft.sound import BEDS, HITS, VOICES, ScoreSpec, ambience, effect, score, speak

BITRATE = 192_000
SECONDS = 20.0
STRETCH, BANDS = 2048, 25
WORDS = (
    "The keeper climbed the stair while the storm rolled in from the sea. Nobody had lit the lamp for seven nights, "
    "and the ships were turning back. Wait for me, she said, I will not be long. Sixty steps, and sixty more."
)
Sound = NDArray[np.float32]
Figures = NDArray[np.float64]


def materials(folder: Path) -> dict[str, Path]:
    """What is encoded, by name: stereo, 48 kHz."""
    made = {name: folder / f"{name}.wav" for name in ("speech", "score", "rain", "forest")}
    speak(WORDS, voice=VOICES["alto_clear"], out=made["speech"])
    score(ScoreSpec(seconds=SECONDS, valence=0.3, energy=0.7), out=made["score"])
    for kind in ("rain", "forest"):
        ambience(kind, seconds=SECONDS, seed=1, out=made[kind])
    made["a scene's mix"] = folder / "mix.wav"
    layers = {"speech": 0.0, "score": -9.0, "rain": -14.0}
    argv = [part for name in layers for part in ("-i", str(made[name]))]
    levels = ";".join(f"[{at}:a]volume={gain}dB[l{at}]" for at, gain in enumerate(layers.values()))
    argv += ["-filter_complex", f"{levels};[l0][l1][l2]amix=3:normalize=0:duration=shortest"]
    _ffmpeg(*argv, "-ar", str(SAMPLE_RATE), "-ac", "2", "-c:a", "pcm_f32le", str(made["a scene's mix"]))
    return made


def _ffmpeg(*argv: str) -> bytes:
    done = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *argv], check=True, capture_output=True)
    return done.stdout


def heard(path: Path) -> Sound:
    """A file's samples, shape (n, 2)."""
    raw = _ffmpeg("-i", str(path), "-f", "f32le", "-ac", "2", "-ar", str(SAMPLE_RATE), "-")
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


def _bands() -> Figures:
    """Which critical band (Zwicker and Terhardt 1980) each line of a stretch's spectrum is in, in zeros and ones."""
    at = np.fft.rfftfreq(STRETCH, 1 / SAMPLE_RATE)
    bark = 13 * np.arctan(0.00076 * at) + 3.5 * np.arctan((at / 7500) ** 2)
    inside: Figures = (np.minimum(bark.astype(int), BANDS - 1) == np.arange(BANDS)[:, None]).astype(
        np.float64
    )
    return inside


def _hiding() -> Figures:
    """The noise in each band that is hidden by sound of power 1 in each other one."""
    away = np.arange(BANDS)[:, None] - np.arange(BANDS)[None, :] + 0.474
    spread = 15.81 + 7.5 * away - 17.5 * np.sqrt(1 + away**2)
    return np.asarray(10 ** ((spread - 14.5 - np.arange(BANDS)[:, None]) / 10), np.float64)


IN_BAND, HIDDEN_BY = _bands(), _hiding()
UNHEARD = 1e-5


def noise_to_mask(sound: Sound, coded: Sound) -> float:
    """How far the noise lies above what hides it, in dB; both sounds begin at the same sample."""
    length = min(len(sound), len(coded)) // STRETCH * STRETCH
    window = np.hanning(STRETCH)[:, None]
    parts = (
        both[:length].reshape(-1, STRETCH, 2) * window
        for both in (sound, sound[: len(coded)] - coded[: len(sound)])
    )
    given, noise = (IN_BAND @ (np.abs(np.fft.rfft(part, axis=1)) ** 2) for part in parts)
    hidden = np.maximum(HIDDEN_BY @ given, UNHEARD)
    return float(10 * np.log10((noise / hidden).mean()))


def both_ways(name: str, path: Path, folder: Path, rounds: int) -> Mapping[str, Any]:
    """One material by ffmpeg's default and by ours: the ratio of processor time, and the noise of each in dB."""
    default, own = folder / "default.m4a", folder / "own.m4a"
    command = encode_command(find_tools().ffmpeg, path, 0.0, BITRATE, own)
    plain = (
        "-i",
        str(path),
        "-c:a",
        "aac",
        "-b:a",
        str(BITRATE),
        "-ar",
        str(SAMPLE_RATE),
        "-ac",
        "2",
        str(default),
    )
    ratios = []
    for _ in range(rounds):
        theirs = cost(lambda: _ffmpeg(*plain)).cpu
        ratios.append(cost(lambda: run_ffmpeg(command, what=name)).cpu / theirs)
    sound = heard(path)
    noises = (noise_to_mask(sound, heard(coded)) for coded in (default, own))
    return {"cpu": statistics.median(ratios), "noise": tuple(noises)}


def rows(folder: Path, rounds: int) -> list[Row]:
    """Two rows for each material: processor time and noise, ours against the default's."""
    found = []
    for name, path in materials(folder).items():
        figures = both_ways(name, path, folder, rounds)
        default, own = figures["noise"]
        found.append(row(f"AAC of {name}: CPU against ffmpeg's default", figures["cpu"], "ratio", 0.9))
        noise = row(
            f"AAC of {name}: noise over what hides it against ffmpeg's default", own - default, "dB", 0.0
        )
        found.append({**noise, "own": round(own, 2), "default": round(default, 2)})
    return found


def everything(path: Path) -> Iterator[str]:
    """The name of every ambience, effect and voice there is, a few seconds of which are then in `path`."""
    for kind in BEDS.all():
        ambience(kind, seconds=5.0, seed=1, out=path)
        yield f"ambience {kind}"
    for kind in HITS.all():
        effect(kind, out=path)
        yield f"effect {kind}"
    for name, voice in VOICES.items():
        speak(WORDS[:60], voice=voice, out=path)
        yield f"voice {name}"


def every_sound(folder: Path) -> list[Row]:
    """What the two ways differ by over all that the studio can sound like: the median, and how many are noisier."""
    path, found = folder / "one.wav", {}
    for name in everything(path):
        default, own = both_ways(name, path, folder, 1)["noise"]
        found[name] = own - default
    differences = sorted(found.values())
    worst = max(found, key=lambda name: found[name])
    said = f"AAC of {len(found)} sounds: noise over what hides it against ffmpeg's default"
    noisier = sum(one > 0 for one in differences) / len(differences)
    return [
        row(f"{said}, median", statistics.median(differences), "dB", 0.0),
        row(f"{said}, share of those with more", noisier, "ratio", 0.5),
        row(f"{said}, the worst: {worst}", found[worst], "dB", 6.0),
    ]


def run(argv: list[str]) -> list[Row]:
    """Run the bench: `--rounds N`, and `--every` for all ambiences, effects and voices (minutes)."""
    parser = argparse.ArgumentParser(prog="bench codec", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--every", action="store_true")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-codec-") as name:
        folder = Path(name)
        return [*rows(folder, options.rounds), *(every_sound(folder) if options.every else [])]


if __name__ == "__main__":
    measured = run(sys.argv[1:])
    print(json.dumps(measured, indent=2))
    sys.exit(0 if all(one["holds"] for one in measured) else 1)
