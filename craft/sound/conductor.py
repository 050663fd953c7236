"""Score: a cue of exact length from a mood, through MIDI and fluidsynth, as a 48 kHz stereo WAV."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from craft.sound import signals, synthesis
from craft.sound.composition import Composition, ScoreSpec, compose
from craft.sound.errors import SoundEngineMissing, SoundError
from craft.sound.midi import midi_bytes
from craft.sound.signals import RATE, Signal
from craft.sound.wav import read_wav, write_wav

SCORE_VERSION = 1
TIMEOUT_SECONDS = 300
_SOUNDFONTS = (
    "/usr/share/sounds/sf2/FluidR3_GM.sf2",
    "/usr/share/sounds/sf2/default-GM.sf2",
    "/usr/share/sounds/sf2/TimGM6mb.sf2",
    "/usr/share/soundfonts/FluidR3_GM.sf2",
    "/usr/share/soundfonts/default.sf2",
    "/opt/homebrew/share/soundfonts/default.sf2",
    "/usr/local/share/soundfonts/default.sf2",
)
_NEXT_STEP = "install both with `apt-get install fluidsynth fluid-soundfont-gm`"


@dataclass(frozen=True, slots=True)
class Score:
    """A rendered cue. `draft` is True when sums of sines stood in for a soundfont; `version` says it too."""

    path: Path
    seconds: float
    tempo: float
    key: str
    mode: str
    midi_path: Path
    version: str
    draft: bool = False


def score(spec: ScoreSpec, out: Path, soundfont: Path | None = None, *, allow_draft: bool = True) -> Score:
    """Write the cue to `out` (WAV, 48 kHz stereo, exact to the sample) and its notes to `out` with `.mid`.

    Without fluidsynth or a soundfont a draft is synthesised, unless `allow_draft` is False. Raises
    `SoundEngineMissing`, `SoundError`.
    """
    piece = compose(spec)
    midi_path = out.with_suffix(".mid")
    data = midi_bytes(piece)
    midi_path.write_bytes(data)
    try:
        raw = _fluid(data, find_soundfont(soundfont))
        version, draft = f"conductor {SCORE_VERSION}, {fluidsynth_version()}", False
    except SoundEngineMissing:
        if not allow_draft:
            raise
        raw, draft = synthesis.played(piece), True
        version = f"conductor {SCORE_VERSION}, draft synthesis {synthesis.SYNTHESIS_VERSION}"
    seconds = write_wav(out, finished(raw, piece))
    return Score(
        out, seconds, round(piece.tempo, 2), piece.key.name, piece.key.mode, midi_path, version, draft
    )


def finished(raw: Signal, piece: Composition) -> Signal:
    """The exact number of samples, ends faded, at a level the mix can rely on (softer for still moods)."""
    n = round(piece.spec.seconds * RATE)
    exact = np.zeros((2, n), np.float32)
    kept = min(n, raw.shape[-1])
    exact[:, :kept] = raw[:, :kept]
    fade_in = 0.35 if piece.spec.intro else 0.01
    fade_out = max(0.4, piece.tail * 0.6) if piece.spec.out else min(1.5, piece.spec.seconds * 0.2)
    energy = (piece.spec.energy + 1) / 2
    return signals.settled(signals.faded(exact, fade_in, fade_out), -26.0 + 6.0 * energy, -1.5)


def find_soundfont(wanted: Path | None = None) -> Path:
    """The wanted soundfont, else the first of the usual places. Raises `SoundEngineMissing`."""
    for path in [wanted] if wanted else [Path(p) for p in _SOUNDFONTS]:
        if path.is_file():
            return path
    missing = f"{wanted.name} is not there" if wanted else "no soundfont is installed"
    raise SoundEngineMissing(f"Music cannot be played: {missing}; {_NEXT_STEP}.", code="sound.no_soundfont")


def fluidsynth_version() -> str:
    """The version fluidsynth names, e.g. "fluidsynth 2.3.1". Raises `SoundEngineMissing`."""
    done = subprocess.run(
        [_program(), "--version"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=20
    )
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        if "version" in line.lower():
            return f"fluidsynth {line.split()[-1]}"
    raise SoundEngineMissing(f"fluidsynth does not start; {_NEXT_STEP}.")


def _program() -> str:
    found = shutil.which("fluidsynth")
    if found is None:
        raise SoundEngineMissing(f"fluidsynth is not installed; {_NEXT_STEP}.")
    return found


def _fluid(data: bytes, soundfont: Path) -> Signal:
    """The MIDI bytes played to stereo samples; only our own paths reach the command line."""
    with tempfile.TemporaryDirectory(prefix="slate-score-") as folder:
        notes, sound = Path(folder, "cue.mid"), Path(folder, "cue.wav")
        notes.write_bytes(data)
        options = ["-o", "synth.dynamic-sample-loading=1", "-o", "synth.cpu-cores=1"]
        options += [
            "-o",
            "synth.reverb.room-size=0.55",
            "-o",
            "synth.reverb.level=0.6",
            "-o",
            "synth.polyphony=256",
        ]
        command = [_program(), "-n", "-i", "-q", "-g", "0.5", "-r", str(RATE), "-O", "s16", *options]
        try:
            done = subprocess.run(
                [*command, "-F", str(sound), os.fspath(soundfont.resolve()), str(notes)],
                stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise SoundError(
                f"fluidsynth took longer than {TIMEOUT_SECONDS} s and was stopped. Nothing was kept; "
                "make the cue shorter.",
                code="sound.timeout",
            ) from error
        if done.returncode != 0 or not sound.is_file():
            tail = done.stderr.decode("utf-8", "replace").strip()[-300:]
            raise SoundError(
                f"fluidsynth stopped with status {done.returncode}. {tail}", code="sound.fluidsynth"
            )
        signal, _ = read_wav(sound)
    return signal if signal.ndim == 2 else np.stack([signal, signal])
