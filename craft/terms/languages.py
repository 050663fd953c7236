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

    @property
    def voice(self) -> str:
        """The voice the built-in engine speaks with, its own or the substitute."""
        return self.espeak_voice or self.substitute_voice

    @property
    def native(self) -> bool:
        """Whether the built-in engine really speaks it."""
        return self.status.startswith("native")


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
