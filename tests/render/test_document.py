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
