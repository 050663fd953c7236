"""What every remote adapter has to show, against its vendor's wire format with every fault (reliability §3).

A test class names its engine and a request for each of its models and inherits the rest:

    class TestBfl(AdapterContract):
        engine = "bfl"
        requests = {"flux-2-pro": still()}

Nothing here knows an engine. The judge is the charge log of the fake engines' own process.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from craft.terms.shots import Direction, Movement
from engines import crew, foreign
from engines.adapters.base import (
    Access,
    AuthRefused,
    BadOutput,
    Clip,
    Done,
    EngineAdapter,
    EngineClass,
    EngineError,
    Fetched,
    GenerationFailed,
    Model,
    ModerationInput,
    NotReached,
    NotSupported,
    OutcomeUnknown,
    RateLimited,
    Request,
    ResultGone,
    Watch,
)
from engines.adapters.wording import named, wording
from tests.engines.process import LATE_SECONDS, FakeEngine

Asking = Callable[[Path], Request]
SECRET = "whsec_c2xhdGUtdGVzdC1zZWNyZXQ="
PATIENCE = 20.0
SUBMIT_FAULTS: tuple[tuple[str, type[EngineError], int], ...] = (
    ("rate_limit", RateLimited, 0),
    ("rate_limit_bare", RateLimited, 0),
    ("error_before", OutcomeUnknown, 0),
    ("error_after", OutcomeUnknown, 1),
    ("reset_after", OutcomeUnknown, 1),
    ("garbage", OutcomeUnknown, 1),
    ("hang", OutcomeUnknown, 1),
    ("accept_late", OutcomeUnknown, 1),
)
MOVES = [
    (move.value, way.value)
    for move, ways in {
        Movement.STATIC: [Direction.NONE],
        Movement.PAN: [Direction.LEFT, Direction.RIGHT],
        Movement.TILT: [Direction.UP, Direction.DOWN],
        Movement.DOLLY: [Direction.IN, Direction.OUT],
        Movement.TRUCK: [Direction.LEFT, Direction.RIGHT, Direction.FOLLOW],
        Movement.CRANE: [Direction.UP, Direction.DOWN],
        Movement.ARC: [Direction.CW, Direction.CCW],
        Movement.HANDHELD: [Direction.LOW, Direction.MEDIUM, Direction.HIGH],
    }.items()
    for way in ways
]


class AdapterContract:
    """Inherit, set `engine` and `requests`. Faults that an interface cannot have are named in `lacks`."""

    engine: ClassVar[str]
    requests: ClassVar[Mapping[str, Asking]]
    token: ClassVar[str] = "key-1"
    options: ClassVar[Mapping[str, str]] = {}
    lacks: ClassVar[frozenset[str]] = frozenset()
    """Faults that this interface cannot show: an engine that answers with its work has no state to lose."""

    no_media: ClassVar[frozenset[str]] = frozenset()
    """Models whose result is a few facts in the answer itself: there is no file that could be spoilt."""
    free: ClassVar[frozenset[str]] = frozenset()
    """Models that the vendor does not charge for."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        own = any("slug" in str(mark.args[0]) for mark in metafunc.definition.iter_markers("parametrize"))
        if "slug" not in metafunc.fixturenames or own:
            return
        slugs = sorted(self.requests)
        if "movement" in metafunc.fixturenames:
            slugs = [slug for slug in slugs if "clip" in self.model(slug).capability.kinds]
        metafunc.parametrize("slug", slugs)

    # -- pieces

    def model(self, slug: str) -> Model:
        return crew.models()[f"{self.engine}/{slug}"]

    def adapter(
        self, fake: FakeEngine, slug: str, spool: Path, *, read: float = 10.0, **changes: Any
    ) -> EngineAdapter:
        given = {"base_url": f"{fake.url}/{self.engine}", "token": self.token, "options": self.options}
        access = Access(**{**given, "hook_secret": SECRET, **changes})
        made: Any = crew.adapter(self.model(slug), spool=spool, access=access)
        made.read_seconds = read
        return made  # type: ignore[no-any-return]

    def finished(self, adapter: EngineAdapter, ref: str) -> Done:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            state = adapter.poll(ref)
            if state.done is not None:
                return state.done
            time.sleep(0.05)
        raise AssertionError("the engine did not come to an end")

    def made(
        self, adapter: EngineAdapter, slug: str, folder: Path, key: str = ""
    ) -> tuple[Done, list[Fetched]]:
        request = self.requests[slug](folder)
        # the engines run on from test to test, and some remember a key
        key = key or f"a-{folder.name}"
        done = self.finished(adapter, adapter.submit(request, self.model(slug), key, Watch()).ref)
        into = folder / "into"
        into.mkdir(exist_ok=True)
        orders: Any = adapter
        ordered = orders.units(request, self.model(slug)).seconds
        return done, [foreign.check(one, request, ordered) for one in adapter.fetch(done, into.joinpath)]

    # -- what it says before anything is sent

    def test_every_model_of_the_row_file_is_tried(self) -> None:
        engine = crew.engines()[self.engine]
        assert {model.slug for model in engine.models} == set(self.requests)
        assert engine.base_url.startswith("https://") or engine.options.get("base_url")
        assert engine.credential

    def test_price_and_preview_need_no_connection(self, slug: str, tmp_path: Path) -> None:
        adapter: Any = crew.adapter(
            self.model(slug), spool=tmp_path, access=Access("https://nowhere.invalid", "sesame", self.options)
        )
        request, model = self.requests[slug](tmp_path), self.model(slug)
        assert list(adapter.validate(request, model)) == []
        quote = adapter.quote(request, model)
        assert quote.low <= quote.expected <= quote.high
        assert (quote.high == 0) if slug in self.free else (quote.low > 0)
        shown = json.dumps(adapter.preview(request, model), ensure_ascii=False)
        assert "sesame" not in shown and str(tmp_path) not in shown
        for one in request.inputs():
            assert one.sha256 in shown, f"{one.title} is not sent"

    def test_what_it_does_not_make_is_refused(self, slug: str, tmp_path: Path, fake: FakeEngine) -> None:
        class Unheard(Request):
            kind = "unheard"

        adapter = self.adapter(fake, slug, tmp_path)
        assert [issue.field for issue in adapter.validate(Unheard(), self.model(slug))] == ["kind"]

    @pytest.mark.parametrize(("movement", "direction"), MOVES)
    def test_camera_is_told_in_the_engines_words_or_refused(
        self, slug: str, movement: str, direction: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        model, asked = self.model(slug), self.requests[slug](tmp_path)
        assert isinstance(asked, Clip)
        adapter: Any = self.adapter(fake, slug, tmp_path)
        request = _changed(asked, movement=movement, direction=direction)
        issues = adapter.validate(request, model)
        words = wording(model.capability.wording)
        if named(movement, direction) in words.movements:
            assert not issues
            assert words.camera(request) in _texts(adapter.preview(request, model)["body"])
        else:
            assert [issue.field for issue in issues] == ["movement"]

    # -- one order, one charge

    def test_work_is_charged_once_within_the_quote_and_arrives_whole(
        self, slug: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter, model = self.adapter(fake, slug, tmp_path), self.model(slug)
        done, files = self.made(adapter, slug, tmp_path)
        (charge,) = fake.rows()
        quote = adapter.quote(self.requests[slug](tmp_path), model)
        assert quote.low <= charge["milli"] <= quote.high
        assert done.cost_milli in (None, charge["milli"])
        assert files and all(file.path.stat().st_size > 100 for file in files)

    @pytest.mark.parametrize(("fault", "kind", "charges"), SUBMIT_FAULTS)
    def test_fault_at_the_order_has_its_class(
        self, slug: str, fault: str, kind: type[EngineError], charges: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        if fault in self.lacks:
            pytest.skip(f"{self.engine} cannot show {fault}")
        fake.schedule(fault)
        adapter = self.adapter(fake, slug, tmp_path, read=1.0 if fault == "hang" else 10.0)
        with pytest.raises(EngineError) as caught:
            adapter.submit(self.requests[slug](tmp_path), self.model(slug), f"f-{tmp_path.name}", Watch())
        assert type(caught.value) is kind, caught.value.detail
        if kind is RateLimited:
            assert caught.value.after == (0.2 if fault == "rate_limit" else None)
        if fault == "accept_late":
            time.sleep(LATE_SECONDS + 0.3)
        assert len(fake.charged()) == charges

    def test_a_request_the_rules_refuse_costs_nothing(
        self, slug: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        if "moderated" in self.lacks:
            pytest.skip(f"{self.engine} has no rules about what is in a request")
        fake.schedule("moderated")
        with pytest.raises(ModerationInput):
            self.made(self.adapter(fake, slug, tmp_path), slug, tmp_path)
        assert sum(row["milli"] for row in fake.charged()) == 0

    def test_refused_connection_is_certainly_not_accepted(
        self, slug: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter = self.adapter(fake, slug, tmp_path, base_url="http://127.0.0.1:9/nothing")
        with pytest.raises(NotReached):
            adapter.submit(self.requests[slug](tmp_path), self.model(slug), "n-1", Watch())
        assert not adapter.health().ok or not getattr(adapter, "probe", "")

    def test_wrong_credential_is_told_apart(self, slug: str, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, slug, tmp_path, token=self.wrong_token())
        with pytest.raises(AuthRefused):
            adapter.submit(self.requests[slug](tmp_path), self.model(slug), "w-1", Watch())
        assert fake.rows() == []

    def wrong_token(self) -> str:
        """A credential that this engine refuses."""
        return ""

    # -- work that goes wrong

    def test_failed_work_is_said_to_have_failed(self, slug: str, tmp_path: Path, fake: FakeEngine) -> None:
        if "fails" in self.lacks:
            pytest.skip(f"{self.engine} answers with its work")
        fake.schedule("fails")
        with pytest.raises(GenerationFailed):
            self.made(self.adapter(fake, slug, tmp_path), slug, tmp_path)

    def test_lost_work_is_said_to_be_gone(self, slug: str, tmp_path: Path, fake: FakeEngine) -> None:
        if "gone" in self.lacks:
            pytest.skip(f"{self.engine} answers with its work")
        fake.schedule("gone")
        with pytest.raises(ResultGone):
            self.made(self.adapter(fake, slug, tmp_path), slug, tmp_path)

    @pytest.mark.parametrize("fault", ["wrong_mime", "truncated", "empty", "wrong_length"])
    def test_spoilt_file_is_refused(self, slug: str, fault: str, tmp_path: Path, fake: FakeEngine) -> None:
        timeless = fault == "wrong_length" and not self.requests[slug](tmp_path).units().seconds
        if timeless or fault in self.lacks or slug in self.no_media:
            pytest.skip(f"{self.engine} cannot show {fault}")
        fake.schedule(fault)
        with pytest.raises((BadOutput, OutcomeUnknown)) as caught:
            self.made(self.adapter(fake, slug, tmp_path), slug, tmp_path)
        # an answer that holds no work at all cannot be told from one that was lost
        assert fault == "empty" or isinstance(caught.value, BadOutput)

    def test_a_higher_charge_than_quoted_is_reported_where_the_engine_tells(
        self, slug: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        fake.schedule("overpriced")
        adapter = self.adapter(fake, slug, tmp_path)
        done, _ = self.made(adapter, slug, tmp_path)
        (charge,) = fake.rows()
        assert done.cost_milli in (None, charge["milli"])

    # -- finding lost answers

    def test_lost_answer_is_found_again_as_the_class_promises(
        self, slug: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        model, adapter = self.model(slug), self.adapter(fake, slug, tmp_path)
        if model.engine_class is EngineClass.P3:
            with pytest.raises(NotSupported):
                adapter.lookup("l-1")
            return
        request = self.requests[slug](tmp_path)
        assert adapter.lookup(f"{tmp_path.name}-never") is None
        fake.schedule("reset_after")
        key = f"l-{tmp_path.name}"
        with pytest.raises(OutcomeUnknown):
            adapter.submit(request, model, key, Watch())
        if model.engine_class is EngineClass.P1:
            adapter.submit(request, model, key, Watch())
        found = adapter.lookup(key)
        assert found is not None and self.finished(adapter, found.ref).outputs
        assert len(fake.charged()) == 1

    def test_callback_is_believed_only_when_it_is_the_engines_own(
        self, slug: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter = self.adapter(fake, slug, tmp_path)
        scheme = crew.engines()[self.engine].webhook
        if not scheme:
            with pytest.raises(NotSupported):
                adapter.parse_webhook({}, b"{}")
            return
        ref = adapter.submit(
            self.requests[slug](tmp_path), self.model(slug), f"h-{tmp_path.name}", Watch()
        ).ref
        work = fake.charged()[-1]["charge"]
        headers, body = fake.callback(work, SECRET)
        assert adapter.parse_webhook(headers, body) == ref
        for broken in (b"", b"[]", b'{"id": 7}', b"\xff\xfe"):
            with pytest.raises(EngineError):
                adapter.parse_webhook(headers, broken)
        if scheme != "token":
            with pytest.raises(AuthRefused):
                adapter.parse_webhook(*fake.callback(work, SECRET, forged=True))
            with pytest.raises(AuthRefused):
                adapter.parse_webhook(*fake.callback(work, "whsec_c29tZWJvZHkgZWxzZQ=="))

    def test_health_is_answered(self, slug: str, tmp_path: Path, fake: FakeEngine) -> None:
        assert self.adapter(fake, slug, tmp_path).health().ok

    # -- the vendor itself: only where somebody gives a key

    @pytest.mark.live
    def test_live_account_answers(self, slug: str, tmp_path: Path) -> None:
        key = os.environ.get(f"SLATE_LIVE_{self.engine.upper()}_KEY", "")
        if not key:
            pytest.skip("no key for this engine")
        engine = crew.engines()[self.engine]
        adapter = crew.adapter(
            self.model(slug), spool=tmp_path, access=Access(engine.base_url, key, self.options)
        )
        assert adapter.health().ok


def _changed(request: Clip, **changes: Any) -> Clip:
    return replace(request, **changes)


def _texts(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(_texts(one) for one in value.values())
    if isinstance(value, list):
        return "\n".join(_texts(one) for one in value)
    return str(value)


__all__ = ["AdapterContract", "Asking"]
