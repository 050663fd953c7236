"""OpenAI."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from engines.adapters.base import (
    AuthRefused,
    EngineError,
    InvalidInput,
    ModelRetired,
    ModerationInput,
    QuotaExhausted,
    RateLimited,
    Speech,
    Watch,
)
from engines.adapters.openai import size_of, with_length
from fake_engines.works import tone
from tests.engines.adapters.asking import WORDS, line, still
from tests.engines.adapters.contract import AdapterContract
from tests.engines.process import FakeEngine


class TestOpenAI(AdapterContract):
    engine = "openai"
    lacks = frozenset({"fails", "gone"})
    requests: ClassVar = {
        "gpt-image-2-medium": still(references=2),
        "gpt-image-2-high": still(width=1920, height=1080),
        "gpt-image-2.5-sunburst": still(references=16),
        "gpt-4o-mini-tts": line(voice={"pitch": 20, "rate": 150}),
    }

    def body(self, fake: FakeEngine, slug: str, folder: Path, request: Any) -> dict[str, Any]:
        adapter: Any = self.adapter(fake, slug, folder)
        shown: dict[str, Any] = adapter.preview(request(folder), self.model(slug))
        return shown

    def test_references_make_it_an_edit_and_are_named_in_their_order(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        plain = self.body(fake, "gpt-image-2-high", tmp_path, still())
        assert plain["path"] == "/v1/images/generations"
        edit = self.body(fake, "gpt-image-2-high", tmp_path, still(references=3))
        assert edit["path"] == "/v1/images/edits"
        assert [one["title"] for one in edit["body"]["image[]"]] == [f"reference {n}" for n in range(3)]
        assert edit["body"]["prompt"].startswith(WORDS)
        assert (
            "image 1 is reference 0; image 2 is reference 1; image 3 is reference 2" in edit["body"]["prompt"]
        )

    @pytest.mark.parametrize(
        ("asked", "made"),
        [
            ((1920, 1080), (1920, 1088)),
            ((1280, 720), (1280, 720)),
            ((320, 180), (1088, 608)),
            ((1080, 1920), (1088, 1920)),
        ],
    )
    def test_frame_is_never_smaller_than_asked(self, asked: tuple[int, int], made: tuple[int, int]) -> None:
        assert size_of(*asked) == made

    def test_a_frame_it_does_not_have_is_refused(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "gpt-image-2-high", tmp_path)
        model = self.model("gpt-image-2-high")
        for width, height in ((2560, 800), (2000, 4000)):
            issues = adapter.validate(still(width=width, height=height)(tmp_path), model)
            assert [issue.field for issue in issues] == ["width"]

    def test_every_reference_and_the_longer_side_are_priced(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter, model = self.adapter(fake, "gpt-image-2-medium", tmp_path), self.model("gpt-image-2-medium")
        prices = [
            adapter.quote(still(references=count, width=wide, height=high)(tmp_path), model).expected
            for count, wide, high in ((0, 1920, 1080), (2, 1920, 1080), (0, 1440, 2560))
        ]
        assert prices == [4000, 6400, 5600]

    def test_charge_is_counted_from_the_tokens_of_the_answer(self, tmp_path: Path, fake: FakeEngine) -> None:
        done, _ = self.made(
            self.adapter(fake, "gpt-image-2-medium", tmp_path), "gpt-image-2-medium", tmp_path
        )
        (charge,) = fake.charged()
        assert done.cost_milli == charge["milli"] > 0

    def test_voice_is_the_nearest_in_height_unless_it_is_named(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        def chosen(**voice: Any) -> str:
            body = self.body(fake, "gpt-4o-mini-tts", tmp_path, line(voice=voice))["body"]
            return str(body["voice"])

        assert chosen(pitch=8) == "onyx" and chosen(pitch=95) == "shimmer"
        assert chosen(openai="marin", pitch=8) == "marin"

    def test_feeling_and_pace_are_told(self, tmp_path: Path, fake: FakeEngine) -> None:
        asked = line(voice={"pitch": 30, "rate": 200}, emotion="anger")
        body = self.body(fake, "gpt-4o-mini-tts", tmp_path, asked)["body"]
        assert body["instructions"] == "The speaker is angry." and body["speed"] == 1.25
        calm = self.body(fake, "gpt-4o-mini-tts", tmp_path, line(voice={}))["body"]
        assert "instructions" not in calm and "speed" not in calm

    def test_unknown_voice_markup_and_language_are_refused(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter, model = self.adapter(fake, "gpt-4o-mini-tts", tmp_path), self.model("gpt-4o-mini-tts")
        for changes, field in (
            ({"voice": {"name": "Rachel"}}, "voice"),
            ({"text": "<speak>Hello</speak>", "voice": {}}, "text"),
            ({"language": "la", "voice": {}}, "language"),
        ):
            assert [issue.field for issue in adapter.validate(line(**changes)(tmp_path), model)] == [field]

    def test_sound_that_was_streamed_gets_its_length(self) -> None:
        whole = tone(0.5, 1)
        start = whole.index(b"data")
        open_ended = whole[:4] + b"\xff" * 4 + whole[8 : start + 4] + b"\xff" * 4 + whole[start + 8 :]
        assert with_length(open_ended) == whole
        assert with_length(whole) == whole
        assert struct.unpack("<I", with_length(open_ended)[4:8])[0] == len(whole) - 8

    @pytest.mark.parametrize(
        ("status", "kind", "code", "meant"),
        [
            (400, "image_generation_user_error", "moderation_blocked", ModerationInput),
            (400, "image_generation_user_error", "invalid_input_fidelity_model", InvalidInput),
            (400, "invalid_request_error", "content_policy_violation", ModerationInput),
            (429, "requests", "rate_limit_exceeded", RateLimited),
            (429, "insufficient_quota", "insufficient_quota", QuotaExhausted),
            (429, "billing", "project_spend_limit_exceeded", QuotaExhausted),
            (404, "invalid_request_error", "model_not_found", ModelRetired),
            (403, "invalid_request_error", None, AuthRefused),
        ],
    )
    def test_the_code_decides_and_not_the_type(
        self,
        status: int,
        kind: str,
        code: str | None,
        meant: type[EngineError],
        tmp_path: Path,
        fake: FakeEngine,
    ) -> None:
        adapter: Any = self.adapter(fake, "gpt-image-2-high", tmp_path)
        answer = httpx.Response(status, json={"error": {"type": kind, "code": code, "message": "…"}})
        assert type(adapter.refusal(answer)) is meant

    def test_organisation_and_project_are_told_where_the_account_names_them(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(
            fake, "gpt-image-2-high", tmp_path, options={"organization": "org-1", "project": ""}
        )
        assert adapter.headers() == {"Authorization": "Bearer key-1", "OpenAI-Organization": "org-1"}

    def test_a_spoken_line_is_charged_by_its_characters(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "gpt-4o-mini-tts", tmp_path)
        asked = Speech(text="Hello.", language="en", voice={})
        adapter.submit(asked, self.model("gpt-4o-mini-tts"), "s-1", Watch())
        assert [row["milli"] for row in fake.charged()] == [12]
