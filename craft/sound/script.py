"""A line ready for the engine: its words in a form the engine reads, as segments for any register."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from craft.sound import ssml
from craft.sound.errors import SpeechRefused
from craft.sound.espeak import Segment
from craft.sound.reading import has_speech, readable, reader_of, spoken_text
from craft.sound.registers import Register
from craft.sound.said_as import said_as
from craft.sound.voices import Voice
from craft.terms.languages import Language
from craft.terms.languages import language as language_of

# Voices of two languages are joined without a breath of the engine's own.
_JOINT_MS = 40


@dataclass(frozen=True, slots=True)
class _Said:
    """Words of one language in one manner; plain text has no manner."""

    text: str
    language: str
    manner: ssml.Manner | None = None


_Piece = _Said | ssml.Break | ssml.Bookmark


@dataclass(frozen=True, slots=True)
class Script:
    """What is read: its pieces, the words as a person would read them, a note, and the names of its marks."""

    pieces: tuple[_Piece, ...]
    said: str
    note: str
    names: tuple[str, ...] = ()

    def segments(self, voice: Voice, register: Register) -> list[Segment]:
        """The engine's segments for a voice in a register; marks are numbered in their order."""
        return _Composer(voice, register).composed(self.pieces)


def plain_script(text: str, row: Language, *, british: bool = False) -> Script:
    """A script of plain text. Raises `SpeechRefused` when there is nothing to say."""
    said = _speakable(spoken_text(text))
    reader, note = reader_of(said, row)
    reading = readable(said, reader.bcp47, british=british)
    pieces = tuple(_Said(run.text, run.language) for run in reading.runs)
    return Script(pieces, reading.said, _notes(row, reader, note, reading.note))


def marked_script(text: str, row: Language, *, british: bool = False) -> Script:
    """A script of SSML. Raises `SpeechRefused` for markup that cannot be read or has nothing to say."""
    tokens = ssml.tokens_of(text)
    reader, note = reader_of(_speakable(spoken_text(ssml.plain_text(tokens), asides=True)), row)
    pieces: list[_Piece] = []
    shown: list[str] = []
    notes = {note: None}
    for token in tokens:
        if not isinstance(token, ssml.Words):
            pieces.append(token)
            continue
        written = spoken_text(token.text, asides=True)
        if not has_speech(written):
            if written:
                pieces.append(_Said(written, reader.bcp47, ssml.Manner()))
                shown.append(written)
            continue
        # a comma right after an element is a pause of the words before it
        opening = re.match(r"[,.;:!?，。]*", written)
        if opening and opening[0]:
            pieces.append(_Said(opening[0], reader.bcp47, ssml.Manner()))
            shown.append(opening[0])
            written = written[opening.end() :].strip()
        written = said_as(written, token.manner.said_as, reader.bcp47, british=british)
        reading = readable(written, reader.bcp47, british=british)
        notes[reading.note] = None
        shown.append(reading.said)
        pieces += [_Said(run.text, run.language, token.manner) for run in reading.runs]
    names = tuple(token.name for token in tokens if isinstance(token, ssml.Bookmark))
    return Script(tuple(pieces), _tidied(shown), _notes(row, reader, *notes), names)


def engine_voice(wanted: str, row: Language) -> str:
    """The engine's voice for a language, with the wanted accent (when it speaks it) and variant."""
    base, _, variant = wanted.partition("+")
    speaks = row.voice
    if base.split("-")[0] == speaks.split("-")[0]:
        speaks = base
    return f"{speaks}+{variant}" if variant else speaks


@dataclass(slots=True)
class _Composer:
    """Puts pieces together to segments: one goes on as long as voice and flow do."""

    voice: Voice
    register: Register
    done: list[Segment] = field(default_factory=list)
    text: str = ""
    name: str = ""
    markup: bool = False
    waiting: str = ""
    marks: int = 0

    def composed(self, pieces: Sequence[_Piece]) -> list[Segment]:
        """All of them."""
        for piece in pieces:
            if isinstance(piece, ssml.Break):
                self._close(piece.ms)
            elif isinstance(piece, ssml.Bookmark):
                self._mark()
            else:
                self._say(piece)
        self._close(0)
        return self.done

    def _close(self, pause_ms: int) -> None:
        if self.text or pause_ms:
            self.done.append(Segment(self.text, self.name, self.markup, pause_ms))
        self.text = self.name = ""

    def _mark(self) -> None:
        mark = f'<mark name="{self.marks}"/>'
        self.marks += 1
        if self.text:
            self.text += f" {mark} "
        else:
            # after a break a mark belongs to the words that follow
            self.waiting += mark

    def _say(self, piece: _Said) -> None:
        name = self._name_of(piece.language)
        if self.text and name != self.name:
            self._close(_JOINT_MS)
        if not self.text and not has_speech(piece.text):
            return
        text = piece.text
        if piece.manner is not None:
            text = ssml.for_engine(ssml.Words(text, piece.manner), text, self.register.percent_of)
        glue = " " if self.text and piece.text[:1].isalnum() else ""
        self.text += glue + self.waiting + text
        self.name, self.markup, self.waiting = name, piece.manner is not None, ""

    def _name_of(self, language: str) -> str:
        name = engine_voice(self.voice.espeak, language_of(language))
        return f"{name}+{self.register.variant}" if self.register.variant else name


def _tidied(shown: Sequence[str]) -> str:
    """Pieces of a line as one: no space before a comma, none of the marks that stood between elements."""
    return re.sub(r"\s+([,.;:!?，。！？；：])", r"\1", " ".join(shown)).strip()


def _speakable(said: str) -> str:
    if not has_speech(said):
        raise SpeechRefused(
            "The line has nothing to say aloud; write words or remove it.", code="sound.no_words"
        )
    return said


def _notes(row: Language, reader: Language, *notes: str) -> str:
    """What a listener should know about how the line was read."""
    stands_in = ""
    if not row.native and reader is row:
        stands_in = f"{row.name} has no voice of its own; {row.substitute} stands in for timing."
    return " ".join(filter(None, (stands_in, reader.caveat, *notes)))
