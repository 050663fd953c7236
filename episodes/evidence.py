"""What the operator sees at Gates A and B, gathered from rows: the digest of exactly this is what a decision names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from craft.terms.delivery import frame_size
from craft.terms.rates import FrameRate
from engines.adapters.base import Outline, Quote
from engines.policy import all_policies, policy_for
from engines.pricing import RoleQuote, quote
from engines.rights import Leave, leave_for
from engines.routing import Ground, Leaning, ground
from episodes import opinions, persons, production
from episodes.casting import policy_levels, role_of
from episodes.models import Act, Episode, Shot, Take
from episodes.queries import cast_of, chosen_takes, picture_of, runtime_frames, shot_facts, shots_of
from episodes.references import Picture, pictures_of_all
from pipelines.services import graph_of
from talent import rights
from tenancy.errors import SlateError
from tenancy.models import Studio
from vault.services import url


class NoRoute(SlateError):
    """No engine can do a step of this board."""

    code = "route.none"
    status = 409


def gate_a(episode: Episode) -> dict[str, Any]:
    """Shots with their routes, the quote (low, expected, high), the cap that is left, and the consents that lack."""
    on, project, policies = ground(), episode.project, all_policies()
    opinion = opinions.outline() if opinions.wanted() else None
    rate = FrameRate.parse(project.rate)
    rows, total, basis = [], Quote(), ""
    shots = list(shots_of(episode))
    pictures, uncovered = pictures_of_all(shots), _uncovered(episode, shots)
    for shot in shots:
        uses = persons.everything(shot, project.pk)
        leave = Leave() if uncovered else leave_for(uses)
        role = role_of(shot, cast_of(shot)).value
        leaning = Leaning(role, policy_for(policy_levels(shot), policies), leave=leave)
        routes = {
            role: quote(role, outline, on=on, leaning=leaning)
            for role, outline in outlines(shot, rate, project.aspect, project.quality, pictures[shot.pk])
        }
        if opinion and (asked := quote(opinions.ROLE, opinion, on=on, leaning=leaning)).engine:
            routes[opinions.ROLE] = asked
        price = _sum(routes.values(), shot)
        basis = routes["clip"].basis
        total = total + price
        rows.append(
            {
                **shot_facts(shot),
                "label": shot.label,
                "seconds": round(float(rate.seconds(shot.frames)), 2),
                "place": shot.scene.name,
                "routes": {role: _route_row(decision) for role, decision in routes.items()},
                "price": {"low": price.low, "expected": price.expected, "high": price.high},
                "risks": risks(shot, rate),
            }
        )
    sounds, sound_price = _sound_routes(episode, on, rate)
    total = total + sound_price
    return {
        "shots": rows,
        "sound": sounds,
        "quote": {"low": total.low, "expected": total.expected, "high": total.high},
        "runtime_frames": runtime_frames(episode),
        "project_cap": project.cap_milli,
        "revision": episode.revision,
        "graph": graph_of(project.pk).digest(),
        "basis": basis,
        **({"consents": uncovered} if uncovered else {}),
    }


def _uncovered(episode: Episode, shots: Sequence[Shot]) -> list[dict[str, str]]:
    """What real people in these shots have not agreed to; asks nothing where everybody is invented."""
    found = rights.missing([use for shot in shots for use in persons.everything(shot, episode.project_id)])
    return sorted(found, key=lambda one: (one["who"], one["code"], one["message"]))


def blockers_a(evidence: dict[str, Any]) -> tuple[list[str], list[str]]:
    """No money is reserved for work that nobody may do: (what may never pass, nothing that passes with a reason)."""
    return [one["message"] for one in evidence.get("consents", [])], []


def outlines(
    shot: Shot, rate: FrameRate, aspect: str, quality: str, pictures: Sequence[Picture] = ()
) -> list[tuple[str, Outline]]:
    """The priced steps of a shot as far as they are known before anything is made."""
    given = tuple(one.outlined() for one in pictures)
    seconds, width = float(rate.seconds(shot.frames)), frame_size(aspect, quality)[0]
    lines = list(shot.lines.all())
    found = [
        ("keyframe", Outline("keyframe", images=1, width=width, references=given)),
        ("clip", Outline("clip", seconds=seconds, frames=shot.frames, width=width)),
    ]
    if any(not line.off_screen for line in lines) and cast_of(shot):
        found.append(("lips", Outline("lips", seconds=seconds, frames=shot.frames)))
    if lines:
        found.append(("speech", Outline("speech", characters=sum(len(line.text) for line in lines))))
    found.append(("judge", Outline("judge")))
    return found


def _sound_routes(episode: Episode, on: Ground, rate: FrameRate) -> tuple[list[dict[str, Any]], Quote]:
    rows, total = [], Quote()
    leaning = Leaning(policy=policy_for((f"project:{episode.project_id}",)))
    frames = production.act_frames(episode)
    wanted = [
        (f"Score, {act}", "score", frames.get(act.pk, 0))
        for act in Act.objects.filter(episode=episode).order_by("number")
    ]
    names = sorted({shot.scene.name for shot in shots_of(episode)})
    bed = production.scene_frames(episode)
    wanted += [(f"Ambience, {name}", "ambience", bed) for name in names]
    for title, role, length in wanted:
        seconds = float(rate.seconds(length))
        one = quote(
            role, Outline("score" if role == "score" else "effect", seconds=seconds), on=on, leaning=leaning
        )
        total = total + one.money
        price = {"low": one.low, "expected": one.expected, "high": one.high}
        rows.append({"label": title, "seconds": round(seconds, 2), "route": _route_row(one), "price": price})
    return rows, total


def _sum(quotes: Iterable[RoleQuote], shot: Shot) -> Quote:
    total = Quote()
    for one in quotes:
        if not one.engine:
            raise NoRoute(
                f"{shot.label}: {one.explanation}",
                kept="The board stays as it is.",
                next_step="Open an engine account or change the shot.",
            )
        total = total + one.money
    return total


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
