"""`manage.py verify FILE`: is this file what was certified, and if not, what failed?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tenancy.errors import SlateError
from vault.provenance import ProvenanceReport, verify_file

WHOLE, NOT_WHOLE, UNREADABLE = 0, 1, 2


class Command(BaseCommand):
    """Exit status: 0 valid, 1 changed, unsigned or of an unknown signer, 2 the file cannot be read."""

    help = "Check a file's provenance and name what failed. Exit status 0 valid, 1 not, 2 unreadable."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE and --json."""
        parser.add_argument("file", type=Path, help="an MP4, PNG, JPEG or WAV file")
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the verdict and leave with its exit status."""
        path: Path = options["file"]
        try:
            report = verify_file(path)
        except SlateError as error:
            self._say(
                options["json"],
                {"file": str(path), "state": "unreadable", "error": error.as_json()},
                [error.message],
            )
            sys.exit(UNREADABLE)
        self._say(options["json"], {"file": str(path), **report.as_json()}, _lines(path, report))
        sys.exit(WHOLE if report.trusted else NOT_WHOLE)

    def _say(self, as_json: bool, data: dict[str, Any], lines: list[str]) -> None:
        self.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) if as_json else "\n".join(lines))


WORDS = {
    "trusted": "valid: nothing was changed since it was certified here",
    "valid": "not ours: whole, but signed by somebody this installation does not know",
    "invalid": "INVALID: it is not what was certified",
    "unsigned": "unsigned: it carries no provenance",
}


def _lines(path: Path, report: ProvenanceReport) -> list[str]:
    lines = [f"{path}: {WORDS[report.state]}"]
    lines += [f"  failed in {issue.where}: {issue.message} [{issue.code}]" for issue in report.issues]
    if report.signer:
        lines.append(f"  signed by {report.signer}")
    lines += [f"  ingredient {item.title}: {item.state}" for item in report.ingredients]
    second = report.second_opinion
    lines.append(
        f"  second opinion: {second['by']} {second['version']}: {second['state']}"
        if second
        else "  second opinion: not measured"
    )
    return lines
