"""Topaz Labs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from engines.adapters.base import (
    EngineError,
    InvalidInput,
    PollFailed,
    QuotaExhausted,
    RateLimited,
    Watch,
)
from engines.adapters.topaz import SEGMENT, kept_of, parts
from tests.engines.adapters.asking import movie, picture, upscale
from tests.engines.adapters.contract import AdapterContract
from tests.engines.process import FakeEngine


class TestTopaz(AdapterContract):
    engine = "topaz"
    requests: ClassVar = {"proteus": upscale(), "starlight-precise": upscale()}
    lacks = frozenset({"moderated"})

    def test_the_file_itself_says_what_it_is(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "proteus", tmp_path)
        clip = movie(tmp_path, "film", rate="30000/1001", frames=30)
        body = adapter.preview(upscale(clip=clip)(tmp_path), self.model("proteus"))["body"]
        source = body["source"]
        assert source["resolution"] == {"width": 320, "height": 180}
        assert (source["frameCount"], source["frameRate"]) == (30, 29.97003)
        assert source["duration"] == pytest.approx(1.001, abs=1e-3)
        assert source["size"] == clip.path.stat().st_size
        assert body["output"]["frameRate"] == source["frameRate"]

    def test_a_file_that_is_no_clip_is_refused_before_anything_is_sent(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter, model = self.adapter(fake, "proteus", tmp_path), self.model("proteus")
        still = upscale(clip=picture(tmp_path))(tmp_path)
        assert [issue.field for issue in adapter.validate(still, model)] == ["clip"]
        with pytest.raises(InvalidInput):
            adapter.submit(still, model, "n-1", Watch())

    def test_a_frame_that_would_be_rounded_is_refused(self, tmp_path: Path, fake: FakeEngine) -> None:
        issues = self.adapter(fake, "proteus", tmp_path).validate(
            upscale(width=1366, height=768)(tmp_path), self.model("proteus")
        )
        assert [issue.field for issue in issues] == ["width"]

    def test_an_attempt_has_one_request_however_often_it_is_sent(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter, model = self.adapter(fake, "proteus", tmp_path / "work"), self.model("proteus")
        request = self.requests["proteus"](tmp_path)
        fake.schedule("rate_limit")
        with pytest.raises(RateLimited):
            adapter.submit(request, model, "a-1", Watch())
        (note,) = (tmp_path / "work").glob("request-*.json")
        before = note.read_text()
        # reserved and uploaded, but not begun: nothing to be found, and the same request goes on
        assert adapter.lookup("a-1") is None
        first = adapter.submit(request, model, "a-1", Watch()).ref
        assert first in before and note.read_text() == before
        assert adapter.submit(request, model, "a-1", Watch()).ref == first
        assert len(fake.charged()) == 1

    def test_a_lost_work_folder_is_no_proof_that_nothing_was_begun(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        with pytest.raises(PollFailed):
            self.adapter(fake, "proteus", tmp_path / "elsewhere").lookup("a-1")

    def test_a_cancelled_request_is_said_to_be_over(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter, model = self.adapter(fake, "proteus", tmp_path), self.model("proteus")
        fake.schedule("rate_limit")
        with pytest.raises(RateLimited):
            adapter.submit(self.requests["proteus"](tmp_path), model, "a-1", Watch())
        (note,) = tmp_path.glob("request-*.json")
        number = note.read_text().split('"')[3]
        assert adapter.cancel(number)
        with pytest.raises(EngineError) as caught:
            adapter.poll(number)
        assert caught.value.code == "engine.generation_failed"
        assert adapter.submit(self.requests["proteus"](tmp_path), model, "a-1", Watch()).ref != number

    @pytest.mark.parametrize(
        ("rows", "kept"),
        [
            ([], None),
            ([("reserve", 5)], None),
            ([("reserve", 5), ("commit", 5)], 5),
            ([("reserve", 10), ("commit", 4), ("rollback", 6)], 4),
            ([("reserve", 10), ("rollback", 10)], 0),
            ([("commit", 3)], 3),
        ],
    )
    def test_charge_is_what_was_kept_of_the_reserve(
        self, rows: list[tuple[str, int]], kept: float | None
    ) -> None:
        assert kept_of([{"operation": operation, "amount": amount} for operation, amount in rows]) == kept

    def test_a_credit_costs_what_the_account_says(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "proteus", tmp_path, options={"credit_cents": "8.5"})
        done, _ = self.made(adapter, "proteus", tmp_path)
        assert done.cost_milli == 8500

    def test_an_empty_account_is_told_by_its_code(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "proteus", tmp_path)
        assert type(adapter.failure("INSUFFICIENT_CREDITS")) is QuotaExhausted

    def test_pieces_cover_the_file_as_the_vendor_cuts_it(self) -> None:
        assert parts(7, 1) == [(0, 7)]
        assert parts(1_200_000_000, 3) == [
            (0, SEGMENT),
            (SEGMENT, SEGMENT),
            (2 * SEGMENT, 200_000_000),
        ]
        many = parts(90_000_000_000, 150)
        assert len(many) == 150 and sum(size for _, size in many) == 90_000_000_000
