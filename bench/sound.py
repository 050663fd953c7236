"""Speed of the sound library against real time: speech, score, ambience and effects.

    python bench/sound.py

Rows are {claim, value, unit, goal, holds}; bigger is better. Each part measures itself: see sound_speech.py,
sound_score.py and sound_beds.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import sound_beds, sound_score, sound_speech


def run(argv: list[str]) -> list[dict[str, Any]]:
    """The rows for `./slate bench sound`."""
    argparse.ArgumentParser(prog="bench sound", description=__doc__).parse_args(argv)
    return [*sound_speech.rows(), *sound_score.rows(), *sound_beds.rows()]


if __name__ == "__main__":
    measured = run(sys.argv[1:])
    print(json.dumps(measured, indent=2, ensure_ascii=False))
    sys.exit(0 if all(row["holds"] for row in measured) else 1)
