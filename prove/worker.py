"""The Celery application of a proof's workers: the product's and the proofs' jobs; a short lease, fuses if asked."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from config.celery import app
from prove import points, shots
from prove.disturb import MOST_LOST

if lease := os.environ.get("SLATE_PROVE_LEASE"):
    settings.JOB_LEASE_SECONDS = float(lease)
shots.install()
if deaths := os.environ.get(points.ENVIRONMENT):
    points.arm(Path(deaths), MOST_LOST)

__all__ = ["app"]
