"""fal."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from engines import crew
from engines.adapters import fal_hooks
from engines.adapters.base import (
    AuthRefused,
    EngineAdapter,
    GenerationFailed,
    InvalidInput,
    ModerationOutput,
    Watch,
)
from engines.adapters.declared import VALUES
from tests.engines.adapters.asking import clip, still, upscale
from tests.engines.adapters.contract import SECRET, AdapterContract
from tests.engines.process import FakeEngine


class TestFal(AdapterContract):
    engine = "fal"
    requests: ClassVar = {
        "pika-2.2": clip(frames=120, negative="rain"),
        "kling-v3-standard": clip(frames=72, last=True),
        "nano-banana-2": still(references=2),
        "seedvr-2": upscale(width=1280, height=720),
    }

    def adapter(
        self, fake: FakeEngine, slug: str, spool: Path, *, read: float = 10.0, **changes: Any
    ) -> EngineAdapter:
        changes = {"options": {"rest_url": f"{fake.url}/fal"}, **changes}
        return super().adapter(fake, slug, spool, read=read, **changes)

    def body(self, slug: str, asked: Any, folder: Path, fake: FakeEngine) -> dict[str, Any]:
        adapter: Any = self.adapter(fake, slug, folder)
        return dict(adapter.preview(asked(folder), self.model(slug))["body"])

    def test_every_row_names_fields_that_there_are_and_what_it_declares(self) -> None:
        for model in crew.engines()["fal"].models:
            able, vendor = model.capability, model.vendor
            assert set(vendor["fields"]) <= set(VALUES)
            for needed, having in (
                ("references", able.max_references > 0),
                ("last", able.last_frame),
                ("first", able.needs_first_frame),
            ):
                assert (needed in vendor["fields"]) == having, model.slug
            assert ("sizes" in vendor) == ("size" in vendor["fields"])

    def test_values_go_in_the_types_that_the_model_wants(self, tmp_path: Path, fake: FakeEngine) -> None:
        assert self.body("pika-2.2", clip(frames=121), tmp_path, fake)["duration"] == 10
        kling = self.body("kling-v3-standard", clip(frames=73), tmp_path, fake)
        assert kling["duration"] == "4"
        assert kling["generate_audio"] is False
        assert "seed" not in kling

    @pytest.mark.parametrize(
        ("width", "height", "size", "milli"),
        [(1280, 720, "1K", 8_000), (1920, 1080, "2K", 12_000), (1080, 1920, "2K", 12_000)],
    )
    def test_size_and_price_follow_the_same_figure(
        self, width: int, height: int, size: str, milli: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        request = still(width=width, height=height)(tmp_path)
        adapter, model = self.adapter(fake, "nano-banana-2", tmp_path), self.model("nano-banana-2")
        assert self.body("nano-banana-2", lambda _: request, tmp_path, fake)["resolution"] == size
        assert adapter.quote(request, model).expected == milli

    def test_upright_picture_is_priced_by_its_longer_side(self, tmp_path: Path, fake: FakeEngine) -> None:
        request = clip(frames=120, width=1080, height=1920)(tmp_path)
        assert (
            self.adapter(fake, "pika-2.2", tmp_path).quote(request, self.model("pika-2.2")).expected == 45_000
        )

    @pytest.mark.parametrize(
        ("slug", "asked", "field"),
        [
            ("nano-banana-2", still(width=1000, height=310), "width"),
            ("seedvr-2", upscale(width=3000, height=5000), "width"),
        ],
    )
    def test_a_frame_it_does_not_have_is_refused(
        self, slug: str, asked: Any, field: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, slug, tmp_path).validate(asked(tmp_path), self.model(slug))
        assert [issue.field for issue in issues] == [field]

    def test_references_have_an_address_of_their_own(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "nano-banana-2", tmp_path)
        model = self.model("nano-banana-2")
        assert adapter.preview(still()(tmp_path), model)["path"] == "/fal-ai/nano-banana-2"
        assert adapter.preview(still(references=1)(tmp_path), model)["path"] == "/fal-ai/nano-banana-2/edit"

    def test_reference_holds_the_app_without_its_path(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "pika-2.2", tmp_path)
        ref = adapter.submit(self.requests["pika-2.2"](tmp_path), self.model("pika-2.2"), "k", Watch()).ref
        assert ref == f"fal-ai/pika/requests/{fake.charged()[-1]['charge']}"

    @pytest.mark.parametrize(
        ("address", "path", "ref"),
        [
            ("", "fal-ai/pika/v2.2/image-to-video", "fal-ai/pika/requests/n1"),
            ("https://evil.example/a/b/requests/n1/status", "fal-ai/pika/v2.2", "fal-ai/pika/requests/n1"),
            ("", "workflows/me/mine/run", "workflows/me/mine/requests/n1"),
        ],
    )
    def test_address_of_another_house_is_not_asked_with_our_key(
        self, address: str, path: str, ref: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "pika-2.2", tmp_path)
        asked = httpx.Request("POST", f"{fake.url}/fal/{path}")
        answer = httpx.Response(200, json={"request_id": "n1", "status_url": address}, request=asked)
        assert adapter.accepted(answer, "k").ref == ref

    def test_word_in_the_callback_address_is_sent_and_not_shown(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        word = "https://slate.example/hooks/fal/a-word-nobody-guesses"
        adapter: Any = self.adapter(fake, "pika-2.2", tmp_path, callback=word)
        request, model = self.requests["pika-2.2"](tmp_path), self.model("pika-2.2")
        assert "fal_webhook=https%3A%2F%2Fslate.example" in adapter.order(request, model, "k").path
        assert "nobody" not in json.dumps(adapter.preview(request, model))
        assert adapter.submit(request, model, "k", Watch()).ref

    def test_black_picture_is_a_withheld_one(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "nano-banana-2", tmp_path)
        with pytest.raises(ModerationOutput):
            adapter._finished("a/b/requests/n", {"images": [{"url": "x"}], "has_nsfw_concepts": [True]})
        with pytest.raises(GenerationFailed):
            adapter._finished("a/b/requests/n", {"images": []})

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("image_too_small", InvalidInput),
            ("no_media_generated", ModerationOutput),
            ("runner_disconnected", GenerationFailed),
        ],
    )
    def test_codes_have_their_class(
        self, code: str, kind: type[Exception], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "pika-2.2", tmp_path)
        assert type(adapter.failure(code)) is kind

    def test_work_is_taken_back_while_it_runs(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "nano-banana-2", tmp_path)
        request = self.requests["nano-banana-2"](tmp_path)
        ref = adapter.submit(request, self.model("nano-banana-2"), "k", Watch()).ref
        assert adapter.cancel(ref)
        self.finished(adapter, ref)
        assert not adapter.cancel(ref)

    def test_callback_is_understood_above_the_work_folders_and_elsewhere_by_its_number(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        request, model = self.requests["nano-banana-2"](tmp_path), self.model("nano-banana-2")
        worker = self.adapter(fake, "nano-banana-2", tmp_path / "calls" / "one")
        ref = worker.submit(request, model, "k", Watch()).ref
        number = fake.charged()[-1]["charge"]
        signed = fake.callback(number, SECRET)
        assert self.adapter(fake, "nano-banana-2", tmp_path).parse_webhook(*signed) == ref
        assert self.adapter(fake, "nano-banana-2", tmp_path / "there").parse_webhook(*signed) == number

    def test_old_callback_is_refused(
        self, tmp_path: Path, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adapter = self.adapter(fake, "nano-banana-2", tmp_path)
        request, model = self.requests["nano-banana-2"](tmp_path), self.model("nano-banana-2")
        adapter.submit(request, model, "k", Watch())
        headers, body = fake.callback(fake.charged()[-1]["charge"], SECRET)
        later = time.time() + fal_hooks.TOLERANCE + 5
        monkeypatch.setattr("engines.adapters.fal_hooks.time.time", lambda: later)
        with pytest.raises(AuthRefused, match="too old"):
            adapter.parse_webhook(headers, body)

    def test_key_does_not_go_to_the_store(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "seedvr-2", tmp_path)
        adapter.submit(self.requests["seedvr-2"](tmp_path), self.model("seedvr-2"), "k", Watch())
        assert [row for row in fake.rows() if "leak" in row] == []
