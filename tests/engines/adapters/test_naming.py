"""An engine that is given several pictures is told which shows what: without that no face finds its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engines import crew
from engines.adapters.base import Access, Clip, Input, Keyframe, Model, Request
from engines.adapters.remote import Remote
from tests.engines.adapters.asking import WORDS, picture

# Its pictures go to the nodes of a workflow that name themselves.
BY_PLACE = {"comfyui"}
MODELS = [
    model
    for model in crew.models().values()
    if not model.builtin
    and model.engine not in BY_PLACE
    and model.capability.max_references > 0
    and {"keyframe", "clip"} & set(model.capability.kinds)
]


def asked(model: Model, folder: Path) -> Request:
    """The largest plain request with as many pictures as the model takes, up to two."""
    held = tuple(
        Input.of(picture(folder, name, n, 640, 360).path, "image/png", name)
        for n, name in enumerate(("“MARA”, front", "“JONAS”, profile")[: model.capability.max_references])
    )
    if "keyframe" in model.capability.kinds:
        return Keyframe(prompt=WORDS, width=1280, height=720, seed=1, references=held)
    seconds = (model.capability.lengths or (5.0,))[-1]
    return Clip(
        prompt=WORDS, width=1280, height=720, rate="24", frames=int(seconds * 24), seed=1, references=held
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.key)
def test_what_each_picture_shows_is_said(model: Model, tmp_path: Path) -> None:
    adapter = crew.adapter(model, spool=tmp_path, access=Access(base_url="https://engine.test", token="t"))
    request = asked(model, tmp_path)
    assert isinstance(adapter, Remote)
    told = [issue for issue in adapter.validate(request, model) if issue.field == "references"]
    assert not told, told
    shown = json.dumps(adapter.preview(request, model)["body"], ensure_ascii=False, default=str)
    for one in request.references:  # type: ignore[attr-defined]
        assert one.title in shown, f"{model.key} does not say which picture is {one.title}"
