"""Prints the plan of an episode: what is left to make, at which cost, in which time. Queues nothing."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.errors import credits_text
from config.management.commands.bootstrap import FOUNDER
from episodes.models import Episode
from episodes.planning import WORDS, EpisodePlan, plan_of
from episodes.queries import shots_of
from episodes.running import would_run
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.queries import get_for, studio_for, studios_of
from tenancy.scope import studio_scope


class Command(BaseCommand):
    """`manage.py plan EPISODE [--node NODE [--shot NUMBER]] [--json]`"""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """The episode, and from where it would be run again."""
        parser.add_argument("episode", type=UUID)
        parser.add_argument("--node", default="", help="as if everything from this node on were made again")
        parser.add_argument("--shot", type=int, default=0, help="its number; with --node, that shot alone")
        parser.add_argument("--studio", default="")
        parser.add_argument("--user", default=FOUNDER)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """A table for people, or one JSON object."""
        actor = User.objects.filter(email=options["user"]).first()
        if actor is None:
            raise CommandError(f"There is nobody with the address {options['user']}.")
        slug = options["studio"]
        entry = studio_for(actor, slug) if slug else next(iter(studios_of(actor)), None)
        if entry is None:
            raise CommandError("That person belongs to no such studio.")
        try:
            with studio_scope(entry.id, actor=actor):
                made = self._plan(options)
        except SlateError as error:
            raise CommandError(f"{error.message} {error.next_step}".strip()) from error
        if options["json"]:
            self.stdout.write(json.dumps(made.as_json(), ensure_ascii=False))
        else:
            self._table(made)

    def _plan(self, options: dict[str, Any]) -> EpisodePlan:
        episode = get_for(Episode, options["episode"], using=Episode.objects.select_related("project"))
        if not options["node"]:
            return plan_of(episode)
        shot = shots_of(episode).filter(number=options["shot"]).first() if options["shot"] else None
        if options["shot"] and shot is None:
            raise CommandError(f"There is no shot {options['shot']}.")
        again = would_run(episode, options["node"], shot)
        return plan_of(episode, {step.planned.key for step in again})

    def _table(self, made: EpisodePlan) -> None:
        for one in made.nodes:
            states = ", ".join(f"{n} {WORDS.get(state, state)}" for state, n in one.counts.items())
            self.stdout.write(f"{one.node:<14} {states}")
        price = made.price
        cost = f"{credits_text(price.expected)} credits ({credits_text(price.low)} to {credits_text(price.high)})"
        work = f"{made.seconds:.0f} s of work" if made.seconds else "time not measured"
        self.stdout.write(f"{made.left} of {len(made.steps)} steps are left: {cost}, {work}.")
