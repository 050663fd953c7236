"""MiniMax, the task API."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from engines.adapters.base import (
    EngineError,
    GenerationFailed,
    InvalidInput,
    ModerationInput,
    ModerationOutput,
    QuotaExhausted,
    RateLimited,
    Watch,
)
from tests.engines.adapters.asking import clip
from tests.engines.adapters.contract import AdapterContract
from tests.engines.process import FakeEngine


class TestMinimax(AdapterContract):
    engine = "minimax"
    requests: ClassVar = {
        "h3": clip(last=True, frames=120, width=1920, height=1080),
        "h3-max": clip(first=False, references=5, frames=144),
    }

    def body(self, fake: FakeEngine, slug: str, folder: Path, asking: Any) -> dict[str, Any]:
        adapter: Any = self.adapter(fake, slug, folder)
        request = asking(folder)
        assert not adapter.validate(request, self.model(slug))
        return dict(adapter.preview(request, self.model(slug))["body"])

    def test_frames_decide_the_shape_and_words_need_one(self, tmp_path: Path, fake: FakeEngine) -> None:
        framed = self.body(fake, "h3", tmp_path, self.requests["h3"])
        assert [part.get("role") for part in framed["content"]] == [None, "first_frame", "last_frame"]
        assert framed["resolution"] == "2K" and "ratio" not in framed
        words = self.body(fake, "h3", tmp_path, clip(first=False, frames=130, width=720, height=1280))
        assert (words["ratio"], words["resolution"], words["duration"]) == ("9:16", "768P", 6)

    def test_camera_is_told_in_sentences_of_the_h3_guide(self, tmp_path: Path, fake: FakeEngine) -> None:
        asking = clip(frames=120, movement="dolly", direction="in", speed="fast", prompt="She waits.")
        text = self.body(fake, "h3", tmp_path, asking)["content"][0]["text"]
        assert text == "Eye-level shot. The camera pushes in at fast speed. She waits."

    @pytest.mark.parametrize(
        ("asking", "field"),
        [
            (clip(frames=120, references=1), "references"),
            (clip(frames=120, width=1000, height=777), "width"),
            (clip(frames=120, width=2560, height=2560), "width"),
            (clip(frames=372), "seconds"),
            (clip(frames=120, movement="handheld", direction="medium"), "movement"),
            (clip(frames=120, optics="rack_focus"), "optics"),
        ],
    )
    def test_what_it_cannot_express_is_named(
        self, asking: Any, field: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, "h3", tmp_path).validate(asking(tmp_path), self.model("h3"))
        assert [issue.field for issue in issues] == [field]

    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            ({"type": "unprocessable_entity_error", "message": "sensitive (1026)"}, ModerationInput),
            ({"type": "unprocessable_entity_error", "message": "sensitive (1027)"}, ModerationOutput),
            ({"type": "insufficient_balance_error", "message": "balance"}, QuotaExhausted),
            ({"type": "rate_limit_error", "message": "later (1002)"}, RateLimited),
            ({"type": "bad_request_error", "message": "(1026) is in the prompt (2013)"}, InvalidInput),
        ],
    )
    def test_refusals_have_their_class_by_number(
        self, error: dict[str, str], kind: type[EngineError], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "h3", tmp_path)
        assert type(adapter.refusal(httpx.Response(422, json={"type": "error", "error": error}))) is kind

    def test_older_refusal_with_200_is_certainly_none(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "h3", tmp_path)
        body = {"task_id": "", "base_resp": {"status_code": 1026, "status_msg": "sensitive"}}
        with pytest.raises(ModerationInput):
            adapter.accepted(httpx.Response(200, json=body), "k")

    @pytest.mark.parametrize(
        ("status", "code", "kind"),
        [
            ("failed", "1027", ModerationOutput),
            ("failed", "1002", GenerationFailed),
            ("cancelled", "", GenerationFailed),
            ("expired", "", GenerationFailed),
        ],
    )
    def test_ended_tasks_have_their_class(
        self, status: str, code: str, kind: type[EngineError], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "h3", tmp_path)
        with pytest.raises(EngineError) as caught:
            adapter.state("t", {"task": {"status": status, "error": {"code": code} if code else None}})
        assert type(caught.value) is kind

    def test_only_waiting_work_is_taken_back(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "h3", tmp_path)
        ref = adapter.submit(self.requests["h3"](tmp_path), self.model("h3"), "c-1", Watch()).ref
        assert adapter.cancel(ref)
        self.finished(adapter, ref)
        assert not adapter.cancel(ref)
        assert self.finished(adapter, ref).outputs
        assert not adapter.cancel("nobody")
