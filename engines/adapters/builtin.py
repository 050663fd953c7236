"""What the built-in engines share: they do the work at submit, keep it in a work folder and honour the key (P1).

A second submit under the same key finds the finished result; an unfinished one starts afresh. So a worker may be
killed at any point.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines.adapters.base import (
    FINISHED,
    Capability,
    Done,
    Fetched,
    Health,
    Issue,
    Model,
    NotSupported,
    Outline,
    Output,
    Place,
    Quote,
    Request,
    ResultGone,
    State,
    Submitted,
    Watch,
)
from engines.adapters.validation import check_capability

RECEIPT = "receipt.json"


@dataclass(frozen=True, slots=True)
class Made:
    """What a built-in engine made: (file name, MIME type, facts) for each file, its version, facts of the whole."""

    files: tuple[tuple[str, str, Mapping[str, Any]], ...]
    version: str
    meta: Mapping[str, Any] = field(default_factory=dict)


class BuiltIn(ABC):
    """An engine that works in this process. `spool` is its work folder; one folder below it for each attempt."""

    key = ""

    def __init__(self, spool: Path) -> None:
        self.spool = spool

    @abstractmethod
    def perform(self, request: Request, folder: Path, watch: Watch) -> Made:
        """Do the work into `folder`. Raises EngineError."""

    @abstractmethod
    def health(self) -> Health:
        """Whether it can work on this machine."""

    def capabilities(self, model: Model) -> Capability:
        """As the model's row says."""
        return model.capability

    def validate(self, request: Request | Outline, model: Model) -> Sequence[Issue]:
        """The shared checks."""
        return check_capability(request, model.capability)

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """The price rule of the row, which is zero."""
        price = model.price.of(request.units())
        return Quote(price, price, price)

    def submit(self, request: Request, model: Model, attempt_key: str, watch: Watch) -> Submitted:
        """Do the work now, or find it done under this key."""
        folder = self._folder(attempt_key)
        if not (folder / RECEIPT).is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self._write_receipt(folder, self.perform(request, folder, watch))
        return self.poll(folder.name)

    def poll(self, ref: str) -> Submitted:
        """The finished work. Raises ResultGone when its folder was cleared or is on another machine."""
        folder = self.spool / ref
        try:
            receipt = json.loads((folder / RECEIPT).read_text())
        except FileNotFoundError:
            raise ResultGone("The work folder of this step is gone.") from None
        outputs = tuple(
            Output(f["name"], f["mime"], folder / f["name"], "", f["meta"]) for f in receipt["files"]
        )
        done = Done(ref, outputs, 0, receipt["version"], receipt["meta"])
        return Submitted(ref, State.DONE, done)

    def fetch(self, done: Done, into: Place) -> list[Fetched]:
        """The files where they lie: they are on this machine already."""
        return [Fetched(o.path, o.mime, o.meta) for o in done.outputs if o.path is not None]

    def cancel(self, ref: str) -> bool:
        """Nothing to ask: work in this process stops through its watch."""
        return False

    def progress(self, ref: str) -> tuple[int, int, str] | None:
        """Told through its watch while it works."""
        return None

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> str:
        """A built-in engine calls nobody back."""
        raise NotSupported(f"{self.key} sends no call-backs.")

    def lookup(self, attempt_key: str) -> Submitted | None:
        """The finished work under this key, or None."""
        folder = self._folder(attempt_key)
        return self.poll(folder.name) if (folder / RECEIPT).is_file() else None

    def _folder(self, attempt_key: str) -> Path:
        return self.spool / hashlib.sha256(attempt_key.encode()).hexdigest()[:20]

    def _write_receipt(self, folder: Path, made: Made) -> None:
        for name, _mime, _meta in made.files:
            (folder / name).chmod(FINISHED)
        files = [{"name": name, "mime": mime, "meta": dict(meta)} for name, mime, meta in made.files]
        part = folder / f"{RECEIPT}.part"
        part.write_text(json.dumps({"files": files, "version": made.version, "meta": dict(made.meta)}))
        part.replace(folder / RECEIPT)
