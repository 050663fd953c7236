"""The fake engines' process for adapters alone: neither Django nor a database is needed to test one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.process import FakeEngine, running


@pytest.fixture(scope="session")
def engines_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeEngine]:
    with running(tmp_path_factory.mktemp("fake-engines") / "charges.jsonl") as process:
        yield process


@pytest.fixture
def fake(engines_running: FakeEngine) -> FakeEngine:
    """The process with its log as far as this test is concerned."""
    return engines_running.fresh()
