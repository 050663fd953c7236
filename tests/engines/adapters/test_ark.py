"""ByteDance's Ark."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from engines.adapters.base import (
    AuthRefused,
    EngineError,
    GenerationFailed,
    InvalidInput,
    ModelRetired,
    ModerationInput,
    ModerationOutput,
    QuotaExhausted,
    RateLimited,
    Watch,
)
from tests.engines.adapters.asking import clip, still
from tests.engines.adapters.contract import AdapterContract
from tests.engines.process import FakeEngine

IN_THE_ANSWER = "a still comes with the answer: there is no task to lose and nothing to ring about"


class TestArk(AdapterContract):
    engine = "ark"
    requests: ClassVar = {
        "seedance-2.0": clip(last=True, frames=96, width=1920, height=1080),
        "seedance-2.0-fast": clip(frames=96, width=1280, height=720),
        "seedance-2.0-mini": clip(first=False, references=9, frames=120),
        "seedance-2.5": clip(first=False, references=12, frames=120, width=720, height=1280),
        "seedream-5": still(references=2),
        "seedream-5-pro": still(references=14, width=2560, height=1440),
    }

    # -- what only tasks have

    def test_failed_work_is_said_to_have_failed(self, slug: str, tmp_path: Path, fake: FakeEngine) -> None:
        if slug.startswith("seedream"):
            pytest.skip(IN_THE_ANSWER)
        super().test_failed_work_is_said_to_have_failed(slug, tmp_path, fake)

    def test_lost_work_is_said_to_be_gone(self, slug: str, tmp_path: Path, fake: FakeEngine) -> None:
        if slug.startswith("seedream"):
            pytest.skip(IN_THE_ANSWER)
        super().test_lost_work_is_said_to_be_gone(slug, tmp_path, fake)

    def test_callback_is_believed_only_when_it_is_the_engines_own(
        self, slug: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        if slug.startswith("seedream"):
            pytest.skip(IN_THE_ANSWER)
        super().test_callback_is_believed_only_when_it_is_the_engines_own(slug, tmp_path, fake)

    # -- what is special

    def body(self, fake: FakeEngine, slug: str, folder: Path, asking: Any, **changes: Any) -> dict[str, Any]:
        adapter: Any = self.adapter(fake, slug, folder, **changes)
        request = asking(folder)
        assert not adapter.validate(request, self.model(slug))
        return dict(adapter.preview(request, self.model(slug))["body"])

    def test_sound_is_off_and_what_the_second_generation_refuses_is_not_sent(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        body = self.body(fake, "seedance-2.0", tmp_path, self.requests["seedance-2.0"])
        assert body["generate_audio"] is False and body["watermark"] is False
        assert not {"seed", "camera_fixed", "frames", "callback_url"} & set(body)
        assert (body["resolution"], body["ratio"], body["duration"]) == ("1080p", "16:9", 4)
        assert [part.get("role") for part in body["content"]] == [None, "first_frame", "last_frame"]

    def test_callback_address_and_chinese_names_come_from_the_account(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        asking = self.requests["seedance-2.5"]
        given = {"callback": "https://studio.example/hook/w0rd", "options": {"names": "china"}}
        body = self.body(fake, "seedance-2.5", tmp_path, asking, **given)
        assert body["callback_url"] == "https://studio.example/hook/w0rd"
        assert body["model"] == "doubao-seedance-2-5-260628"

    def test_upright_clip_costs_what_the_same_size_lying_costs(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter, model = self.adapter(fake, "seedance-2.5", tmp_path), self.model("seedance-2.5")
        prices = [
            adapter.quote(clip(frames=96, width=w, height=h)(tmp_path), model).expected
            for w, h in ((720, 1280), (1280, 720))
        ]
        assert prices == [92_448, 92_448]

    @pytest.mark.parametrize(
        ("width", "height", "size"),
        [(320, 180, "2560x1440"), (1440, 2560, "1440x2560"), (4096, 2304, "4096x2304")],
    )
    def test_small_still_is_ordered_larger_in_the_same_shape(
        self, width: int, height: int, size: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        body = self.body(fake, "seedream-5", tmp_path, still(width=width, height=height, seed=(1 << 31) + 7))
        assert (body["size"], body["seed"]) == (size, 7)

    @pytest.mark.parametrize(
        ("slug", "asking", "field"),
        [
            ("seedance-2.0", clip(frames=96, references=1), "references"),
            ("seedance-2.0", clip(first=False, last=True, frames=96), "last"),
            ("seedance-2.0-fast", clip(frames=96, width=1620, height=1080), "width"),
            ("seedance-2.0-mini", clip(frames=384), "seconds"),
            ("seedance-2.0", clip(frames=96, width=1000, height=777), "width"),
            ("seedream-5", still(width=4096, height=4608), "width"),
        ],
    )
    def test_what_it_cannot_express_is_named(
        self, slug: str, asking: Any, field: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, slug, tmp_path).validate(asking(tmp_path), self.model(slug))
        assert [issue.field for issue in issues] == [field]

    @pytest.mark.parametrize(
        ("status", "code", "kind"),
        [
            (403, "AccountOverdueError", QuotaExhausted),
            (429, "QuotaExceeded", QuotaExhausted),
            (429, "ServerOverloaded", RateLimited),
            (429, "RateLimitExceeded.EndpointTPMExceeded", RateLimited),
            (403, "AccessDenied", AuthRefused),
            (404, "ModelNotOpen", ModelRetired),
            (400, "InvalidParameter.UnsupportedImage", InvalidInput),
            (400, "InputImageSensitiveContentDetected.PrivacyInformation", ModerationInput),
            (400, "InputSomethingSensitiveContentFound", ModerationInput),
        ],
    )
    def test_refusals_have_their_class_by_code(
        self, status: int, code: str, kind: type[EngineError], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "seedance-2.0", tmp_path)
        assert type(adapter.refusal(httpx.Response(status, json={"error": {"code": code}}))) is kind

    @pytest.mark.parametrize(
        ("status", "code", "kind"),
        [
            ("failed", "OutputVideoSensitiveContentDetected.PolicyViolation", ModerationOutput),
            ("failed", "OutputNewSensitiveContent", ModerationOutput),
            ("failed", "ServerOverloaded", GenerationFailed),
            ("expired", "", GenerationFailed),
            ("cancelled", "", GenerationFailed),
        ],
    )
    def test_ended_tasks_have_their_class(
        self, status: str, code: str, kind: type[EngineError], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "seedance-2.0", tmp_path)
        with pytest.raises(EngineError) as caught:
            adapter.state("cgt-1", {"status": status, "error": {"code": code} if code else None})
        assert type(caught.value) is kind

    def test_still_that_was_withheld_is_no_still(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "seedream-5", tmp_path)
        error = {"code": "OutputImageSensitiveContentDetected", "message": "…"}
        with pytest.raises(ModerationOutput):
            adapter.accepted(httpx.Response(200, json={"data": [{"error": error}]}), "k")
        assert not any(tmp_path.iterdir())

    def test_only_waiting_work_is_taken_back(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter, slug = self.adapter(fake, "seedance-2.0", tmp_path), "seedance-2.0"
        ref = adapter.submit(self.requests[slug](tmp_path), self.model(slug), "c-1", Watch()).ref
        assert adapter.cancel(ref)
        self.finished(adapter, ref)
        assert not adapter.cancel(ref)
        assert self.finished(adapter, ref).outputs
