"""Verbs of a character's voices at engines: name one, bring recordings, have a voice made of them, use it, drop it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from craft.terms.consent import ConsentKind
from craft.terms.people import Permission
from engines.adapters.inputs import Input
from engines.adapters.requests import CloneVoice
from engines.arriving import keep_recording
from engines.offers import offer
from engines.rights import Use, leave_for
from talent.engine_voices import speaking_engines
from talent.models import Character, ClonedVoice, Recording
from talent.queries import recordings_of, voice_state
from talent.services import require_unlocked, save_bible
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from workflow import jobs
from workflow.events import emit
from workflow.states import ENDED_STATES

CLONE_JOB, DELETE_JOB, ROLE = "talent.clone_voice", "talent.delete_voice", "voice"
MOST = 10


class VoiceRefused(SlateError):
    """This voice is not possible; `fields` names why."""

    code = "voice.refused"
    status = 422


class VoiceKept(SlateError):
    """An engine still has a voice that was dropped here."""

    code = "voice.kept"
    status = 502


class VoiceConflict(SlateError):
    """The voice is not where this is possible."""

    code = "voice.state"
    status = 409


def name_voice(*, character: Character, engine: str, number: str, actor: User) -> Character:
    """Say which of an engine's voices the character has; an empty number leaves it to the engine. A new version.

    Raises Forbidden, BibleLocked, VoiceRefused (unknown engine), BibleRefused (unknown name, somebody else's voice).
    """
    if engine not in speaking_engines():
        wrong = {"engine": f"One of {', '.join(speaking_engines())}."}
        raise VoiceRefused("This voice cannot be given.", fields=wrong, kept="Nothing was changed.")
    others = {name: value for name, value in character.voice.items() if name != engine}
    voice = others | ({engine: number.strip()} if number.strip() else {})
    return save_bible(character=character, changes={"voice": voice}, actor=actor)


def add_recording(*, character: Character, file: Path, label: str, actor: User) -> Recording:
    """Bring a recording of the person whom a character portrays. Raises Forbidden, BibleLocked, VoiceRefused,
    UploadRefused."""
    _require(character, actor)
    wrong: dict[str, str] = {}
    if not character.portrays:
        wrong["character"] = "Say first which real person the character portrays."
    if Recording.objects.filter(character=character).count() >= MOST:
        wrong["file"] = f"A character has at most {MOST} recordings."
    if wrong:
        raise VoiceRefused("This recording cannot be kept.", fields=wrong, kept="Nothing was changed.")
    asset, seconds = keep_recording(file, title=f"{character.name}, recording")
    name = label.strip()[:80] or "recording"
    made: Recording = Recording.objects.create(character=character, label=name, asset=asset, seconds=seconds)
    told = {"character": str(character.pk), "sha256": asset.sha256}
    record(actor, "recording.added", made, told)
    _told(character)
    return made


def remove_recording(*, recording: Recording, actor: User) -> None:
    """Take a recording out of the roster; the file stays in the vault. Raises Forbidden, BibleLocked."""
    character = recording.character
    _require(character, actor)
    record(actor, "recording.removed", recording, {"character": str(character.pk)})
    recording.delete()
    _told(character)


def clone(*, character: Character, actor: User) -> ClonedVoice:
    """Have an engine make a voice from the character's recordings, under a consent to the voice that covers training.

    Raises Forbidden, VoiceRefused (no recording, no engine that could), ConsentRefused.
    """
    require(actor, Permission.GENERATE)
    held = recordings_of(character)
    if not held or not character.portrays:
        wrong = {"recordings": "Bring a recording of the person first."}
        raise VoiceRefused(
            "There is nothing to make a voice from.", fields=wrong, kept="Nothing was started."
        )
    samples = [
        {"asset": str(r.asset_id), "sha256": r.asset.sha256, "mime": r.asset.mime, "title": r.label}
        for r in held
    ]
    leave = leave_for(uses_of(character))
    consents = list(dict.fromkeys(grants[0].consent for grants in leave.grants))
    subject = " ".join(character.portrays.split())
    made = ClonedVoice(character=character, subject=subject, samples=samples, consents=consents)
    decision = offer(ROLE, request_of(made, {}), uses=uses_of(character))
    if not decision.candidates:
        raise VoiceRefused(
            decision.explanation,
            kept="Nothing was started.",
            charged="Nothing was charged.",
            next_step="Connect an engine that makes voices, or record a consent that lets it.",
        )
    made.save(force_insert=True)
    made.job = jobs.enqueue(
        CLONE_JOB,
        key=f"clone:{made.pk}",
        payload={"voice": str(made.pk)},
        project=None,
        title=f"Make a voice for {character.name}",
    )
    made.save(update_fields=["job", "updated_at"])
    record(actor, "voice.asked", made, {"character": str(character.pk), "recordings": len(samples)})
    _told(character)
    return made


def uses_of(character: Character) -> tuple[Use, ...]:
    """Whose voice something is learned from."""
    return (Use(character.pk, ConsentKind.VOICE.value, None, training=True),)


def request_of(voice: ClonedVoice, paths: Mapping[str, Path]) -> CloneVoice:
    """What an engine is asked; `paths` (asset id → file) may be empty where only the outline matters."""
    given = [
        Input(paths.get(one["asset"], Path()), one["sha256"], one["mime"], one["title"])
        for one in voice.samples
    ]
    name = f"{voice.character.name[:60]} {voice.pk.hex[:8]}"
    return CloneVoice(name=name, consent=", ".join(voice.consents), samples=tuple(given))


def use(*, voice: ClonedVoice, actor: User) -> Character:
    """From now on the character speaks with this voice at its engine. Raises Forbidden, BibleLocked, VoiceConflict
    (not made yet, dropped), ConsentRefused."""
    if voice.dropped:
        raise VoiceConflict("This voice was dropped.", kept="Nothing was changed.")
    if not voice.number:
        raise VoiceConflict(
            "This voice is not made yet.", kept="Nothing was changed.", next_step="Wait for its end."
        )
    leave_for(uses_of(voice.character))
    return name_voice(character=voice.character, engine=voice.engine, number=voice.number, actor=actor)


def drop(*, voice: ClonedVoice, actor: User) -> None:
    """Take a voice out of the roster and off its character, and have it deleted at its engine. Raises Forbidden,
    BibleLocked, VoiceConflict (still being made, dropped before)."""
    character = voice.character
    _require(character, actor)
    if voice.dropped:
        raise VoiceConflict("This voice was dropped before.", kept="Nothing was changed.")
    if voice_state(voice) not in ENDED_STATES:
        raise VoiceConflict("This voice is still being made.", kept="Nothing was changed.")
    if voice.number and character.voice.get(voice.engine) == voice.number:
        name_voice(character=character, engine=voice.engine, number="", actor=actor)
    record(actor, "voice.dropped", voice, {"character": str(character.pk), "engine": voice.engine})
    voice.dropped = True
    if voice.number:
        voice.deletion = jobs.enqueue(
            DELETE_JOB,
            key=f"delete-voice:{voice.pk}",
            payload={"voice": str(voice.pk)},
            project=None,
            title=f"Delete a voice of {character.name} at its engine",
        )
    voice.save(update_fields=["dropped", "deletion", "updated_at"])
    _told(character)


def _require(character: Character, actor: User) -> None:
    require(actor, Permission.EDIT)
    require_unlocked(character)


def _told(character: Character) -> None:
    emit(None, "voice.changed", {"character": str(character.pk)})
