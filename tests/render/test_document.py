"""Timelines survive JSON, and old or broken documents are met properly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from craft.render.document import from_json, to_document, to_json, upgraded
from craft.render.errors import TimelineError
from craft.render.grade import Grade
from craft.render.model import (
    Caption,
    Clip,
    FrameRange,
    Gap,
    MediaKind,
    MediaRef,
    SoundClip,
    SoundTrack,
    Timeline,
    Title,
    TitlePlace,
    Track,
    Transition,
)
from craft.terms import cuts
from craft.terms.rates import FrameRate
from craft.terms.sound import Layer

FULL = Timeline(
    FrameRate(24000, 1001),
    Track(
        (
            Clip(
                MediaRef("a" * 64, MediaKind.VIDEO, FrameRange(0, 90)),
                FrameRange(3, 40),
                (Grade(exposure=-0.25, gain=(1.0, 0.9, 1.1)),),
                "Élodie",
            ),
            Transition(cuts.Transition.WIPE_LEFT, 4, 5),
            Clip(MediaRef("b" * 64, MediaKind.STILL), FrameRange(9, 40)),
            Gap(12),
        )
    ),
    (
        SoundTrack(
            Layer.MUSIC,
            (SoundClip(MediaRef("c" * 64, MediaKind.SOUND), 1, 20, 2, -6.5, 0.25, 3, 4, True, "bed"),),
        ),
    ),
    (Caption(0, 24, "line\nline", "МАРА"),),
    (Title(FrameRange(0, 24), "{}", TitlePlace.TOP_LEFT, 0.05, 6),),
)


def test_timeline_comes_back_equal() -> None:
    assert from_json(to_json(FULL)) == FULL
    assert to_json(from_json(to_json(FULL))) == to_json(FULL)


def test_old_document_climbs_one_step_at_a_time() -> None:
    steps: list[int] = []

    def step(number: int) -> Any:
        def upgrade(document: dict[str, Any]) -> dict[str, Any]:
            steps.append(number)
            return document

        return upgrade

    document = {**to_document(FULL), "version": 1}
    assert upgraded(document, {1: step(1), 2: step(2)}, version=3)["version"] == 3
    assert steps == [1, 2]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": 99}, "version"),
        ({"version": "1"}, "version"),
        ({"schema": "other"}, "document"),
        ({"rate": "fast"}, "document"),
        ({"picture": [{"type": "hologram"}]}, "document"),
        ({"picture": [{"type": "gap", "length": 1.5}]}, "document"),
        ({"captions": [{}]}, "document"),
    ],
)
def test_document_that_cannot_be_read_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(TimelineError) as caught:
        from_json(json.dumps({**to_document(FULL), **change}))
    assert caught.value.code == code


def test_text_that_is_no_json_is_refused() -> None:
    for text in (b"\xff\x00", "{", "[]", "null"):
        with pytest.raises(TimelineError):
            from_json(text)


FIRST = {
    "schema": "slate.timeline",
    "version": 1,
    "rate": "24",
    "picture": [
        {
            "type": "clip",
            "name": "S01",
            "media": {"sha256": "a" * 64, "kind": "video", "available": [0, 48]},
            "source": [0, 40],
            "effects": [
                {
                    "type": "grade",
                    "exposure": 0.5,
                    "contrast": 1.0,
                    "saturation": 1.0,
                    "temperature": 0.0,
                    "tint": 0.0,
                    "lift": [0.0, 0.0, 0.0],
                    "gamma": 1.0,
                    "gain": [1.0, 1.0, 1.0],
                }
            ],
        },
        {"type": "transition", "kind": "dissolve", "before": 0, "after": 4},
        {"type": "gap", "length": 12},
    ],
    "sound": [
        {
            "layer": "music",
            "clips": [
                {
                    "name": "bed",
                    "media": {"sha256": "b" * 64, "kind": "sound", "available": None},
                    "record": 0,
                    "length": 20,
                    "source_start": 2,
                    "gain_db": -6.0,
                    "pan": 0.25,
                    "fade_in": 3,
                    "fade_out": 4,
                    "loop": True,
                }
            ],
        }
    ],
    "captions": [{"start": 2, "end": 9, "text": "Who?", "character": "INES"}],
    "titles": [{"at": [0, 24], "text": "NOW", "place": "centre", "size": 0.09, "fade": 6}],
}


def test_a_document_of_the_first_version_is_still_read() -> None:
    found = from_json(json.dumps(FIRST))
    clip = found.picture.items[0]
    assert isinstance(clip, Clip)
    assert (clip.effects, clip.retime) == ((Grade(exposure=0.5),), None)
    assert found.picture.items[1:] == (Transition(cuts.Transition.DISSOLVE, 0, 4), Gap(12))
    (heard,) = found.layer(Layer.MUSIC)
    assert (heard.gain_db, heard.loop, heard.gain_keys, heard.room) == (-6.0, True, (), None)
    assert found.captions == (Caption(2, 9, "Who?", "INES"),)
    assert (found.titles[0].text, found.overlays, found.start) == ("NOW", (), 0)
    assert from_json(to_json(found)) == found


@pytest.mark.parametrize(
    "broken", [{"picture": [{"type": "clip"}]}, {"sound": [{}]}, {"titles": [3]}, {"captions": None}]
)
def test_a_broken_document_of_the_first_version_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(TimelineError) as caught:
        from_json(json.dumps({**FIRST, **broken}))
    assert caught.value.code == "document"
