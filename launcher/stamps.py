"""Stamps: what was last set up, as hashes of its sources, so that nothing unchanged is done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

SKIPPED = {
    "__pycache__",
    "node_modules",
    ".git",
    ".slate",
    "dist",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
}


def fingerprint(root: Path, patterns: Iterable[str], *, extra: str = "") -> str:
    """SHA-256 over names and contents of the files below `root` that match, in a fixed order."""
    digest = hashlib.sha256(extra.encode())
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            relative = path.relative_to(root)
            if SKIPPED.intersection(relative.parts) or not path.is_file():
                continue
            digest.update(f"\0{relative.as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


class Stamps:
    """A small JSON file of name → hash. A broken file is an empty one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            found = json.loads(path.read_text())
        except (OSError, ValueError):
            found = {}
        self._values: dict[str, str] = (
            {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
        )

    def fresh(self, name: str, value: str) -> bool:
        """Whether this very state was stamped."""
        return self._values.get(name) == value

    def get(self, name: str) -> str:
        """The stamped value, or an empty text."""
        return self._values.get(name, "")

    def set(self, name: str, value: str) -> None:
        """Stamp, and write the file in one step."""
        self._values[name] = value
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(self._path.name + ".part")
        draft.write_text(json.dumps(self._values, indent=1, sort_keys=True) + "\n")
        draft.replace(self._path)
