"""What an engine's rules refuse, said once in milder words: where the studio put an engine first for it, and not else.

The engine that refused is asked again, no other: milder words are no way round its rules. A second refusal stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from engines.adapters.base import Clip, Keyframe, ModerationInput, Request, Text
from engines.errors import EngineGaveUp, NoRoute, SpendRefused
from engines.models import EngineCall
from engines.queries import goes_first
from engines.services import run_call
from episodes.models import Episode
from episodes.spending import budget_of
from workflow.runner import Context

ROLE, SHAPE, ANSWER_TOKENS = "harden", "softened_prompt", 3000
INSTRUCTIONS = """\
The rules of an engine that makes pictures refused the prompt in the data. Write it again so that it keeps to
such rules: the same people, place, light, framing and moment of the story, in milder words where it is
violent, sexual, frightening or about a real person. Take out what cannot be said mildly; do not disguise it,
spell it otherwise or hint at it. Keep the language of the prompt. Say in one sentence what you changed."""


@dataclass(frozen=True, slots=True)
class Softened:
    """The request in milder words, whose they are, and what was changed."""

    request: Request
    by: str
    changed: str
    call: str


def refused(job_id: UUID, step: str) -> bool:
    """Whether an engine's rules refused this very step of a job. Call inside a scope."""
    rows = EngineCall.objects.filter(job_id=job_id, step=step)
    return bool(rows.filter(error__code=ModerationInput.code).exists())


def may(request: Request, error: EngineGaveUp | None = None) -> bool:
    """Whether milder words may be tried: a still or clip, refused by rules, in a studio that allows it."""
    fits = error is None or error.code == ModerationInput.code
    # where a film says what happens there are no words to put milder
    return fits and isinstance(request, Keyframe | Clip) and bool(request.prompt) and goes_first(ROLE)


def softened(ctx: Context, request: Request, episode: Episode, subject: UUID) -> Softened | None:
    """Ask for milder words, once in a job however often it runs; None when there are none."""
    if not isinstance(request, Keyframe | Clip):
        return None
    asked = Text(
        task="harden",
        instructions=INSTRUCTIONS,
        data=request.prompt,
        schema=SHAPE,
        max_tokens=ANSWER_TOKENS,
    )
    try:
        result = run_call(
            ctx,
            request=asked,
            role=ROLE,
            subject=f"episodes.harden:{subject}",
            project=episode.project_id,
            budget=budget_of(episode),
            about=(f"project:{episode.project_id}",),
        )
    except (EngineGaveUp, NoRoute, SpendRefused):
        return None
    answer = result.files[0].meta["answer"]
    words = answer["prompt"].strip()
    if words in ("", request.prompt):
        return None
    return Softened(
        replace(request, prompt=words),
        f"{result.engine}/{result.model}",
        answer["changed"],
        str(result.call_id),
    )
