"""What breaks inside a view of the API is told with the same headers as what breaks around it."""

from __future__ import annotations

import pytest
from django.db.utils import OperationalError

from config.problems import RETRY_AFTER, api_answer


@pytest.mark.django_db
def test_database_that_goes_away_within_a_view_says_when_to_come_again() -> None:
    answer = api_answer(OperationalError("terminating connection due to administrator command"), {})
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (503, RETRY_AFTER)
