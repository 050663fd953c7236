"""The Celery application of a proof's workers: the product's, a shorter lease if asked for, and the proofs' jobs."""

from __future__ import annotations

import os

from django.conf import settings

from config.celery import app
from prove import shots

if lease := os.environ.get("SLATE_PROVE_LEASE"):
    settings.JOB_LEASE_SECONDS = float(lease)
shots.install()

__all__ = ["app"]
