"""What is set up only when somebody asks for it: the libraries of self-hosted models."""

from __future__ import annotations

import argparse

from launcher import environment, layout
from launcher.console import Console
from launcher.failures import Failure
from launcher.layout import Layout
from launcher.running import answer
from launcher.state import set_up_lock

LOOK = (
    "import torch, diffusers, peft; gpu = torch.cuda.is_available();"
    "print(f'torch {torch.__version__}, diffusers {diffusers.__version__}, peft {peft.__version__},',"
    " torch.cuda.get_device_name() if gpu else 'no GPU: the processor is slow')"
)
LOOK_SECONDS = 180.0


def engines(found: Layout, console: Console, told: argparse.Namespace) -> int:
    """`./slate engines install`: the libraries, and what they say of this machine. Raises Failure."""
    layout.prepare(found)
    with set_up_lock(found, lambda: console.say("Another ./slate sets this checkout up; waiting for it.")):
        environment.ensure(found, console, dev=False)
        environment.ensure_engines(found, console, cpu=told.cpu)
    seen = answer([found.python, "-c", LOOK], seconds=LOOK_SECONDS)
    if not seen:
        raise Failure(
            "launcher.engines",
            "The libraries are installed and do not load.",
            next_step=f"{found.python} -c 'import torch, diffusers, peft' says why.",
        )
    console.say(f"  {seen}")
    console.say(
        "  Bring weights as docs/engines/local_diffusers.md says, set SLATE_WEIGHTS, then ./slate up."
    )
    return 0
