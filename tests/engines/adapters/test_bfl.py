"""Black Forest Labs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from engines.adapters.base import ModerationOutput, Outline, Watch
from tests.engines.adapters.asking import clip, still
from tests.engines.adapters.contract import AdapterContract
from tests.engines.process import FakeEngine


class TestBfl(AdapterContract):
    engine = "bfl"
    requests: ClassVar = {
        "flux-2-pro": still(references=2),
        "flux-2-max": still(references=8),
        "flux-kontext-pro": still(references=1),
        "flux-kontext-max": still(references=1),
        "flux-3-video": clip(last=True, frames=120, width=1920, height=1080),
    }

    def test_references_go_into_numbered_slots(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "flux-2-max", tmp_path)
        body = adapter.preview(self.requests["flux-2-max"](tmp_path), self.model("flux-2-max"))["body"]
        slots = ["input_image", *(f"input_image_{number}" for number in range(2, 9))]
        assert [body[slot]["title"] for slot in slots] == [f"reference {n}" for n in range(8)]
        assert "image 1 is reference 0; image 2 is reference 1;" in body["prompt"]

    @pytest.mark.parametrize(
        ("slug", "width", "height"), [("flux-2-pro", 2560, 1600), ("flux-kontext-max", 1000, 777)]
    )
    def test_a_frame_it_does_not_have_is_refused(
        self, slug: str, width: int, height: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, slug, tmp_path).validate(
            still(references=1, width=width, height=height)(tmp_path), self.model(slug)
        )
        assert [issue.field for issue in issues] == ["width"]

    def test_frame_is_rounded_up_to_the_grid(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "flux-2-pro", tmp_path)
        body = adapter.preview(still(width=1920, height=1080)(tmp_path), self.model("flux-2-pro"))["body"]
        assert (body["width"], body["height"]) == (1920, 1088)

    def test_address_of_another_house_is_not_asked_with_our_key(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "flux-2-pro", tmp_path)

        def ref(address: str, endpoint: str = "flux-2-pro") -> str:
            asked = httpx.Request("POST", f"https://api.bfl.ai/v1/{endpoint}")
            said = {"id": "n1", "polling_url": address}
            return str(adapter.accepted(httpx.Response(200, json=said, request=asked), "k").ref)

        assert ref("https://evil.example/steal?id=n1") == "n1"
        assert ref("https://bfl.ai.evil.example/x") == "n1"
        regional = "https://api.us1.bfl.ai/v1/get_result?id=n1"
        assert ref(regional) == regional
        assert adapter.question(ref(regional, "flux-3-video")) == regional
        assert adapter.question(ref("https://evil.example/", "flux-3-video")) == "/v1/get_result?id=n1"

    def test_withheld_result_is_told_apart_from_a_refused_request(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "flux-2-pro", tmp_path)
        with pytest.raises(ModerationOutput):
            adapter.state("n1", {"status": "Content Moderated"})

    # -- clips

    @pytest.mark.parametrize(
        ("asking", "mode", "pins"),
        [
            (clip(first=False, frames=120), "t2v", 0),
            (clip(frames=120), "i2v", 1),
            (clip(last=True, frames=120), "i2v", 2),
        ],
    )
    def test_mode_follows_from_the_frames(
        self, asking: Any, mode: str, pins: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter, model = self.adapter(fake, "flux-3-video", tmp_path), self.model("flux-3-video")
        shown: Any = adapter
        body = shown.preview(asking(tmp_path), model)["body"]
        assert (body["mode"], body["resolution"], body["generate_audio"]) == (mode, "hd", False)
        held = body.get("keyframes", [])
        assert len(held if isinstance(held, list) else [held]) == pins
        assert not {"seed", "width", "output_format"} & set(body)
        done = self.finished(adapter, adapter.submit(asking(tmp_path), model, "m-1", Watch()).ref)
        assert [(one.name, one.mime) for one in done.outputs] == [("clip.mp4", "video/mp4")]

    @pytest.mark.parametrize(
        ("asking", "field"),
        [
            (clip(first=False, last=True, frames=120), "last"),
            (clip(frames=504), "seconds"),
            (clip(frames=120, references=1), "references"),
            (clip(frames=120, width=1000, height=777), "width"),
            (clip(frames=120, width=2560, height=1440), "width"),
        ],
    )
    def test_a_clip_that_it_cannot_make_is_named(
        self, asking: Any, field: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, "flux-3-video", tmp_path).validate(
            asking(tmp_path), self.model("flux-3-video")
        )
        assert [issue.field for issue in issues] == [field]

    @pytest.mark.parametrize(
        ("width", "height", "milli"),
        [
            (1024, 576, 3_000),
            (1920, 1080, 6_000),
            (1080, 1920, 6_000),
            (1920, 1920, 7_500),
            (1000, 1000, 4_500),
        ],
    )
    def test_stills_are_priced_by_the_megapixel_begun(
        self, width: int, height: int, milli: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        model, adapter = self.model("flux-2-pro"), self.adapter(fake, "flux-2-pro", tmp_path)
        quote = adapter.quote(still(width=width, height=height)(tmp_path), model)
        assert (quote.low, quote.high) == (milli, milli)
        outline = adapter.quote(Outline("keyframe", images=1, width=width), model)
        assert outline.low <= outline.high and outline.high >= milli * (width >= height)
