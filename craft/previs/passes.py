"""Passes of a shot, drawn in one go: what compositors read back and what engines take as control input.

| pass | lossless (clip, still) | preview | numbers |
|---|---|---|---|
| beauty | ``beauty.mp4``, ``beauty.png`` | – | the finished picture |
| depth | ``depth.mkv`` (FFV1 gray16le), ``depth.png`` | ``depth.mp4`` | distance along the view axis: metres = value x ``metres_per_unit``; 65535 = nothing there. Preview: 8 bit, 255 at ``near_m``, 0 at ``far_m`` and beyond, linear in 1 / distance |
| normals | ``normals.mkv`` (FFV1 RGB), ``normals.png`` | ``normals.mp4`` | camera space, x right, y up, z towards the lens: n = value / 127.5 - 1; (128, 128, 128) = nothing there |
| segments | ``segments.mkv`` (FFV1 gray), ``segments.png`` | ``segments.mp4`` | number per pixel, named in the legend; the preview has a colour per number |
| motion | ``motion.mkv`` (FFV1 gbrp16le), ``motion.png`` (16 bit RGB) | – | pixels since the frame before: red right, green down, (value - 32768) / 64; blue 65535 |
| camera | ``camera.json``, ``camera.gltf`` + ``camera.bin`` | – | see ``camera_export`` |

``passes.json`` says all of this for the folder; it is written last, so where it is, everything is.
"""  # noqa: E501

from __future__ import annotations

import colorsys
import json
import shutil
import struct
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from craft.previs.camera_export import write_camera
from craft.previs.checks import refuse_blank
from craft.previs.encoder import CLIP, GREY, GREY16, PREVIEW, RGB, RGB16, Encoder, Form
from craft.previs.errors import PacketError, PrevisCancelled, WriteFailed
from craft.previs.film import Cancelled, Progress, drawing, write_bytes
from craft.previs.motion import Motion
from craft.previs.packet import Packet
from craft.previs.projection import FAR_M, NEAR_M
from craft.previs.renderer import Renderer
from craft.previs.segments import legend
from craft.previs.shot import Shot
from craft.previs.spatial import basis
from craft.previs.version import ENGINE_VERSION

PASSES = ("beauty", "depth", "normals", "segments", "motion", "camera")
METRES_PER_UNIT = 0.001
NOTHING = 65535
MOTION_SCALE, MOTION_ZERO = 64.0, 32768.0
_AWAY = -0.35
"""A normal that points further away than this is the back of a single sheet, seen from behind."""

Array = NDArray[Any]


@dataclass(frozen=True)
class PassesResult:
    """``files`` by pass, the lossless one first; ``legend`` of the segments; range of the depth preview in metres."""

    folder: Path
    files: Mapping[str, tuple[Path, ...]]
    legend: Mapping[int, Mapping[str, str]]
    near_m: float
    far_m: float
    frames: tuple[int, ...]


def depth_metres(renderer: Renderer) -> NDArray[np.float32]:
    """Distance along the view axis of the frame drawn last, top row first; infinite where nothing is."""
    data = renderer.targets.depth.read(alignment=1)
    d = np.frombuffer(data, np.float32).reshape(renderer.height, renderer.width)[::-1]
    z = 2.0 * NEAR_M * FAR_M / (FAR_M + NEAR_M - (d * 2.0 - 1.0) * (FAR_M - NEAR_M))
    return np.where(d >= 1.0, np.float32(np.inf), z.astype(np.float32))


def camera_normals(renderer: Renderer, shot: Shot, number: int) -> NDArray[np.float32]:
    """Normals in camera space (x right, y up, z towards the lens), top row first; null where nothing is."""
    data = renderer.targets.normal.read(alignment=1)
    raw = np.frombuffer(data, np.float16).reshape(renderer.height, renderer.width, 4)[::-1]
    n = raw[..., :3].astype(np.float32) * 2 - 1
    n /= np.maximum(np.sqrt((n * n).sum(-1, keepdims=True)), 1e-6)
    pose = shot.path[number]
    right, up, forward = (axis.astype(np.float32) for axis in basis(pose.eye, pose.target, pose.roll))
    out = np.stack([(n * right).sum(-1), (n * up).sum(-1), -(n * forward).sum(-1)], -1)
    out[out[..., 2] < _AWAY] *= -1
    out[raw[..., 3] < 0.5] = 0
    return out


