"""The studio's own test engine.

POST /v1/works                submit; header Idempotency-Key, body {model, kind, params}
GET  /v1/works/<id>           state          GET /v1/works/<id>/file   the result
GET  /v1/keys/<key>           look-up        DELETE /v1/works/<id>     cancel (of work without end; other is charged)
GET  /v1/health               models
"""

from __future__ import annotations

from fake_engines.desk import Desk, Refused, Work
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

PRICES = {"still": 4_000, "clip": 6_000, "clip-lookup": 6_000, "clip-opaque": 6_000}
KEYED = frozenset({"still", "clip"})
LOOKED_UP = frozenset({"still", "clip", "clip-lookup"})


class Fake(Wire):
    """Honours a key for two of its models, can be asked by key for a third, and says what it charged."""

    engine = "fake"

    def admit(self, call: Call) -> None:
        """No credential is asked for here: the server's own token is enough."""

    def order(self, call: Call) -> Ordered | None:
        """One JSON body."""
        if (call.method, call.path) != ("POST", ["v1", "works"]):
            return None
        body = call.json()
        model, params = str(body["model"]), dict(body.get("params") or {})
        if model not in PRICES:
            raise Refused(404, "model_not_found")
        milli = PRICES[model]
        if model != "still":
            milli = -(-round(float(params["seconds"]) * 1000) * milli // 1000)
        key = call.headers.get("idempotency-key", "")
        return Ordered(model, str(body.get("kind")), milli, params, key, model in KEYED, model in LOOKED_UP)

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """Its reference."""
        return reply(200, {"id": work.id, "state": "running"})

    def other(self, call: Call, desk: Desk) -> Answer:
        """States, files, look-ups."""
        match (call.method, call.path):
            case ("GET", ["v1", "works", number]):
                return self._state(desk.find(number), desk)
            case ("GET", ["v1", "works", number, "file"]):
                mime, data = desk.result(desk.find(number))
                return Answer(200, data, mime)
            case ("GET", ["v1", "keys", key]):
                return self._state(desk.by_key(key), desk)
            case ("DELETE", ["v1", "works", number]):
                work = desk.find(number)
                if desk.take_back(work):
                    return reply(200, {"id": work.id, "state": "cancelled"})
                return reply(409, {"id": work.id, "error": {"code": "already_charged"}})
            case ("GET", ["v1", "health"]):
                return reply(
                    200, {"models": sorted(PRICES), "looked_up": sorted(LOOKED_UP), "works": len(desk.works)}
                )
        raise Refused(404, "no_such_address")

    def _state(self, work: Work, desk: Desk) -> Answer:
        if not desk.ready(work):
            return reply(200, {"id": work.id, "state": "running"})
        if desk.failed(work):
            return reply(
                200, {"id": work.id, "state": "failed", "error": {"code": "generation_failed"}, "milli": 0}
            )
        mime, data = desk.result(work)
        done = {"id": work.id, "state": "done", "mime": mime, "bytes": len(data), "milli": work.milli}
        return reply(200, done | {"version": "2026-11"})
