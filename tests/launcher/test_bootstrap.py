"""The file `slate` itself: readable by an old Python, and clear about what it lacks."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

from launcher import checks, cli, rows
from tests.launcher.conftest import ROOT

SLATE = ROOT / "slate"


def test_bootstrap_is_short_and_old_pythons_can_read_it() -> None:
    text = SLATE.read_text()
    assert len(text.splitlines()) <= 100
    ast.parse(text, feature_version=(3, 4))
    assert "f'" not in text
    assert 'f"' not in text


def test_bootstrap_tells_an_old_python_what_it_needs(tmp_path: Path) -> None:
    pretend = (
        "import sys, runpy; sys.version_info = (3, 8, 1); sys.argv = ['slate', 'up'];"
        f"runpy.run_path({str(SLATE)!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", pretend],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; this is Python 3.8" in done.stderr


def test_words_after_manage_are_passed_on_untouched() -> None:
    told = cli.parse(["manage", "verify", "--json", "-h", "a b"])
    assert told.rest == ["verify", "--json", "-h", "a b"]
    assert cli.parse(["test", "-k", "walls", "--all"]).rest == ["-k", "walls"]


def test_rows_fail_when_one_claim_does_not_hold(tmp_path: Path) -> None:
    kept = {"claim": "c", "value": 1, "unit": "s", "goal": "≤ 2", "holds": True}
    (tmp_path / "launcher").symlink_to(ROOT / "launcher")
    (tmp_path / "bench").mkdir()
    for name, row in (("good", kept), ("bad", {**kept, "holds": False}), ("none", None)):
        (tmp_path / "bench" / f"{name}.py").write_text(
            f"def run(argv):\n    return [{row!r}] if {row!r} else []\n"
        )

    def status(name: str) -> int:
        code = (
            "import sys; import launcher.rows as r; r.names = lambda kind: ['good', 'bad', 'none'];"
            f"sys.exit(r.main(['bench', {name!r}, '--json', 'o.json']))"
        )
        return subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False
        ).returncode

    assert [status(name) for name in ("good", "bad", "none", "nowhere", "../x")] == [0, 1, 1, 2, 2]
    assert rows.line(kept) == "holds  c: 1 s (goal ≤ 2)"
    assert rows.line({**kept, "limit": 0.5}) == "holds  c: 1 s (goal ≤ 2; at the least 0.5)"


def test_lock_files_with_a_host_or_a_loose_version_are_named(tmp_path: Path) -> None:
    for name in checks.PINNED_FILES:
        (tmp_path / name).write_text(
            "# see https://example.test\nDjango==5.2.19\nredis[hiredis]==8.1.0  # why\n"
        )
    (tmp_path / "frontend").mkdir()
    lock = tmp_path / "frontend" / "package-lock.json"
    lock.write_text('{"packages": {"a": {"version": "1.0.0", "funding": "https://x.test"}}}')
    assert checks.lock_faults(tmp_path) == []
    (tmp_path / "requirements.txt").write_text(
        "Django>=5\nx @ https://host.test/x.whl\n--index-url https://h.test\n"
    )
    address = {"re" + "solved": "https://registry.test/a.tgz"}
    lock.write_text(json.dumps({"packages": {"": {}, "a": address}}))
    assert [fault.split(": ")[0] for fault in checks.lock_faults(tmp_path)] == [
        "requirements.txt:1",
        "requirements.txt:2",
        "requirements.txt:3",
        "frontend/package-lock.json",
    ]


def test_the_lock_files_of_this_checkout_hold() -> None:
    assert checks.lock_faults(ROOT) == []
