"""What comes in through the builder and the API: a board, or a clear refusal that leaves nothing behind."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from episodes.models import Shot
from studio.models import Project
from talent.models import Character
from tenancy.models import Studio, StudioModel
from tenancy.scope import studio_scope

pytestmark = pytest.mark.django_db

SCENE = "INT. OFFICE - NIGHT\n\nThe lamp hums.\n\nINES\nWe are open.\n\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8
TITLES = [
    "hi':textfile=secret.txt:x='",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "\u202etxt.exe",
    "👩\u200d👩\u200d👧 night",
    "ÉLODIE и МАРА",
]


def _rows(studio: Studio) -> dict[str, int]:
    with studio_scope(studio):
        return {
            model._meta.label: model.objects.count()
            for model in apps.get_models()
            if issubclass(model, StudioModel)
        }


def _post(api: Any, studio: Studio, **body: Any) -> Any:
    return api.post(f"/api/v1/studios/{studio.slug}/projects", body, format="json")


def _refused(answer: Any) -> dict[str, Any]:
    assert 400 <= answer.status_code < 500, answer.content[:300]
    error: dict[str, Any] = answer.json()["error"]
    assert error["code"] and error["message"]
    assert {"code", "message", "kept", "charged", "next_step", "fields"} == set(error)
    return error


@pytest.mark.parametrize(
    "script", ["", "   \n\t ", "\x00\x00", "INT. A - DAY\x00", "\x89PNG\r\n\x1a\n\x00\x00"]
)
def test_unusable_script_is_refused_and_leaves_nothing(api: Any, studio: Studio, script: str) -> None:
    before = _rows(studio)
    error = _refused(_post(api, studio, script=script))
    assert error["kept"]
    assert _rows(studio) == before


@pytest.mark.parametrize("field", ["title", "tone", "filename"])
def test_nul_in_a_field_is_refused_and_leaves_nothing(api: Any, studio: Studio, field: str) -> None:
    before = _rows(studio)
    _refused(_post(api, studio, script=SCENE, **{field: "a\x00b"}))
    assert _rows(studio) == before


@pytest.mark.parametrize(
    "choice",
    [
        {"genre": "opera"},
        {"aspect": "4:3"},
        {"quality": "8k"},
        {"kind": "podcast"},
        {"cap_milli": -1},
        {"cap_milli": 2**63},
        {"cap_milli": "1,000"},
        {"cap_milli": "1e400"},
        {"cap_milli": "NaN"},
        {"title": "x" * 300},
    ],
)
def test_impossible_choice_names_its_field(api: Any, studio: Studio, choice: dict[str, Any]) -> None:
    before = _rows(studio)
    error = _refused(_post(api, studio, script=SCENE, **choice))
    assert list(error["fields"]) == list(choice)
    assert _rows(studio) == before


@pytest.mark.parametrize(
    "raw", ['{"script": "x", "cap_milli": NaN}', '{"script": "x", "cap_milli": 1e400}', "[", "[]"]
)
def test_odd_json_is_refused(api: Any, studio: Studio, raw: str) -> None:
    answer = api.generic(
        "POST", f"/api/v1/studios/{studio.slug}/projects", raw, content_type="application/json"
    )
    _refused(answer)


@pytest.mark.parametrize("title", TITLES)
def test_odd_title_is_kept_as_it_was_written(api: Any, client_in: Any, studio: Studio, title: str) -> None:
    answer = _post(api, studio, script=SCENE, title=title)
    assert (answer.status_code, answer.json()["project"]["title"]) == (201, title)
    page = client_in.get(f"/s/{studio.slug}/").content.decode()
    assert "<script>alert(1)" not in page
    assert client_in.get(answer.json()["url"]).status_code == 200


def test_odd_scripts_become_boards(api: Any, studio: Studio) -> None:
    silent = _post(api, studio, script="EXT. STREET - DAY\n\nRain on an empty street.\n").json()["facts"]
    assert (silent["characters"], silent["scenes"]) == (0, 1)
    long_line = _post(api, studio, script="EXT. STREET - DAY\n\n" + "rain " * 1000 + "\n")
    assert long_line.status_code == 201
    one = _post(api, studio, script=SCENE).json()["facts"]
    assert (one["characters"], one["lines"]) == (1, 1)
    twice = _post(api, studio, script=SCENE + "INES (V.O.)\nStill.\n\n@ÉLODIE\nOui.\n\nМАРА\nДа.\n").json()
    assert twice["facts"]["characters"] == 3
    with studio_scope(studio):
        assert Character.objects.filter(name__iexact="ines").count() == 1
        assert {"ÉLODIE", "МАРА"} <= {
            name.upper() for name in Character.objects.values_list("name", flat=True)
        }


def test_five_hundred_scenes_cost_few_statements_each(api: Any, studio: Studio) -> None:
    script = "".join(f"INT. ROOM {n} - DAY\n\nInes waits in room {n}.\n\n" for n in range(500))
    begun = time.process_time()
    with CaptureQueriesContext(connection) as many:
        facts = _post(api, studio, script=script).json()["facts"]
    assert (facts["scenes"], facts["shots"] >= 500) == (500, True)
    assert time.process_time() - begun < 30
    # A scene, its shot and its board job cost four statements; a look-up per row would multiply that.
    assert len(many) < 5 * 500, len(many)


@pytest.mark.parametrize(
    "content", [b"", b"  \n", PNG, SCENE.encode() + b"\x00", "Ünfug".encode("latin-1") + b"\xff\xfe\x00\x00"]
)
def test_builder_refuses_a_file_it_cannot_read(client_in: Any, studio: Studio, content: bytes) -> None:
    before = _rows(studio)
    upload = SimpleUploadedFile("s.fountain", content)
    answer = client_in.post(f"/s/{studio.slug}/new/", {"file": upload, "kind": "series", "cap": "0"})
    assert 400 <= answer.status_code < 500
    assert "Nothing was created." in answer.content.decode()
    assert _rows(studio) == before


def test_builder_reads_utf_16(client_in: Any, studio: Studio) -> None:
    upload = SimpleUploadedFile("night_ferry.fountain", SCENE.encode("utf-16"))
    answer = client_in.post(f"/s/{studio.slug}/new/", {"file": upload})
    assert answer.status_code == 302
    with studio_scope(studio):
        assert Project.objects.get().title == "Night Ferry"
        assert Shot.objects.exists()


@pytest.mark.parametrize(
    "choice",
    [
        {"cap": "-1"},
        {"cap": "1e400"},
        {"cap": "NaN"},
        {"cap": "1,000"},
        {"cap": str(2**63)},
        {"cap": "٣"},
        {"genre": "opera"},
        {"aspect": "x"},
        {"quality": "\x00"},
        {"title": "a\x00b"},
        {"tone": "a\x00b"},
    ],
)
def test_builder_names_an_impossible_choice(client_in: Any, studio: Studio, choice: dict[str, str]) -> None:
    before = _rows(studio)
    answer = client_in.post(f"/s/{studio.slug}/new/", {"text": SCENE, **choice})
    assert answer.status_code == 422
    assert "Nothing was created." in answer.content.decode()
    assert _rows(studio) == before


def test_builder_cuts_a_title_that_is_too_long(client_in: Any, studio: Studio) -> None:
    assert client_in.post(f"/s/{studio.slug}/new/", {"text": SCENE, "title": "x" * 300}).status_code == 302
    with studio_scope(studio):
        assert Project.objects.get().title == "x" * 200
