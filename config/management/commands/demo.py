"""Produces the example episode through gates A, B and C, writes its certified master to disk and verifies it."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from config.management.commands import produce
from config.management.commands.bootstrap import FOUNDER
from config.producing import Production
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.scope import studio_scope
from vault import services as vault
from vault.models import Asset
from vault.provenance import verify_file

EXAMPLES = settings.BASE_DIR / "examples"


class Command(produce.Command):
    """`manage.py demo`: JSON lines of progress, then `{"result": …}`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to put the master."""
        parser.add_argument("--out", type=Path, default=settings.STATIC_ROOT.parent / "masters")
        parser.add_argument("--json", action="store_true")
        parser.set_defaults(studio="", user=FOUNDER)

    def handle(self, *args: Any, **options: Any) -> None:
        """Produce, copy out, verify."""
        script = next(iter(sorted(EXAMPLES.glob("*/*.fountain"))), None)
        if script is None:
            raise CommandError(f"There is no example script under {EXAMPLES}.")
        production = self._production(options)
        began = time.monotonic()
        try:
            production.create(script)
            production.run()
        except SlateError as error:
            raise CommandError(f"{error.message} {error.next_step}") from error
        facts = production.outcome() | {"wall_s": round(time.monotonic() - began, 1)}
        facts["master"] = str(self._copy_out(production, facts["asset"], script.stem, options["out"]))
        report = verify_file(Path(facts["master"]))
        facts["provenance"] = report.state
        self._say({"result": facts})

    def _copy_out(self, production: Production, asset_id: str, name: str, folder: Path) -> Path:
        with studio_scope(production.studio_id):
            asset = get_for(Asset, asset_id)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{name}-{asset.sha256[:12]}.mp4"
        with vault.local_path(asset) as path:
            shutil.copyfile(path, target)
        return target
