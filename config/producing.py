"""Produces an episode from a script through its gates, as the command line and the demo do it: by the running workers.

This process only decides and waits; it holds no state, so it may be stopped and started again at any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from craft.terms.states import EpisodeState as E
from edit_suite.queries import blockers, latest_master
from episodes import builder, gates, services
from episodes.models import Episode, Take
from episodes.production import READY_JOB
from studio.models import Source
from studio.registries import Built
from studio.services import Brief, read_source, start_project
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.queries import get_for
from tenancy.scope import studio_scope
from workflow.models import Job
from workflow.states import ENDED_STATES

Tell = Callable[[str, int, int, str], None]
POLL_SECONDS = 0.5
GATES = {"gate_a": "a", "gate_b": "b", "gate_c": "c"}
NOTE = "decided from the command line"


class ProductionStopped(SlateError):
    """A step failed for good; everything finished before stays and the production can be continued."""

    code = "production.stopped"
    status = 409


@dataclass(slots=True)
class Production:
    """One run: which studio, who decides, whom to tell."""

    studio_id: UUID
    actor: User
    tell: Tell
    episode_id: UUID | None = None
    first_frame_at: float | None = None
    started: float = field(default_factory=time.monotonic)

    def create(self, path: Path, series: str = "", genre: str = "", tone: str = "", seed: int = 1) -> Built:
        """Make project and board from a script file; a `studio.json` beside it is the studio's bible."""
        text = read_source(path.read_bytes())
        beside = path.with_name("studio.json")
        bible = builder.read_bible(beside.read_text()) if beside.is_file() else {}
        brief = Brief(
            title=series or str(bible.get("series", "")),
            genre=genre or str(bible.get("genre", "")),
            tone=tone or str(bible.get("tone", "")),
            seed=seed,
        )
        with studio_scope(self.studio_id, actor=self.actor):
            built = start_project(
                text=text,
                filename=path.name,
                brief=brief,
                actor=self.actor,
                build=lambda source, actor: _build(source, actor, bible),
            )
            self.episode_id = Episode.objects.get(project=built.project).pk
        self.tell(
            "board",
            0,
            built.facts["shots"],
            f"{built.facts['shots']} shots, {built.facts['characters']} characters, {built.facts['scenes']} scenes",
        )
        return built

    def run(self, until: str = "gate_c", *, decide_last: bool = True) -> None:
        """Go on from wherever the episode is until it stands at (or, by default, has passed) this gate."""
        self._wait("board", lambda: Job.objects.filter(kind="episodes.draw_board"))
        stop_at = GATES[until]
        for gate in ("a", "b", "c"):
            self._reach(gate)
            if gate == stop_at and not decide_last:
                break
            self._decide(gate)
            if gate == stop_at:
                break

    def _reach(self, gate: str) -> None:
        if gate == "a":
            with studio_scope(self.studio_id, actor=self.actor):
                episode = self._episode()
                if episode.state == E.DRAFTING:
                    services.submit(episode=episode, actor=self.actor)
            return
        stage = {"b": "takes", "c": "assembly"}[gate]
        kinds = {"b": "episodes.", "c": "edit_suite."}[gate]
        self._wait(
            stage,
            lambda: Job.objects.filter(kind__startswith=kinds).exclude(kind="episodes.draw_board"),
            until_state=f"gate_{gate}",
        )

    def _decide(self, gate: str) -> None:
        with studio_scope(self.studio_id, actor=self.actor):
            episode = self._episode()
            if episode.state != f"gate_{gate}":
                return
            review = gates.refresh(episode, gate)
            never, failed = blockers(review.evidence) if gate == "c" else ([], [])
            against = never + failed
            if against:
                raise ProductionStopped(
                    f"Gate C: {' '.join(against)}",
                    kept="The master stays in the vault.",
                    next_step="Look at the gate's page.",
                )
            gates.decide(
                episode=episode,
                gate=gate,
                approve=True,
                seen=review.subject_digest,
                actor=self.actor,
                note=NOTE,
            )
        self.tell(gates.NAMES[gate], 1, 1, "approved")

    def _wait(self, stage: str, rows: Callable[[], Any], until_state: str = "") -> None:
        """Follow the episode's jobs until none is open (and the episode has reached a state)."""
        last = (-1, -1, False)
        while True:
            with studio_scope(self.studio_id):
                mine = rows().filter(payload__episode=str(self.episode_id))
                total, ended = mine.count(), mine.filter(state__in=ENDED_STATES).count()
                broken = _broken(mine)
                state, people = self._episode().state, mine.filter(waiting_for="gate").exists()
                self._note_first_frame()
            if broken is not None:
                raise _stopped(broken)
            if (ended, total, people) != last:
                last = (ended, total, people)
                self.tell(stage, ended, total, "waits for a person, see the inbox" if people else "")
            if ended == total and (not until_state or state == until_state or _past(state, until_state)):
                return
            time.sleep(POLL_SECONDS)

    def _note_first_frame(self) -> None:
        if (
            self.first_frame_at is None
            and Take.objects.filter(episode_id=self.episode_id, stage="board").exists()
        ):
            self.first_frame_at = time.monotonic() - self.started

    def _episode(self) -> Episode:
        return get_for(Episode, self.episode_id, using=Episode.objects.select_related("project"))

    def outcome(self) -> dict[str, Any]:
        """What was made: sizes, loudness, provenance, and the shots."""
        with studio_scope(self.studio_id):
            episode = self._episode()
            master = latest_master(episode)
            facts: dict[str, Any] = {
                "episode": str(episode.pk),
                "project": str(episode.project_id),
                "state": episode.state,
                "shots": episode.shots.count(),
            }
            if master is not None:
                facts |= {
                    "asset": str(master.asset_id),
                    "sha256": master.asset.sha256,
                    "frames": master.frames,
                    "fps": master.rate,
                    "loudness_lufs": master.loudness.get("integrated"),
                    "true_peak_dbtp": master.loudness.get("true_peak"),
                    "provenance": master.provenance.get("state", "not measured"),
                    "checks": master.checks.get("rows", []),
                }
        return facts | {
            "first_frame_s": None if self.first_frame_at is None else round(self.first_frame_at, 2)
        }


def _broken(mine: Any) -> Job | None:
    """The first job that stops the production; steps of a plan that another has replaced were dropped on purpose."""
    newest = mine.filter(kind=READY_JOB).order_by("-created_at").first()
    stopped = mine.filter(state__in=("failed", "needs_decision", "cancelled")).order_by("ended_at")
    if newest is not None and newest.state != "cancelled":
        stopped = stopped.exclude(state="cancelled")
    found: Job | None = stopped.first()
    return found


def _build(source: Source, actor: User | None, bible: dict[str, Any]) -> Built:
    return builder.build(source, actor, bible)


def _past(state: str, gate_state: str) -> bool:
    order = [s.value for s in E]
    return order.index(state) > order.index(gate_state)


def _stopped(job: Job) -> ProductionStopped:
    error = job.error or {}
    return ProductionStopped(
        f"“{job.title or job.kind}” did not finish: {error.get('message', job.state)}",
        kept=str(error.get("kept", "") or "Everything finished before stays."),
        next_step=str(error.get("next_step", "") or "Try the job again from the command center."),
    )
