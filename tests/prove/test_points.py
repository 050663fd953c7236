"""Named points: each is a function of the product; a worker dies there once for each death that is laid there."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from prove import points
from prove.points import POINTS, Fuses

CERTAIN, UNLIKELY = 0.0, 0.999


class Always(random.Random):
    """Chance that always comes true."""

    def random(self) -> float:
        return CERTAIN


class Never(random.Random):
    """Chance that never comes true."""

    def random(self) -> float:
        return UNLIKELY


def _status(work: Callable[[], object]) -> int:
    """How a child ends that does this: its exit status, or the signal below zero."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class TestPoints:
    """Where they are."""

    def test_every_point_is_a_function_of_the_product(self) -> None:
        for point in POINTS:
            owner, name = points._found(point.where)
            assert callable(getattr(owner, name)), point.name

    def test_point_that_is_not_there_is_an_error(self) -> None:
        with pytest.raises(AttributeError):
            points._found("engines.calls:creates")

    def test_names_are_as_many_as_reliability_asks_and_differ(self) -> None:
        assert len({point.name for point in POINTS}) == len(POINTS) >= 25
        assert len({(point.where, point.after) for point in POINTS}) == len(POINTS)


class TestFuses:
    """Who dies, where and how often."""

    def test_dies_as_often_as_deaths_wait(self, tmp_path: Path) -> None:
        points.lay(tmp_path / "points", 2)
        fuses = Fuses(tmp_path / "points", 6, Always())
        ends = [_status(lambda: fuses.reach(3)) for _ in range(3)]
        assert ends == [-signal.SIGKILL, -signal.SIGKILL, 0]
        unmet = points.left(tmp_path / "points")
        assert POINTS[3].name not in unmet
        assert set(unmet.values()) == {2} and len(unmet) == len(POINTS) - 1

    def test_dies_for_certain_where_few_deaths_are_left(self, tmp_path: Path) -> None:
        points.lay(tmp_path / "points", 1)
        fuses = Fuses(tmp_path / "points", 6, Never())
        assert _status(lambda: fuses.reach(0)) == 0
        for number in range(points.FEW, len(POINTS)):
            (tmp_path / "points" / str(number) / "0").unlink()
        assert _status(lambda: fuses.reach(0)) == -signal.SIGKILL

    def test_goes_on_with_a_job_that_has_lost_too_many(self, tmp_path: Path) -> None:
        points.lay(tmp_path / "points", 1)
        fuses = Fuses(tmp_path / "points", 6, Always(), lost=6)
        assert _status(lambda: fuses.reach(0)) == 0
        assert points.left(tmp_path / "points")[POINTS[0].name] == 1

    def test_goes_on_where_nothing_was_laid(self, tmp_path: Path) -> None:
        assert _status(lambda: Fuses(tmp_path / "none", 6, Always()).reach(0)) == 0

    def test_dies_before_or_after_what_the_function_does(self, tmp_path: Path) -> None:
        points.lay(tmp_path / "points", 1)
        fuses, done = Fuses(tmp_path / "points", 6, Always()), tmp_path / "done"
        before = points._fused(done.touch, fuses, 0, after=False)
        after = points._fused(done.touch, fuses, 1, after=True)
        assert _status(before) == -signal.SIGKILL
        assert not done.exists()
        assert _status(after) == -signal.SIGKILL
        assert done.exists()

    def test_laying_again_replaces_what_was_left(self, tmp_path: Path) -> None:
        points.lay(tmp_path / "points", 3)
        points.lay(tmp_path / "points", 1)
        assert set(points.left(tmp_path / "points").values()) == {1}
