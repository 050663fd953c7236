"""Reading files that people bring, each in a process of its own.

OTIO's parser is native code: a damaged file can end the process that reads it, or keep it busy for ever.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from craft.render.document import from_document, to_plain
from craft.render.errors import TimelineError
from craft.render.exchange.files import Read
from craft.render.exchange.losses import Loss, Shelf
from craft.terms.rates import FrameRate

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 60


def read(path: Path, shelf: Shelf, rate: FrameRate | None = None) -> Read:
    """Read a file by its ending. `rate` is used where the file does not tell its own (an EDL never does).

    Raises `TimelineError("exchange")` for a file that cannot be read.
    """
    question = {
        "path": str(path.absolute()),
        "rate": None if rate is None else str(rate),
        "shelf": {name: to_plain(media) for name, media in shelf.items()},
    }
    answer = _answered(json.dumps(question), path.name)
    if "error" in answer:
        raise TimelineError(*answer["error"])
    losses = tuple(Loss(*loss) for loss in answer["losses"])
    return Read(from_document(answer["timeline"]), losses)


def _answered(question: str, name: str) -> dict[str, Any]:
    """What a fresh process says, which knows nothing of this one's surroundings."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "craft.render.exchange"],
            input=question.encode(),
            capture_output=True,
            env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            timeout=SECONDS,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise TimelineError("exchange", name, f"it was not read in {SECONDS} s") from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise TimelineError("exchange", name, "its reader broke down over it") from error
    return answer
