"""Numbered events: every stream counts from one without a gap, whoever writes."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from redis import Redis

from tenancy.audit import record
from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow.events import Bell, emit, taken_along
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


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_events_of_one_stream_go_with_the_last_statement(studio: Studio) -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    with studio_scope(studio):
        assert taken_along() is None, "there are none"
        emit(one, "test.first", {"n": 1})
        emit(one, "test.second", {"n": 2})
        batch = taken_along()
        assert batch is not None and taken_along() is None
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {batch.expression}", batch.values)
            assert cursor.fetchone() == (2,)
    with studio_scope(studio):
        told = Event.objects.filter(stream_id=one).order_by("seq").values_list("seq", "kind", "body")
        assert list(told) == [(1, "test.first", {"n": 1}), (2, "test.second", {"n": 2})]
        emit(one, "test.third", {})
        emit(other, "test.first", {})
        assert taken_along() is None, "each stream has its own lock, taken in one order"
    with studio_scope(studio):
        emit(one, "test.fourth", {})
        record(None, "test.done", "test:1")
        assert taken_along() is None, "the audit chain is locked first"
    with studio_scope(studio):
        assert Event.objects.filter(stream_id=one).count() == 4
        assert Event.objects.filter(stream_id=other).count() == 1


def test_bell_hears_nothing_and_rings_over_a_new_line_when_the_old_one_is_closed() -> None:
    bell, channel = Bell(), f"test:{uuid.uuid4()}"
    with Redis.from_url(settings.REDIS_URL, decode_responses=True) as redis, redis.pubsub() as heard:
        heard.subscribe(channel)
        assert heard.get_message(timeout=5) is not None, "the subscription stands"
        for number in range(3):
            bell.ring(channel, f"first {number}")
        lines = [int(row["id"]) for row in redis.client_list(_type="normal") if row["cmd"] == "publish"]
        assert redis.client_kill_filter(_id=max(lines)) == 1
        for number in range(3):
            bell.ring(channel, f"second {number}")
        messages = [heard.get_message(timeout=5) for _ in range(6)]
    told = [f"{line} {number}" for line in ("first", "second") for number in range(3)]
    assert [message and message["data"] for message in messages] == told
    assert not bell._line.can_read(0.2), "Redis answers nothing"
    bell._line.disconnect()
