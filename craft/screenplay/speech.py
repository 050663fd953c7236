"""Lines of dialogue: what is said, how, in which language, and whether the speaker is seen."""

from __future__ import annotations

import re
from dataclasses import replace

from craft.screenplay.breakdown_model import LinePlan
from craft.screenplay.model import Character, Dialogue, Element, Lyrics, Parenthetical
from craft.screenplay.words import count_words, fold, one_line, portions, sentences
from craft.terms.languages import LANGUAGES
from craft.terms.speech import WORDS_PER_SECOND

# Handles round speech before it is measured, and the breath between two lines.
HANDLE_SECONDS, BREATH_SECONDS = 1.0, 0.25
LONGEST_PARENTHETICAL, LONGEST_EXTENSION = 200, 40
# A longer speech is cut between sentences: nobody watches one shot for so long.
MOST_WORDS = 30
_CONTINUED = re.compile(r"CON(?:T|TINUED|T[’'`]?D)\.?|SUITE|CONT\.", re.IGNORECASE)
_VOICE_OVER = re.compile(r"V\.? ?O\.?|VOICE ?OVER|NARRAT(?:ION|OR)|HORS CHAMP|ЗА КАДРОМ|З/К", re.IGNORECASE)
_OFF_SCREEN = re.compile(r"O\.? ?[SC]\.?|OFF(?:[ -]?SCREEN|[ -]?CAMERA)?", re.IGNORECASE)
_MACHINE = re.compile(r"\b(?:radio|phone|telephone|intercom|filtered|recording|loudspeaker)\b", re.IGNORECASE)
_NAMES = {fold(language.name): code for code, language in LANGUAGES.items()}
_IN_LANGUAGE = re.compile(r"\b(?:in|speaks|speaking) ([^\W\d_]+)", re.IGNORECASE)


def speech_seconds(lines: list[LinePlan] | tuple[LinePlan, ...]) -> float:
    """The least a shot needs for its lines before they are spoken; 0 without lines."""
    if not lines:
        return 0.0
    words = sum(count_words(line.text) for line in lines)
    return words / WORDS_PER_SECOND + HANDLE_SECONDS + BREATH_SECONDS * (len(lines) - 1)


def extension_of(extensions: tuple[str, ...]) -> str:
    """V.O., O.S. or the words as written; a voice from a machine is V.O. too; CONT'D is nothing."""
    kept: list[str] = []
    for extension in extensions:
        if _CONTINUED.fullmatch(extension):
            continue
        if _VOICE_OVER.fullmatch(extension):
            kept.append("V.O.")
        elif _OFF_SCREEN.fullmatch(extension):
            kept.append("O.S.")
        else:
            kept.append(f"V.O. {extension}" if _MACHINE.search(extension) else extension)
    return one_line(", ".join(kept), LONGEST_EXTENSION)


class LineReader:
    """Collects the parts of one speech into lines; a parenthetical belongs to the words after it."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._blank: LinePlan | None = None
        self._how = ""
        self._tongue = ""

    def begin(self, name: str, cue: Character) -> None:
        """A new cue."""
        self._how = self._tongue = ""
        extension = extension_of(cue.extensions)
        self._blank = LinePlan(name, "", "", extension, self._language, cue.dual, cue.line)

    def take(self, element: Element) -> LinePlan | None:
        """The line an element completes; None for a parenthetical or an empty line."""
        if isinstance(element, Parenthetical):
            self._how = one_line(element.text, LONGEST_PARENTHETICAL)
            found = _IN_LANGUAGE.search(self._how)
            self._tongue = _NAMES.get(fold(found[1]), self._tongue) if found else self._tongue
            return None
        text = " ".join(element.text.split())
        if not self._blank or not isinstance(element, Dialogue | Lyrics) or not count_words(text):
            return None
        how = self._how or ("sings" if isinstance(element, Lyrics) else "")
        self._how = ""
        language = self._tongue or self._language
        return replace(self._blank, text=text, parenthetical=how, language=language, line=element.line)


def turns(lines: list[LinePlan]) -> list[list[LinePlan]]:
    """One speaker's lines in portions a shot can hold, cut between sentences."""
    found: list[list[LinePlan]] = [[]]
    room = MOST_WORDS
    for line in lines:
        for part in portions(sentences(line.text), MOST_WORDS):
            words = count_words(part)
            if found[-1] and words > room:
                found.append([])
                room = MOST_WORDS
            whole = found[-1][-1] if found[-1] else None
            if whole and whole.line == line.line and whole.parenthetical == line.parenthetical:
                found[-1][-1] = replace(whole, text=f"{whole.text} {part}")
            else:
                found[-1].append(replace(line, text=part))
            room -= words
    return [portion for portion in found if portion]
