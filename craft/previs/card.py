"""The 2D board card drawn when no OpenGL is to be had: framing, movement and labels, and it says what
it is.
"""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from craft.previs.film import StillResult, write_png
from craft.previs.packet import CharacterSpec, Packet
from craft.previs.projection import Box
from craft.terms.colour import hex_to_rgb

_SHARE = {
    "ews": 0.26,
    "ws": 0.54,
    "fs": 0.84,
    "mws": 1.3,
    "ms": 1.9,
    "mcu": 2.6,
    "cu": 4.2,
    "ecu": 7.0,
    "insert": 5.0,
}
"""Height of a whole figure in frame heights."""
_ARROWS = {
    ("pan", "left"): (-1, 0),
    ("pan", "right"): (1, 0),
    ("truck", "left"): (-1, 0),
    ("truck", "right"): (1, 0),
    ("truck", "follow"): (1, 0),
    ("tilt", "up"): (0, -1),
    ("tilt", "down"): (0, 1),
    ("crane", "up"): (0, -1),
    ("crane", "down"): (0, 1),
}
_INK = (38, 36, 40)


def _people(packet: Packet) -> list[CharacterSpec]:
    wanted = [c for i in packet.camera.subjects for c in packet.characters if c.id == i] or list(
        packet.characters
    )
    several = {"two_shot": 2, "ots": 2, "dirty": 2, "group": len(wanted)}.get(packet.camera.framing, 1)
    return wanted[:several]


def _figure(draw: ImageDraw.ImageDraw, person: CharacterSpec, x: float, top: float, tall: float) -> Box:
    """A standing figure from its crown downwards; parts below the frame are simply cut."""
    head = tall * 0.085
    skin, hair, worn, legs = (
        hex_to_rgb(c) for c in (person.skin, person.hair.colour, person.wardrobe.top, person.wardrobe.bottom)
    )
    wide = tall * {"slim": 0.10, "average": 0.118, "broad": 0.142}[person.body]
    draw.rounded_rectangle(
        (x - wide * 0.75, top + tall * 0.50, x + wide * 0.75, top + tall),
        wide * 0.3,
        fill=legs,
        outline=_INK,
        width=2,
    )
    draw.rounded_rectangle(
        (x - wide, top + tall * 0.185, x + wide, top + tall * 0.56),
        wide * 0.5,
        fill=worn,
        outline=_INK,
        width=2,
    )
    draw.rectangle((x - head * 0.35, top + head * 1.7, x + head * 0.35, top + tall * 0.20), fill=skin)
    if person.hair.style != "bald":
        draw.ellipse(
            (x - head * 1.02, top - head * 0.06, x + head * 1.02, top + head * 1.7),
            fill=hair,
            outline=_INK,
            width=2,
        )
    draw.ellipse(
        (x - head * 0.82, top + head * 0.28, x + head * 0.82, top + head * 2.1),
        fill=skin,
        outline=_INK,
        width=2,
    )
    for side in (-1, 1):
        eye = (x + side * head * 0.32, top + head * 1.12, head * 0.09)
        draw.ellipse((eye[0] - eye[2], eye[1] - eye[2], eye[0] + eye[2], eye[1] + eye[2]), fill=_INK)
    curve = (
        1
        if person.emotion == "joy"
        else (-1 if person.emotion in ("sadness", "anger", "fear", "disgust") else 0)
    )
    mouth = (x - head * 0.26, top + head * 1.5, x + head * 0.26, top + head * 1.74)
    draw.arc(
        mouth,
        20 if curve >= 0 else 200,
        160 if curve >= 0 else 340,
        fill=_INK,
        width=max(1, int(head * 0.08)),
    )
    return (x - wide, top, x + wide, top + tall)


def _arrow(draw: ImageDraw.ImageDraw, a: tuple[float, float], b: tuple[float, float], size: float) -> None:
    red = (190, 40, 36)
    draw.line((*a, *b), fill=red, width=max(2, int(size / 5)))
    angle = math.atan2(b[1] - a[1], b[0] - a[0])
    wings = [(b[0] - size * math.cos(angle + k), b[1] - size * math.sin(angle + k)) for k in (-0.5, 0.5)]
    draw.polygon([b, *wings], fill=red)


