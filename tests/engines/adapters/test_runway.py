"""Runway."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from engines.adapters.base import (
    BadOutput,
    Clip,
    Done,
    EngineError,
    GenerationFailed,
    Input,
    InvalidInput,
    Keyframe,
    ModerationInput,
    ModerationOutput,
    NotReached,
    Outline,
    Output,
    Stopped,
    Upscale,
    Watch,
)
from tests.engines.adapters.asking import acted, clip, lips, movie, picture, still, upscale
from tests.engines.adapters.contract import AdapterContract, Asking
from tests.engines.process import FakeEngine


class TestRunway(AdapterContract):
    engine = "runway"
    requests: ClassVar = {
        "gen4.5": clip(),
        "gen4-turbo": clip(width=1280, height=720),
        "act-two": acted(width=1280, height=720),
        "veo3.1": clip(last=True, negative="rain", frames=96),
        "veo3.1-fast": clip(first=False, frames=96),
        "kling3.0-standard": clip(last=True, frames=72),
        "kling3.0-pro": clip(first=False, width=1920, height=1080, frames=72),
        "seedance2": clip(first=False, references=2, frames=96),
        "seedance2-fast": clip(last=True, frames=96),
        "seedance2.5": clip(frames=96),
        "hailuo3": clip(first=False, references=1, frames=120),
        "gen4-image": still(references=3),
        "gpt-image-2": still(references=2, width=1920, height=1080),
        "magnific": upscale(),
    }

    # -- what is sent

    def sent(self, slug: str, asking: Asking, folder: Path, fake: FakeEngine) -> dict[str, Any]:
        adapter: Any = self.adapter(fake, slug, folder)
        return dict(adapter.preview(asking(folder), self.model(slug)))

    def test_work_from_words_goes_elsewhere_than_work_from_a_still(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        still_first = self.sent("veo3.1", clip(last=True, frames=96), tmp_path, fake)
        assert still_first["path"] == "/v1/image_to_video"
        at = [(one["uri"]["title"], one["position"]) for one in still_first["body"]["promptImage"]]
        assert at == [("keyframe", "first"), ("last", "last")]
        words = self.sent("seedance2", clip(first=False, references=2, frames=96), tmp_path, fake)
        assert words["path"] == "/v1/text_to_video"
        assert [one["uri"]["title"] for one in words["body"]["references"]] == ["reference 0", "reference 1"]
        assert "Reference image 2 shows reference 1." in words["body"]["promptText"]

    @pytest.mark.parametrize(
        ("slug", "width", "height", "frame"),
        [
            ("gen4.5", 320, 180, "1280:720"),
            ("gen4.5", 1100, 830, "1104:832"),
            ("veo3.1", 1366, 768, "1920:1080"),
            ("veo3.1", 1080, 1920, "1080:1920"),
            ("kling3.0-standard", 640, 640, "960:960"),
            ("seedance2", 1280, 720, "1280:720"),
            ("seedance2", 3840, 2160, "3840:2160"),
            ("seedance2.5", 640, 360, "854:480"),
            ("hailuo3", 1280, 720, "16:9"),
        ],
    )
    def test_smallest_frame_that_is_enough_is_ordered(
        self, slug: str, width: int, height: int, frame: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        asking = clip(width=width, height=height, frames=120)
        assert self.sent(slug, asking, tmp_path, fake)["body"]["ratio"] == frame

    def test_sound_is_off_where_there_is_a_switch(self, tmp_path: Path, fake: FakeEngine) -> None:
        for slug in ("veo3.1", "kling3.0-pro", "seedance2.5"):
            assert self.sent(slug, clip(frames=96), tmp_path, fake)["body"]["audio"] is False
        assert "audio" not in self.sent("gen4.5", clip(), tmp_path, fake)["body"]

    @pytest.mark.parametrize(("width", "name"), [(1280, "720p"), (1281, "1k"), (2560, "2k"), (3840, "4k")])
    def test_upscaling_adds_nothing_of_its_own(
        self, width: int, name: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        body = self.sent("magnific", upscale(width=width, height=width * 9 // 16), tmp_path, fake)["body"]
        assert body["resolution"] == name and body["creativity"] == 0 and body["fpsBoost"] is False

    def test_price_is_that_of_the_frame_that_is_ordered(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter, model = self.adapter(fake, "seedance2", tmp_path), self.model("seedance2")
        upright = clip(width=1080, height=1920, frames=96)(tmp_path)
        assert adapter.quote(upright, model).expected == 4 * 40_000
        assert adapter.quote(Outline("clip", seconds=4, width=1280), model).expected == 4 * 36_000
        larger = adapter.quote(clip(width=2560, height=1440, frames=96)(tmp_path), model)
        assert larger.expected == 4 * 150_000

    @pytest.mark.parametrize(
        ("slug", "asking", "field"),
        [
            ("gen4.5", clip(first=False, width=960, height=960), "width"),
            ("gen4.5", clip(width=1500, height=844), "width"),
            ("gen4.5", clip(prompt="x" * 990), "prompt"),
            ("gen4.5", clip(prompt="𝄞" * 480), "prompt"),
            ("gen4-turbo", clip(first=False), "first"),
            ("gen4.5", clip(last=True), "last"),
            ("veo3.1", clip(first=False, last=True, frames=96), "last"),
            ("seedance2", clip(references=1, frames=96), "references"),
            ("hailuo3", clip(width=1000, height=777, frames=120), "width"),
            ("gen4-image", still(width=1000, height=777), "width"),
            ("magnific", upscale(width=7680, height=4320), "width"),
            ("act-two", clip(movement="static", direction="none"), "performance"),
            ("act-two", acted(first=False), "first"),
            ("act-two", acted(last=True), "last"),
            ("act-two", acted(film_frames=48), "performance"),
            ("act-two", acted(film_frames=744, frames=720), "performance"),
            ("act-two", acted(expression=6), "performance"),
            ("act-two", acted(seen=2), "performance"),
            ("act-two", acted(seen=0), "performance"),
            ("act-two", acted(optics="zoom in"), "optics"),
            ("act-two", acted(width=1920, height=1080), "width"),
            ("gen4.5", acted(), "performance"),
            ("seedance2", acted(), "performance"),
        ],
    )
    def test_what_it_cannot_express_is_refused(
        self, slug: str, asking: Asking, field: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, slug, tmp_path).validate(asking(tmp_path), self.model(slug))
        assert field in [issue.field for issue in issues]

    # -- performances

    def test_a_performance_is_sent_as_picture_film_and_settings_without_words(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        asking = acted(width=720, height=1280, body=False, expression=5, prompt="not for it")
        sent = self.sent("act-two", asking, tmp_path, fake)
        assert sent["path"] == "/v1/character_performance"
        body = sent["body"]
        assert (body["character"]["type"], body["character"]["uri"]["title"]) == ("image", "keyframe")
        assert (body["reference"]["type"], body["reference"]["uri"]["title"]) == ("video", "performance")
        rest = {name: value for name, value in body.items() if name not in ("character", "reference")}
        assert rest == {
            "model": "act_two",
            "ratio": "720:1280",
            "bodyControl": False,
            "expressionIntensity": 5,
            "seed": 5,
        }

    @pytest.mark.parametrize(("frames", "film", "price"), [(36, 72, 15.0), (96, 96, 20.0), (102, 102, 21.25)])
    def test_a_performance_costs_its_seconds_and_three_at_least(
        self, frames: int, film: int, price: float, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter, model = self.adapter(fake, "act-two", tmp_path), self.model("act-two")
        request = acted(frames=frames, film_frames=film)(tmp_path)
        quote = adapter.quote(request, model)
        done = self.finished(adapter, adapter.submit(request, model, "p-1", Watch()).ref)
        (charge,) = fake.charged()
        assert done.cost_milli == charge["milli"] == round(price * 1000)
        assert quote.low <= charge["milli"] <= quote.high
        # were every second that has begun charged whole, the quote would still hold
        assert quote.high >= -(-film // 24) * 5000

    def test_other_settings_are_another_request(self, tmp_path: Path) -> None:
        prints = {
            acted(**changes)(tmp_path).fingerprint()
            for changes in ({}, {"body": False}, {"expression": 4}, {"film_frames": 97})
        }
        assert len(prints) == 4
        assert "performance" not in clip()(tmp_path).as_json()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"expressionIntensity": 0},
            {"expressionIntensity": 2.5},
            {"bodyControl": "yes"},
            {"ratio": "16:9"},
            {"promptText": "words"},
            {"model": "gen4_turbo"},
            {"reference": {"type": "image", "uri": "data:image/png;base64,AAAA"}},
        ],
    )
    def test_wire_refuses_what_the_vendor_refuses(
        self, wrong: dict[str, Any], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "act-two", tmp_path)
        order = adapter.order(acted()(tmp_path), self.model("act-two"), "k")
        sent = adapter._prepared(order)
        answer = adapter.http.post(order.path, json={**sent.json, **wrong}, headers=adapter.headers())
        assert answer.status_code == 400 and fake.charged() == []
        assert adapter.http.post(order.path, json=sent.json, headers=adapter.headers()).status_code == 200

    def test_mouths_are_not_its_work(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "gen4.5", tmp_path)
        with pytest.raises(InvalidInput):
            adapter.order(lips()(tmp_path), self.model("gen4.5"), "k")

    # -- files that are too large for a body

    def test_large_files_are_brought_there_first(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter, model = self.adapter(fake, "gen4.5", tmp_path), self.model("gen4.5")
        request = clip()(tmp_path)
        assert isinstance(request, Clip)
        large = replace(request, first=_grown(picture(tmp_path, "large", 3)))
        sent = adapter._prepared(adapter.order(large, model, "k"))  # type: ignore[attr-defined]
        assert sent.json["promptImage"][0]["uri"].startswith("runway://")
        assert adapter.submit(large, model, "large", Watch()).ref
        # the place lies at another house: nothing of ours goes there
        assert [row for row in fake.rows() if "leak" in row] == []

    def test_large_films_are_brought_there_too(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter, model = self.adapter(fake, "magnific", tmp_path), self.model("magnific")
        request = upscale()(tmp_path)
        assert isinstance(request, Upscale)
        large = replace(request, clip=_grown(movie(tmp_path, "large")))
        ref = adapter.submit(large, model, "film", Watch()).ref
        assert self.finished(adapter, ref).cost_milli == fake.charged()[0]["milli"]

    def test_file_that_cannot_be_brought_is_certainly_no_order(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "gen4-image", tmp_path)
        request = still(references=1)(tmp_path)
        assert isinstance(request, Keyframe)
        empty = tmp_path / "noname"
        empty.write_bytes(b"\x89PNG" + bytes(6_000_000))
        with pytest.raises(NotReached):
            adapter.submit(
                replace(request, references=(Input.of(empty, "image/png"),)),
                self.model("gen4-image"),
                "n",
                Watch(),
            )
        assert fake.charged() == []

    def test_place_inside_this_network_is_not_filled(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "gen4.5", tmp_path)
        told = {"uploadUrl": "http://10.0.0.7/take", "fields": {}, "runwayUri": "runway://x"}
        adapter.ask = lambda path, body: told
        with pytest.raises(NotReached) as caught:
            adapter.upload("a.png", "image/png", b"x" * 600)
        assert BadOutput.__name__ in caught.value.detail

    # -- ends

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("SAFETY.INPUT.TEXT", ModerationInput),
            ("SAFETY.OUTPUT.VIDEO", ModerationOutput),
            ("INPUT_PREPROCESSING.SAFETY.TEXT", ModerationInput),
            ("INPUT_PREPROCESSING.INTERNAL", GenerationFailed),
            ("INTERNAL.BAD_OUTPUT.CODE01", GenerationFailed),
            ("INTERNAL", GenerationFailed),
            ("THIRD_PARTY.UNAVAILABLE", GenerationFailed),
            ("ASSET.INVALID", InvalidInput),
            (None, GenerationFailed),
        ],
    )
    def test_code_says_what_went_wrong_and_the_charge_stands(
        self, code: str | None, kind: type[EngineError], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "gen4.5", tmp_path)
        body = {"id": "t", "status": "FAILED", "failure": "…", "failureCode": code, "cost": {"credits": 60}}
        with pytest.raises(EngineError) as caught:
            adapter.state("t", body)
        assert type(caught.value) is kind and caught.value.cost_milli == 60_000

    def test_waiting_for_a_place_is_no_end(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "gen4.5", tmp_path)
        ref = adapter.submit(self.requests["gen4.5"](tmp_path), self.model("gen4.5"), "t-1", Watch()).ref
        assert adapter.poll(ref).done is None and adapter.poll(ref).done is None
        assert self.finished(adapter, ref).cost_milli == 24_000
        assert len(fake.charged()) == 1

    def test_running_work_is_cancelled_and_finished_work_is_kept(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter, model = self.adapter(fake, "gen4.5", tmp_path), self.model("gen4.5")
        running = adapter.submit(self.requests["gen4.5"](tmp_path), model, "c-1", Watch()).ref
        assert adapter.cancel(running)
        with pytest.raises(Stopped) as caught:
            adapter.poll(running)
        assert caught.value.cost_milli == 24_000
        kept = adapter.submit(self.requests["gen4.5"](tmp_path), model, "c-2", Watch()).ref
        self.finished(adapter, kept)
        assert not adapter.cancel(kept)
        assert adapter.poll(kept).done is not None
        assert not adapter.cancel("nothing")

    def test_address_that_ran_out_is_asked_for_anew(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "gen4-image", tmp_path)
        done, _ = self.made(adapter, "gen4-image", tmp_path)
        stale = f"http://localhost:{fake.port}/files/gone"
        into = tmp_path / "again"
        into.mkdir()
        (file,) = adapter.fetch(Done(done.ref, (Output("result.bin", "", url=stale),)), into.joinpath)
        assert file.path.stat().st_size > 100

    def test_account_tells_balance_and_limits(self, tmp_path: Path, fake: FakeEngine) -> None:
        facts = self.adapter(fake, "gen4.5", tmp_path).health().detail
        assert facts["credits"] == 1234
        assert facts["models"]["gen4.5"] == {"at_once": 2, "a_day": 50, "today": 7}

    def test_call_without_the_version_is_refused(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "gen4.5", tmp_path)
        bare = adapter.http.get("/v1/organization", headers={"Authorization": "Bearer key-1"})
        assert bare.status_code == 400 and adapter.health().ok


def _grown(file: Input) -> Input:
    """The same file with so much behind it that it does not fit into a body."""
    large = file.path.with_name(f"{time.monotonic_ns()}-{file.path.name}")
    # a free box: whoever reads films skips it, whoever reads pictures stops before it
    large.write_bytes(file.path.read_bytes() + (6_000_000).to_bytes(4, "big") + b"free" + bytes(5_999_992))
    return Input.of(large, file.mime, file.title)
