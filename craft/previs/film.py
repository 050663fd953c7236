"""Stills and clips of a packet, and what is known about their frames."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import moderngl
from PIL import Image

from craft.previs.burn_in import overlay
from craft.previs.checks import refuse_blank, refuse_too_large
from craft.previs.encoder import Encoder
from craft.previs.engine import ENGINE
from craft.previs.errors import PacketError, PrevisCancelled, TooLarge, WriteFailed
from craft.previs.packet import Packet
from craft.previs.projection import Box, CameraPose, box_of, clipped, fov_y
from craft.previs.renderer import Renderer
from craft.previs.shot import Shot, plan_shot
from craft.previs.subjects import subject_of

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
Boxes = Mapping[str, Box | None]


@dataclass(frozen=True)
class StillResult:
    """A written PNG. ``boxes`` are normalised x0, y0, x1, y1 of each character (y down), None when out
    of frame.
    """

    path: Path
    width: int
    height: int
    boxes: Boxes
    mouth_boxes: Boxes
    compromises: tuple[str, ...]
    card: bool = False


@dataclass(frozen=True)
class ClipResult:
    """A written clip with, per frame, where mouths and characters are and where the camera was."""

    path: Path
    frames: int
    width: int
    height: int
    mouth_boxes: tuple[Boxes, ...]
    subject_boxes: tuple[Boxes, ...]
    camera_path: tuple[Mapping[str, object], ...]
    compromises: tuple[str, ...]


def _camera(pose: CameraPose, aspect: float) -> Mapping[str, object]:
    return {
        "eye": [round(float(x), 4) for x in pose.eye],
        "target": [round(float(x), 4) for x in pose.target],
        "fov_y": round(fov_y(pose.focal_mm, aspect), 3),
        "focal_mm": round(pose.focal_mm, 2),
        "roll": round(pose.roll, 3),
    }


def _rounded(box: Box | None) -> Box | None:
    return None if box is None else (round(box[0], 4), round(box[1], 4), round(box[2], 4), round(box[3], 4))


@contextmanager
def drawing(packet: Packet) -> Iterator[tuple[Shot, Renderer]]:
    """The planned shot and a renderer with its burn-in, under the process lock. Raises TooLarge where the frame does
    not fit into memory, before anything is drawn.
    """
    refuse_too_large(packet)
    with ENGINE.drawing():
        try:
            renderer = ENGINE.renderer(packet.width, packet.height, packet.quality)
            shot = plan_shot(packet)
            text = packet.burn_in
            renderer.burn(overlay(text, packet.width, packet.height) if text else None)
            yield shot, renderer
        except (MemoryError, moderngl.Error) as error:
            if isinstance(error, moderngl.Error) and "memory" not in str(error).lower():
                raise
            ENGINE.forget(packet.width, packet.height, packet.quality)
            raise TooLarge(
                "width", f"{packet.width}x{packet.height} does not fit into memory here"
            ) from error


def _boxes(shot: Shot, frame: int) -> tuple[Boxes, Boxes]:
    """Character and mouth boxes of a frame; absent characters are None."""
    pose = shot.path[frame]
    bodies: dict[str, Box | None] = {a.spec.id: None for a in shot.actors if not a.extra}
    mouths: dict[str, Box | None] = dict(bodies)
    for actor, moment in zip(shot.drawn, shot.moments(frame), strict=True):
        if actor.extra:
            continue
        subject = subject_of(actor.spec.id, actor.figure, moment, actor.acting.origin, actor.acting.yaw)
        bodies[actor.spec.id] = _rounded(clipped(box_of(pose, shot.aspect, subject.spheres)))
        mouths[actor.spec.id] = _rounded(shot.mouth_box(actor, moment, pose))
    return bodies, mouths


def render_still(packet: Packet, out: Path, *, frame: int = 0) -> StillResult:
    """Draw one frame as PNG. Raises PacketError for a frame outside the packet, PrevisUnavailable
    without EGL.
    """
    if not 0 <= frame < packet.frames:
        raise PacketError("frames", f"frame {frame} asked of a packet with {packet.frames}")
    with drawing(packet) as (shot, renderer):
        data = renderer.frame(shot, frame)
        refuse_blank(shot, renderer, data)
    image = Image.frombytes("RGB", (packet.width, packet.height), data).transpose(
        Image.Transpose.FLIP_TOP_BOTTOM
    )
    write_png(image, out)
    bodies, mouths = _boxes(shot, frame)
    return StillResult(out, packet.width, packet.height, bodies, mouths, shot.composition.compromises)


def write_png(image: Image.Image, out: Path) -> None:
    """Save beside the target and rename, so that nobody reads half a picture. Raises WriteFailed."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=4)
    write_bytes(buffer.getvalue(), out)


def write_bytes(data: bytes, out: Path) -> None:
    """Write beside the target and rename. Raises WriteFailed; then nothing is left."""
    draft = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(data)
        draft.replace(out)
    except OSError as error:
        raise WriteFailed(out, error) from error
    finally:
        draft.unlink(missing_ok=True)


def render_clip(
    packet: Packet, out: Path, *, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> ClipResult:
    """Draw every frame into an MP4. Raises PrevisCancelled, EncodeFailed, BlankFrame, TooLarge or
    PrevisUnavailable; then nothing is left.
    """
    bodies: list[Boxes] = []
    mouths: list[Boxes] = []
    with (
        drawing(packet) as (shot, renderer),
        Encoder(out, packet.width, packet.height, packet.rate) as encoder,
    ):
        for number in range(packet.frames):
            if cancelled is not None and cancelled():
                raise PrevisCancelled(f"stopped at frame {number} of {packet.frames}; nothing was kept")
            data = renderer.frame(shot, number)
            if number == 0:
                refuse_blank(shot, renderer, data)
            encoder.write(data)
            body, mouth = _boxes(shot, number)
            bodies.append(body)
            mouths.append(mouth)
            if progress is not None:
                progress(number + 1, packet.frames)
    path = tuple(_camera(pose, shot.aspect) for pose in shot.path)
    return ClipResult(
        out,
        packet.frames,
        packet.width,
        packet.height,
        tuple(mouths),
        tuple(bodies),
        path,
        shot.composition.compromises,
    )


def render_lips(
    plate: Path,
    packet: Packet,
    out: Path,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ClipResult:
    """The clip with lips: drawn again as a whole, because head, jaw, brows, hands and shadows follow
    the speech too.

    The plate is only checked to exist; a composite of a redrawn mouth onto a decoded plate would cost a
    second generation of
    coding and a visible seam for what is a third of the drawing time.
    """
    if not plate.exists():
        raise PacketError("plate", f"no clip at {plate.name}; draw the clip first")
    return render_clip(packet, out, progress=progress, cancelled=cancelled)
