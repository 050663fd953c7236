"""What may pass Gate C: nothing with broken provenance, a failing check only with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from edit_suite.queries import blockers


def _evidence(state: str = "trusted", *, loud: bool = True, check: bool | None = True) -> dict[str, Any]:
    rows = [{"name": "Duration", "ok": check, "value": "9 frames of 10"}]
    return {"checks": {"rows": rows}, "loudness": {"holds": loud}, "provenance": {"state": state}}


def test_a_sound_master_has_nothing_against_it() -> None:
    assert blockers(_evidence()) == ([], [])
    assert blockers(_evidence("valid", check=None)) == ([], [])


@pytest.mark.parametrize("state", ["invalid", "unsigned", ""])
def test_broken_provenance_may_never_pass(state: str) -> None:
    never, against = blockers(_evidence(state))
    assert (never, against) == (["The provenance of the master is not valid."], [])


def test_failed_checks_and_loudness_speak_against_it() -> None:
    never, against = blockers(_evidence(loud=False, check=False))
    assert never == []
    assert against == ["Duration: 9 frames of 10", "Loudness is outside its target."]
