"""Real people in a shot: whose likeness, voice and performance a step uses. The shot's own rows say it.

keyframe, clip, draft, opinion ─▶ the likeness of everybody seen      speech ─▶ the voice of who speaks
lips ─▶ the likeness of everybody seen, and the voices of the lines that are put on their mouths
clip that is acted by a performer, and all that is made of it ─▶ their performance, beside the likeness of whom they act

The board, control passes and a scene's preview are drawn by Slate itself from figures and sent nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from craft.terms.consent import ConsentKind
from engines.rights import Use
from episodes.models import Line, Performance, Shot


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


def performed(film: Performance | None, project: UUID) -> tuple[Use, ...]:
    """What a performer does on film, for whom they act it; empty without a film."""
    if film is None:
        return ()
    kind = ConsentKind.PERFORMANCE.value
    return (Use(film.character_id, kind, project, person=film.performer, born_on=film.performer_born_on),)


def everything(
    shot: Shot, project: UUID, wearing: Collection[UUID] = (), film: Performance | None = None
) -> tuple[Use, ...]:
    """All that making a shot uses, with the performance that its clip acts out."""
    return (*seen(shot, project, wearing), *heard(shot.lines.all(), project), *performed(film, project))
