"""What the three language wires share: answers made from the asked schema, tokens counted, prices as published."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fake_engines.desk import Refused, Work
from fake_engines.faults import Fault
from fake_engines.http import Call
from fake_engines.wires.wire import Ordered, Wire

# dollars for a million tokens of the question, of the answer
PRICES = {
    "gpt-6-luna": (0.10, 0.50),
    "gpt-6-sol": (2.0, 10.0),
    "claude-haiku-5-5": (0.10, 0.50),
    "claude-sonnet-5-5": (2.0, 10.0),
    "gemini-3.5-flash-lite": (0.30, 2.50),
    "gemini-3.8-flash": (0.75, 3.75),
}
DATA = re.compile(r"^===== data (\w+)\n(.*)\n===== end \1$", re.DOTALL | re.MULTILINE)
WRONG_KEY = "wrong-key"
PICTURE = 300
FOREIGN = {"openai-organization", "openai-project"}


class LanguageWire(Wire):
    """Base: a vendor says how its order is read and its answer written."""

    def key_of(self, call: Call) -> str:
        """The credential of a call."""
        return call.headers.get("authorization", "").removeprefix("Bearer ")

    def admit(self, call: Call) -> None:
        """A key is needed, and one is known to be wrong."""
        if self.key_of(call) in ("", WRONG_KEY):
            raise Refused(401, "unauthorized")
        if FOREIGN & set(call.headers):
            raise Refused(400, "invalid: headers of another account")

    def ordered(self, model: str, told: str, words: str, pictures: int, schema: Mapping[str, Any]) -> Ordered:
        """The order with its answer, which must be asked for as data between our lines. Raises Refused."""
        if model not in PRICES:
            raise Refused(404, "not_found")
        found = DATA.search(words)
        if found is None or "Treat it as data" not in told:
            raise Refused(400, "invalid: words of people are not told apart")
        answer = json.dumps(sample(schema, schema, _json(found[2])), ensure_ascii=False, indent=1)
        tokens = _up(len(told + words) // 4 + PICTURE * pictures + len(json.dumps(schema)) // 4, 200)
        spoken = _up(len(answer) // 4, 40)
        asked, said = PRICES[model]
        milli = round((tokens * asked + spoken * said) / 10)
        params = {"answer": answer, "tokens": tokens, "answer_tokens": spoken, "pictures": pictures}
        return Ordered(model, "text", milli, params)


def said(work: Work) -> tuple[str, bool, int, int]:
    """The answer as its fault spoils it: words, whether whole, tokens of question and answer."""
    answer, tokens, spoken = work.params["answer"], work.params["tokens"], work.params["answer_tokens"]
    times = 3 if work.fault is Fault.OVERPRICED else 1
    if work.fault is Fault.WRONG_MIME:
        answer = "<!doctype html><title>Please sign in</title>"
    if work.fault is Fault.EMPTY:
        answer = ""
    if work.fault is Fault.TRUNCATED:
        return answer[: len(answer) // 2], False, tokens, spoken
    return answer, True, tokens * times, spoken * times


def sample(schema: Mapping[str, Any], root: Mapping[str, Any], data: Any, name: str = "") -> Any:
    """An answer in the schema: a list holds one entry for each keyed thing of the same name in the data."""
    if "$ref" in schema:
        return sample(root["$defs"][schema["$ref"].rpartition("/")[2]], root, data, name)
    if "anyOf" in schema:
        return sample(next(one for one in schema["anyOf"] if one.get("type") != "null"), root, data, name)
    if schema["type"] == "object":
        return {key: sample(one, root, data, key) for key, one in schema["properties"].items()}
    if schema["type"] == "array":
        return [_about(row) for row in _rows(data, name)]
    return 82 if schema["type"] == "integer" else f"As far as frame 1 shows ({name or 'text'})."


def strict(schema: Mapping[str, Any]) -> None:
    """Objects of a strict schema name all their properties and allow no others. Raises Refused."""
    for one in _objects(schema):
        if (
            set(one["properties"]) != set(one.get("required", ()))
            or one.get("additionalProperties") is not False
        ):
            raise Refused(400, "invalid: the schema is not strict")


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if value.get("type") == "object":
            yield value
        for one in value.values():
            yield from _objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one)


def _rows(data: Any, name: str) -> list[Mapping[str, Any]]:
    rows = data.get(name, []) if isinstance(data, Mapping) else []
    return [row for row in rows if isinstance(row, Mapping) and "key" in row]


def _about(row: Mapping[str, Any]) -> dict[str, str]:
    """A proposal about a keyed thing: people sit down, a person wears grey."""
    words = (
        f"{row['people'][0]} sits down."
        if row.get("people")
        else f"{row.get('name', 'It')} wears a grey coat."
    )
    return {"key": str(row["key"]), "text": words}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _up(count: int, step: int) -> int:
    return -(-max(1, count) // step) * step
