"""A decision is about exactly what was seen; an edit afterwards voids it and shows only the difference."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from episodes import gates, services
from episodes.models import Episode, GateReview, Shot
from episodes.queries import approval, open_review, shots_of
from studio.services import Brief, start_project
from tenancy.errors import Forbidden, SlateError
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tenancy.services import set_roles
from workflow.models import Job
from workflow.transitions import Stale, WrongState

SCRIPT = """Title: Two

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 1s on INES]]
INES (34) waits.

[[shot: cu low_angle dolly in slow 50mm 1s on INES]]
She turns.
"""


def _episode(studio: Studio, user: Any) -> Episode:
    with studio_scope(studio, actor=user):
        built = start_project(text=SCRIPT, filename="two.fountain", brief=Brief(), actor=user)
        return Episode.objects.select_related("project").get(project=built.project)


def _approved(studio: Studio, user: Any) -> Episode:
    episode = _episode(studio, user)
    with studio_scope(studio, actor=user):
        review = services.submit(episode=episode, actor=user)
        gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)
    return episode


@pytest.mark.django_db
class TestGateA:
    def test_decision_about_something_else_is_refused(self, studio: Studio, user: Any) -> None:
        episode = _episode(studio, user)
        with studio_scope(studio, actor=user):
            seen = services.submit(episode=episode, actor=user).subject_digest
            shot = Shot.objects.get(episode=episode, number=1)
            services.edit_shot(shot=shots_of(episode).get(pk=shot.pk), changes={"frames": 48}, actor=user)
            with pytest.raises(Stale):
                gates.decide(episode=episode, gate="a", approve=True, seen=seen, actor=user)
            assert episode.state == "gate_a"
            assert [r.state for r in GateReview.objects.order_by("created_at")] == ["superseded", "open"]

    def test_sending_back_needs_a_reason_and_ends_in_drafting(self, studio: Studio, user: Any) -> None:
        episode = _episode(studio, user)
        with studio_scope(studio, actor=user):
            review = services.submit(episode=episode, actor=user)
            with pytest.raises(SlateError) as refused:
                gates.decide(episode=episode, gate="a", approve=False, seen=review.subject_digest, actor=user)
            assert refused.value.code == "gate.reason"
            gates.decide(
                episode=episode,
                gate="a",
                approve=False,
                seen=review.subject_digest,
                actor=user,
                note="too long",
            )
            assert (episode.state, GateReview.objects.get().state) == ("drafting", "returned")

    def test_approval_queues_every_step_once(self, studio: Studio, user: Any) -> None:
        episode = _approved(studio, user)
        with studio_scope(studio, actor=user):
            kinds = list(Job.objects.exclude(kind="episodes.draw_board").values_list("kind", flat=True))
            assert episode.state == "generating"
            assert {kind: kinds.count(kind) for kind in set(kinds)} == {
                "episodes.make_keyframe": 2, "episodes.make_approve": 2, "episodes.make_clip": 2,
                "episodes.make_guides": 2,
                "episodes.make_lips": 2, "episodes.make_judge": 2, "episodes.make_effects": 2,
                "episodes.make_score": 2, "episodes.make_ambience": 1, "episodes.takes_ready": 1,
            }  # fmt: skip

    def test_edit_after_approval_voids_it_and_shows_only_the_difference(
        self, studio: Studio, user: Any
    ) -> None:
        episode = _approved(studio, user)
        with studio_scope(studio, actor=user):
            shot = shots_of(episode).get(number=2)
            services.edit_shot(shot=shot, changes={"size": "ecu"}, actor=user)
            episode.refresh_from_db()
            assert (episode.state, approval(episode, "a")) == ("gate_a", None)
            void = GateReview.objects.get(state="superseded")
            assert void.superseded_because == ["shots S02 size: cu → ecu"]
            now = open_review(episode, "a")
            assert now is not None
            found = gates.differences(void.evidence, now.evidence)
            assert [(d.what, d.before, d.now) for d in found] == [("shots S02 size", "cu", "ecu")]

    def test_edit_that_changes_nothing_leaves_the_approval(self, studio: Studio, user: Any) -> None:
        episode = _approved(studio, user)
        with studio_scope(studio, actor=user):
            services.edit_shot(shot=shots_of(episode).get(number=2), changes={"size": "cu"}, actor=user)
            episode.refresh_from_db()
            assert (episode.state, approval(episode, "a") is not None) == ("generating", True)

    def test_roles_decide_and_others_change_nothing(self, studio: Studio, user: Any, stranger: Any) -> None:
        episode = _episode(studio, user)
        with studio_scope(studio, actor=user):
            review = services.submit(episode=episode, actor=user)
            set_roles(user=stranger, roles=["director"], actor=user)  # type: ignore[list-item]
            with pytest.raises(Forbidden):
                gates.decide(
                    episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=stranger
                )
            assert (episode.state, GateReview.objects.get().state) == ("gate_a", "open")

    def test_a_gate_that_is_not_open_cannot_be_decided(self, studio: Studio, user: Any) -> None:
        episode = _episode(studio, user)
        with studio_scope(studio, actor=user):
            for gate in ("a", "b", "c"):
                with pytest.raises(gates.NoOpenGate):
                    gates.decide(episode=episode, gate=gate, approve=True, seen="0" * 64, actor=user)

    def test_cancelled_episode_takes_its_work_along(self, studio: Studio, user: Any) -> None:
        episode = _approved(studio, user)
        with studio_scope(studio, actor=user):
            services.cancel(episode=episode, actor=user)
            assert episode.state == "cancelled"
            assert set(Job.objects.values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_of_two_who_decide_at_once_one_wins(studio: Studio, user: Any) -> None:
    episode = _episode(studio, user)
    with studio_scope(studio, actor=user):
        seen = services.submit(episode=episode, actor=user).subject_digest
    outcome: list[str] = []

    def vote() -> None:
        try:
            with studio_scope(studio, actor=user):
                mine = Episode.objects.select_related("project").get(pk=episode.pk)
                gates.decide(episode=mine, gate="a", approve=True, seen=seen, actor=user)
            outcome.append("decided")
        except (Stale, WrongState, gates.NoOpenGate):
            outcome.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=vote) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["decided"] + ["told"] * 5
    with studio_scope(studio):
        assert list(GateReview.objects.values_list("state", flat=True)) == ["approved"]
