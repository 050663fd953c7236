"""Start the fake engine: prints `listening <port>` and serves until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from pathlib import Path

from fake_engines.desk import Desk
from fake_engines.faults import Script, parse_rates
from fake_engines.server import Server


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="fake_engines", description="A priced test engine with its own charge log."
    )
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 takes a free one")
    parser.add_argument("--log", type=Path, required=True, help="charge log, one JSON line for each charge")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", default="", help="rates by name, e.g. rate_limit=0.1,reset_after=0.05")
    parser.add_argument("--token", default="", help="bearer token to ask for; none by default")
    parser.add_argument("--work-seconds", type=float, default=0.2, help="how long accepted work takes")
    parser.add_argument("--late-seconds", type=float, default=1.0, help="how late accept_late accepts")
    return parser.parse_args()


async def main(args: argparse.Namespace) -> None:
    """Serve until cancelled."""
    desk = Desk(args.log, seed=args.seed, work_seconds=args.work_seconds)
    engine = Server(
        desk, Script(args.seed, parse_rates(args.faults)), token=args.token, late_seconds=args.late_seconds
    )
    server = await engine.serve(args.port)
    print(f"listening {server.sockets[0].getsockname()[1]}", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(arguments()))
