"""Acts: from the script's own sections when it has them, else by the proportions of an act structure.

Mood comes from words of the section and its synopsis ("# Act Two: the storm (tense, dark)"), or exactly from
a note below it: `[[act: valence -0.4 energy 0.6 cliffhanger]]`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from craft.screenplay.breakdown_model import ActPlan
from craft.screenplay.model import Note, Script, ScriptNote, Section, Synopsis
from craft.screenplay.words import bag, one_line, tokens
from craft.terms.story import ACT_SHAPES, ActOut, ActStructure

_ACT = re.compile(
    r"\s*(?:act|acte|akt|acto|atto|ato|акт|действие|teaser|cold open|tag|prologue|epilogue|button)\b",
    re.IGNORECASE,
)
_NOTE = re.compile(r"act\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_FIGURE = re.compile(r"\b(valence|energy)\s*([+-]?\d(?:\.\d{1,3})?)", re.IGNORECASE)
_LONGEST_TITLE, _LONGEST_PURPOSE = 160, 200
_FEWEST, _MOST = 2, 7
# valence, energy
_MOODS: tuple[tuple[frozenset[str], float, float], ...] = (
    (bag("tense tension uneasy anxious suspense suspicion dread"), -0.4, 0.3),
    (bag("dark grim bleak ominous cold menace"), -0.6, 0.0),
    (bag("sad grief loss mourning lonely melancholy"), -0.6, -0.5),
    (bag("calm quiet still gentle slow hushed"), 0.1, -0.6),
    (bag("warm tender hopeful hope love"), 0.6, -0.1),
    (bag("joy happy bright triumphant triumph celebration funny comic"), 0.8, 0.5),
    (bag("fast frantic chase urgent panic storm furious"), -0.2, 0.9),
    (bag("angry anger violent fight rage"), -0.6, 0.8),
    (bag("mystery mysterious strange eerie wonder"), -0.2, -0.1),
)
_OUTS = {out.value: out for out in ActOut}


def section_acts(script: Script) -> tuple[ActPlan, ...]:
    """The acts the script writes as sections; () when it writes none."""
    top = [e for e in script.elements if isinstance(e, Section) and e.level == 1]
    named = [section for section in top if _ACT.match(section.text)]
    chosen = named or (top if _FEWEST <= len(top) <= _MOST else [])
    if not chosen:
        return ()
    ends = [section.line for section in chosen[1:]] + [script.lines + 1]
    return tuple(
        _written(script, number, section, end, last=number == len(chosen))
        for number, (section, end) in enumerate(zip(chosen, ends, strict=True), 1)
    )


def _written(script: Script, number: int, section: Section, end: int, *, last: bool) -> ActPlan:
    first = bisect_right(script.elements, section.line, key=lambda e: e.line)
    inside = script.elements[first : bisect_left(script.elements, end, key=lambda e: e.line)]
    synopsis = " ".join(e.text for e in inside if isinstance(e, Synopsis))
    valence, energy = mood_of(f"{section.text} {synopsis}")
    out = ActOut.RESOLVE if last else ActOut.HOOK
    words = {token.casefold() for token in tokens(synopsis)}
    out = next((found for word, found in _OUTS.items() if word in words), out)
    title, purpose = one_line(section.text, _LONGEST_TITLE), one_line(synopsis, _LONGEST_PURPOSE)
    act = ActPlan(number, title, purpose, valence, energy, out, section.line)
    for note in inside:
        if isinstance(note, Note) and (found := _NOTE.fullmatch(note.text.strip())):
            act = _noted(act, found[1])
    return act


def _noted(act: ActPlan, text: str) -> ActPlan:
    figures = {name.casefold(): min(max(float(value), -1.0), 1.0) for name, value in _FIGURE.findall(text)}
    out = next((found for word, found in _OUTS.items() if word in text.casefold()), act.out)
    return replace(
        act, valence=figures.get("valence", act.valence), energy=figures.get("energy", act.energy), out=out
    )


def mood_of(text: str) -> tuple[float, float]:
    """Valence and energy (−1…1) of the mood words in a text, averaged; 0 and 0 without any."""
    words = {token.casefold() for token in tokens(text[:4000])}
    found = [(valence, energy) for known, valence, energy in _MOODS if known & words]
    if not found:
        return 0.0, 0.0
    return (
        round(sum(v for v, _ in found) / len(found), 2),
        round(sum(e for _, e in found) / len(found), 2),
    )


def structure_for(seconds: float) -> ActStructure:
    """The usual structure of a runtime."""
    for most, structure in (
        (120, ActStructure.MICRO_DRAMA),
        (360, ActStructure.SHORT_3MIN),
        (2100, ActStructure.HALF_HOUR),
        (4500, ActStructure.HOUR),
    ):
        if seconds <= most:
            return structure
    return ActStructure.FEATURE_3


def template_acts(structure: ActStructure) -> tuple[ActPlan, ...]:
    """The acts of a template; their lines are filled in by `assigned`."""
    return tuple(
        ActPlan(number, shape.title, shape.purpose, shape.valence, shape.energy, shape.out, 0)
        for number, shape in enumerate(ACT_SHAPES[structure], 1)
    )


def by_lines(acts: Sequence[ActPlan], lines: Sequence[int]) -> list[int]:
    """The act (index from 0) of each shot by its place in the script; what stands before act one is in it."""
    starts = [act.line for act in acts]
    return [max(0, bisect_right(starts, line) - 1) for line in lines]


def by_share(structure: ActStructure, frames: Sequence[int]) -> list[int]:
    """The act (index from 0) of each shot by the middle of its time against the template's shares."""
    total = sum(frames)
    bounds, reached = [], 0.0
    for shape in ACT_SHAPES[structure][:-1]:
        reached += shape.share
        bounds.append(reached * total)
    found, position = [], 0
    for length in frames:
        found.append(bisect_right(bounds, position + length / 2))
        position += length
    return found


def used(
    acts: Sequence[ActPlan], of_shots: Sequence[int], notes: list[ScriptNote]
) -> tuple[list[ActPlan], list[int]]:
    """Acts that have shots, renumbered, and the new number of each shot; an empty written act is told."""
    kept = sorted(set(of_shots))
    told = set(kept)
    for index, act in enumerate(acts):
        if index not in told and act.line:
            notes.append(ScriptNote(act.line, "script.empty_act", f"{act.title or 'An act'} has no shot."))
    renumbered = {old: new for new, old in enumerate(kept, 1)}
    return [replace(acts[old], number=renumbered[old]) for old in kept], [renumbered[i] for i in of_shots]
