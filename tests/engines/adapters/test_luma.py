"""Luma Agents API."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from engines.adapters.base import GenerationFailed, ModerationInput, Outline, QuotaExhausted
from tests.engines.adapters.asking import clip, still
from tests.engines.adapters.contract import AdapterContract
from tests.engines.process import FakeEngine


class TestLuma(AdapterContract):
    engine = "luma"
    requests: ClassVar = {
        "ray-3.2": clip(last=True, frames=120, width=1280, height=720),
        "ray-3.2-draft": clip(first=False, frames=120),
        "uni-1": still(references=2),
        "uni-1-max": still(references=9),
    }

    def adapter(self, fake: FakeEngine, slug: str, spool: Path, *, read: float = 10.0, **changes: Any) -> Any:
        return super().adapter(fake, slug, spool, read=read, **{"base_url": f"{fake.url}/luma/v1", **changes})

    def body(self, fake: FakeEngine, slug: str, folder: Path, asking: Any = None) -> dict[str, Any]:
        request = (asking or self.requests[slug])(folder)
        adapter = self.adapter(fake, slug, folder)
        assert not adapter.validate(request, self.model(slug))
        return dict(adapter.preview(request, self.model(slug))["body"])

    def test_five_seconds_take_ends_and_ten_take_keyframes(self, tmp_path: Path, fake: FakeEngine) -> None:
        five = self.body(fake, "ray-3.2", tmp_path)["video"]
        assert (five["resolution"], five["duration"]) == ("720p", "5s")
        assert five["start_frame"]["media_type"] == "image/png" and "end_frame" in five
        ten = self.body(fake, "ray-3.2", tmp_path, clip(last=True, frames=240))["video"]
        assert (ten["duration"], ten["keyframe_indexes"]) == ("10s", [0, 240])
        assert len(ten["keyframes"]) == 2 and "start_frame" not in ten
        alone = self.body(fake, "ray-3.2", tmp_path, clip(first=False, last=True, frames=200))["video"]
        assert alone["keyframe_indexes"] == [240]

    def test_ten_seconds_are_charged_as_they_were_quoted(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "ray-3.2", tmp_path)
        request, model = clip(frames=240, width=1080, height=1920)(tmp_path), self.model("ray-3.2")
        adapter.submit(request, model, "t-1", None)
        assert fake.charged()[-1]["milli"] == adapter.quote(request, model).expected == 360_000

    def test_each_reference_has_its_price(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter, model = self.adapter(fake, "uni-1", tmp_path), self.model("uni-1")
        prices = [adapter.quote(still(references=n)(tmp_path), model).expected for n in (0, 1, 9)]
        assert prices == [4040, 4340, 6740]
        outline = adapter.quote(Outline("keyframe", images=1, width=1920), model)
        assert (outline.low, outline.high) == (4040, 6740)

    @pytest.mark.parametrize(
        ("asking", "field"),
        [
            (clip(frames=120, width=1000, height=777), "width"),
            (clip(frames=120, width=2560, height=1440), "width"),
            (clip(frames=264), "seconds"),
            (clip(frames=120, references=1), "references"),
            (clip(frames=120, prompt="x" * 5999), "prompt"),
            (clip(frames=120, negative="rain"), "negative"),
        ],
    )
    def test_what_it_cannot_express_is_named(
        self, asking: Any, field: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, "ray-3.2", tmp_path).validate(asking(tmp_path), self.model("ray-3.2"))
        assert [issue.field for issue in issues] == [field]

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("content_moderated", ModerationInput),
            ("budget_exhausted", QuotaExhausted),
            ("rate_limited", GenerationFailed),
            ("something_new", GenerationFailed),
        ],
    )
    def test_failure_codes_have_their_class(
        self, code: str, kind: type[Exception], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter = self.adapter(fake, "uni-1", tmp_path)
        with pytest.raises(kind) as caught:
            adapter.state("g", {"state": "failed", "failure_code": code})
        assert type(caught.value) is kind

    def test_health_asks_for_a_generation_that_nobody_ordered(self, tmp_path: Path, fake: FakeEngine) -> None:
        assert self.adapter(fake, "uni-1", tmp_path).health().ok
        assert not self.adapter(fake, "uni-1", tmp_path, token="").health().ok
        assert not self.adapter(fake, "uni-1", tmp_path, base_url="http://127.0.0.1:9/v1").health().ok
