"""The documents say what the code says: tables, settings, commands, links."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engines import crew
from launcher import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "deploy").glob("*.md"),
        ROOT / "examples" / "README.md",
    ]
)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def variables() -> set[str]:
    """Names of all environment variables that the loud readers are asked for."""
    found = set()
    for path in (ROOT / "config").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "env"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(str(node.args[0].value))
    return found


def test_capability_tables_are_what_the_data_say() -> None:
    done = subprocess.run(
        [sys.executable, "docs/make_engines.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_engines_page_names_every_model() -> None:
    page = (ROOT / "docs" / "engines.md").read_text()
    assert [key for key in crew.models() if f"`{key}`" not in page] == []


def test_deployment_page_names_every_setting() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text()
    known = variables()
    assert "DATABASE_URL" in known
    assert sorted(name for name in known if f"`{name}`" not in page) == []


def test_environment_template_names_no_unknown_setting() -> None:
    template = (ROOT / "deploy" / "slate.env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", template, re.MULTILINE))
    known = variables() | {"DJANGO_SETTINGS_MODULE", "PGSSLMODE", "PGSSLROOTCERT"}
    assert named
    assert named - known == set()


def test_readme_names_every_command() -> None:
    page = (ROOT / "README.md").read_text()
    actions = [a for a in cli.parser()._actions if isinstance(a.choices, dict)]
    assert actions
    commands = list(actions[0].choices or {})
    assert [name for name in commands if f"./slate {name}" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    targets = [found for found in LINK.findall(page.read_text()) if "://" not in found]
    assert [target for target in targets if not (page.parent / target).exists()] == []
