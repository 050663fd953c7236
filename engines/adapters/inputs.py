"""Files that go into a request: pictures, what a model wears, what it acts out, examples to learn from.

They name content, not paths.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from craft.terms.digest import file_sha256


@dataclass(frozen=True, slots=True)
class Input:
    """A file that goes into a request: where it lies here, and what it is."""

    path: Path
    sha256: str
    mime: str
    title: str = ""

    @classmethod
    def of(cls, path: Path, mime: str, title: str = "") -> Input:
        """An input from a file; reads it once for its hash."""
        return cls(path, file_sha256(path), mime, title or path.name)

    def as_json(self) -> dict[str, str]:
        """Name, type and content hash; no path."""
        return {"title": self.title, "mime": self.mime, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Lora:
    """Trained differences that a model wears while it draws, and how strongly: 0 is the model without them.

    `word` calls what was learned: it goes before the prompt of whoever wears it. `weights` and `base` are name and
    content hash of the weights it was trained for, empty where that is not known.
    """

    file: Input
    scale: float = 1.0
    word: str = ""
    weights: str = ""
    base: str = ""

    def as_json(self) -> dict[str, Any]:
        """The file by its hash, the scale, and what is known of it."""
        known = {"word": self.word, "weights": self.weights, "base": self.base}
        told = {name: value for name, value in known.items() if value}
        return {**self.file.as_json(), "scale": float(self.scale), **told}


@dataclass(frozen=True, slots=True)
class Example:
    """A picture to learn from and what is to be seen in it."""

    file: Input
    caption: str

    def as_json(self) -> dict[str, Any]:
        """The picture by its hash, and its caption."""
        return {**self.file.as_json(), "caption": self.caption}


@dataclass(frozen=True, slots=True)
class Performance:
    """A film of somebody who performs the part of the one person a clip shows: that clip's movement and its length.

    `seconds` is how long the film is, `body` whether arms and hands move with it and not the face alone, `expression`
    how strongly the face does (1 to 5), `seen` how many people the clip's first frame shows.
    """

    file: Input
    seconds: float
    body: bool = True
    expression: int = 3
    seen: int = 1

    def as_json(self) -> dict[str, Any]:
        """The film by its hash, and the settings."""
        settings = {"body": self.body, "expression": self.expression, "seen": self.seen}
        return {**self.file.as_json(), "seconds": round(float(self.seconds), 3), **settings}


FILES = (Input, Lora, Example, Performance)