def segment_numbers(renderer: Renderer) -> NDArray[np.uint8]:
    """Number of what each pixel shows, top row first."""
    data = renderer.targets.material.read(alignment=1)
    return np.frombuffer(data, np.uint8).reshape(renderer.height, renderer.width, 4)[::-1, :, 0].copy()


def encoded_depth(metres: Array) -> Array:
    """uint16 as stored."""
    units = np.minimum(np.nan_to_num(metres, posinf=1e6) / METRES_PER_UNIT + 0.5, NOTHING - 1)
    return np.where(np.isinf(metres), NOTHING, units).astype("<u2")


def encoded_normals(normals: Array) -> Array:
    """uint8 RGB as stored."""
    return (normals * 127.5 + 128).clip(0, 255).astype(np.uint8)


def encoded_motion(vectors: Array) -> Array:
    """uint16 RGB as stored: right, down, 65535."""
    values = (vectors * MOTION_SCALE + MOTION_ZERO + 0.5).clip(0, 65535)
    full = np.full((*vectors.shape[:2], 1), 65535, np.float32)
    return np.concatenate([values, full], -1).astype("<u2")


def depth_preview(metres: Array, near: float, far: float) -> Array:
    """uint8 RGB: white near, black far, linear in 1 / distance, as engines take depth."""
    share = (1 / np.maximum(metres, 1e-3) - 1 / far) / (1 / near - 1 / far)
    grey = (share.clip(0, 1) * 255 + 0.5).astype(np.uint8)
    return np.repeat(grey[..., None], 3, -1)


def segment_colours() -> Array:
    """uint8[256, 3]: a colour per number, neighbours far apart, 0 black."""
    table = [
        colorsys.hsv_to_rgb(i * 0.61803399 % 1, 0.55 + 0.15 * (i % 3), 0.95 - 0.2 * (i % 2))
        for i in range(256)
    ]
    colours = (np.array(table) * 255).astype(np.uint8)
    colours[0] = 0
    return colours


@dataclass(frozen=True)
class _Range:
    near: float
    far: float

    @classmethod
    def of(cls, metres: Array) -> _Range:
        """What the first frame shows, with room for the camera to come nearer."""
        seen = metres[np.isfinite(metres)]
        if not len(seen):
            return cls(NEAR_M, FAR_M)
        near = max(NEAR_M, float(seen.min()) * 0.7)
        return cls(round(near, 3), round(max(near * 1.5, float(np.percentile(seen, 99)) * 1.1), 3))


