"""Who is in the script: one name per person, what they look like at first sight, who a sentence is about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from craft.screenplay.breakdown_model import CharacterPlan
from craft.screenplay.model import Action, Character, Script, ScriptNote
from craft.screenplay.recognise import is_capitals, is_shot_line
from craft.screenplay.words import bag, count_words, fold, one_line, slug, tokens

LONGEST_DESCRIPTION = 400
_LONGEST_NAME = 80
_MOST_WORDS_IN_NAME = 4
# Names in scripts without spaces are looked for one by one in every sentence.
_MOST_UNSPACED = 100
# NAME (34), NAME (early 30s), NAME (late teens)
_INTRODUCED = re.compile(
    r"\(([^()]{0,24}?(?:\d{1,3}s?|teens?|twenties|thirties|forties|fifties|sixties)[^()]{0,12})\)"
)
# Words of a name that do not point at one person by themselves.
_TITLES = bag(
    "mr mrs ms dr the a an old young man woman boy girl officer captain sergeant doctor nurse guard first "
    "second voice of and no el la le der die das"
)
_PRONOUNS = bag("she he they her his him their them")


@dataclass(slots=True)
class _Person:
    name: str
    line: int
    lines: int = 0
    words: int = 0
    description: str = ""
    age: str = ""
    spellings: list[str] = field(default_factory=list)


class Cast:
    """The people of one script. Built once; then answers whose name a cue or a sentence holds."""

    def __init__(self, script: Script) -> None:
        self._people: dict[str, _Person] = {}
        self._aliases: dict[str, str] = {}
        self._unspaced: list[tuple[str, str]] = []
        self.notes: list[ScriptNote] = []
        self._from_cues(script)
        self._from_introductions(script)
        self._name_aliases()

    def name(self, cue: str) -> str:
        """The one name of a cue's speaker."""
        return self._people[fold(cue)].name

    def count(self, cue: str, text: str) -> None:
        """Book a line to its speaker."""
        person = self._people[fold(cue)]
        person.lines += 1
        person.words += count_words(text)

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The names a text mentions, in its order; small letters at the front are no name."""
        found: dict[str, None] = {}
        for token in tokens(text):
            bare = token.removesuffix("'s").removesuffix("’s").removesuffix("'S").removesuffix("’S")
            if bare[:1].islower():
                continue
            if name := self._aliases.get(fold(bare)):
                found[name] = None
        for folded, name in self._unspaced[:_MOST_UNSPACED]:
            if folded in text:
                found[name] = None
        return tuple(found)

    @staticmethod
    def has_pronoun(text: str) -> bool:
        """Whether a text speaks of somebody without a name."""
        return any(token.casefold() in _PRONOUNS for token in tokens(text))

    def plans(self) -> tuple[CharacterPlan, ...]:
        """The cast in order of appearance."""
        ordered = sorted(self._people.values(), key=lambda p: (p.line, p.name))
        keys: dict[str, int] = {}
        plans = []
        for person in ordered:
            key = slug(person.name)
            keys[key] = keys.get(key, 0) + 1
            unique = key if keys[key] == 1 else f"{key}-{keys[key]}"
            plans.append(
                CharacterPlan(
                    unique,
                    person.name,
                    _display(person.name),
                    person.description,
                    person.age,
                    person.lines,
                    person.words,
                    person.line,
                    tuple(person.spellings),
                )
            )
        return tuple(plans)

    def _from_cues(self, script: Script) -> None:
        for cue in script.elements:
            if not isinstance(cue, Character):
                continue
            person = self._people.get(fold(cue.name))
            if person is None:
                name = one_line(cue.name.rstrip(" .:,") or cue.name, _LONGEST_NAME)
                self._people[fold(cue.name)] = _Person(name, cue.line, spellings=[cue.name])
            elif cue.name not in person.spellings:
                person.spellings.append(cue.name)
                message = f"{cue.name} and {person.name} are taken for one person."
                self.notes.append(ScriptNote(cue.line, "script.names_merged", message))

    def _from_introductions(self, script: Script) -> None:
        """`MARA (34), a pilot in a yellow coat.`: age and first look; adds people who never speak."""
        for action in script.elements:
            if isinstance(action, Action) and "(" in action.text:
                line, counted = action.line, 0
                for found in _INTRODUCED.finditer(action.text):
                    line += action.text.count("\n", counted, found.start())
                    counted = found.start()
                    self._introduce(action.text, line, found)
        for action in script.elements:
            if isinstance(action, Action):
                self._first_look(action)

    def _introduce(self, text: str, line: int, found: re.Match[str]) -> None:
        name = _name_before(text, found.start())
        if not name:
            return
        person = self._people.setdefault(fold(name), _Person(name, line, spellings=[name]))
        person.line = min(person.line, line)
        age = found[1].strip()
        look = _description(text, found.end())
        if not person.age:
            person.age, person.description = age, look
        elif person.age != age:
            message = f"{person.name} is introduced twice ({person.age}; {age}); both are one person."
            self.notes.append(ScriptNote(line, "script.names_merged", message))

    def _first_look(self, action: Action) -> None:
        """Without an age in brackets, `MARA, a pilot in yellow` in capitals still introduces her."""
        for match in re.finditer(r"(\w[\w'’.-]*), (?=[^\W\d_])", action.text[:4000]):
            person = self._people.get(fold(match[1]))
            if person and not person.description and match[1].isupper():
                person.description = _description(action.text, match.end() - 2)
                person.line = min(person.line, action.line + action.text.count("\n", 0, match.start()))

    def _name_aliases(self) -> None:
        """Each word of a name that belongs to one person only stands for that person."""
        owners: dict[str, set[str]] = {}
        for person in self._people.values():
            words = tokens(person.name)
            for word in words:
                folded = fold(word)
                if len(words) == 1 or (len(folded) > 2 and folded not in _TITLES):
                    owners.setdefault(folded, set()).add(person.name)
            if not any(c.isupper() or c.islower() for c in person.name):
                self._unspaced.append((person.name, person.name))
        for person in self._people.values():
            words = tokens(person.name)
            if len(words) == 1:
                owners[fold(words[0])] = {person.name}
        self._aliases = {word: next(iter(names)) for word, names in owners.items() if len(names) == 1}


def _name_before(text: str, position: int) -> str:
    """The capitals right before a bracket: `…the pilot MARA VOSS (34)` → MARA VOSS."""
    words: list[str] = []
    for word in reversed(text[max(0, position - 200) : position].split()):
        if not is_capitals(word) or (words and word[-1] in ".,;:!?"):
            break
        words.insert(0, word.strip(",;:"))
        if len(words) == _MOST_WORDS_IN_NAME:
            break
    name = " ".join(words).strip()
    return "" if not name or is_shot_line(name) else one_line(name, _LONGEST_NAME)


def _description(text: str, position: int) -> str:
    """From after a name to the end of its sentence, and the next one when it goes on about the looks."""
    rest = text[position : position + LONGEST_DESCRIPTION * 2].lstrip(" ,;:–—-")
    end = re.search(r"[.!?](?:\s|$)|\n", rest)
    return one_line(_without_deed(rest[: end.start()] if end else rest), LONGEST_DESCRIPTION)


def _without_deed(sentence: str) -> str:
    """A first look without what they do: `broad, in a grey coat, walks in` → `broad, in a grey coat`."""
    clauses = sentence.split(", ")
    word = clauses[-1].split(" ")[0]
    deed = len(clauses) > 1 and word.islower() and word.endswith("s") and not word.endswith("ss")
    return ", ".join(clauses[:-1]) if deed else sentence


def _display(name: str) -> str:
    """MARA VOSS → Mara Voss; what is not all capitals stays."""
    if not is_capitals(name):
        return name
    return " ".join(word if any(c.isdigit() for c in word) else _titled(word) for word in name.split())


def _titled(word: str) -> str:
    """Capital after the start, a hyphen or an apostrophe within: O'NEIL → O'Neil."""
    parts: Iterable[str] = re.split(r"([-'’])", word)
    return "".join(part[:1] + part[1:].lower() for part in parts)
