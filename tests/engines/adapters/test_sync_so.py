"""sync.so."""

from __future__ import annotations

import hashlib
import hmac
import shutil
import time
from pathlib import Path
from typing import Any, ClassVar

import pytest

from engines.adapters.base import AuthRefused, InvalidInput, LipSync, ModerationInput, OutcomeUnknown, Watch
from tests.engines.adapters.asking import lips, movie, sound
from tests.engines.adapters.contract import SECRET, AdapterContract, Asking
from tests.engines.process import FakeEngine


def two_lines(*offsets: int) -> Asking:
    """A plate of two seconds with lines at these times, in milliseconds."""

    def ask(folder: Path) -> LipSync:
        speech = tuple(sound(folder, f"speech {n}", 0.6) for n in range(len(offsets) or 2))
        cues = [{"character": f"c{n}", "cues": [], "offset_ms": at} for n, at in enumerate(offsets)]
        return LipSync(rate="24", frames=48, plate=movie(folder), speech=speech, packet={"visemes": cues})

    return ask


def stamped(body: bytes, stamp: int, secret: str) -> dict[str, str]:
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"sync-signature": f"t={stamp},s={signature}"}


class TestSyncSo(AdapterContract):
    engine = "sync_so"
    requests: ClassVar = {"sync-3": lips(), "lipsync-2-pro": two_lines(0, 1000)}

    def body(self, asked: Asking, folder: Path, fake: FakeEngine) -> Any:
        adapter: Any = self.adapter(fake, "sync-3", folder)
        return adapter.preview(asked(folder), self.model("sync-3"))["body"]

    def test_each_line_is_a_segment_until_the_next_begins(self, tmp_path: Path, fake: FakeEngine) -> None:
        body = self.body(two_lines(250, 1000), tmp_path, fake)
        assert body["segments"] == [
            {"startTime": 0.25, "endTime": 1.0, "audioInput": {"refId": "line-1"}},
            {"startTime": 1.0, "endTime": 2.0, "audioInput": {"refId": "line-2"}},
        ]
        assert [row.get("refId") for row in body["input"]] == [None, "line-1", "line-2"]

    def test_a_sound_longer_than_its_segment_is_cut_there(self, tmp_path: Path, fake: FakeEngine) -> None:
        first = self.body(two_lines(0, 500), tmp_path, fake)["segments"][0]
        assert first["audioInput"] == {"refId": "line-1", "startTime": 0.0, "endTime": 0.5}

    def test_one_line_needs_no_segment_and_the_plate_keeps_its_length(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        short = self.body(lips(speech=(sound(tmp_path, "short", 0.5),)), tmp_path, fake)
        long = self.body(lips(), tmp_path, fake)
        assert "segments" not in short
        assert (short["options"]["sync_mode"], long["options"]["sync_mode"]) == ("silence", "cut_off")

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            (lips(speech=()), "speech"),
            (two_lines(), "speech"),
            (two_lines(900, 100), "speech"),
        ],
    )
    def test_lines_that_cannot_be_placed_are_refused(
        self, asked: Asking, field: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, "sync-3", tmp_path).validate(asked(tmp_path), self.model("sync-3"))
        assert [issue.field for issue in issues] == [field]

    def test_our_key_with_another_body_is_never_taken_for_a_new_order(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter, model = self.adapter(fake, "sync-3", tmp_path / "work"), self.model("sync-3")
        request = self.requests["sync-3"](tmp_path)
        adapter.submit(request, model, f"r-{tmp_path.name}", Watch())
        shutil.rmtree(tmp_path / "work")
        with pytest.raises(OutcomeUnknown):
            adapter.submit(request, model, f"r-{tmp_path.name}", Watch())
        assert len(fake.charged()) == 1

    def test_call_back_is_asked_for_where_we_can_be_rung(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "sync-3", tmp_path, callback="https://studio.example/h/word")
        body = adapter.preview(self.requests["sync-3"](tmp_path), self.model("sync-3"))["body"]
        assert body["webhookUrl"] == "https://studio.example/h/word"
        assert "webhookUrl" not in self.body(lips(), tmp_path, fake)

    def test_call_back_is_believed_for_five_minutes_and_by_either_secret(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter, body, now = self.adapter(fake, "sync-3", tmp_path), b'{"id": "w1"}', int(time.time())
        for stamp, secret in ((now, SECRET), (now, self.token), (now * 1000, SECRET)):
            assert adapter.parse_webhook(stamped(body, stamp, secret), body) == "w1"
        for headers in (stamped(body, now - 301, SECRET), {}, {"sync-signature": f"t={now},s=ß"}):
            with pytest.raises(AuthRefused):
                adapter.parse_webhook(headers, body)
        with pytest.raises(InvalidInput):
            adapter.parse_webhook(stamped(b"[]", now, SECRET), b"[]")

    def test_rejected_work_is_the_rules_unless_its_code_says_otherwise(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "sync-3", tmp_path)
        with pytest.raises(ModerationInput):
            adapter.state("g1", {"status": "REJECTED", "error": "no"})
        with pytest.raises(InvalidInput):
            adapter.state("g1", {"status": "REJECTED", "errorCode": "generation_input_video_invalid"})
