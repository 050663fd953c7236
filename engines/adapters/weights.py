"""Weights as an operator brought them: a folder for each model below SLATE_WEIGHTS, safetensors only, nothing fetched.

A folder is what `save_pretrained` of diffusers writes, with `model_index.json` in it. `slate.json` beside that may say
how the model likes to be asked: {"steps": 30, "guidance": 5.0}.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from craft.terms.digest import digest, file_sha256
from engines.adapters.errors import EngineDown, InvalidInput
from engines.adapters.inputs import Lora

VARIABLE = "SLATE_WEIGHTS"
INDEX, SETTINGS = "model_index.json", "slate.json"
PICKLES = frozenset({".bin", ".ckpt", ".joblib", ".npy", ".pickle", ".pkl", ".pt", ".pth"})
"""Files that may be pickles: to read one is to run what it holds."""
PROGRAMS = frozenset({".dll", ".dylib", ".py", ".pyc", ".so"})
DECIDING = frozenset({".json", ".model", ".safetensors", ".txt"})
LIBRARIES = frozenset({"diffusers", "stable_diffusion", "transformers"})
"""Where the parts of a model may come from: the index names modules, and anything else would be imported by name."""
HEADER_LIMIT = 100_000_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class Weights:
    """One model on disk. `pipeline` is the class its index names; None where the operator left a figure open."""

    folder: Path
    pipeline: str
    steps: int | None = None
    guidance: float | None = None

    @property
    def name(self) -> str:
        """What requests and rows call it."""
        return self.folder.name

    def sha256(self) -> str:
        """Content hash of everything that decides what it makes. Reads all files the first time."""
        return digest("weights", 1, {name: _hash(path) for name, path in self._deciding()})

    def size(self) -> int:
        """Bytes of weights on disk."""
        return sum(path.stat().st_size for path in self.folder.rglob("*.safetensors"))

    def _deciding(self) -> list[tuple[str, Path]]:
        found = (path for path in self.folder.rglob("*") if path.suffix in DECIDING and path.is_file())
        named = ((path.relative_to(self.folder).as_posix(), path) for path in found)
        return sorted(pair for pair in named if pair[0] != SETTINGS)


def weights_root() -> Path:
    """The folder that holds all weights. Raises EngineDown when the operator named none, or one that is not there."""
    told = os.environ.get(VARIABLE, "")
    if not told:
        raise EngineDown(f"{VARIABLE} is not set: it names the folder with the weights.")
    root = Path(told)
    if not root.is_absolute() or not root.is_dir():
        raise EngineDown(f"{VARIABLE} must be the absolute path of a folder, and {told!r} is not.")
    return root


def brought() -> list[str]:
    """Names of all models below the root. Raises EngineDown."""
    return sorted(path.parent.name for path in weights_root().glob(f"*/{INDEX}"))


def weights_of(name: str) -> Weights:
    """The model of this name, looked through before anything of it is loaded. Raises EngineDown."""
    folder = weights_root() / name
    if not _NAME.fullmatch(name) or not (folder / INDEX).is_file():
        raise EngineDown(f"There are no weights called {name!r}: {VARIABLE} has no {name}/{INDEX}.")
    _refuse_by_name(folder)
    index = _json(folder / INDEX)
    for part, told in index.items():
        if isinstance(told, list) and told and told[0] not in (None, *LIBRARIES):
            raise EngineDown(f"{name}/{INDEX} takes its {part} from {told[0]!r}, which is not allowed.")
    steps, guidance = _asked_for(folder)
    return Weights(folder, str(index.get("_class_name", "")), steps, guidance)


def lora_bytes(lora: Lora, base: Weights) -> bytes:
    """The file of a LoRA, read once: the bytes that were asked for, safetensors, made for this base where it says so.

    Raises InvalidInput.
    """
    title = lora.file.title or lora.file.path.name
    if {lora.file.path.suffix.lower(), Path(title).suffix.lower()} & PICKLES:
        raise InvalidInput(f"{title} may be a pickle: reading it would run what it holds. Give safetensors.")
    data = lora.file.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != lora.file.sha256:
        raise InvalidInput(f"{title} is not the file that was asked for: its hash is another.")
    made_for = lora_facts(data, title).get("base", {}).get("sha256")
    if made_for is not None and made_for != base.sha256():
        raise InvalidInput(f"{title} was trained on other weights than {base.name} has now.")
    return data


def lora_facts(data: bytes, title: str) -> dict[str, Any]:
    """What our training wrote into the header of a safetensors file; empty for others. Raises InvalidInput."""
    length = int.from_bytes(data[:8], "little")
    try:
        if not 2 <= length <= min(HEADER_LIMIT, len(data) - 8):
            raise ValueError("no header")
        header = json.loads(data[8 : 8 + length])
        facts = json.loads(header.pop("__metadata__", {}).get("slate", "{}"))
        if not header or not isinstance(facts, dict):
            raise ValueError("no tensors")
    except (ValueError, AttributeError, TypeError) as error:
        raise InvalidInput(f"{title} is not a safetensors file.") from error
    return facts


def _refuse_by_name(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        shown, suffix = path.relative_to(folder.parent), path.suffix.lower()
        if suffix in PICKLES:
            raise EngineDown(
                f"{shown} may be a pickle: reading it would run what it holds. Bring safetensors."
            )
        if suffix in PROGRAMS:
            raise EngineDown(f"{shown} is a program, and weights bring none.")


def _asked_for(folder: Path) -> tuple[int | None, float | None]:
    """Steps and guidance as the operator set them. Raises EngineDown."""
    path = folder / SETTINGS
    told = _json(path) if path.is_file() else {}
    steps, guidance = told.pop("steps", None), told.pop("guidance", None)
    known = not told and (steps is None or (type(steps) is int and 1 <= steps <= 1000))
    if not known or not (guidance is None or (type(guidance) in (int, float) and 0 <= guidance <= 100)):
        raise EngineDown(f"{folder.name}/{SETTINGS} may hold steps (1 to 1000) and guidance (0 to 100) only.")
    return steps, None if guidance is None else float(guidance)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except ValueError as error:
        raise EngineDown(f"{path.parent.name}/{path.name} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise EngineDown(f"{path.parent.name}/{path.name} must hold an object.")
    return found


def _hash(path: Path) -> str:
    state = path.stat()
    return _hash_of(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=4096)
def _hash_of(path: Path, size: int, changed: int) -> str:
    """Hashed once for each state of the file: weights are many gigabytes."""
    return file_sha256(path)