class _Run:
    """One frame's passes as arrays, each read from the buffers at most once."""

    def __init__(self, renderer: Renderer, shot: Shot, wanted: Sequence[str]) -> None:
        self.renderer, self.shot, self.wanted = renderer, shot, wanted
        self.range: _Range | None = None
        self.motion = Motion(renderer) if "motion" in wanted else None
        self.colours = segment_colours()

    def draw(self, number: int) -> dict[str, tuple[bytes, Array]]:
        """Every wanted pass of a frame by file stem: raw bytes for the encoder, and the array of a still."""
        found: dict[str, tuple[bytes, Array]] = {}
        picture = self.renderer.frame(self.shot, number)
        if self.range is None:
            refuse_blank(self.shot, self.renderer, picture)
            self.range = _Range.of(depth_metres(self.renderer))
        if "beauty" in self.wanted:
            shape = (self.renderer.height, self.renderer.width, 3)
            found["beauty"] = (picture, np.frombuffer(picture, np.uint8).reshape(shape)[::-1])
        if "depth" in self.wanted:
            self._depth(found, self.range)
        if "normals" in self.wanted:
            normals = encoded_normals(camera_normals(self.renderer, self.shot, number))
            found["normals"] = found["normals_preview"] = (normals.tobytes(), normals)
        if "segments" in self.wanted:
            segments = segment_numbers(self.renderer)
            coloured = self.colours[segments]
            found["segments"] = (segments.tobytes(), segments)
            found["segments_preview"] = (coloured.tobytes(), coloured)
        if self.motion is not None:
            vectors = encoded_motion(self.motion.vectors(self.shot, number))
            planes = vectors[..., (1, 2, 0)].transpose(2, 0, 1)
            found["motion"] = (np.ascontiguousarray(planes).tobytes(), vectors)
        return found

    def _depth(self, found: dict[str, tuple[bytes, Array]], span: _Range) -> None:
        metres = depth_metres(self.renderer)
        stored = encoded_depth(metres)
        shown = depth_preview(metres, span.near, span.far)
        found["depth"] = (stored.tobytes(), stored)
        found["depth_preview"] = (shown.tobytes(), shown)

    def release(self) -> None:
        if self.motion is not None:
            self.motion.release()


_FILES: dict[str, tuple[str, str, Form]] = {
    "beauty": ("beauty", "beauty.mp4", CLIP),
    "depth": ("depth", "depth.mkv", GREY16),
    "depth_preview": ("depth", "depth.mp4", PREVIEW),
    "normals": ("normals", "normals.mkv", RGB),
    "normals_preview": ("normals", "normals.mp4", PREVIEW),
    "segments": ("segments", "segments.mkv", GREY),
    "segments_preview": ("segments", "segments.mp4", PREVIEW),
    "motion": ("motion", "motion.mkv", RGB16),
}
"""Pass, file and form of everything that is drawn."""


