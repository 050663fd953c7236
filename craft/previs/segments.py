"""Numbers of the segmentation pass: what a pixel shows, the same in every frame and shot with this cast.

0 is nothing (sky), 1-39 parts of the set as its builder numbers them, 40-99 characters and 120-254 props, each by
its place in the packet, 100-119 people in the background. From 40 on a thing is lit as a figure is.
"""

from __future__ import annotations

from collections.abc import Iterable

from craft.previs.packet import Packet

FIRST_CHARACTER, FIRST_EXTRA, FIRST_PROP, LAST_SEGMENT = 40, 100, 120, 254


def numbers(packet: Packet, actors: Iterable[str]) -> dict[str, int]:
    """Number of everybody and everything by id; ``actors`` that the packet does not name are extras."""
    found = {c.id: min(FIRST_EXTRA - 1, FIRST_CHARACTER + i) for i, c in enumerate(packet.characters)}
    found |= {p.id: min(LAST_SEGMENT, FIRST_PROP + i) for i, p in enumerate(packet.props)}
    extras = [name for name in actors if name not in found]
    return found | {name: min(FIRST_PROP - 1, FIRST_EXTRA + i) for i, name in enumerate(extras)}


def legend(packet: Packet, actors: Iterable[str]) -> dict[int, dict[str, str]]:
    """What each number stands for: kind (nothing, set, character, extra or prop), id and name."""
    found = {0: _entry("nothing", "", "")}
    for number in range(1, FIRST_CHARACTER):
        found[number] = _entry("set", f"{packet.set.kind}.{number}", packet.set.kind)
    named = {c.id: c.name or c.id for c in packet.characters}
    props = {p.id: p.kind for p in packet.props}
    for name, number in numbers(packet, actors).items():
        if name in named:
            found[number] = _entry("character", name, named[name])
        elif name in props:
            found[number] = _entry("prop", name, props[name])
        else:
            found[number] = _entry("extra", name, name)
    return found


def _entry(kind: str, name: str, label: str) -> dict[str, str]:
    return {"kind": kind, "id": name, "name": label}
