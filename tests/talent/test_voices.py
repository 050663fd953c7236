"""Voices of characters at engines: named, made from recordings of people who agreed, used, dropped."""

from __future__ import annotations

import uuid
import wave
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from engines.access import access_of
from engines.accounts import delete_voice_with, disconnect
from engines.adapters.requests import Speech
from engines.errors import ConsentRefused
from engines.models import EngineAccount, EngineCall
from engines.services import connect
from talent import voices as verbs
from talent.consents import ConsentInvalid, Terms, portray, record_consent, revoke
from talent.engine_voices import speaking_engines
from talent.inbox import voices_under
from talent.models import Character, CharacterVersion, ClonedVoice, Consent, Recording
from talent.queries import cloned_voices, voice_state
from talent.services import BibleLocked, BibleRefused, ensure_character, set_lock
from talent.voices import VoiceConflict, VoiceRefused
from tenancy.audit import verify
from tenancy.errors import Forbidden
from tenancy.models import AuditRow, Membership, Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, code, engine_process, fake_engine
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground
from vault.errors import UploadRefused
from vault.models import Asset
from vault.services import local_path
from workflow.models import Event, Job

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
JANE = "Jane Doe"


@pytest.fixture
def mara(studio: Studio, user: Any) -> Character:
    with studio_scope(studio, actor=user):
        return ensure_character(name="Mara", description="A woman (34) in a red jacket.", language="en")


def spoken(folder: Path, seconds: float = 6.0, rate: int = 44_100) -> Path:
    """A stereo recording whose channels differ, as a person's would."""
    path, at = folder / f"{uuid.uuid4()}.wav", np.arange(int(seconds * rate)) / rate
    both = np.stack([np.sin(at * 900), np.sin(at * 1400)], axis=1) * 9000
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, rate, 0, "NONE", "none"))
        file.writeframes(both.astype("<i2").tobytes())
    return path


def portrayed(studio: Studio, user: Any, mara: Character) -> None:
    with studio_scope(studio, actor=user):
        born = timezone.now().date() - timedelta(days=365 * 40)
        portray(character=mara, person=JANE, born_on=born, actor=user)


def agreed(studio: Studio, user: Any, folder: Path, **scope: Any) -> Consent:
    evidence = folder / f"{uuid.uuid4()}.pdf"
    evidence.write_bytes(b"%PDF " + uuid.uuid4().bytes)
    terms = Terms(
        subject=JANE,
        kinds=["voice"],
        valid_from=timezone.now().date() - timedelta(days=1),
        method="signed_form",
        text_version="1",
        granted_by=JANE,
        scope={"uses": ["programme"], "training": True, **scope},
    )
    with studio_scope(studio, actor=user):
        (made,) = record_consent(terms=terms, evidence=evidence, filename="form.pdf", actor=user)
        return made


def recorded(studio: Studio, user: Any, mara: Character, folder: Path, count: int = 1) -> None:
    with studio_scope(studio, actor=user):
        for n in range(count):
            verbs.add_recording(character=mara, file=spoken(folder), label=f"take {n}", actor=user)


@pytest.fixture
def eleven(studio: Studio, user: Any, fake_engine: FakeEngine, settings: Any) -> FakeEngine:
    settings.SLATE_LOCAL_ENGINES = True
    with studio_scope(studio, actor=user):
        connect(engine="elevenlabs", base_url=f"{fake_engine.url}/elevenlabs", token="k", actor=user)
    return fake_engine


