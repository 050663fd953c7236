"""Google Gemini: stills and Omni video."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from engines.adapters.base import (
    AuthRefused,
    BadOutput,
    EngineError,
    GenerationFailed,
    InvalidInput,
    ModelRetired,
    ModerationInput,
    ModerationOutput,
    Outline,
    QuotaExhausted,
    RateLimited,
    ResultGone,
    Watch,
)
from tests.engines.adapters.asking import WORDS, clip, still
from tests.engines.adapters.contract import SECRET, AdapterContract
from tests.engines.process import FakeEngine

STILL, CLIP, INLINE = "gemini-3-pro-image", "gemini-omni-1.2-flash", "gemini-omni-1.1-flash"


class TestGemini(AdapterContract):
    engine = "gemini"
    requests: ClassVar = {
        STILL: still(references=2, width=1280, height=720),
        "gemini-3.1-flash-image": still(references=14),
        "gemini-nano-banana-2.1": still(width=1080, height=1920),
        CLIP: clip(frames=72, last=True),
        INLINE: clip(frames=72, first=False, references=6),
    }

    def test_lost_work_is_said_to_be_gone(self, slug: str, tmp_path: Path, fake: FakeEngine) -> None:
        if "clip" not in self.model(slug).capability.kinds:
            pytest.skip("a still comes with the answer")
        super().test_lost_work_is_said_to_be_gone(slug, tmp_path, fake)

    def test_callback_is_believed_only_when_it_is_the_engines_own(
        self, slug: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        if "clip" not in self.model(slug).capability.kinds:
            pytest.skip("a still comes with the answer")
        super().test_callback_is_believed_only_when_it_is_the_engines_own(slug, tmp_path, fake)

    def body(self, fake: FakeEngine, slug: str, folder: Path, request: Any) -> dict[str, Any]:
        adapter: Any = self.adapter(fake, slug, folder)
        shown: dict[str, Any] = adapter.preview(request(folder), self.model(slug))["body"]
        return shown

    # -- what is sent

    def test_every_picture_of_a_clip_is_named_by_its_role(self, tmp_path: Path, fake: FakeEngine) -> None:
        body = self.body(fake, CLIP, tmp_path, clip(frames=72, last=True, references=2))
        text = body["input"][-1]["text"]
        assert text.startswith(
            "[# Sources <FIRST_FRAME>@Image1 <LAST_FRAME>@Image2]\n"
            "[# References <IMAGE_REF_0>@Image3 <IMAGE_REF_1>@Image4]\n"
            "<IMAGE_REF_0> is reference 0.\n"
        )
        assert text.endswith(f"Eye-level shot. The camera pans slowly to the left. {WORDS}")
        titles = [block["data"]["title"] for block in body["input"][:-1]]
        assert titles == ["keyframe", "last", "reference 0", "reference 1"]

    @pytest.mark.parametrize(
        ("asked", "task"),
        [
            ({"first": False}, "text_to_video"),
            ({}, "image_to_video"),
            ({"first": False, "references": 1}, "reference_to_video"),
            ({"references": 1}, ""),
        ],
    )
    def test_task_is_told_where_it_is_one(
        self, asked: dict[str, Any], task: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        settings = self.body(fake, CLIP, tmp_path, clip(**asked))["generation_config"]
        assert settings.get("video_config", {}).get("task", "") == task
        assert settings["seed"] == 5

    @pytest.mark.parametrize(
        ("frames", "width", "height", "told"),
        [
            (24, 320, 180, ("3s", "360p", "16:9")),
            (25 * 5, 1280, 720, ("6s", "720p", "16:9")),
            (360, 1080, 1920, ("15s", "1080p", "9:16")),
            (96, 3840, 2160, ("4s", "4k", "16:9")),
        ],
    )
    def test_length_size_and_shape_are_the_smallest_that_cover_the_shot(
        self,
        frames: int,
        width: int,
        height: int,
        told: tuple[str, str, str],
        tmp_path: Path,
        fake: FakeEngine,
    ) -> None:
        asked = clip(frames=frames, width=width, height=height)
        wanted = self.body(fake, CLIP, tmp_path, asked)["response_format"]
        assert (wanted["duration"], wanted["resolution"], wanted["aspect_ratio"]) == told

    @pytest.mark.parametrize(
        ("width", "height", "size", "milli"),
        [
            (320, 180, "512", 4480),
            (1280, 720, "1K", 6720),
            (1920, 1080, "2K", 10080),
            (1024, 1024, "1K", 6720),
        ],
    )
    def test_still_is_ordered_and_priced_by_its_area(
        self, width: int, height: int, size: str, milli: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        slug = "gemini-3.1-flash-image"
        adapter, asked = self.adapter(fake, slug, tmp_path), still(width=width, height=height)
        settings = self.body(fake, slug, tmp_path, asked)["generationConfig"]["imageConfig"]
        assert settings["imageSize"] == size
        assert adapter.quote(asked(tmp_path), self.model(slug)).expected == milli

    def test_outline_is_priced_by_its_width(self, tmp_path: Path, fake: FakeEngine) -> None:
        quote = self.adapter(fake, CLIP, tmp_path).quote(
            Outline("clip", seconds=4.5, width=1920), self.model(CLIP)
        )
        assert quote.expected == 5 * 10430

    def test_shapes_and_frames_it_does_not_have_are_refused(self, tmp_path: Path, fake: FakeEngine) -> None:
        for slug, asked, field in (
            (CLIP, clip(width=1024, height=1024), "width"),
            (CLIP, clip(first=False, last=True), "last"),
            (STILL, still(width=1000, height=290), "width"),
            (INLINE, clip(frames=24 * 12), "seconds"),
        ):
            issues = self.adapter(fake, slug, tmp_path).validate(asked(tmp_path), self.model(slug))
            assert [issue.field for issue in issues] == [field]

    # -- what comes back

    @pytest.mark.parametrize(
        ("answer", "meant"),
        [
            ({"promptFeedback": {"blockReason": "JAILBREAK"}}, ModerationInput),
            ({"candidates": [{"finishReason": "IMAGE_SAFETY"}]}, ModerationOutput),
            ({"candidates": [{"finishReason": "PROHIBITED_CONTENT", "content": {}}]}, ModerationOutput),
            ({"candidates": [{"finishReason": "NO_IMAGE"}]}, GenerationFailed),
            (
                {"candidates": [{"finishReason": "STOP", "content": {"parts": [{"text": "No."}]}}]},
                GenerationFailed,
            ),
        ],
    )
    def test_answer_without_a_picture_is_read_by_its_reason_although_it_is_200(
        self, answer: dict[str, Any], meant: type[EngineError], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, STILL, tmp_path)
        with pytest.raises(EngineError) as caught:
            adapter.accepted(httpx.Response(200, json=answer), "k")
        assert type(caught.value) is meant

    @pytest.mark.parametrize(
        ("status", "errors", "meant"),
        [
            ("failed", [], GenerationFailed),
            ("incomplete", [], GenerationFailed),
            ("cancelled", [], GenerationFailed),
            ("requires_action", [], GenerationFailed),
            ("budget_exceeded", [], QuotaExhausted),
            ("failed", [{"code": "https://ai.google.dev/errors/blocklist"}], ModerationInput),
            ("failed", [{"code": "VIDEO_SAFETY", "message": "withheld"}], ModerationOutput),
            ("completed", [], BadOutput),
        ],
    )
    def test_every_end_has_its_class(
        self,
        status: str,
        errors: list[dict[str, str]],
        meant: type[EngineError],
        tmp_path: Path,
        fake: FakeEngine,
    ) -> None:
        adapter: Any = self.adapter(fake, CLIP, tmp_path)
        with pytest.raises(EngineError) as caught:
            adapter.state("n1", {"status": status, "errors": errors, "steps": []})
        assert type(caught.value) is meant

    def test_state_nobody_has_heard_of_is_no_end(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, CLIP, tmp_path)
        assert [
            adapter.state("n1", {"status": word}).done for word in ("queued", "in_progress", "dreaming")
        ] == [None] * 3

    def test_file_of_another_house_is_not_asked_with_our_key(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, CLIP, tmp_path)
        asked = adapter.submit(self.requests[CLIP](tmp_path), self.model(CLIP), "o-1", Watch())
        elsewhere = f"http://localhost:{fake.port}/files/{asked.ref}"
        content = [{"type": "video", "uri": elsewhere}]
        body = {"status": "completed", "steps": [{"type": "model_output", "content": content}]}
        (file,) = adapter.fetch(adapter.state(asked.ref, body).done, tmp_path.joinpath)
        assert file.path.stat().st_size > 100
        assert not [row for row in fake.rows() if "leak" in row]

    def test_charge_is_counted_from_the_tokens(self, tmp_path: Path, fake: FakeEngine) -> None:
        for slug in (STILL, CLIP, INLINE):
            folder = tmp_path / slug
            folder.mkdir()
            done, _ = self.made(self.adapter(fake, slug, folder), slug, folder)
            assert done.cost_milli == fake.charged()[-1]["milli"]

    def test_work_in_the_background_is_stopped(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, CLIP, tmp_path)
        ref = adapter.submit(self.requests[CLIP](tmp_path), self.model(CLIP), "c-1", Watch()).ref
        assert adapter.cancel(ref)
        self.finished(adapter, ref)
        assert not adapter.cancel(ref) and not adapter.cancel("unknown") and not adapter.cancel("here-1")

    # -- refusals and call-backs

    @pytest.mark.parametrize(
        ("status", "word", "details", "meant"),
        [
            (400, "INVALID_ARGUMENT", [], InvalidInput),
            (400, "INVALID_ARGUMENT", [{"reason": "API_KEY_INVALID"}], AuthRefused),
            (400, "FAILED_PRECONDITION", [], QuotaExhausted),
            (403, "PERMISSION_DENIED", [{"reason": "SERVICE_DISABLED"}], AuthRefused),
            (404, "NOT_FOUND", [], ModelRetired),
            (429, "RESOURCE_EXHAUSTED", [{"retryDelay": "17.5s"}], RateLimited),
        ],
    )
    def test_status_words_have_their_class(
        self,
        status: int,
        word: str,
        details: list[dict[str, str]],
        meant: type[EngineError],
        tmp_path: Path,
        fake: FakeEngine,
    ) -> None:
        adapter: Any = self.adapter(fake, STILL, tmp_path)
        error = {"code": status, "status": word, "message": "…", "details": details}
        found = adapter.refusal(httpx.Response(status, json={"error": error}))
        assert type(found) is meant
        assert found.after == (17.5 if meant is RateLimited else None)

    def test_callback_that_is_old_or_about_something_else_is_not_taken(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, CLIP, tmp_path)
        with pytest.raises(AuthRefused):
            adapter.parse_webhook(*signed({"type": "interaction.completed", "data": {"id": "n1"}}, age=400))
        for event in (
            {"type": "batch.succeeded", "data": {"id": "n1"}},
            {"type": "interaction.failed", "data": 3},
        ):
            with pytest.raises(ResultGone):
                adapter.parse_webhook(*signed(event))
        headers, raw = signed({"type": "interaction.failed", "data": {"id": "n1"}})
        both = {**headers, "webhook-signature": f"v1,c3RhbGU= {headers['webhook-signature']}"}
        assert adapter.parse_webhook(both, raw) == "n1"


def signed(event: dict[str, Any], age: float = 0.0) -> tuple[dict[str, str], bytes]:
    """A call-back under the test's secret."""
    raw, at = json.dumps(event).encode(), str(int(time.time() - age))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    mark = base64.b64encode(hmac.new(key, f"m1.{at}.".encode() + raw, hashlib.sha256).digest()).decode()
    return {"webhook-id": "m1", "webhook-timestamp": at, "webhook-signature": f"v1,{mark}"}, raw
