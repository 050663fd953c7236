"""Kling."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from engines.adapters.base import (
    Access,
    AuthRefused,
    Clip,
    Done,
    EngineAdapter,
    EngineError,
    InvalidInput,
    LipSync,
    ModelRetired,
    ModerationInput,
    OutcomeUnknown,
    Output,
    QuotaExhausted,
    RateLimited,
    Request,
    Watch,
)
from engines.adapters.kling import Kling, number_of, path_of, signed
from tests.engines.adapters.asking import clip, lips, movie, picture, sound, still
from tests.engines.adapters.contract import AdapterContract, Asking
from tests.engines.process import FakeEngine


def shot(
    *,
    first: bool = True,
    last: bool = False,
    references: int = 0,
    side: tuple[int, int] = (640, 360),
    **changes: Any,
) -> Asking:
    """Three seconds, with pictures as large as Kling wants them."""

    def ask(folder: Path) -> Request:
        asked = clip(first=False, **{"frames": 72, "width": 640, "height": 360, **changes})(folder)
        assert isinstance(asked, Clip)
        return replace(
            asked,
            first=picture(folder, "keyframe", 90, *side) if first else None,
            last=picture(folder, "last", 91, *side) if last else None,
            references=tuple(picture(folder, f"reference {n}", n, *side) for n in range(references)),
        )

    return ask


def spoken(plate: str = "stored-face", seconds: float = 2.5, at: int = 300, **changes: Any) -> Asking:
    """A plate that lies at Kling, with one line."""

    def ask(folder: Path) -> Request:
        given = {
            "plate": movie(folder, "filmed", frames=72),
            "plate_ref": f"kling/{plate}",
            "frames": 72,
            "speech": (sound(folder, "line", seconds),),
            "packet": {"visemes": [{"character": "anna", "cues": [], "offset_ms": at}]},
        }
        return lips(**{**given, **changes})(folder)

    return ask


class TestKling(AdapterContract):
    engine = "kling"
    requests: ClassVar = {
        "v3-std": shot(),
        "v3-pro": shot(last=True),
        "v3-4k": shot(first=False, negative="rain"),
        "v3-omni-std": shot(first=False, references=3),
        "v3-omni-pro": shot(last=True, references=2),
        "lip-sync": spoken(),
    }

    def adapter(
        self, fake: FakeEngine, slug: str, spool: Path, *, read: float = 10.0, **changes: Any
    ) -> EngineAdapter:
        # an account for each test: a number of ours is taken once for an account, and tests use the same ones
        return super().adapter(fake, slug, spool, read=read, **{"token": f"key-{spool.name}", **changes})

    def wrong_token(self) -> str:
        return "access-1:not its secret"

    # -- credentials

    def test_token_is_signed_as_documented(self) -> None:
        head, claims, proof = signed("AK", "SK", 1_700_000_000).split(".")
        assert json.loads(_raw(head)) == {"alg": "HS256", "typ": "JWT"}
        assert json.loads(_raw(claims)) == {"iss": "AK", "exp": 1_700_001_800, "nbf": 1_699_999_995}
        assert _raw(proof) == hmac.new(b"SK", f"{head}.{claims}".encode(), hashlib.sha256).digest()

    def test_access_key_with_its_secret_is_let_in(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "v3-std", tmp_path, token="access-1:the secret of access-1")
        health = adapter.health()
        assert health.ok and health.detail == {"units": 1234.5, "balance_milli": 17_283_000}

    # -- our own number

    def test_number_that_was_used_before_is_looked_up(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter, model = self.adapter(fake, "v3-std", tmp_path), self.model("v3-std")
        request = self.requests["v3-std"](tmp_path)
        ref = adapter.submit(request, model, "twice", Watch()).ref
        with pytest.raises(OutcomeUnknown):
            adapter.submit(request, model, "twice", Watch())
        found = adapter.lookup("twice")
        assert found is not None and found.ref == ref
        assert len(fake.charged()) == 1

    def test_other_wrong_field_stays_a_refusal(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "v3-std", tmp_path)
        small = shot(side=(320, 180))(tmp_path)
        with pytest.raises(InvalidInput):
            adapter.submit(small, self.model("v3-std"), "small", Watch())
        assert fake.charged() == []

    def test_number_tells_the_kind_of_the_work(self) -> None:
        for path in ("image2video", "text2video", "omni-video", "advanced-lip-sync"):
            assert path_of(number_of(path, "k")) == path
        for other in ("", "slate-", "slate-elsewhere-12", "image2video-12"):
            with pytest.raises(ValueError, match="not a number of ours"):
                path_of(other)

    # -- codes

    @pytest.mark.parametrize(
        ("status", "code", "kind"),
        [
            (429, 1100, AuthRefused),
            (429, 1101, QuotaExhausted),
            (429, 1102, QuotaExhausted),
            (403, 1103, ModelRetired),
            (404, 1203, ModelRetired),
            (400, 1301, ModerationInput),
            (429, 1302, RateLimited),
            (429, 1303, RateLimited),
            (429, 1304, AuthRefused),
            (503, 5001, OutcomeUnknown),
        ],
    )
    def test_code_decides_and_never_the_status(self, status: int, code: int, kind: type[EngineError]) -> None:
        adapter = Kling(Access("https://kling.invalid"), Path())
        answer = httpx.Response(
            status, json={"code": code, "message": "parallel task over resource pack limit"}
        )
        assert type(adapter.refusal(answer)) is kind

    def test_refusal_may_come_with_status_200(self) -> None:
        adapter = Kling(Access("https://kling.invalid"), Path())
        with pytest.raises(QuotaExhausted):
            adapter.accepted(httpx.Response(200, json={"code": 1102, "message": "empty"}), "k")

    # -- what is sent

    def test_references_come_before_the_frames_and_are_named(self, tmp_path: Path, fake: FakeEngine) -> None:
        body = self.preview("v3-omni-pro", shot(last=True, references=2), tmp_path, fake)
        named = [(one["image_url"]["title"], one.get("type")) for one in body["image_list"]]
        assert named == [
            ("reference 0", None),
            ("reference 1", None),
            ("keyframe", "first_frame"),
            ("last", "end_frame"),
        ]
        assert "<<<image_1>>> shows reference 0." in body["prompt"] and "<<<image_2>>>" in body["prompt"]
        assert body["duration"] == "3" and body["sound"] == "off" and "negative_prompt" not in body

    def test_length_is_the_shortest_that_covers_the_shot(self, tmp_path: Path, fake: FakeEngine) -> None:
        assert self.preview("v3-std", shot(frames=100), tmp_path, fake)["duration"] == "5"
        assert self.preview("v3-std", shot(frames=12), tmp_path, fake)["duration"] == "3"

    def preview(self, slug: str, asking: Asking, folder: Path, fake: FakeEngine) -> dict[str, Any]:
        adapter: Any = self.adapter(fake, slug, folder)
        return dict(adapter.preview(asking(folder), self.model(slug))["body"])

    @pytest.mark.parametrize(
        ("slug", "asking", "field"),
        [
            ("v3-std", shot(first=False, width=700, height=300), "width"),
            ("v3-std", shot(side=(320, 180)), "first"),
            ("v3-std", shot(side=(1000, 300)), "first"),
            ("v3-std", shot(first=False, last=True), "last"),
            ("v3-std", shot(prompt="x" * 2490), "prompt"),
            ("v3-omni-pro", shot(last=True, references=6), "references"),
            ("lip-sync", spoken(plate_ref=""), "plate"),
            ("lip-sync", spoken(plate_ref="luma/42"), "plate"),
            ("lip-sync", spoken(seconds=1.5), "speech"),
            ("lip-sync", spoken(at=900), "speech"),
            ("lip-sync", spoken(frames=24), "plate"),
        ],
    )
    def test_what_it_cannot_express_is_refused(
        self, slug: str, asking: Asking, field: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, slug, tmp_path).validate(asking(tmp_path), self.model(slug))
        assert field in [issue.field for issue in issues]

    def test_a_still_is_not_its_work(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "v3-std", tmp_path)
        with pytest.raises(InvalidInput):
            adapter.order(still()(tmp_path), self.model("v3-std"), "k")

    # -- lip-sync

    def test_two_speakers_or_two_lines_are_refused(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter, model = self.adapter(fake, "lip-sync", tmp_path), self.model("lip-sync")
        request = spoken()(tmp_path)
        assert isinstance(request, LipSync)
        lines = replace(request, speech=(*request.speech, sound(tmp_path, "second", 2.0)))
        cues = [{"character": name, "offset_ms": 0} for name in ("anna", "ben")]
        for asked in (lines, replace(request, packet={"visemes": cues}), replace(request, speech=())):
            assert [issue.field for issue in adapter.validate(asked, model)] == ["speech"]

    @pytest.mark.parametrize("plate", ["stored-empty", "stored-glimpse", "stored-unknown"])
    def test_plate_without_a_face_is_refused_before_anything_is_paid(
        self, plate: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter = self.adapter(fake, "lip-sync", tmp_path)
        with pytest.raises(InvalidInput):
            adapter.submit(spoken(plate)(tmp_path), self.model("lip-sync"), f"p-{plate}", Watch())
        assert fake.charged() == []

    def test_face_that_is_seen_longest_speaks(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "lip-sync", tmp_path)
        request = spoken("stored-two", at=2000, frames=144)(tmp_path)
        sent = adapter._prepared(adapter.order(request, self.model("lip-sync"), "k"))
        (line,) = sent.json["face_choose"]
        assert line["face_id"] == "f1" and line["original_audio_volume"] == 0
        times = (line["sound_start_time"], line["sound_end_time"], line["sound_insert_time"])
        assert times == (0, 2500, 2000)
        assert adapter.submit(request, self.model("lip-sync"), "longest", Watch()).ref

    def test_a_clip_of_its_own_becomes_a_plate(self, tmp_path: Path, fake: FakeEngine) -> None:
        done, _ = self.made(self.adapter(fake, "v3-std", tmp_path), "v3-std", tmp_path)
        request = spoken(plate_ref=done.meta["plate_ref"])(tmp_path)
        adapter, model = self.adapter(fake, "lip-sync", tmp_path), self.model("lip-sync")
        assert list(adapter.validate(request, model)) == []
        spoke = self.finished(adapter, adapter.submit(request, model, "on-it", Watch()).ref)
        assert spoke.cost_milli == 10_000

    # -- results

    def test_charge_is_counted_in_units_of_the_package(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "v3-std", tmp_path, options={"unit_milli": "12600"})
        done, _ = self.made(adapter, "v3-std", tmp_path)
        assert done.cost_milli == round(8400 * 3 / 14000 * 12600)

    def test_address_that_ran_out_is_asked_for_anew(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "v3-std", tmp_path)
        done, _ = self.made(adapter, "v3-std", tmp_path)
        stale = f"http://localhost:{fake.port}/files/gone"
        into = tmp_path / "again"
        into.mkdir()
        (file,) = adapter.fetch(Done(done.ref, (Output("clip.mp4", "video/mp4", url=stale),)), into.joinpath)
        assert file.path.stat().st_size > 100

    def test_callback_address_goes_with_the_order(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "v3-std", tmp_path, callback="https://slate.example/hooks/x/")
        request = self.requests["v3-std"](tmp_path)
        assert isinstance(request, Clip)
        order = adapter.order(request, self.model("v3-std"), "k")
        assert order.body["callback_url"] == "https://slate.example/hooks/x/"
        assert adapter.submit(request, self.model("v3-std"), "ring", Watch()).ref


def _raw(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