def _movement(draw: ImageDraw.ImageDraw, packet: Packet) -> None:
    w, h, camera = packet.width, packet.height, packet.camera
    size, cx, cy = h * 0.05, w / 2, h * 0.5
    if (camera.movement, camera.direction) in _ARROWS:
        dx, dy = _ARROWS[camera.movement, camera.direction]
        _arrow(draw, (cx - dx * w * 0.3, cy - dy * h * 0.28), (cx + dx * w * 0.3, cy + dy * h * 0.28), size)
    elif camera.movement == "dolly":
        for sx in (-1, 1):
            for sy in (-1, 1):
                ends = ((cx + sx * w * 0.42, cy + sy * h * 0.38), (cx + sx * w * 0.27, cy + sy * h * 0.24))
                _arrow(draw, *(ends if camera.direction != "out" else ends[::-1]), size)
    elif camera.movement == "arc":
        red, box = (190, 40, 36), (w * 0.2, h * 0.60, w * 0.8, h * 0.92)
        draw.arc(box, 10, 170, fill=red, width=max(2, int(size / 5)))
        side = 1 if camera.direction == "cw" else -1
        _arrow(draw, (cx + side * w * 0.28, h * 0.83), (cx + side * w * 0.30, h * 0.74), size)


def _ground(draw: ImageDraw.ImageDraw, packet: Packet) -> None:
    w, h = packet.width, packet.height
    night = packet.time_of_day == "night"
    draw.rectangle((0, 0, w, h), fill=(96, 104, 122) if night else (206, 212, 214))
    draw.rectangle((0, h * 0.68, w, h), fill=(70, 72, 80) if night else (168, 160, 148))
    draw.line((0, h * 0.68, w, h * 0.68), fill=_INK, width=2)


def _labels(draw: ImageDraw.ImageDraw, packet: Packet) -> None:
    h, camera = packet.height, packet.camera
    font = ImageFont.load_default(max(8, h // 24))
    move = camera.movement if camera.direction == "none" else f"{camera.movement} {camera.direction}"
    text = (
        f"{camera.size.upper()}  {camera.angle.replace('_', ' ')}  {camera.framing.replace('_', ' ')}  {move}"
    )
    names = ", ".join(p.name or p.id for p in _people(packet))[:60]
    for line, y in (
        ("BOARD CARD", h * 0.03),
        (packet.burn_in or "", h * 0.03 + h / 20),
        (text, h * 0.90),
        (names, h * 0.90 - h / 18),
    ):
        if line:
            left, top, right, bottom = draw.textbbox((packet.width * 0.03, y), line, font=font)
            draw.rectangle((left - 4, top - 3, right + 4, bottom + 3), fill=(245, 242, 234))
            draw.text((packet.width * 0.03, y), line, font=font, fill=_INK)


def board_card(packet: Packet, out: Path) -> StillResult:
    """Draw the shot as a storyboard card (PNG): no light and no set, but who, how near, and which way
    the camera goes.
    """
    image = Image.new("RGB", (packet.width, packet.height))
    draw = ImageDraw.Draw(image)
    _ground(draw, packet)
    people, boxes = _people(packet), {c.id: None for c in packet.characters}
    found: dict[str, Box | None] = dict(boxes)
    tall = (
        packet.height
        * _SHARE[packet.camera.size]
        * (0.8 if len(people) > 1 and _SHARE[packet.camera.size] > 1 else 1.0)
    )
    top = packet.height * (0.10 if tall > packet.height * 0.9 else 0.94) - (
        0 if tall > packet.height * 0.9 else tall
    )
    for i, person in enumerate(people):
        x = packet.width * (i + 1) / (len(people) + 1)
        x0, y0, x1, y1 = _figure(draw, person, x, top, tall)
        found[person.id] = (
            max(0.0, x0 / packet.width),
            max(0.0, y0 / packet.height),
            min(1.0, x1 / packet.width),
            min(1.0, y1 / packet.height),
        )
    _movement(draw, packet)
    _labels(draw, packet)
    draw.rectangle(
        (0, 0, packet.width - 1, packet.height - 1), outline=_INK, width=max(2, packet.height // 120)
    )
    write_png(image, out)
    return StillResult(out, packet.width, packet.height, found, boxes, (), card=True)
