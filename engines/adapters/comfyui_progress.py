"""How far a work of ComfyUI is, by its web socket: for people who look, never for deciding what became of it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

Step = tuple[int, int, str]
"""(done, total, node)."""


def progress(base_url: str, headers: Mapping[str, str], ref: str, seconds: float = 2.0) -> Step | None:
    """Listen for at most so long and tell the first step that is heard. None when nothing is heard; never raises.

    A work's messages go to the client that ordered it, so the order names the work itself as its client.
    """
    address = f"ws{base_url.rstrip('/').removeprefix('http')}/ws?clientId={quote(ref)}"
    end = time.monotonic() + seconds
    try:
        with connect(
            address, additional_headers=dict(headers), open_timeout=seconds, close_timeout=0.5, proxy=None
        ) as socket:
            while (left := end - time.monotonic()) > 0:
                step = _step(socket.recv(timeout=left), ref)
                if step is not None:
                    return step
    except (OSError, TimeoutError, WebSocketException, ValueError):
        return None
    return None


def _step(message: str | bytes, ref: str) -> Step | None:
    """The step in a message about this work; binary messages are previews."""
    if isinstance(message, bytes):
        return None
    told = json.loads(message)
    data = told.get("data") if isinstance(told, Mapping) else None
    if not isinstance(data, Mapping) or data.get("prompt_id") != ref:
        return None
    if told.get("type") == "progress":
        return _figures(data, str(data.get("node") or ""))
    if told.get("type") == "progress_state":
        running = [
            (name, node)
            for name, node in dict(data.get("nodes") or {}).items()
            if node.get("state") == "running"
        ]
        return _figures(running[0][1], str(running[0][0])) if running else None
    return None


def _figures(data: Mapping[str, Any], node: str) -> Step | None:
    try:
        return int(data["value"]), int(data["max"]), node
    except (KeyError, TypeError, ValueError):
        return None
