"""Stems for other people's mixes: broadcast WAV, 48 kHz, 24 bit, at the level of the master.

Added up, dialogue, music, effects and ambience are the master as it was before its limiter; music and
effects (`ME`) is everything but the dialogue, for dubbing.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from craft.render.errors import RenderCancelled, RenderError
from craft.render.execute import Cancelled, finished_file, never
from craft.render.wav import CHANNELS, SAMPLE_RATE, Samples, WavFile
from craft.terms.sound import Layer

CODES = {Layer.DIALOGUE: "D", Layer.MUSIC: "M", Layer.EFFECTS: "E", Layer.AMBIENCE: "A"}
DUBBING = "ME"
LABELS = {
    "D": "Dialogue",
    "M": "Music",
    "E": "Effects",
    "A": "Ambience",
    DUBBING: "Music and effects (all but dialogue)",
}
FULL_SCALE = 8_388_607
BYTES = CHANNELS * 3
BEXT_BYTES = 602
LIMIT = 0xFFFFFFFF - 4096


@dataclass(frozen=True, slots=True)
class ExportedStem:
    """One exported file: its code, its highest sample in dBFS (None: silence), samples cut at full scale."""

    code: str
    label: str
    path: Path
    peak_dbfs: float | None
    clipped: int


def export_stems(
    stems: Mapping[Layer, Path],
    folder: Path,
    gain_db: float,
    *,
    title: str = "stem",
    start_samples: int = 0,
    cancelled: Cancelled = never,
) -> tuple[ExportedStem, ...]:
    """Write every stem and the dubbing mix as 24-bit WAV into `folder`, all raised by `gain_db`.

    `gain_db` is the master's (`LoudnessReport.gain_db`). Files are named `<title>_<code>.wav`; `title` keeps
    its letters, digits, dashes and underscores. `start_samples` is the programme's start since midnight, for
    the time reference of the `bext` chunk. Raises `RenderError` for a programme beyond 4 GiB per stem.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in title)[:80] or "stem"
    others = [path for layer, path in stems.items() if layer is not Layer.DIALOGUE]
    wanted = [(CODES[layer], [path]) for layer, path in stems.items()]
    if Layer.DIALOGUE in stems and others:
        wanted.append((DUBBING, others))
    made = []
    for code, sources in wanted:
        job = _Export(code, sources, 10.0 ** (gain_db / 20.0), start_samples, cancelled)
        made.append(job.write(folder / f"{name}_{code}.wav"))
    return tuple(made)


@dataclass
class _Export:
    code: str
    sources: Sequence[Path]
    gain: float
    start: int
    cancelled: Cancelled
    peak: float = 0.0
    clipped: int = 0

    def write(self, path: Path) -> ExportedStem:
        what = f"stem {self.code}"
        with contextlib.ExitStack() as opened, finished_file(path) as partial:
            sources = [opened.enter_context(WavFile(source)) for source in self.sources]
            samples = sources[0].samples
            if samples * BYTES > LIMIT:
                raise RenderError("stem_too_long", what, "24-bit WAV holds no more than 4 GiB")
            file = opened.enter_context(partial.open("wb"))
            file.write(_header(LABELS[self.code], samples, self.start))
            for at, piece in sources[0].pieces():
                if self.cancelled():
                    raise RenderCancelled(what)
                for source in sources[1:]:
                    piece += source.read(at, at + len(piece))
                file.write(self._packed(piece))
        highest = None if self.peak == 0 else round(20.0 * float(np.log10(self.peak)), 2)
        return ExportedStem(self.code, LABELS[self.code], path, highest, self.clipped)

    def _packed(self, piece: Samples) -> bytes:
        """Samples as 24-bit little-endian integers."""
        values = np.rint(piece.astype(np.float64) * (self.gain * FULL_SCALE))
        self.peak = max(self.peak, float(np.abs(values).max(initial=0.0)) / FULL_SCALE)
        self.clipped += int((np.abs(values) > FULL_SCALE).any(axis=1).sum())
        whole = np.clip(values, -FULL_SCALE - 1, FULL_SCALE).astype("<i4")
        return np.ascontiguousarray(whole).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def _header(description: str, samples: int, start: int) -> bytes:
    """RIFF head with a `bext` chunk (EBU Tech 3285); dates stay empty, so equal sound is an equal file."""
    data = samples * BYTES
    layout = struct.pack("<HHIIHH", 1, CHANNELS, SAMPLE_RATE, SAMPLE_RATE * BYTES, BYTES, 24)
    told = description.encode("ascii", "replace")[:256].ljust(256, b"\0")
    bext = told + b"Slate".ljust(32, b"\0") + bytes(32 + 18) + struct.pack("<QH", start, 1)
    bext = bext.ljust(BEXT_BYTES, b"\0")
    chunks = b"bext" + struct.pack("<I", len(bext)) + bext + b"fmt " + struct.pack("<I", len(layout)) + layout
    whole = 4 + len(chunks) + 8 + data + data % 2
    return b"RIFF" + struct.pack("<I", whole) + b"WAVE" + chunks + b"data" + struct.pack("<I", data)
