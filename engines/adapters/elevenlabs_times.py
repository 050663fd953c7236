"""When each character and each line is heard, as ElevenLabs tells it, in the studio's milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

NOTE = "Times of characters; the engine tells neither phonemes nor mouths."


def times(alignment: Mapping[str, Any] | None) -> dict[str, Any]:
    """`characters`: [character, from, to] of what is spoken, `ends_at`: when the last is over, in seconds.

    There are no phonemes, so `visemes` is empty. A tag in brackets ahead of the words is not spoken.
    """
    facts: dict[str, Any] = {"characters": [], "visemes": [], "note": NOTE}
    if alignment is None:
        return facts
    rows = [
        [character, _ms(start), _ms(end)]
        for character, start, end in zip(
            alignment["characters"],
            alignment["character_start_times_seconds"],
            alignment["character_end_times_seconds"],
            strict=True,
        )
    ]
    facts["characters"] = rows[_tag([row[0] for row in rows]) :]
    if rows:
        facts["ends_at"] = max(row[2] for row in rows) / 1000
    return facts


def line_times(segments: Sequence[Mapping[str, Any]]) -> list[dict[str, int]]:
    """Which line is heard from when to when; a line in several pieces from its first to its last."""
    found: dict[int, dict[str, int]] = {}
    for segment in segments:
        line = int(segment["dialogue_input_index"])
        start, end = _ms(segment["start_time_seconds"]), _ms(segment["end_time_seconds"])
        known = found.setdefault(line, {"line": line, "at_ms": start, "end_ms": end})
        known["at_ms"], known["end_ms"] = min(known["at_ms"], start), max(known["end_ms"], end)
    return [found[line] for line in sorted(found)]


def _ms(seconds: float) -> int:
    return round(float(seconds) * 1000)


def _tag(characters: Sequence[str]) -> int:
    """How many characters a tag at the beginning takes, with the blank behind it."""
    if not characters or characters[0] != "[" or "]" not in characters:
        return 0
    end = characters.index("]") + 1
    return end + 1 if characters[end : end + 1] == [" "] else end
