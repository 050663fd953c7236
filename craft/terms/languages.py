"""The languages of delivery and of speech, with an honest mark of what the built-in voice can do."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources

# Codes that are in use for a row of the table under another name.
_ALIASES = {
    "nb": "no",
    "nn": "no",
    "iw": "he",
    "in": "id",
    "tl": "fil",
    "cmn": "zh",
    "jw": "jv",
}


# What the notes of the table mean for a listener.
_CAVEATS = {
    "vowels unwritten": "Vowels that are not written are guessed or left out.",
    "needs niqqud": "Vowels are only read where points are written.",
    "needs word segmentation": "Words are not separated in writing, so pauses and stress are rough.",
    "rules only": "Words are read by rule, without a dictionary.",
}


class UnknownLanguage(LookupError):
    """A code that is in no row of the table."""

    code = "terms.unknown_language"


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `status` is the honest mark: native, native+preprocess or substitute-only.

    `espeak_voice` is "" when the built-in engine has none; `substitute_voice` then stands in for timing.
    """

    name: str
    bcp47: str
    iso639_3: str
    script: str
    direction: str
    espeak_voice: str
    substitute_voice: str
    status: str
    note: str
    sample: str
    sample_seconds: float
    sample_phonemes: str

    @property
    def voice(self) -> str:
        """The voice the built-in engine speaks with, its own or the substitute."""
        return self.espeak_voice or self.substitute_voice

    @property
    def native(self) -> bool:
        """Whether the built-in engine really speaks it."""
        return self.status.startswith("native")

    @property
    def substitute(self) -> str:
        """The name of the language whose voice stands in; "" for a language with a voice of its own."""
        return "" if self.native else language(self.substitute_voice).name

    @property
    def mark(self) -> str:
        """What to tell a person who chooses the language, in one phrase."""
        if not self.native:
            return f"no voice of its own: {self.substitute} stands in for timing"
        return f"own voice, {self.caveat[0].lower()}{self.caveat[1:-1]}" if self.caveat else "own voice"

    @property
    def caveat(self) -> str:
        """A sentence on what the voice reads badly in this language's writing; "" when there is nothing."""
        return next((told for known, told in _CAVEATS.items() if known in self.note), "")


def _row(row: dict[str, str]) -> Language:
    voice = row["espeak_ng_voice"]
    return Language(
        name=row["name"],
        bcp47=row["bcp47"],
        iso639_3=row["iso639_3"],
        script=row["script"],
        direction=row["direction"],
        espeak_voice="" if voice == "none" else voice,
        substitute_voice=row["substitute_voice"],
        status=row["status"],
        note=row["note"],
        sample=row["sample_text"],
        sample_seconds=float(row["sample_seconds"]),
        sample_phonemes=row["sample_phonemes"],
    )


def _load() -> dict[str, Language]:
    text = resources.files(__package__).joinpath("languages.csv").read_text(encoding="utf-8")
    rows = (_row(row) for row in csv.DictReader(text.splitlines()))
    return {row.bcp47: row for row in rows}


LANGUAGES: dict[str, Language] = _load()
_BY_CODE = {code.lower(): row for code, row in LANGUAGES.items()}
_BY_CODE |= {row.iso639_3: row for row in LANGUAGES.values()}


def language(code: str) -> Language:
    """The language of a BCP-47 tag (`pt-BR` finds `pt`) or an ISO 639-3 code. Raises UnknownLanguage."""
    tag = code.strip().replace("_", "-").lower()
    primary = tag.split("-")[0]
    for wanted in (tag, primary, _ALIASES.get(primary, "")):
        if found := _BY_CODE.get(wanted):
            return found
    raise UnknownLanguage(f"{code[:40]!r} is none of the {len(LANGUAGES)} languages; write en, fr or uk")
