"""Black Forest Labs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from engines.adapters.base import ModerationOutput
from tests.engines.adapters.asking import still
from tests.engines.adapters.contract import AdapterContract
from tests.engines.process import FakeEngine


class TestBfl(AdapterContract):
    engine = "bfl"
    requests: ClassVar = {
        "flux-2-pro": still(references=2),
        "flux-2-max": still(references=8),
        "flux-kontext-pro": still(references=1),
        "flux-kontext-max": still(),
    }

    def test_references_go_into_numbered_slots(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "flux-2-max", tmp_path)
        body = adapter.preview(self.requests["flux-2-max"](tmp_path), self.model("flux-2-max"))["body"]
        slots = ["input_image", *(f"input_image_{number}" for number in range(2, 9))]
        assert [body[slot]["title"] for slot in slots] == [f"reference {n}" for n in range(8)]

    @pytest.mark.parametrize(
        ("slug", "width", "height"), [("flux-2-pro", 2560, 1600), ("flux-kontext-max", 1000, 777)]
    )
    def test_a_frame_it_does_not_have_is_refused(
        self, slug: str, width: int, height: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, slug, tmp_path).validate(
            still(width=width, height=height)(tmp_path), self.model(slug)
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

        class Answered:
            def __init__(self, address: str) -> None:
                self.address = address

            def json(self) -> dict[str, str]:
                return {"id": "n1", "polling_url": self.address}

        assert adapter.accepted(Answered("https://evil.example/steal?id=n1"), "k").ref == "n1"
        assert adapter.accepted(Answered("https://bfl.ai.evil.example/x"), "k").ref == "n1"
        regional = "https://api.us1.bfl.ai/v1/get_result?id=n1"
        assert adapter.accepted(Answered(regional), "k").ref == regional

    def test_withheld_result_is_told_apart_from_a_refused_request(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "flux-2-pro", tmp_path)
        with pytest.raises(ModerationOutput):
            adapter.state("n1", {"status": "Content Moderated"})
