"""Real people in a shot: whose likeness and voice a step uses. The shot's own rows say it; nothing is asked for.

keyframe, clip, draft, opinion ─▶ the likeness of everybody seen      speech ─▶ the voice of who speaks
lips ─▶ the likeness of everybody seen, and the voices of the lines that are put on their mouths

The board, control passes and a scene's preview are drawn by Slate itself from figures and sent nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from craft.terms.consent import ConsentKind
from engines.rights import Use
from episodes.models import Line, Shot


def seen(shot: Shot, project: UUID, wearing: Collection[UUID] = ()) -> tuple[Use, ...]:
    """The likenesses in a shot; empty when everybody in it is invented. Of those who are `wearing` something that was
    learned from them, it is also a use of the training."""
    return tuple(
        Use(
            entry.character_id,
            ConsentKind.LIKENESS.value,
            project,
            training=entry.character_id in wearing,
        )
        for entry in shot.cast.all()
        if entry.character.portrays
    )


def heard(lines: Iterable[Line], project: UUID) -> tuple[Use, ...]:
    """The voices of lines, with the language each is spoken in."""
    return tuple(
        Use(line.character_id, ConsentKind.VOICE.value, project, frozenset({line.language}))
        for line in lines
        if line.character.portrays
    )


def everything(shot: Shot, project: UUID, wearing: Collection[UUID] = ()) -> tuple[Use, ...]:
    """All that making a shot uses."""
    return (*seen(shot, project, wearing), *heard(shot.lines.all(), project))