def made(studio: Studio, user: Any, mara: Character) -> ClonedVoice:
    with studio_scope(studio, actor=user):
        asked = verbs.clone(character=mara, actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        return ClonedVoice.objects.select_related("job", "character").get(pk=asked.pk)


def test_a_voice_is_named_at_an_engine_and_makes_a_new_version(
    studio: Studio, user: Any, mara: Character
) -> None:
    with studio_scope(studio, actor=user):
        assert set(speaking_engines()) == {"elevenlabs", "openai"}
        found = verbs.name_voice(
            character=mara, engine="elevenlabs", number=" pNInz6obpgDQGcFmaJgB ", actor=user
        )
        assert found.voice["elevenlabs"] == "pNInz6obpgDQGcFmaJgB"
        assert "pitch" in found.voice and found.bible_version == 2
        assert CharacterVersion.objects.get(character=mara, number=2).voice == found.voice
        found = verbs.name_voice(character=mara, engine="openai", number="coral", actor=user)
        found = verbs.name_voice(character=mara, engine="elevenlabs", number="", actor=user)
        assert (found.voice.get("openai"), "elevenlabs" in found.voice) == ("coral", False)


@pytest.mark.parametrize(
    ("engine", "number", "field"),
    [
        ("openai", "darth", "voice.openai"),
        ("elevenlabs", "a/../b", "voice.elevenlabs"),
        ("elevenlabs", "x" * 81, "voice.elevenlabs"),
        ("espeak", "en", "engine"),
        ("nobody", "x", "engine"),
    ],
)
def test_a_voice_that_cannot_be_is_refused_and_the_bible_stays(
    studio: Studio, user: Any, mara: Character, engine: str, number: str, field: str
) -> None:
    with studio_scope(studio, actor=user):
        before = dict(mara.voice)
        with pytest.raises((VoiceRefused, BibleRefused)) as refusal:
            verbs.name_voice(character=mara, engine=engine, number=number, actor=user)
        assert field in refusal.value.fields
        assert Character.objects.get(pk=mara.pk).voice == before


def test_recordings_are_kept_as_our_own_mono_sound(
    studio: Studio, user: Any, mara: Character, tmp_path: Path
) -> None:
    portrayed(studio, user, mara)
    with studio_scope(studio, actor=user):
        kept = verbs.add_recording(character=mara, file=spoken(tmp_path, 104.0), label=" calm ", actor=user)
        assert (kept.label, kept.asset.mime, round(kept.seconds)) == ("calm", "audio/wav", 100)
        with local_path(kept.asset) as path, wave.open(str(path), "rb") as file:
            assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (1, 48_000, 4_800_000)
        with pytest.raises(UploadRefused, match="too short"):
            verbs.add_recording(character=mara, file=spoken(tmp_path, 2.0), label="", actor=user)
        text = tmp_path / "words.mp3"
        text.write_text("not a sound")
        with pytest.raises(UploadRefused, match="no sound"):
            verbs.add_recording(character=mara, file=text, label="", actor=user)
        assert Recording.objects.count() == 1
        verbs.remove_recording(recording=kept, actor=user)
        assert not Recording.objects.exists() and Asset.objects.filter(pk=kept.asset_id).exists()


def test_recordings_of_nobody_are_refused(studio: Studio, user: Any, mara: Character, tmp_path: Path) -> None:
    with studio_scope(studio, actor=user):
        with pytest.raises(VoiceRefused) as refusal:
            verbs.add_recording(character=mara, file=spoken(tmp_path), label="", actor=user)
        assert "real person" in refusal.value.fields["character"]
        with pytest.raises(VoiceRefused):
            verbs.clone(character=mara, actor=user)


def test_a_voice_is_made_used_spoken_with_and_dropped(
    studio: Studio, user: Any, mara: Character, tmp_path: Path, eleven: FakeEngine
) -> None:
    portrayed(studio, user, mara)
    consent = agreed(studio, user, tmp_path)
    recorded(studio, user, mara, tmp_path, 2)
    voice = made(studio, user, mara)
    with studio_scope(studio, actor=user):
        assert (voice_state(voice), voice.engine, voice.consents) == ("done", "elevenlabs", [str(consent.pk)])
        call = EngineCall.objects.get(role="voice")
        assert (call.model, call.state, call.route["consents"]) == ("voice-clone", "done", [str(consent.pk)])
        assert call.request["consent"] == str(consent.pk)
        assert [one["title"] for one in call.request["samples"]] == ["take 0", "take 1"]
        assert Character.objects.get(pk=mara.pk).voice.get("elevenlabs") is None, "made is not used"
        found = verbs.use(voice=voice, actor=user)
        assert found.voice["elevenlabs"] == voice.number
        assert [touched.title for touched in voices_under(consent)] == ["Mara"]
        said = Speech(text="Who is there?", voice=found.voice, language="en")
        assert said.as_json()["voice"]["elevenlabs"] == voice.number
        with pytest.raises(ConsentInvalid):
            portray(character=found, person="", born_on=None, actor=user)
        verbs.drop(voice=ClonedVoice.objects.select_related("character", "job").get(), actor=user)
    with studio_scope(studio, actor=user):
        assert "elevenlabs" not in Character.objects.get(pk=mara.pk).voice
        actions = set(AuditRow.objects.values_list("action", flat=True))
        assert {"recording.added", "voice.asked", "voice.made", "voice.dropped"} <= actions
        assert verify().intact and Event.objects.filter(kind="voice.changed").count() >= 4


def dropped(studio: Studio, user: Any, mara: Character, folder: Path) -> ClonedVoice:
    portrayed(studio, user, mara)
    agreed(studio, user, folder)
    recorded(studio, user, mara, folder)
    voice = made(studio, user, mara)
    with studio_scope(studio, actor=user):
        verbs.drop(voice=voice, actor=user)
    return voice


def deletion(studio: Studio, user: Any, voice: ClonedVoice) -> ClonedVoice:
    work(studio.pk)
    with studio_scope(studio, actor=user):
        return ClonedVoice.objects.select_related("deletion").get(pk=voice.pk)


def test_a_dropped_voice_is_deleted_at_its_engine(
    studio: Studio, user: Any, mara: Character, tmp_path: Path, eleven: FakeEngine
) -> None:
    voice = dropped(studio, user, mara, tmp_path)
    with studio_scope(studio, actor=user):
        (waiting,) = cloned_voices()
        assert waiting.dropped and waiting.deletion is not None
        for again in (verbs.drop, verbs.use):
            with pytest.raises(VoiceConflict, match="dropped"):
                again(voice=waiting, actor=user)
        access = access_of(EngineAccount.objects.get())
    row = deletion(studio, user, voice)
    assert row.deletion is not None and row.deletion.state == "done"
    assert not delete_voice_with("elevenlabs", access, row.number), "the account knows it no more"
    with studio_scope(studio, actor=user):
        assert list(cloned_voices()) == []
        deleted = AuditRow.objects.get(action="voice.deleted")
        assert deleted.data == {"character": str(mara.pk), "engine": "elevenlabs", "known": True}
        assert verify().intact


def test_a_voice_that_the_account_does_not_know_is_gone(
    studio: Studio, user: Any, mara: Character, tmp_path: Path, eleven: FakeEngine
) -> None:
    voice = dropped(studio, user, mara, tmp_path)
    with studio_scope(studio, actor=user):
        assert delete_voice_with("elevenlabs", access_of(EngineAccount.objects.get()), voice.number)
    row = deletion(studio, user, voice)
    with studio_scope(studio, actor=user):
        assert row.deletion is not None and row.deletion.state == "done"
        assert AuditRow.objects.get(action="voice.deleted").data["known"] is False


def test_a_voice_that_cannot_be_deleted_stays_on_the_page_until_it_is(
    studio: Studio, user: Any, client: Client, mara: Character, tmp_path: Path, eleven: FakeEngine
) -> None:
    voice = dropped(studio, user, mara, tmp_path)
    with studio_scope(studio, actor=user):
        disconnect(account=EngineAccount.objects.get(), actor=user)
    row = deletion(studio, user, voice)
    assert row.deletion is not None
    assert (row.deletion.state, code(row.deletion)) == ("failed", "voice.kept")
    assert row.deletion.error and "ElevenLabs still has the voice" in row.deletion.error["message"]
    client.force_login(user)
    page = client.get(f"/s/{studio.slug}/talent/{mara.pk}/").content.decode()
    assert "not deleted there" in page and "Connect it and try again" in page
    with studio_scope(studio, actor=user):
        connect(engine="elevenlabs", base_url=f"{eleven.url}/elevenlabs", token="k", actor=user)
    assert client.post(f"/s/{studio.slug}/jobs/{row.deletion.pk}/retry/").status_code == 302
    again = deletion(studio, user, voice).deletion
    assert again is not None and again.state == "done"
    assert "not deleted there" not in client.get(f"/s/{studio.slug}/talent/{mara.pk}/").content.decode()


def test_an_engine_that_does_not_answer_is_asked_again(
    studio: Studio, user: Any, mara: Character, tmp_path: Path, eleven: FakeEngine
) -> None:
    voice = dropped(studio, user, mara, tmp_path)
    with studio_scope(studio, actor=user):
        connect(engine="elevenlabs", base_url="http://127.0.0.1:9/elevenlabs", token="k", actor=user)
    row = deletion(studio, user, voice)
    assert row.deletion is not None and row.deletion.state == "queued"
    assert row.deletion.run_after is not None and row.deletion.run_after > timezone.now()
    with studio_scope(studio, actor=user):
        ClonedVoice.objects.filter(pk=row.pk).update(updated_at=timezone.now() - timedelta(minutes=11))
        Job.objects.filter(pk=row.deletion.pk).update(run_after=timezone.now() - timedelta(seconds=1))
    row = deletion(studio, user, voice)
    assert row.deletion is not None and (row.deletion.state, code(row.deletion)) == ("failed", "voice.kept")


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        (None, "consent.missing"),
        ({"training": False}, "consent.scope"),
    ],
)
def test_without_a_consent_that_covers_it_nothing_leaves(
    studio: Studio,
    user: Any,
    mara: Character,
    tmp_path: Path,
    eleven: FakeEngine,
    scope: dict[str, Any] | None,
    wanted: str,
) -> None:
    portrayed(studio, user, mara)
    if scope is not None:
        agreed(studio, user, tmp_path, **scope)
    recorded(studio, user, mara, tmp_path)
    with studio_scope(studio, actor=user):
        with pytest.raises(ConsentRefused) as refusal:
            verbs.clone(character=mara, actor=user)
        assert refusal.value.code == wanted
        assert not EngineCall.objects.exists() and not ClonedVoice.objects.exists()


