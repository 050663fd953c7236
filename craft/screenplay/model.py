"""A parsed screenplay: frozen elements in the order of the script, each with the line it starts on (from 1).

`text` is what a reader sees: emphasis marks, escapes, notes and boneyard are taken out; `spans` says where
the emphasis was, in characters of `text`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from craft.terms.base import Term


class Style(Term):
    """An emphasis."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"


class Setting(Term):
    """Where a scene heading says it plays."""

    INTERIOR = "interior"
    EXTERIOR = "exterior"
    BOTH = "both"
    ESTABLISHING = "establishing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """Emphasis from character `start` to before `end` of an element's text."""

    start: int
    end: int
    style: Style


@dataclass(frozen=True, slots=True)
class Element:
    """Something in the script, from `line` to `end_line` (both counted from 1, inclusive)."""

    line: int
    end_line: int
    text: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class SceneHeading(Element):
    """`INT. CABIN - NIGHT #12A#`: place "CABIN", time "NIGHT", number "12A"."""

    setting: Setting = Setting.UNKNOWN
    place: str = ""
    time: str = ""
    number: str = ""
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Action(Element):
    """A paragraph of action; its lines are joined by newlines."""

    forced: bool = False


@dataclass(frozen=True, slots=True)
class Character(Element):
    """A cue. `name` without its `extensions` ("V.O.", "CONT'D"); `dual`: spoken over the one before."""

    name: str = ""
    extensions: tuple[str, ...] = ()
    dual: bool = False
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Parenthetical(Element):
    """How a line is said; without its brackets."""


@dataclass(frozen=True, slots=True)
class Dialogue(Element):
    """What is said, up to the next parenthetical; lines joined by newlines."""


@dataclass(frozen=True, slots=True)
class Lyrics(Element):
    """What is sung."""


@dataclass(frozen=True, slots=True)
class TransitionCue(Element):
    """`DISSOLVE TO:`"""

    forced: bool = False


@dataclass(frozen=True, slots=True)
class Centred(Element):
    """`> THE END <`"""


@dataclass(frozen=True, slots=True)
class Note(Element):
    """`[[for us, not for the audience]]`"""


@dataclass(frozen=True, slots=True)
class Boneyard(Element):
    """`/* taken out, kept for later */`"""


@dataclass(frozen=True, slots=True)
class Section(Element):
    """`# Act One`: level 1; `##` level 2, …"""

    level: int = 1


@dataclass(frozen=True, slots=True)
class Synopsis(Element):
    """`= What this part is about`"""


@dataclass(frozen=True, slots=True)
class PageBreak(Element):
    """`===`"""


@dataclass(frozen=True, slots=True)
class TitleEntry:
    """One key of the title page; `values` are its lines without emphasis marks."""

    key: str
    values: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class TitlePage:
    """The keys before the script."""

    entries: tuple[TitleEntry, ...] = ()

    def get(self, key: str, default: str = "") -> str:
        """The value of a key (any case), its lines joined by newlines."""
        for entry in self.entries:
            if entry.key.casefold() == key.casefold():
                return "\n".join(entry.values)
        return default


@dataclass(frozen=True, slots=True)
class ScriptNote:
    """Something the reader should know; `code` is stable, `line` counts from 1 (0 = the whole script)."""

    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Script:
    """A whole screenplay."""

    title_page: TitlePage
    elements: tuple[Element, ...]
    notes: tuple[ScriptNote, ...]
    lines: int

    @property
    def title(self) -> str:
        """The title on one line, "" when there is none."""
        return " ".join(self.title_page.get("title").split())

    def of(self, *kinds: type[Element]) -> Iterator[Element]:
        """The elements of some kinds, in order."""
        return (element for element in self.elements if isinstance(element, kinds))
