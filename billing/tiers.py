"""The tiers' figures as first installed; from then on the rows count, edited in the console."""

from __future__ import annotations

from typing import Any

from craft.terms.people import Tier

# None stands for “by agreement”. Credits are whole credits a month; minutes bound the feature bay.
FIGURES: dict[Tier, dict[str, Any]] = {
    Tier.PREVIS: {
        "seats": 1, "guests": 3, "series_per_month": 1, "episodes_per_month": 2, "credits_per_month": 0,
        "takes_per_shot": 2, "retakes": 2, "jobs_at_once": 1,
        "remote_engines": False, "failover": False, "private_engines": False,
        "max_height": 720, "burn_in": True, "prores": False, "stems": False, "dcp": False, "otio": False,
        "feature_minutes": 0, "languages": 2,
    },
    Tier.INDIE: {
        "seats": 3, "guests": 10, "series_per_month": 3, "episodes_per_month": 10, "credits_per_month": 25_000,
        "takes_per_shot": 4, "retakes": 3, "jobs_at_once": 4,
        "remote_engines": True, "failover": False, "private_engines": False,
        "max_height": 1080, "burn_in": False, "prores": False, "stems": False, "dcp": False, "otio": True,
        "feature_minutes": 30, "languages": 10,
    },
    Tier.STUDIO: {
        "seats": 15, "guests": 50, "series_per_month": 20, "episodes_per_month": 60, "credits_per_month": 200_000,
        "takes_per_shot": 8, "retakes": 5, "jobs_at_once": 16,
        "remote_engines": True, "failover": True, "private_engines": False,
        "max_height": 2160, "burn_in": False, "prores": True, "stems": True, "dcp": False, "otio": True,
        "feature_minutes": None, "languages": 74,
    },
    Tier.NETWORK: {
        "seats": None, "guests": None, "series_per_month": None, "episodes_per_month": None, "credits_per_month": 0,
        "takes_per_shot": None, "retakes": None, "jobs_at_once": 64,
        "remote_engines": True, "failover": True, "private_engines": True,
        "max_height": 4320, "burn_in": False, "prores": True, "stems": True, "dcp": True, "otio": True,
        "feature_minutes": None, "languages": 74,
    },
}  # fmt: skip
