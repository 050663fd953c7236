"""Rules of the house that only the source itself can prove."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from pipelines.catalogue import node_types
from workflow import jobs

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    *("tenancy", "workflow", "billing", "vault", "pipelines", "studio", "engines"),
    *("talent", "scenes", "episodes", "edit_suite", "features", "distribution"),
)
# The doors of state: decisions, work, and the engine calls' guarded writes.
DOORS = tuple(f"workflow/{name}.py" for name in ("transitions", "jobs", "steering", "closing"))


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for app in (*APPS, "config"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def _kinds_enqueued() -> set[str]:
    """First arguments of `enqueue(`: written out, or a name bound to a text in the same module."""
    found = set()
    for _name, tree in _sources():
        named = _texts_by_name(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                first = node.args[0]
                if called == "enqueue" and isinstance(first, ast.Constant):
                    found.add(str(first.value))
                elif called == "enqueue" and isinstance(first, ast.Name):
                    found.add(named.get(first.id, first.id))
    return found


def _texts_by_name(tree: ast.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for name, value in zip(names, values, strict=False):
                if (
                    isinstance(name, ast.Name)
                    and isinstance(value, ast.Constant)
                    and isinstance(value.value, str)
                ):
                    found[name.id] = value.value
    return found


def test_every_job_named_in_code_is_registered() -> None:
    named = _kinds_enqueued()
    named |= {node.job for _, node in node_types.items() if node.job}
    assert len(named) > 8
    assert {kind for kind in named if jobs.kinds.find(kind) is None} == set()


def test_nobody_assigns_state_outside_the_doors() -> None:
    found = []
    for name, tree in _sources():
        if name in DOORS or name.startswith("engines/"):
            continue
        for node in ast.walk(tree):
            assigned = isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Attribute) and target.attr == "state" for target in node.targets
            )
            updated = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "update"
                and any(keyword.arg == "state" for keyword in node.keywords)
            )
            if assigned or updated:
                found.append(f"{name}: {ast.unparse(node)}")
    assert found == []


def test_no_setting_of_the_wall_outlives_its_transaction() -> None:
    for path in ROOT.glob("*/**/*.py"):
        if path.parts[len(ROOT.parts)] in APPS:
            flat = "".join(path.read_text().lower().split())
            assert "set_config(" not in flat or ",false)" not in flat, path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x@y/z"),
        ("REDIS_URL", "not a url"),
        ("SLATE_KEK", "c2hvcnQ="),
        ("SLATE_ORIGIN", "slate.example"),
        ("DEBUG", "maybe"),
    ],
)
def test_wrong_setting_stops_the_start_with_its_name(name: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        check=False,
        cwd=ROOT,
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert name in done.stderr


def test_every_command_says_what_it_does() -> None:
    for path in ROOT.glob("*/management/commands/*.py"):
        if path.name != "__init__.py":
            classes = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ClassDef)]
            names = {
                t.id
                for c in classes
                for n in c.body
                if isinstance(n, ast.Assign)
                for t in n.targets
                if isinstance(t, ast.Name)
            }
            assert "help" in names, path


def _address_names(resolver: URLResolver, above: tuple[str, ...] = ()) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _address_names(one, (*above, one.namespace) if one.namespace else above)
        elif isinstance(one, URLPattern) and one.name:
            yield ":".join((*above, one.name))


def test_every_name_of_an_address_means_one_address() -> None:
    # of two addresses of one name the later gets every link
    found = Counter(_address_names(get_resolver()))
    assert len(found) > 200
    assert not [name for name, count in found.items() if count > 1]
