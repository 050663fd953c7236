"""No quarantine: an engine's 404 is believed at once, although it may accept the work a moment later."""

from __future__ import annotations

from engines import crew, protocol
from prove.worker import app

protocol.QUARANTINE_MARGIN = 0.0
for model in crew.models().values():
    object.__setattr__(model, "accept_delay_seconds", 0.0)

__all__ = ["app"]
