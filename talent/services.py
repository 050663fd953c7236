"""Verbs of the roster: create, change, lock, cast."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify

from craft.terms.digest import digest
from craft.terms.people import Permission
from studio.models import Project
from talent.engine_voices import voice_problems
from talent.looks import first_look, first_voice, look_problems
from talent.models import Casting, Character, CharacterVersion
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from workflow.events import emit

_VOICE_BOUNDS = {
    "pitch": (0, 99),
    "rate": (80, 400),
    "range": (0, 99),
    "formant": (0.7, 1.4),
    "breath": (0, 1),
}


class BibleRefused(SlateError):
    """The bible cannot be saved as it is; `fields` names what to mend."""

    code = "bible.invalid"
    status = 422


class BibleLocked(SlateError):
    """The bible is locked: takes rely on it."""

    code = "bible.locked"
    status = 409


def ensure_character(
    *, name: str, description: str, language: str, bible: dict[str, Any] | None = None
) -> Character:
    """The studio's character of this name, created with a first look when there is none."""
    slug = slugify(name, allow_unicode=True) or digest("slug", 1, name)[:12]
    known: Character | None = Character.objects.filter(slug=slug).first()
    if known is not None:
        return known
    given = bible or {}
    look = given.get("look") or first_look(name, description)
    voice = {**first_voice(name, description, language), **(given.get("voice") or {})}
    wrong = problems(look, voice) | voice_problems(voice, "")
    if wrong:
        raise BibleRefused(f"The bible of {name} is not right.", fields=wrong, kept="Nothing was created.")
    character: Character = Character.objects.create(
        name=name[:120],
        slug=slug[:80],
        description=given.get("description", description),
        traits=given.get("traits", []),
        look=look,
        voice=voice,
    )
    _version(character)
    return character


def cast(*, project: Project, character: Character, script_name: str, lines: int) -> Casting:
    """Put a character into a project under the script's name for it."""
    casting: Casting
    casting, _ = Casting.objects.update_or_create(
        project=project, script_name=script_name[:120], defaults={"character": character, "lines": lines}
    )
    return casting


def save_bible(*, character: Character, changes: dict[str, Any], actor: User) -> Character:
    """Change look, voice, traits, name or description; a real change makes a new version.

    Raises Forbidden, BibleLocked, BibleRefused. What was made from the old version becomes stale, never redone.
    """
    require(actor, Permission.EDIT)
    require_unlocked(character)
    look = changes.get("look", character.look)
    voice = changes.get("voice", character.voice)
    wrong = problems(look, voice) | voice_problems(voice, character.portrays)
    if wrong:
        raise BibleRefused("Some values are not possible.", fields=wrong, kept="The last version stays.")
    before = _digest(character)
    character.look, character.voice = look, voice
    character.traits = changes.get("traits", character.traits)
    character.description = changes.get("description", character.description)
    if _digest(character) == before:
        return character
    character.bible_version += 1
    character.save()
    _version(character)
    record(actor, "character.saved", character, {"version": character.bible_version})
    emit(None, "character.saved", {"id": str(character.pk), "version": character.bible_version})
    return character


def require_unlocked(character: Character) -> None:
    """Raise BibleLocked for a bible that takes rely on."""
    if character.locked:
        raise BibleLocked(
            f"{character.name}’s bible is locked.",
            kept="Nothing was changed.",
            next_step="Ask a director to unlock it.",
        )


def set_lock(*, character: Character, locked: bool, actor: User) -> Character:
    """Lock or unlock a bible. Raises Forbidden."""
    require(actor, Permission.LOCK)
    character.locked = locked
    character.save(update_fields=["locked", "updated_at"])
    record(actor, "character.locked" if locked else "character.unlocked", character)
    return character


def problems(look: dict[str, Any], voice: dict[str, Any]) -> dict[str, str]:
    """What is wrong with a look and a voice: field → message."""
    wrong = look_problems(look)
    for name, (low, high) in _VOICE_BOUNDS.items():
        value = voice.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            wrong[f"voice.{name}"] = f"Between {low} and {high}."
    return wrong


def _digest(character: Character) -> str:
    facts = {
        "look": character.look,
        "voice": character.voice,
        "traits": character.traits,
        "description": character.description,
    }
    return digest("bible", 1, facts)


def _version(character: Character) -> None:
    CharacterVersion.objects.create(
        character=character,
        number=character.bible_version,
        look=character.look,
        voice=character.voice,
        traits=character.traits,
        description=character.description,
        digest=_digest(character),
    )