def test_a_consent_that_names_other_engines_keeps_the_recordings_here(
    studio: Studio, user: Any, mara: Character, tmp_path: Path, eleven: FakeEngine
) -> None:
    portrayed(studio, user, mara)
    agreed(studio, user, tmp_path, engines=["builtin"])
    recorded(studio, user, mara, tmp_path)
    with studio_scope(studio, actor=user):
        with pytest.raises(VoiceRefused, match="allows only builtin"):
            verbs.clone(character=mara, actor=user)
        assert not EngineCall.objects.exists()


def test_a_consent_that_is_taken_back_stops_the_waiting_work_and_the_use(
    studio: Studio, user: Any, mara: Character, tmp_path: Path, eleven: FakeEngine
) -> None:
    portrayed(studio, user, mara)
    consent = agreed(studio, user, tmp_path)
    recorded(studio, user, mara, tmp_path)
    voice = made(studio, user, mara)
    with studio_scope(studio, actor=user):
        asked = verbs.clone(character=mara, actor=user)
        revoke(consent=consent, because="Asked to.", actor=user)
        with pytest.raises(ConsentRefused):
            verbs.use(voice=voice, actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        job = Job.objects.get(pk=asked.job_id)
        assert (job.state, code(job)) == ("failed", "consent.revoked")
        assert EngineCall.objects.filter(role="voice").count() == 1


@pytest.mark.parametrize("dropped", [False, True])
def test_a_voice_made_of_somebody_is_for_nobody_else_by_any_door(
    studio: Studio, user: Any, mara: Character, tmp_path: Path, eleven: FakeEngine, dropped: bool
) -> None:
    portrayed(studio, user, mara)
    agreed(studio, user, tmp_path)
    recorded(studio, user, mara, tmp_path)
    voice = made(studio, user, mara)
    with studio_scope(studio, actor=user):
        other = ensure_character(name="Jonas", description="A man (50).", language="en")
        if dropped:
            verbs.drop(voice=voice, actor=user)
        with pytest.raises(BibleRefused) as refusal:
            verbs.name_voice(character=other, engine="elevenlabs", number=voice.number, actor=user)
        assert "not portrayed here" in refusal.value.fields["voice.elevenlabs"]
        bible = {"voice": {"elevenlabs": voice.number}}
        with pytest.raises(BibleRefused):
            ensure_character(name="Third", description="", language="en", bible=bible)
        portray(character=other, person=f"  {JANE.upper()} ", born_on=date(1980, 1, 1), actor=user)
        again = verbs.name_voice(character=other, engine="elevenlabs", number=voice.number, actor=user)
        assert again.voice["elevenlabs"] == voice.number, "the same person, played by another character"


def test_locks_roles_and_unfinished_voices_are_minded(
    studio: Studio, user: Any, mara: Character, tmp_path: Path, eleven: FakeEngine
) -> None:
    portrayed(studio, user, mara)
    agreed(studio, user, tmp_path)
    recorded(studio, user, mara, tmp_path)
    with studio_scope(studio, actor=user):
        asked = verbs.clone(character=mara, actor=user)
        for act in (verbs.use, verbs.drop):
            with pytest.raises(VoiceConflict):
                act(voice=asked, actor=user)
        locked = set_lock(character=Character.objects.get(pk=mara.pk), locked=True, actor=user)
        with pytest.raises(BibleLocked):
            verbs.name_voice(character=locked, engine="openai", number="coral", actor=user)
        with pytest.raises(BibleLocked):
            verbs.add_recording(character=locked, file=spoken(tmp_path), label="", actor=user)
        Membership.objects.filter(user=user).update(roles=["auditor"])
    with studio_scope(studio, actor=user), pytest.raises(Forbidden):
        verbs.clone(character=mara, actor=user)


def _invented(studio: Studio, user: Any) -> uuid.UUID:
    with studio_scope(studio, actor=user):
        return ensure_character(name="Jonas", description="A man (50).", language="en").pk


def test_page_and_api_lead_through_it(
    studio: Studio, user: Any, client: Client, mara: Character, tmp_path: Path, eleven: FakeEngine
) -> None:
    client.force_login(user)
    home = f"/s/{studio.slug}/talent/{mara.pk}/"
    portrayed(studio, user, mara)
    agreed(studio, user, tmp_path)
    sound = SimpleUploadedFile("calm.wav", spoken(tmp_path).read_bytes(), "audio/wav")
    assert client.post(f"{home}recordings/", {"file": sound, "label": ""}).status_code == 302
    page = client.get(home).content.decode()
    assert "calm.wav, 6 s" in page and "Make a voice from them" in page and "the nearest in pitch" in page
    refused = client.post(f"{home}voices/name/", {"engine": "elevenlabs", "number": "no such/voice"})
    assert refused.status_code == 422 and "letters, digits" in refused.content.decode()
    assert 'value="no such/voice"' in refused.content.decode(), "what was typed stays"
    api = APIClient()
    api.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    at = f"/api/v1/studios/{studio.slug}"
    asked = api.post(f"{at}/cloned-voices", {"character": str(mara.pk)}, format="json")
    assert asked.status_code == 201 and asked.json()["state"] == "queued", asked.content
    work(studio.pk)
    (row,) = api.get(f"{at}/cloned-voices?character={mara.pk}").json()["results"]
    assert row["state"] == "done" and row["number"]
    assert api.post(f"{at}/cloned-voices/{row['id']}/use").json()["voice"]["elevenlabs"] == row["number"]
    assert "used" in client.get(home).content.decode()
    stolen = api.patch(
        f"{at}/characters/{_invented(studio, user)}",
        {"voice": {**mara.voice, "elevenlabs": row["number"]}},
        format="json",
    )
    assert stolen.status_code == 422 and "voice.elevenlabs" in stolen.json()["error"]["fields"]
    named = api.put(f"{at}/characters/{mara.pk}/voice", {"engine": "openai", "number": "sage"}, format="json")
    assert named.json()["voice"]["openai"] == "sage"
    (kept,) = api.get(f"{at}/character-recordings").json()["results"]
    assert kept["label"] == "calm.wav" and kept["seconds"] == 6.0
    assert api.delete(f"{at}/character-recordings/{kept['id']}").status_code == 204
    assert client.post(f"/s/{studio.slug}/talent/voices/{row['id']}/drop/").status_code == 302
    (leaving,) = api.get(f"{at}/cloned-voices").json()["results"]
    assert leaving["dropped"] and leaving["deletion"]
    assert "being deleted there" in client.get(home).content.decode()
    work(studio.pk)
    assert api.get(f"{at}/cloned-voices").json()["results"] == []
