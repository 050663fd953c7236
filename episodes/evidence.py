"""What the operator sees at Gates A and B, gathered from rows: the digest of exactly this is what a decision names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from craft.terms.rates import FrameRate
from engines.adapters.base import Quote
from engines.pricing import RoleQuote
from episodes import persons
from episodes.models import Episode, Performance, Shot, Take
from episodes.performed import part_of
from episodes.queries import cast_of, chosen_takes, picture_of, runtime_frames, shot_facts, shots_of
from episodes.quoting import Priced, Quoting, total_of
from pipelines.services import graph_of
from talent import rights
from talent.queries import wearing
from tenancy.errors import SlateError
from tenancy.models import Studio
from vault.services import url


class NoRoute(SlateError):
    """No engine can do a step of this board."""

    code = "route.none"
    status = 409


def gate_a(episode: Episode) -> dict[str, Any]:
    """Shots with their routes, the quote (low, expected, high), the cap that is left, and the consents that lack."""
    quoting, project = Quoting(episode), episode.project
    rows, total, basis = [], Quote(), ""
    shots = list(shots_of(episode))
    uncovered = _uncovered(quoting, shots)
    for shot in shots:
        film = quoting.film(shot)
        acted = {"performance": _performance_row(film, shot)} if film else {}
        priced = _possible(shot, list(quoting.shot(shot)))
        routes = {one.role: one.quote for one in priced}
        price = total_of(priced)
        basis = routes["clip"].basis if "clip" in routes else basis
        total = total + price
        rows.append(
            {
                **shot_facts(shot),
                "label": shot.label,
                "seconds": round(float(quoting.rate.seconds(shot.frames)), 2),
                "place": shot.scene.name,
                "routes": {role: _route_row(decision) for role, decision in routes.items()},
                "price": {"low": price.low, "expected": price.expected, "high": price.high},
                "risks": risks(shot, quoting.rate),
                **acted,
            }
        )
    sounds = list(quoting.sound())
    total = total + total_of(sounds)
    return {
        "shots": rows,
        "sound": [_sound_row(one) for one in sounds],
        "quote": {"low": total.low, "expected": total.expected, "high": total.high},
        "runtime_frames": runtime_frames(episode),
        "project_cap": project.cap_milli,
        "revision": episode.revision,
        "graph": graph_of(project.pk).digest(),
        "basis": basis,
        **({"consents": uncovered} if uncovered else {}),
    }


def _performance_row(film: Performance, shot: Shot) -> dict[str, Any]:
    """Who acts the shot, from which film. Raises PerformanceRefused where it ends before the shot does."""
    first, frames = part_of(film, shot)
    return {
        "performer": film.performer,
        "character": film.character.name,
        "film": film.asset.sha256,
        "part": [first, frames],
        "body": film.body,
        "expression": film.expression,
    }


def _uncovered(quoting: Quoting, shots: Sequence[Shot]) -> list[dict[str, str]]:
    """What real people in these shots have not agreed to; asks nothing where everybody is invented."""
    project = quoting.episode.project_id
    if not any(persons.everything(shot, project, film=quoting.film(shot)) for shot in shots):
        return []
    worn = wearing()
    found = rights.missing(
        [use for shot in shots for use in persons.everything(shot, project, worn, quoting.film(shot))]
    )
    return sorted(found, key=lambda one: (one["who"], one["code"], one["message"]))


def blockers_a(evidence: dict[str, Any]) -> tuple[list[str], list[str]]:
    """No money is reserved for work that nobody may do: (what may never pass, nothing that passes with a reason)."""
    return [one["message"] for one in evidence.get("consents", [])], []


def _possible(shot: Shot, priced: list[Priced]) -> list[Priced]:
    for one in priced:
        if not one.quote.engine:
            raise NoRoute(
                f"{shot.label}: {one.quote.explanation}",
                kept="The board stays as it is.",
                next_step="Open an engine account or change the shot.",
            )
    return priced


def _sound_row(one: Priced) -> dict[str, Any]:
    price = {"low": one.quote.low, "expected": one.quote.expected, "high": one.quote.high}
    return {
        "label": one.label,
        "seconds": round(one.seconds, 2),
        "route": _route_row(one.quote),
        "price": price,
    }


def _route_row(one: RoleQuote) -> dict[str, Any]:
    best = one.decision.candidates[0].model if one.decision.candidates else None
    return {
        "engine": one.engine,
        "label": best.label if best else "none",
        "builtin": one.builtin,
        "rejected": [{"model": key, "reason": why} for key, why in one.decision.rejected],
    }


def risks(shot: Shot, rate: FrameRate) -> list[str]:
    """What may go wrong with this shot, found by rule before money moves."""
    found = []
    words = sum(len(line.text.split()) for line in shot.lines.all())
    needed = words / 2.5 + 0.5 if words else 0.0
    seconds = float(rate.seconds(shot.frames))
    if needed > seconds:
        found.append(f"{words} words need about {needed:.1f} s, the shot has {seconds:.1f} s")
    speakers = {line.character_id for line in shot.lines.all() if not line.off_screen}
    unseen = speakers - {c.pk for c in cast_of(shot)}
    if unseen:
        found.append("somebody speaks who is not in the shot")
    if len(speakers) > 1:
        found.append("two speakers in one shot: lips are harder")
    return found


def gate_b(episode: Episode) -> dict[str, Any]:
    """The chosen take of every shot with its score, the sound takes, and what was spent."""
    takes = chosen_takes(episode)
    slug = Studio.objects.values_list("slug", flat=True).get(pk=episode.studio_id)
    rows = [
        _take_row(shot, picture_of(takes, shot), takes.get(("keyframe", shot.pk)))
        for shot in shots_of(episode)
    ]
    sounds = [
        {
            "stage": stage,
            "title": take.asset.title,
            "sha256": take.asset.sha256,
            "engine": f"{take.engine}/{take.model}",
        }
        for (stage, _), take in sorted(
            takes.items(), key=lambda item: (item[0][0], item[1].asset.title, str(item[0][1]))
        )
        if stage in ("speech", "score", "ambience", "effect")
    ]
    spent = sum(Take.objects.filter(episode=episode).values_list("cost_milli", flat=True))
    return {"shots": rows, "sound": sounds, "spent": spent, "studio": slug, "revision": episode.revision}


def _take_row(shot: Shot, take: Take | None, keyframe: Take | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "label": shot.label,
        "shot": str(shot.pk),
        "scene": shot.scene.name,
        "take": "",
        "sha256": "",
        "score": {},
    }
    if keyframe is not None:
        row |= {"keyframe": keyframe.asset.sha256, "frame_url": url(keyframe.asset)}
    if take is not None:
        score = {name: take.score.get(name) for name in ("total", "verdict", "findings")}
        row |= {
            "take": take.label,
            "sha256": take.asset.sha256,
            "score": score,
            "engine": f"{take.engine}/{take.model}",
            "clip_url": url(take.asset),
        }
    return row
