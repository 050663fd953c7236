"""fluidsynth, out of process: MIDI bytes become stereo samples in a file of ours."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

from craft.sound.errors import SoundEngineMissing, SoundError
from craft.sound.signals import RATE

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
# seconds a rendering may take: to start, and for each second of music (it needs about a fiftieth)
START_SECONDS, SECONDS_PER_SECOND = 60.0, 1.0
# Samples are read when a program is chosen; the polyphony is far above what a cue needs, because a voice
# that is cut off in the mix and not in a stem would make their sums differ.
_OPTIONS = {
    "synth.dynamic-sample-loading": "1",
    "synth.lock-memory": "0",
    "synth.cpu-cores": "1",
    "synth.polyphony": "1024",
    "synth.chorus.active": "0",
    "synth.reverb.room-size": "0.62",
    "synth.reverb.damp": "0.35",
    "synth.reverb.width": "0.8",
    "synth.reverb.level": "0.55",
    "synth.gain": "0.4",
    "audio.file.type": "raw",
    "audio.file.format": "float",
    "audio.file.endian": "little",
}


def find_soundfont(wanted: Path | None = None) -> Path:
    """The wanted soundfont, else the first of the usual places. Raises `SoundEngineMissing`."""
    for path in [wanted] if wanted else [Path(p) for p in _SOUNDFONTS]:
        if path.is_file():
            return path
    missing = f"{wanted.name} is not there" if wanted else "no soundfont is installed"
    raise SoundEngineMissing(f"Music cannot be played: {missing}; {_NEXT_STEP}.", code="sound.no_soundfont")


def check_soundfont(path: Path) -> None:
    """Raises `SoundError` (`sound.soundfont_damaged`) for a file that is no soundfont or ends too early;
    fluidsynth would play silence.
    """
    try:
        with path.open("rb") as file:
            head = file.read(12)
        size = path.stat().st_size
    except OSError as error:
        raise _damaged(path, f"cannot be read ({error.strerror})") from error
    if head[:4] != b"RIFF" or head[8:12] not in (b"sfbk", b"sfpk"):
        raise _damaged(path, "is no soundfont")
    if int.from_bytes(head[4:8], "little") + 8 > size + 1:
        raise _damaged(path, "ends too early")


def _damaged(path: Path, how: str) -> SoundError:
    return SoundError(
        f"The soundfont {path.name} {how}. Nothing was written; copy or install it again.",
        code="sound.soundfont_damaged",
    )


def fluidsynth_version() -> str:
    """The version fluidsynth names, e.g. "fluidsynth 2.3.1". Raises `SoundEngineMissing`."""
    program = _program()
    return _version(program, os.stat(program).st_mtime_ns)


@functools.lru_cache(maxsize=8)
def _version(program: str, changed: int) -> str:
    """Asked once for each program and each time it is installed anew."""
    try:
        done = subprocess.run(
            [program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SoundEngineMissing(f"fluidsynth does not start; {_NEXT_STEP}.") from error
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        if "version" in line.lower():
            return f"fluidsynth {line.split()[-1]}"
    raise SoundEngineMissing(f"fluidsynth does not start; {_NEXT_STEP}.")


def _program() -> str:
    found = shutil.which("fluidsynth")
    if found is None:
        raise SoundEngineMissing(f"fluidsynth is not installed; {_NEXT_STEP}.")
    return found


def rendered(data: bytes, soundfont: Path, folder: Path, name: str, seconds: float) -> Path:
    """Play MIDI bytes into `folder`/`name`.raw: interleaved stereo float32 at 48 kHz, at least `seconds`.

    Raises `SoundEngineMissing`, and `SoundError` when fluidsynth takes too long (it is stopped), stops by
    itself, or writes too little.
    """
    notes, sound = folder / f"{name}.mid", folder / f"{name}.raw"
    notes.write_bytes(data)
    command = [_program(), "-n", "-i", "-q", "-r", str(RATE)]
    for option, value in _OPTIONS.items():
        command += ["-o", f"{option}={value}"]
    limit = START_SECONDS + SECONDS_PER_SECOND * seconds
    try:
        done = subprocess.run(
            [*command, "-F", str(sound), os.fspath(soundfont.resolve()), str(notes)],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=limit, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise SoundError(
            f"fluidsynth took longer than {limit:.0f} s and was stopped. Nothing was kept; make the cue "
            "shorter or run it again.",
            code="sound.timeout",
        ) from error
    except OSError as error:
        raise SoundEngineMissing(f"fluidsynth does not start ({error.strerror}); {_NEXT_STEP}.") from error
    told = done.stderr.decode("utf-8", "replace").strip()
    size = sound.stat().st_size if sound.is_file() else 0
    if "Failed to load SoundFont" in told or "Not a SoundFont" in told:
        raise _damaged(soundfont, "cannot be loaded")
    # the player rounds down to a block of 64 samples and leaves its last one out
    if done.returncode != 0 or size < (seconds - 0.05) * RATE * 8:
        raise SoundError(
            f"fluidsynth stopped with status {done.returncode} after {size / 8 / RATE:.1f} s of "
            f"{seconds:.1f} s. Nothing was kept; run it again. {told[-300:]}",
            code="sound.fluidsynth",
        )
    return sound
