"""LTX, the asynchronous API."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from engines.adapters.base import (
    Access,
    AuthRefused,
    EngineError,
    GenerationFailed,
    ModerationInput,
    NotReached,
    OutcomeUnknown,
    QuotaExhausted,
    RateLimited,
    Watch,
)
from engines.adapters.ltx import Ltx
from tests.engines.adapters.asking import clip
from tests.engines.adapters.contract import AdapterContract
from tests.engines.process import FakeEngine


class Elsewhere(Ltx):
    """The engine as it is seen when it does not run on this machine."""

    local = False


class TestLtx(AdapterContract):
    engine = "ltx"
    requests: ClassVar = {
        "ltx-2.5-fast": clip(last=True, rate="25", frames=50, width=1920, height=1080),
        "ltx-2.5-pro": clip(first=False, width=720, height=1280),
    }

    def body(self, fake: FakeEngine, slug: str, folder: Path, asking: Any) -> dict[str, Any]:
        adapter: Any = self.adapter(fake, slug, folder)
        request = asking(folder)
        assert not adapter.validate(request, self.model(slug))
        return dict(adapter.preview(request, self.model(slug))["body"])

    @pytest.mark.parametrize(
        ("slug", "rate", "frames", "ordered", "seconds"),
        [
            ("ltx-2.5-fast", "48", 96, 48, 2),
            ("ltx-2.5-pro", "48", 96, 24, 2),
            ("ltx-2.5-fast", "50", 550, 25, 12),
            ("ltx-2.5-fast", "24000/1001", 160, 24, 8),
            ("ltx-2.5-pro", "30", 60, 24, 2),
        ],
    )
    def test_rate_and_length_are_those_that_it_makes(
        self, slug: str, rate: str, frames: int, ordered: int, seconds: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        body = self.body(fake, slug, tmp_path, clip(rate=rate, frames=frames))
        assert (body["fps"], body["duration"], body["generate_audio"]) == (ordered, seconds, False)

    def test_upright_frame_stays_upright(self, tmp_path: Path, fake: FakeEngine) -> None:
        assert (
            self.body(fake, "ltx-2.5-fast", tmp_path, clip(width=1080, height=1920))["resolution"]
            == "1080x1920"
        )

    def test_camera_is_a_setting_only_where_the_row_says_so(self, tmp_path: Path, fake: FakeEngine) -> None:
        asking = clip(movement="dolly", direction="in")
        assert "camera_motion" not in self.body(fake, "ltx-2.5-fast", tmp_path, asking)
        known = self.model("ltx-2.5-fast")
        able = dataclasses.replace(known, vendor={**known.vendor, "camera_motion": {"dolly in": "dolly_in"}})
        adapter = self.adapter(fake, "ltx-2.5-fast", tmp_path)
        ref = adapter.submit(asking(tmp_path), able, "m-1", Watch()).ref
        assert self.finished(adapter, ref).outputs

    @pytest.mark.parametrize(
        ("asking", "field"),
        [
            (clip(first=False, last=True), "last"),
            (clip(frames=264, width=2560, height=1440), "seconds"),
            (clip(frames=504), "seconds"),
            (clip(width=1024, height=1024), "width"),
            (clip(references=1), "references"),
        ],
    )
    def test_what_it_cannot_express_is_named(
        self, asking: Any, field: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, "ltx-2.5-fast", tmp_path).validate(
            asking(tmp_path), self.model("ltx-2.5-fast")
        )
        assert [issue.field for issue in issues] == [field]

    @pytest.mark.parametrize(
        ("status", "code", "kind"),
        [
            (401, "authentication_error", AuthRefused),
            (402, "insufficient_funds_error", QuotaExhausted),
            (422, "content_filtered_error", ModerationInput),
            (429, "rate_limit_error", RateLimited),
            (529, "overloaded_error", OutcomeUnknown),
        ],
    )
    def test_refusals_have_their_class_by_type(
        self, status: int, code: str, kind: type[EngineError], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "ltx-2.5-fast", tmp_path)
        body = {"type": "error", "error": {"type": code, "message": "…"}}
        assert type(adapter.refusal(httpx.Response(status, json=body))) is kind

    @pytest.mark.parametrize(
        ("code", "kind"),
        [("content_filtered_error", ModerationInput), ("overloaded_error", GenerationFailed)],
    )
    def test_failed_jobs_have_their_class(
        self, code: str, kind: type[EngineError], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "ltx-2.5-fast", tmp_path)
        with pytest.raises(EngineError) as caught:
            adapter.state("text-to-video/j", {"status": "failed", "error": {"type": code, "message": "…"}})
        assert type(caught.value) is kind

    def test_store_inside_this_network_is_not_given_our_files(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = Elsewhere(Access(f"{fake.url}/ltx", "key-1"), tmp_path)
        with pytest.raises(NotReached, match="no good address"):
            adapter.submit(
                self.requests["ltx-2.5-fast"](tmp_path), self.model("ltx-2.5-fast"), "s-1", Watch()
            )
        assert fake.rows() == []

    def test_health_asks_for_a_job_that_nobody_ordered(self, tmp_path: Path, fake: FakeEngine) -> None:
        assert self.adapter(fake, "ltx-2.5-pro", tmp_path).health().ok
        assert not self.adapter(fake, "ltx-2.5-pro", tmp_path, token="").health().ok
        assert not self.adapter(fake, "ltx-2.5-pro", tmp_path, base_url="http://127.0.0.1:9").health().ok
