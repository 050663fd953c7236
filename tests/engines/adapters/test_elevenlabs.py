"""ElevenLabs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from engines.adapters.base import (
    AuthRefused,
    EngineError,
    InvalidInput,
    Model,
    ModerationInput,
    Outline,
    QuotaExhausted,
    RateLimited,
    Request,
    Watch,
)
from engines.adapters.elevenlabs import ElevenLabs
from engines.adapters.elevenlabs_times import line_times, times
from engines.adapters.requests import CloneVoice, Dialogue
from tests.engines.adapters.asking import WORDS, cue, effect, line, sound
from tests.engines.adapters.contract import AdapterContract, Asking
from tests.engines.process import FakeEngine

ANNA, BEN = {"elevenlabs": "voice-anna"}, {"elevenlabs": "voice-ben", "pitch": 40}


def dialogue(**changes: Any) -> Asking:
    """Two people, three lines."""
    lines = (("Who is there?", ANNA), ("Nobody you know.", BEN), ("Then go away.", ANNA))
    return lambda folder: Dialogue(**{"lines": lines, "language": "en", "seed": 3, **changes})


def clone(**changes: Any) -> Asking:
    """A voice from two recordings, with the agreement of the person."""

    def ask(folder: Path) -> Request:
        samples = tuple(sound(folder, f"sample {n}", 1.0) for n in range(2))
        return CloneVoice(**{"name": "Anna", "consent": "agreement-17", "samples": samples, **changes})

    return ask


class TestElevenLabs(AdapterContract):
    engine = "elevenlabs"
    requests: ClassVar = {
        "eleven-v4": line(voice=ANNA, emotion="whisper"),
        "eleven-flash": line(voice=BEN),
        "dialogue-v4": dialogue(),
        "sound-v3": effect(bed=True, sound="rain"),
        "music-v2-5": cue(),
        "voice-clone": clone(),
    }
    lacks = frozenset({"fails", "gone"})
    no_media = frozenset({"voice-clone"})
    free = frozenset({"voice-clone"})

    def shown(self, slug: str, asked: Asking, folder: Path, fake: FakeEngine) -> Any:
        adapter: Any = self.adapter(fake, slug, folder)
        return adapter.preview(asked(folder), self.model(slug))

    def refused(self, slug: str, asked: Asking, folder: Path, fake: FakeEngine, **changes: Any) -> list[str]:
        adapter = self.adapter(fake, slug, folder, **changes)
        return [issue.field for issue in adapter.validate(asked(folder), self.model(slug))]

    # -- speech

    def test_speech_comes_with_the_time_of_every_character_and_without_its_tag(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        _, (file,) = self.made(self.adapter(fake, "eleven-v4", tmp_path), "eleven-v4", tmp_path)
        assert file.mime == "audio/wav" and file.meta["visemes"] == []
        assert "".join(row[0] for row in file.meta["characters"]) == WORDS
        assert all(start < end for _, start, end in file.meta["characters"])
        assert file.meta["ends_at"] == pytest.approx(file.meta["seconds"], abs=0.2)
        assert file.meta["billed_characters"] == "43"

    def test_emotion_is_the_vendors_tag_and_is_priced(self, tmp_path: Path, fake: FakeEngine) -> None:
        asked = line(voice=ANNA, emotion="sad", text="Yes.")
        assert self.shown("eleven-v4", asked, tmp_path, fake)["body"]["text"] == "[sad] Yes."
        model = self.model("eleven-v4")
        assert self.adapter(fake, "eleven-v4", tmp_path).quote(asked(tmp_path), model).high == 8 * 10
        assert self.refused("eleven-flash", asked, tmp_path, fake) == ["emotion"]
        assert (
            self.shown("eleven-v4", line(voice=ANNA, text="Yes."), tmp_path, fake)["body"]["text"] == "Yes."
        )

    @pytest.mark.parametrize(
        ("figures", "default", "path"),
        [
            ({"elevenlabs": "own"}, "", "own"),
            ({"elevenlabs": "own"}, "house", "own"),
            ({"pitch": 3}, "house", "house"),
            ({"pitch": 3}, "", None),
            ({"elevenlabs": "../voices"}, "", None),
            ({"elevenlabs": ["own"]}, "", None),
        ],
    )
    def test_voice_is_the_characters_own_or_the_accounts(
        self, figures: dict[str, Any], default: str, path: str | None, tmp_path: Path, fake: FakeEngine
    ) -> None:
        asked, options = line(voice=figures), {"default_voice": default}
        if path is None:
            assert self.refused("eleven-flash", asked, tmp_path, fake, options=options) == ["voice"]
            adapter = self.adapter(fake, "eleven-flash", tmp_path, options=options)
            with pytest.raises(InvalidInput):
                adapter.submit(asked(tmp_path), self.model("eleven-flash"), "v-1", Watch())
            return
        adapter_: Any = self.adapter(fake, "eleven-flash", tmp_path, options=options)
        shown = adapter_.preview(asked(tmp_path), self.model("eleven-flash"))
        assert shown["path"].startswith(f"/v1/text-to-speech/{path}/with-timestamps?")

    def test_a_voice_that_the_vendor_does_not_know_is_no_retired_model(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter = self.adapter(fake, "eleven-flash", tmp_path)
        with pytest.raises(InvalidInput):
            adapter.submit(
                line(voice={"elevenlabs": "missing"})(tmp_path), self.model("eleven-flash"), "m-1", Watch()
            )

    def test_language_is_refused_where_the_model_does_not_speak_it(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        asked = line(voice=ANNA, language="hy")
        assert self.refused("eleven-flash", asked, tmp_path, fake) == ["language"]
        assert self.shown("eleven-v4", asked, tmp_path, fake)["body"]["language_code"] == "hy"

    # -- dialogue

    def test_dialogue_tells_when_each_line_is_heard(self, tmp_path: Path, fake: FakeEngine) -> None:
        _, (file,) = self.made(self.adapter(fake, "dialogue-v4", tmp_path), "dialogue-v4", tmp_path)
        assert [row["line"] for row in file.meta["lines"]] == [0, 1, 2]
        assert file.meta["lines"][0] == {"line": 0, "at_ms": 0, "end_ms": 780}
        assert file.meta["lines"][1]["at_ms"] == 780

    def test_dialogue_that_cannot_be_spoken_is_refused(self, tmp_path: Path, fake: FakeEngine) -> None:
        many = tuple(("Yes.", {"elevenlabs": f"v{n}"}) for n in range(11))
        for lines, field in ((many, "lines"), ((), "lines"), ((("Yes.", {}),), "voice")):
            assert self.refused("dialogue-v4", dialogue(lines=lines), tmp_path, fake) == [field]
        long = ((WORDS * 60, ANNA),)
        assert self.refused("dialogue-v4", dialogue(lines=long), tmp_path, fake) == ["text"]

    def test_lines_in_pieces_are_told_as_a_whole(self) -> None:
        pieces = [(1, 0.5, 0.9), (0, 0.0, 0.5), (1, 1.0, 1.5)]
        rows = [
            {"dialogue_input_index": n, "start_time_seconds": start, "end_time_seconds": end}
            for n, start, end in pieces
        ]
        assert line_times(rows) == [
            {"line": 0, "at_ms": 0, "end_ms": 500},
            {"line": 1, "at_ms": 500, "end_ms": 1500},
        ]

    def test_times_are_empty_where_the_vendor_tells_none(self) -> None:
        assert times(None)["characters"] == [] and "ends_at" not in times(None)

    # -- effects and music

    def test_a_bed_loops_and_a_sound_has_words(self, tmp_path: Path, fake: FakeEngine) -> None:
        bed = self.shown("sound-v3", self.requests["sound-v3"], tmp_path, fake)["body"]
        assert bed["loop"] is True and bed["text"].startswith("Rain") and bed["duration_seconds"] == 2.0
        steps = effect(sound="steps", params={"surface": "wood", "count": 4})
        body = self.shown("sound-v3", steps, tmp_path, fake)["body"]
        assert body["loop"] is False and body["text"].endswith("surface wood")

    @pytest.mark.parametrize(("asked", "ordered"), [(0.0, 3.0), (0.2, 0.5), (2.5, 2.5)])
    def test_effect_has_at_least_the_shortest_length_and_is_priced_by_it(
        self, asked: float, ordered: float, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "sound-v3", tmp_path)
        request, model = effect(seconds=asked)(tmp_path), self.model("sound-v3")
        assert adapter.preview(request, model)["body"]["duration_seconds"] == ordered
        assert adapter.quote(request, model).high == round(234 * ordered)

    def test_outlines_are_priced_like_what_they_stand_for(self, tmp_path: Path, fake: FakeEngine) -> None:
        def price(slug: str, outline: Outline) -> int:
            return self.adapter(fake, slug, tmp_path).quote(outline, self.model(slug)).expected

        assert price("eleven-v4", Outline("speech", characters=100)) == 800
        assert price("music-v2-5", Outline("score", seconds=10)) == 13_340
        assert price("sound-v3", Outline("effect")) == 702
        assert price("voice-clone", Outline("voice")) == 0

    def test_long_beds_and_acts_are_refused(self, tmp_path: Path, fake: FakeEngine) -> None:
        assert self.refused("sound-v3", effect(seconds=31.0), tmp_path, fake) == ["seconds"]
        assert self.refused("music-v2-5", cue(seconds=601.0), tmp_path, fake) == ["seconds"]

    def test_music_is_asked_for_in_words_without_voices(self, tmp_path: Path, fake: FakeEngine) -> None:
        body = self.shown("music-v2-5", self.requests["music-v2-5"], tmp_path, fake)["body"]
        assert body["force_instrumental"] is True and body["music_length_ms"] == 10_000
        assert "seed" not in body and "thriller" in body["prompt"] and "sad" in body["prompt"]
        short = self.shown("music-v2-5", cue(seconds=1.2), tmp_path, fake)["body"]
        assert short["music_length_ms"] == 3000

    # -- voices

    def test_no_voice_without_the_agreement_of_the_person(self, tmp_path: Path, fake: FakeEngine) -> None:
        asked = clone(consent=" ")
        assert self.refused("voice-clone", asked, tmp_path, fake) == ["consent"]
        with pytest.raises(InvalidInput):
            self.adapter(fake, "voice-clone", tmp_path).submit(
                asked(tmp_path), self.model("voice-clone"), "c-1", Watch()
            )
        assert fake.rows() == []

    def test_no_voice_without_recordings(self, tmp_path: Path, fake: FakeEngine) -> None:
        assert self.refused("voice-clone", clone(samples=()), tmp_path, fake) == ["samples"]

    def test_voice_is_told_as_a_character_takes_it(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "voice-clone", tmp_path)
        done, (file,) = self.made(adapter, "voice-clone", tmp_path)
        told = json.loads(file.path.read_text())
        assert file.mime == "application/json" and told["voice"] == {"elevenlabs": told["voice_id"]}
        assert done.meta["voice_id"] == adapter.poll(done.ref).done.meta["voice_id"] == told["voice_id"]  # type: ignore[union-attr]
        labels = self.shown("voice-clone", clone(), tmp_path, fake)["body"]["labels"]
        assert json.loads(labels) == {"consent": "agreement-17"}

    def test_voice_is_deleted_once(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "voice-clone", tmp_path)
        assert isinstance(adapter, ElevenLabs)
        done, _ = self.made(adapter, "voice-clone", tmp_path)
        number = done.meta["voice_id"]
        assert [adapter.delete_voice(number), adapter.delete_voice(number)] == [True, False]
        assert not adapter.delete_voice("../user/subscription")

    # -- errors

    @pytest.mark.parametrize(
        ("status", "body", "kind"),
        [
            (401, {"detail": {"status": "quota_exceeded"}}, QuotaExhausted),
            (401, {"detail": {"code": "invalid_api_key"}}, AuthRefused),
            (429, {"detail": {"code": "concurrent_limit_exceeded"}}, RateLimited),
            (429, {"detail": {"status": "system_busy"}}, RateLimited),
            (400, {"detail": {"code": "bad_prompt"}}, ModerationInput),
            (422, {"detail": [{"loc": ["body"], "msg": "no"}]}, InvalidInput),
            (404, {"detail": {"code": "voice_not_found"}}, InvalidInput),
        ],
    )
    def test_an_answers_code_decides_before_its_status(
        self, status: int, body: Any, kind: type[EngineError], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "eleven-v4", tmp_path)
        assert type(adapter.refusal(httpx.Response(status, json=body))) is kind

    def test_models_are_what_the_interfaces_take(self) -> None:
        model: Model = self.model("eleven-v4")
        assert len(model.capability.languages or ()) == 74
