"""A crew for one test: the shipped rows, with some changed or added."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engines import crew


@contextmanager
def another_crew(
    folder: Path, monkeypatch: pytest.MonkeyPatch, rows: Mapping[str, Mapping[str, Any]], **routes: Any
) -> Iterator[None]:
    """Inside the block the crew has these engines too (what a shipped one says stays where nothing else is said)."""
    data, known = folder / "crew data", (crew.engines, crew.models, crew.routes)
    shutil.copytree(crew.DATA, data)
    for key, row in rows.items():
        path = data / "crew" / f"{key}.json"
        shipped = json.loads(path.read_text()) if path.is_file() else {"engine": key}
        path.write_text(json.dumps({**shipped, **row}))
    told = data / "routes.json"
    told.write_text(json.dumps({**json.loads(told.read_text()), **routes}))
    with monkeypatch.context() as patch:
        patch.setattr(crew, "DATA", data)
        for one in known:
            one.cache_clear()
        yield
    for one in known:
        one.cache_clear()
