"""Replicate."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any, ClassVar

import pytest

from engines import crew
from engines.adapters import replicate
from engines.adapters.base import (
    AuthRefused,
    GenerationFailed,
    InvalidInput,
    ModerationInput,
    ResultGone,
    Watch,
)
from engines.adapters.declared import VALUES
from tests.engines.adapters.asking import clip, still
from tests.engines.adapters.contract import SECRET, AdapterContract
from tests.engines.process import FakeEngine


class TestReplicate(AdapterContract):
    engine = "replicate"
    requests: ClassVar = {
        "flux-2-pro": still(references=2, width=640, height=360),
        "seedance-2": clip(frames=96, last=True),
        "wan-2.7": clip(negative="rain"),
    }

    def test_every_row_names_fields_that_there_are_and_what_it_declares(self) -> None:
        for model in crew.engines()["replicate"].models:
            able, fields = model.capability, model.vendor["fields"]
            assert set(fields) <= set(VALUES)
            assert ("references" in fields) == (able.max_references > 0)
            assert ("last" in fields) == able.last_frame
            assert ("sizes" in model.vendor) == ("size" in fields)

    @pytest.mark.parametrize(
        ("asked", "fields"),
        [
            (clip(frames=96, references=1), ["references"]),
            (clip(frames=96, first=False, last=True), ["first"]),
            (clip(frames=96, width=1000, height=310), ["width"]),
            (clip(frames=96, first=False, references=9), []),
        ],
    )
    def test_what_the_model_does_not_take_together_is_refused(
        self, asked: Any, fields: list[str], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter = self.adapter(fake, "seedance-2", tmp_path)
        request, model = asked(tmp_path), self.model("seedance-2")
        assert [issue.field for issue in adapter.validate(request, model)] == fields
        if not fields:
            assert adapter.submit(request, model, "k", Watch()).ref

    @pytest.mark.parametrize(
        ("width", "height", "milli"),
        [(1000, 1000, 4_500), (640, 360, 3_000), (1920, 1080, 6_000), (2048, 1152, 6_000)],
    )
    def test_picture_is_priced_by_the_pixels_on_the_grid(
        self, width: int, height: int, milli: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter, model = self.adapter(fake, "flux-2-pro", tmp_path), self.model("flux-2-pro")
        request = still(width=width, height=height)(tmp_path)
        assert adapter.quote(request, model).high == milli
        adapter.submit(request, model, "k", Watch())
        assert fake.charged()[-1]["milli"] == milli

    @pytest.mark.parametrize(("width", "height"), [(320, 180), (2048, 2048), (2048, 1000 * 3)])
    def test_a_frame_it_does_not_have_is_refused(
        self, width: int, height: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter = self.adapter(fake, "flux-2-pro", tmp_path)
        issues = adapter.validate(still(width=width, height=height)(tmp_path), self.model("flux-2-pro"))
        assert [issue.field for issue in issues] == ["width"]

    def test_other_models_are_ordered_by_their_version(self, tmp_path: Path, fake: FakeEngine) -> None:
        known = self.model("flux-2-pro")
        vendor = {name: value for name, value in known.vendor.items() if name != "model"}
        row = dataclasses.replace(known, vendor={**vendor, "version": "d9a13cff"})
        adapter: Any = self.adapter(fake, "flux-2-pro", tmp_path)
        request = still(width=640, height=360)(tmp_path)
        assert adapter.preview(request, row)["path"] == "/v1/predictions"
        assert adapter.submit(request, row, "k", Watch()).ref

    def test_metrics_come_with_the_result(self, tmp_path: Path, fake: FakeEngine) -> None:
        done, _ = self.made(self.adapter(fake, "wan-2.7", tmp_path), "wan-2.7", tmp_path)
        assert done.meta["metrics"] == {"predict_time": 3.5}

    @pytest.mark.parametrize(
        ("said", "kind"),
        [
            ("flagged as sensitive (E005)", ModerationInput),
            ("E1001: out of memory", InvalidInput),
            ("sensitive, but without a code", GenerationFailed),
        ],
    )
    def test_failure_is_classed_by_its_code_alone(
        self, said: str, kind: type[Exception], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "wan-2.7", tmp_path)
        with pytest.raises(kind) as caught:
            adapter.state("n", {"status": "failed", "error": said})
        assert type(caught.value) is kind

    @pytest.mark.parametrize("status", ["canceled", "aborted"])
    def test_stopped_work_has_failed(self, status: str, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "wan-2.7", tmp_path)
        with pytest.raises(GenerationFailed):
            adapter.state("n", {"status": status})

    def test_removed_result_is_gone(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "wan-2.7", tmp_path)
        with pytest.raises(ResultGone):
            adapter.state("n", {"status": "succeeded", "output": None, "data_removed": True})
        with pytest.raises(GenerationFailed):
            adapter.state("n", {"status": "succeeded", "output": None})

    def test_work_is_taken_back_while_it_runs(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "wan-2.7", tmp_path)
        ref = adapter.submit(self.requests["wan-2.7"](tmp_path), self.model("wan-2.7"), "k", Watch()).ref
        assert adapter.cancel(ref)
        self.finished(adapter, ref)
        assert not adapter.cancel(ref)
        assert not adapter.cancel("unknown")

    def test_account_is_named(self, tmp_path: Path, fake: FakeEngine) -> None:
        found = self.adapter(fake, "wan-2.7", tmp_path).health()
        assert found.detail == {"account": "studio", "type": "organization"}

    def test_callback_is_asked_for_once_and_its_address_not_shown(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        word = "https://slate.example/hooks/replicate/a-word-nobody-guesses"
        adapter: Any = self.adapter(fake, "wan-2.7", tmp_path, callback=word)
        request, model = self.requests["wan-2.7"](tmp_path), self.model("wan-2.7")
        body = adapter.order(request, model, "k").body
        assert (body["webhook"], body["webhook_events_filter"]) == (word, ["completed"])
        assert "webhook" not in adapter.preview(request, model)["body"]
        assert adapter.submit(request, model, "k", Watch()).ref

    def test_old_callback_is_refused(
        self, tmp_path: Path, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adapter = self.adapter(fake, "wan-2.7", tmp_path)
        adapter.submit(self.requests["wan-2.7"](tmp_path), self.model("wan-2.7"), "k", Watch())
        headers, body = fake.callback(fake.charged()[-1]["charge"], SECRET)
        later = time.time() + replicate.TOLERANCE + 5
        monkeypatch.setattr("engines.adapters.replicate.time.time", lambda: later)
        with pytest.raises(AuthRefused):
            adapter.parse_webhook(headers, body)

    def test_callback_without_a_secret_here_is_refused(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "wan-2.7", tmp_path)
        adapter.submit(self.requests["wan-2.7"](tmp_path), self.model("wan-2.7"), "k", Watch())
        signed = fake.callback(fake.charged()[-1]["charge"], "whsec_")
        with pytest.raises(AuthRefused):
            self.adapter(fake, "wan-2.7", tmp_path, hook_secret="").parse_webhook(*signed)
