"""Produces an episode from a script through its gates, with the running workers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.management.commands.bootstrap import FOUNDER
from config.producing import GATES, Production
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.queries import studio_for, studios_of


class Command(BaseCommand):
    """`manage.py produce FILE [--until gate_a|gate_b|gate_c] [--series NAME]`"""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """The script, how far, under which title, whose decisions."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--until", choices=list(GATES), default="")
        parser.add_argument("--series", default="")
        parser.add_argument("--studio", default="")
        parser.add_argument("--user", default=FOUNDER)
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Without --until all three gates are decided and the master is certified; with it, the gate is left open."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        production = self._production(options)
        try:
            production.create(path, options["series"])
            production.run(options["until"] or "gate_c", decide_last=not options["until"])
        except SlateError as error:
            steps = [
                error.message,
                error.kept and f"Kept: {error.kept}",
                error.next_step and f"Next: {error.next_step}",
            ]
            raise CommandError(" ".join(filter(None, steps))) from error
        self._say({"result": production.outcome()})

    def _production(self, options: dict[str, Any]) -> Production:
        self.as_json = bool(options["json"]) or not sys.stdout.isatty()
        actor = User.objects.filter(email=options["user"]).first()
        if actor is None:
            raise CommandError(f"There is nobody with the address {options['user']}.")
        entry = (
            studio_for(actor, options["studio"]) if options["studio"] else next(iter(studios_of(actor)), None)
        )
        if entry is None:
            raise CommandError("That person belongs to no such studio.")
        return Production(entry.id, actor, self._tell)

    def _tell(self, stage: str, done: int, total: int, note: str) -> None:
        self._say({"stage": stage, "done": done, "total": total, "note": note})

    def _say(self, facts: dict[str, Any]) -> None:
        if self.as_json:
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
        elif "stage" in facts:
            self.stdout.write(f"{facts['stage']:<10} {facts['done']}/{facts['total']} {facts['note']}")
        else:
            self.stdout.write(json.dumps(facts["result"], ensure_ascii=False, indent=1))
        self.stdout.flush()