def render_passes(
    packet: Packet,
    folder: Path,
    wanted: Sequence[str] = PASSES,
    *,
    frames: Sequence[int] | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> PassesResult:
    """Draw passes of a shot into ``folder``: clips of all frames, or PNGs when ``frames`` names a single one.

    Raises PacketError for an unknown pass or frame, and what ``render_clip`` raises; then the folder is as it was.
    """
    numbers = tuple(range(packet.frames)) if frames is None else tuple(frames)
    _check(packet, wanted, numbers)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".passes-", dir=folder))
    except OSError as error:
        raise WriteFailed(folder, error) from error
    try:
        with drawing(packet) as (shot, renderer):
            run = _Run(renderer, shot, wanted)
            try:
                write = _stills if len(numbers) == 1 and frames is not None else _clips
                write(run, numbers, draft, _Watch(progress, cancelled))
            finally:
                run.release()
            if "camera" in wanted:
                write_camera(shot, numbers, draft)
            result = _described(run, folder, draft, numbers)
        return _published(result, draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _check(packet: Packet, wanted: Sequence[str], numbers: Sequence[int]) -> None:
    for name in wanted:
        if name not in PASSES:
            raise PacketError("passes", f"no pass {name!r}; there are {', '.join(PASSES)}")
    if not numbers or any(not 0 <= number < packet.frames for number in numbers):
        raise PacketError("frames", f"frames {list(numbers)[:4]} asked of a packet with {packet.frames}")


@dataclass(frozen=True)
class _Watch:
    progress: Progress | None
    cancelled: Cancelled | None

    def step(self, done: int, total: int) -> None:
        """Report, and stop when asked to."""
        if self.cancelled is not None and self.cancelled():
            raise PrevisCancelled(f"stopped at frame {done} of {total}; nothing was kept")
        if self.progress is not None and done:
            self.progress(done, total)


def _clips(run: _Run, numbers: Sequence[int], draft: Path, watch: _Watch) -> None:
    packet = run.shot.packet
    with ExitStack() as stack:
        encoders: dict[str, Encoder] = {}
        for stem, (name, file, form) in _FILES.items():
            if name in run.wanted:
                encoder = Encoder(draft / file, packet.width, packet.height, packet.rate, form)
                encoders[stem] = stack.enter_context(encoder)
        for done, number in enumerate(numbers):
            watch.step(done, len(numbers))
            drawn = run.draw(number)
            for stem, encoder in encoders.items():
                encoder.write(drawn[stem][0])
        watch.step(len(numbers), len(numbers))


def _stills(run: _Run, numbers: Sequence[int], draft: Path, watch: _Watch) -> None:
    watch.step(0, 1)
    drawn = run.draw(numbers[0])
    drawn.pop("normals_preview", None)  # of a still it is the same picture
    for stem, (_raw, array) in drawn.items():
        write_bytes(png(array), draft / f"{stem}.png")
    watch.step(1, 1)


def png(array: Array) -> bytes:
    """A PNG of uint8 or uint16 values: grey for (h, w), RGB for (h, w, 3). Pillow has no RGB of 16 bits."""
    height, width = array.shape[:2]
    deep = array.dtype.itemsize == 2
    rows = np.ascontiguousarray(array.astype(">u2") if deep else array).view(np.uint8).reshape(height, -1)
    # Each row less the one above it (filter 2), which is what makes passes small.
    above = np.concatenate([np.zeros_like(rows[:1]), rows[:-1]])
    filtered = np.concatenate([np.full((height, 1), 2, np.uint8), rows - above], 1)
    head = struct.pack(">IIBBBBB", width, height, 16 if deep else 8, 2 if array.ndim == 3 else 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(filtered.tobytes(), 4)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _described(run: _Run, folder: Path, draft: Path, numbers: tuple[int, ...]) -> PassesResult:
    """What was drawn, and ``passes.json`` in the draft."""
    packet, span = run.shot.packet, run.range or _Range(NEAR_M, FAR_M)
    names = legend(packet, (actor.spec.id for actor in run.shot.actors))
    files = {name: _written(name, draft) for name in PASSES if name in run.wanted}
    described = {
        "version": 1,
        "engine": ENGINE_VERSION,
        "width": packet.width,
        "height": packet.height,
        "rate": packet.rate,
        "frames": list(numbers),
        "files": {name: [path.name for path in paths] for name, paths in files.items()},
        "depth": {
            "metres_per_unit": METRES_PER_UNIT,
            "nothing": NOTHING,
            "preview": {
                "near_m": span.near,
                "far_m": span.far,
                "linear_in": "1/distance",
                "near": 255,
                "far": 0,
            },
        },
        "normals": {
            "space": "camera",
            "axes": "x right, y up, z towards the lens",
            "scale": 127.5,
            "zero": 128,
        },
        "motion": {
            "scale": MOTION_SCALE,
            "zero": MOTION_ZERO,
            "axes": "red right, green down; pixels since the frame before",
        },
        "segments": {str(number): entry for number, entry in names.items()},
    }
    write_bytes(
        json.dumps(described, indent=1, ensure_ascii=False, allow_nan=False).encode(), draft / "passes.json"
    )
    paths = {name: tuple(folder / path.name for path in found) for name, found in files.items()}
    return PassesResult(folder, paths, names, span.near, span.far, numbers)


def _written(name: str, draft: Path) -> tuple[Path, ...]:
    """A pass's files, lossless first."""
    order = (".mkv", ".png", ".json", ".gltf", ".bin", ".mp4")
    found = [p for p in draft.iterdir() if p.stem in (name, f"{name}_preview")]
    return tuple(sorted(found, key=lambda p: ("preview" in p.stem, order.index(p.suffix))))


def _published(result: PassesResult, draft: Path) -> PassesResult:
    """Move the finished files into the folder, what describes them last."""
    try:
        for path in sorted(draft.iterdir(), key=lambda found: (found.name == "passes.json", found.name)):
            path.replace(result.folder / path.name)
    except OSError as error:
        raise WriteFailed(result.folder, error) from error
    return result
