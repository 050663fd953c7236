"""Scores a take by rules that are data (data/thresholds.json), so that a studio can change them and a score
names them.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from craft.vision.reports import ClipReport, Finding, StillReport, TakeScore

Report = ClipReport | StillReport
FEWEST_FRAMES = 2


@functools.cache
def default_thresholds() -> dict[str, Any]:
    """The rules of this version: `version`, `pass_from` and `checks`."""
    loaded: dict[str, Any] = json.loads(
        resources.files("craft.vision").joinpath("data/thresholds.json").read_text("utf-8")
    )
    return loaded


def score_take(report: Report | None, *, thresholds: Mapping[str, Any] | None = None) -> TakeScore:
    """Points, verdict and findings of a measured take.

    thresholds replaces the built-in rules, or single checks of them when it has only `checks`. A figure
    that was not measured costs nothing. No report, or a clip of one frame, is "not_measured" with 0 points.
    """
    rules = _merged(thresholds)
    if report is None or (isinstance(report, ClipReport) and report.frames < FEWEST_FRAMES):
        return TakeScore(0, "not_measured", (), rules["version"])
    total, findings = 100.0, []
    for code, check in rules["checks"].items():
        value = _value(report, check["field"])
        if value is None or not _broken(value, check):
            continue
        total -= _cost(value, check)
        limit = _limit(check)
        message = check["message"].format(value=value, limit=limit, percent=f"{value:.0%}")
        findings.append(Finding(code, check["severity"], message, round(value, 4), limit))
    points = max(0, round(total))
    blocked = any(f.severity == "blocker" for f in findings) or points < rules["pass_from"]
    findings.sort(key=lambda f: f.severity != "blocker")
    return TakeScore(points, "retake" if blocked else "pass", tuple(findings), rules["version"])


def _merged(given: Mapping[str, Any] | None) -> dict[str, Any]:
    base = default_thresholds()
    if not given:
        return base
    checks = {
        code: {**base["checks"].get(code, {}), **check} for code, check in given.get("checks", {}).items()
    }
    return {
        "version": given.get("version", f"{base['version']}, changed"),
        "pass_from": given.get("pass_from", base["pass_from"]),
        "checks": {**base["checks"], **checks},
    }


def _value(report: Report, name: str) -> float | None:
    """A figure by name; None when this report has none or it was not measured."""
    if name == "cut_count":
        return float(len(report.cuts)) if isinstance(report, ClipReport) else None
    if name == "wardrobe_worst":
        return max((d for d in report.wardrobe.values() if d is not None), default=None)
    if name == "black_ratio" and isinstance(report, StillReport):
        return float(report.black)
    found: Any = report
    for part in name.split("."):
        found = getattr(found, part, None)
    return None if found is None else float(found)


def _limit(check: Mapping[str, Any]) -> float:
    return float(check["above"] if "above" in check else check["below"])


def _broken(value: float, check: Mapping[str, Any]) -> bool:
    return value > _limit(check) if "above" in check else value < _limit(check)


def _cost(value: float, check: Mapping[str, Any]) -> float:
    limit = _limit(check)
    far: float = min(1.0, abs(value - limit) / max(abs(check["worst"] - limit), 1e-9))
    weight: float = check["weight"]
    return weight * (1.0 + far)
