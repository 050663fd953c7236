"""How an older timeline document becomes the next version. Each step is a function from plain to plain."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def second(old: Document) -> Document:
    """1 → 2: retimes, level keys, rooms, overlays, a finish; fields carry the names of the model."""
    return {
        "schema": old["schema"],
        "rate": old["rate"],
        "picture": {"items": [_item(item) for item in old["picture"]]},
        "sound": [
            {
                "layer": track["layer"],
                "clips": [_sound(clip) for clip in track["clips"]],
                "gain_db": 0.0,
                "muted": False,
            }
            for track in old["sound"]
        ],
        "captions": [_caption(caption) for caption in old["captions"]],
        "titles": [{**title, "look": "plain"} for title in old["titles"]],
        "overlays": [],
        "finish": {"effects": [], "letterbox": None, "captions": False, "timecode": False, "label": ""},
        "start": 0,
        "title": "",
    }


def _item(item: Document) -> Document:
    return {**item, "retime": None} if item["type"] == "clip" else item


def _sound(clip: Document) -> Document:
    return {**clip, "gain_keys": [], "pan_keys": [], "room": None, "retime": None}


def _caption(caption: Document) -> Document:
    kept = {name: value for name, value in caption.items() if name not in ("start", "end")}
    return {**kept, "start_frame": caption["start"], "end_frame": caption["end"]}
