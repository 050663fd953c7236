"""The command line of `./slate`."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

from launcher import checks, commands, extras
from launcher.console import Console
from launcher.failures import Failure
from launcher.layout import Layout, layout_of
from launcher.session import INTERRUPTED, Interrupted

Command = Callable[[Layout, Console, argparse.Namespace], int]
GATES = ("gate_a", "gate_b", "gate_c")
# Everything after the command's own words belongs to the program behind it.
PASSING = {"manage", "test", "bench", "prove"}


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    root = argparse.ArgumentParser(
        prog="slate", description="Slate: from a screenplay to a certified master."
    )
    sub = root.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str, run: Command) -> argparse.ArgumentParser:
        one = sub.add_parser(name, help=text, description=text)
        one.set_defaults(run=run)
        one.add_argument("--verbose", action="store_true", help="show the log lines of every process")
        return one

    demo = add("demo", "produce the example episode, then serve the studio", commands.demo)
    demo.add_argument("--exit", action="store_true", help="stop when the master is there")
    demo.add_argument("--json", metavar="FILE", help="write the facts of the run")
    test = add("test", "run the tests (all but the slow ones); further words go to pytest", commands.test)
    test.add_argument("--all", action="store_true", help="the slow ones too")
    up = add("up", "start the studio and stay", commands.up)
    up.add_argument("--quiet", action="store_true", help="do not show the log lines")
    add("down", "stop the studio that runs in this checkout", commands.down)
    doctor = add("doctor", "what this machine has and what it lacks", commands.examine)
    doctor.add_argument("--json", action="store_true")
    produce = add("produce", "take a script file through the pipeline", commands.produce)
    produce.add_argument("file", metavar="FILE")
    produce.add_argument("--until", choices=GATES)
    produce.add_argument("--series", metavar="NAME")
    add("manage", "run a management command; what follows goes to manage.py", commands.manage)
    logs = add("logs", "show the logs", commands.logs)
    logs.add_argument("name", nargs="?", help="postgres, redis, web, worker, sweeper, signer, setup")
    logs.add_argument("-n", "--lines", type=int, default=40)
    logs.add_argument("-f", "--follow", action="store_true")
    engines = add("engines", "the libraries of self-hosted models, which nothing else needs", extras.engines)
    engines.add_argument("what", choices=("install",))
    engines.add_argument("--cpu", action="store_true", help="torch without what a GPU needs: much smaller")
    check = add("check", "one check of .ci/run", checks.run)
    check.add_argument("what", choices=("prepare", "types", "frontend", "locks"))
    for name, text in (("bench", "measure one part"), ("prove", "prove one promise with everything running")):
        one = add(name, text, commands.rows)
        one.add_argument("name", metavar="NAME")
        one.add_argument("--json", metavar="FILE")
        if name == "prove":
            one.add_argument("--seed", type=int, default=1)
    return root


def parse(argv: list[str]) -> argparse.Namespace:
    """The options; `rest` holds the words that are passed on."""
    if argv[:1] == ["manage"]:
        told = parser().parse_args(argv[:1])
        told.rest = argv[1:]
        return told
    told, rest = parser().parse_known_args(argv)
    if rest and told.command not in PASSING:
        parser().error(f"unrecognized words: {' '.join(rest)}")
    told.rest = rest
    return told


def main(root: str, argv: list[str]) -> int:
    """Run one command for the checkout at `root`; returns the exit status."""
    told = parse(argv)
    # A closed pipe on the other side must not look like a crash.
    with contextlib.suppress(AttributeError, ValueError):
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    console = Console(verbose=told.verbose or (told.command == "up" and not told.quiet))
    run: Command = told.run
    try:
        return run(layout_of(Path(root)), console, told)
    except Failure as failure:
        console.failure(failure)
        return 1
    except (KeyboardInterrupt, Interrupted):
        console.settle()
        console.say("Stopped.")
        return INTERRUPTED
