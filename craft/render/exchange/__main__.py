"""Reads one file for another process: a question as JSON on standard input, the answer on standard output.

question   {path, rate or null, shelf: {name: medium}}
answer     {timeline: document, losses: [[code, where, message]]}  or  {error: [code, where, message]}
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from craft.render.document import from_plain, to_document
from craft.render.errors import TimelineError
from craft.render.exchange.files import read_here
from craft.render.model import MediaRef
from craft.terms.rates import FrameRate

LIMITS = ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, 40), (resource.RLIMIT_AS, 4 << 30))
"""No image of a crash, seconds of processor, bytes of memory."""


def answered(question: dict[str, Any]) -> dict[str, Any]:
    """The answer to a question."""
    path = Path(question["path"])
    shelf = {name: from_plain(MediaRef, plain, "shelf") for name, plain in question["shelf"].items()}
    rate = None if question["rate"] is None else FrameRate.parse(question["rate"])
    try:
        found = read_here(path, shelf, rate)
        losses = [[loss.code, loss.where, loss.message] for loss in found.losses]
        return {"timeline": to_document(found.timeline), "losses": losses}
    except TimelineError as error:
        return {"error": [error.code, error.where, str(error).removeprefix(f"{error.where}: ")]}
    except Exception as error:
        # the edge of the process: libraries let whatever they meet in a damaged file escape
        return {"error": ["exchange", path.name, f"{type(error).__name__}: {str(error)[:200]}"]}


def main() -> None:
    """Read, within limits; what libraries print is kept out of the answer."""
    for kind, most in LIMITS:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with answer:
        json.dump(answered(json.load(sys.stdin)), answer)


if __name__ == "__main__":
    main()
