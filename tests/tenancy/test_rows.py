"""New rows by one statement a table: what `save` would have written, and the same refusals."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tenancy import rows
from tenancy.errors import OutsideScope
from tenancy.models import Studio
from tenancy.scope import studio_scope
from vault.models import Asset, Blob

pytestmark = pytest.mark.django_db
SHA = "ab" * 32


def _blob() -> Blob:
    return Blob(sha256=SHA, size=7, mime="text/plain", key="k")


def _asset(blob: Blob, **facts: Any) -> Asset:
    title = "100 % “ours”; DROP TABLE 'x' -- %s"
    facts = {"meta": {"a": [1]}, **facts}
    return Asset(kind="other", title=title, mime="text/plain", size=7, sha256=SHA, blob=blob, **facts)


def test_row_is_what_save_would_have_written(studio: Studio) -> None:
    with studio_scope(studio):
        blob = _blob()
        rows.insert(blob)
        ours, theirs = _asset(blob, project_id=uuid.uuid4()), _asset(blob)
        theirs.project_id = ours.project_id
        rows.insert(ours)
        theirs.save()
        one, other = (Asset.objects.filter(pk=a.pk).values().get() for a in (ours, theirs))
        times = {"created_at", "updated_at"}
        assert all(one[name] is not None for name in times)
        assert {k: v for k, v in one.items() if k not in {"id", *times}} == {
            k: v for k, v in other.items() if k not in {"id", *times}
        }
        ours.title = "changed"
        ours.save()
        assert Asset.objects.get(pk=ours.pk).title == "changed", "it is known to be there"


@pytest.mark.parametrize("meta", ["a text", "", 7, True, ["x"], {}])
def test_json_stays_json_whatever_is_in_it(studio: Studio, meta: Any) -> None:
    with studio_scope(studio):
        blob = _blob()
        rows.insert(blob)
        asset = _asset(blob, meta=meta)
        rows.insert(asset)
        assert Asset.objects.get(pk=asset.pk).meta == meta


def test_every_row_of_a_table_has_the_same_statement(studio: Studio) -> None:
    with studio_scope(studio), CaptureQueriesContext(connection) as asked:
        blob = _blob()
        rows.insert(blob)
        before = rows._statement(Asset)
        rows.insert(_asset(blob))
        rows.insert(_asset(blob, project_id=uuid.uuid4(), meta={}))
        assert rows._statement(Asset) is before
    assert len(asked) == 3, "one for each row"


def test_row_is_written_and_the_database_asked_with_one_statement(studio: Studio) -> None:
    with studio_scope(studio), CaptureQueriesContext(connection) as asked:
        blob = _blob()
        question = "SELECT upper(%s), length(%s)"
        assert rows.insert_and_ask(blob, question, ["100 % lamp", "abc"]) == ("100 % LAMP", 3)
        assert len(asked) == 1
        assert Blob.objects.get().pk == blob.pk
        assert rows.insert_and_ask(_asset(blob), "SELECT 1 WHERE %s", [False]) is None
        assert Asset.objects.count() == 1


def test_row_takes_what_a_query_tells_in_one_of_its_columns(studio: Studio) -> None:
    source, project = "source AS (SELECT id FROM vault_blob WHERE sha256 = %s)", uuid.uuid4()
    with studio_scope(studio):
        blob = _blob()
        asset = Asset(
            kind="other",
            title="Film",
            mime="text/plain",
            size=7,
            sha256=SHA,
            meta={"a": [1]},
            project_id=project,
        )
        assert not rows.insert_with(asset, "blob_id", source, [SHA])
        assert not Asset.objects.exists(), "it told nothing"
        rows.insert(blob)
        assert rows.insert_with(asset, "blob_id", source, [SHA])
        assert asset.blob_id == blob.pk
        found = Asset.objects.get()
        assert (found.blob_id, found.project_id, found.meta, found.title) == (
            blob.pk,
            project,
            {"a": [1]},
            "Film",
        )


def test_what_the_table_refuses_is_refused(studio: Studio) -> None:
    with studio_scope(studio):
        rows.insert(_blob())
        with pytest.raises(IntegrityError, match="blob_one_per_content"), transaction.atomic():
            rows.insert(_blob())
        assert Blob.objects.count() == 1


def test_outside_a_scope_nothing_is_written(studio: Studio) -> None:
    with studio_scope(studio):
        blob = _blob()
    with pytest.raises(OutsideScope):
        rows.insert(blob)
