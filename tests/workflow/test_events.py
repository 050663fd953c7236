"""Numbered events: every stream counts from one without a gap, whoever writes."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow.events import emit
from workflow.models import Event


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_streams_that_many_begin_at_once_get_all_their_events(studio: Studio) -> None:
    """Each round all writers bring the first event of one stream: none of them may break at another's row."""
    writers, rounds = 6, 25
    streams = [uuid.uuid4() for _ in range(rounds)]
    together = threading.Barrier(writers, timeout=30)

    def write(number: int) -> None:
        try:
            for stream in streams:
                together.wait()
                with studio_scope(studio.pk):
                    emit(stream, "test.began", {"writer": number})
        finally:
            connection.close()

    with ThreadPoolExecutor(writers) as pool:
        jobs = [pool.submit(write, number) for number in range(writers)]
    assert [job.exception() for job in jobs] == [None] * writers
    with studio_scope(studio):
        for stream in streams:
            found: list[Any] = list(
                Event.objects.filter(stream_id=stream).order_by("seq").values_list("seq", "body")
            )
            assert [seq for seq, _ in found] == list(range(1, writers + 1))
            assert {body["writer"] for _, body in found} == set(range(writers))
