"""Google Veo on Vertex AI."""

from __future__ import annotations

import base64
import json
import time
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from engines.adapters import vertex_token
from engines.adapters.base import (
    Access,
    AuthRefused,
    BadOutput,
    EngineAdapter,
    EngineError,
    GenerationFailed,
    InvalidInput,
    ModelRetired,
    ModerationInput,
    ModerationOutput,
    NotReached,
    Outline,
    PollFailed,
    QuotaExhausted,
    RateLimited,
    Watch,
)
from engines.adapters.vertex import Vertex
from tests.engines.adapters.asking import WORDS, clip
from tests.engines.adapters.contract import AdapterContract
from tests.engines.process import FakeEngine

FULL, FAST = "veo-3.1", "veo-3.1-fast"
EMAIL = "slate@slate-test.iam.gserviceaccount.com"
STRANGER = "a key that nobody uploaded"
OPERATION = (
    "projects/slate-test/locations/us-central1/publishers/google/models/veo-3.1-generate-001/operations/o1"
)


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key of a service account, made anew for every run."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def uploaded(url: str) -> None:
    """Bring the public half to the engine, as the console does when a key is uploaded."""
    public = key("known").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = {"email": EMAIL, "keyId": "known", "publicKeyData": base64.b64encode(public).decode()}
    asked = urllib.request.Request(
        f"{url}/vertex/v1/serviceAccounts/keys:upload", json.dumps(body).encode(), method="POST"
    )
    urllib.request.urlopen(asked, timeout=5).read()


def account(url: str, name: str = "known", **changes: str) -> str:
    """The JSON key file of a service account."""
    private = key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    row = {
        "type": "service_account",
        "project_id": "slate-own",
        "private_key_id": name,
        "client_email": EMAIL,
    }
    return json.dumps(row | {"private_key": private, "token_uri": f"{url}/vertex/token"} | changes)


class TestVertex(AdapterContract):
    engine = "vertex"
    options: ClassVar = {"project": "slate-test", "location": "us-central1"}
    requests: ClassVar = {FULL: clip(last=True, frames=96), FAST: clip(first=False, references=3, frames=192)}

    def adapter(
        self, fake: FakeEngine, slug: str, spool: Path, *, read: float = 10.0, **changes: Any
    ) -> EngineAdapter:
        uploaded(fake.url)
        if changes.get("token") == STRANGER:
            changes["token"] = account(fake.url, "stranger")
        changes.setdefault("token", account(fake.url))
        return super().adapter(fake, slug, spool, read=read, **changes)

    def wrong_token(self) -> str:
        return STRANGER

    def body(self, fake: FakeEngine, slug: str, folder: Path, request: Any) -> dict[str, Any]:
        adapter: Any = self.adapter(fake, slug, folder)
        shown: dict[str, Any] = adapter.preview(request(folder), self.model(slug))
        return shown

    # -- the credential

    def test_assertion_is_signed_and_says_who_asks_for_what(self) -> None:
        text = vertex_token.ServiceAccount.read(account("https://x.example")).assertion(1_800_000_000.7)
        signed, _, mark = text.rpartition(".")
        head, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in signed.split("."))
        assert head == {"alg": "RS256", "typ": "JWT", "kid": "known"}
        assert claims == {
            "iss": EMAIL,
            "scope": "https://www.googleapis.com/auth/cloud-platform",
            "aud": "https://x.example/vertex/token",
            "iat": 1_800_000_000,
            "exp": 1_800_003_600,
        }
        given = base64.urlsafe_b64decode(mark + "==")
        key("known").public_key().verify(given, signed.encode(), padding.PKCS1v15(), SHA256())

    def test_token_is_kept_until_it_ends_or_is_refused(
        self, tmp_path: Path, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adapter: Any = self.adapter(fake, FULL, tmp_path)
        vertex_token.forget(adapter.access.token)
        first = adapter.headers()["Authorization"]
        assert adapter.headers()["Authorization"] == first
        assert type(adapter.refusal(httpx.Response(401, json={}))) is AuthRefused
        second = adapter.headers()["Authorization"]
        assert second != first
        later = time.monotonic() + 3600
        monkeypatch.setattr(time, "monotonic", lambda: later)
        assert adapter.headers()["Authorization"] != second

    @pytest.mark.parametrize(
        "text", ["", "sesame", "[]", "{}", '{"client_email": "a", "private_key": "no key"}']
    )
    def test_what_is_no_service_account_is_refused_and_not_told_on(
        self, text: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter = self.adapter(fake, FULL, tmp_path, token=text)
        with pytest.raises(AuthRefused) as caught:
            adapter.submit(self.requests[FULL](tmp_path), self.model(FULL), "s-1", Watch())
        assert "sesame" not in f"{caught.value} {caught.value.detail}" and fake.rows() == []

    @pytest.mark.parametrize(
        "address",
        [
            "https://evil.example/token",
            "https://oauth2.googleapis.com.evil.example/token",
            "http://10.0.0.1/",
        ],
    )
    def test_the_signed_word_goes_to_nobody_but_google(
        self, address: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, FULL, tmp_path, token=account(fake.url, token_uri=address))
        with pytest.raises(AuthRefused):
            adapter.headers()

    def test_token_that_cannot_be_had_now_is_asked_for_again(self, tmp_path: Path, fake: FakeEngine) -> None:
        lost = account(fake.url, token_uri="http://127.0.0.1:9/token")
        adapter = self.adapter(fake, FULL, tmp_path, token=lost)
        with pytest.raises(NotReached):
            adapter.submit(self.requests[FULL](tmp_path), self.model(FULL), "s-1", Watch())
        with pytest.raises(PollFailed):
            adapter.poll(OPERATION)
        assert not adapter.health().ok

    # -- where and what

    @pytest.mark.parametrize(
        ("place", "address"),
        [
            ("", "https://us-central1-aiplatform.googleapis.com"),
            ("europe-west4", "https://europe-west4-aiplatform.googleapis.com"),
            ("global", "https://aiplatform.googleapis.com"),
            ("evil.example/", "https://aiplatform.googleapis.com"),
        ],
    )
    def test_address_follows_the_location(self, place: str, address: str, tmp_path: Path) -> None:
        access = Access("https://aiplatform.googleapis.com", "{}", {"project": "p", "location": place})
        assert Vertex(access, tmp_path).access.base_url == address

    def test_a_location_that_is_none_and_an_account_without_project_are_refused(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        for options, token in (
            ({"location": "../x"}, account(fake.url)),
            ({}, account(fake.url, project_id="")),
        ):
            adapter = self.adapter(fake, FULL, tmp_path, options=options, token=token)
            issues = adapter.validate(self.requests[FULL](tmp_path), self.model(FULL))
            assert [issue.field for issue in issues] == ["project"]

    def test_project_of_the_key_is_charged_where_none_is_named(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, FULL, tmp_path, options={})
        path = adapter.preview(self.requests[FULL](tmp_path), self.model(FULL))["path"]
        assert path == (
            "/v1/projects/slate-own/locations/us-central1/publishers/google/models/"
            "veo-3.1-generate-001:predictLongRunning"
        )

    def test_frames_and_references_have_their_places(self, tmp_path: Path, fake: FakeEngine) -> None:
        (framed,) = self.body(fake, FULL, tmp_path, clip(last=True))["body"]["instances"]
        assert framed["image"]["bytesBase64Encoded"]["title"] == "keyframe"
        assert framed["lastFrame"]["bytesBase64Encoded"]["title"] == "last"
        assert framed["prompt"] == f"Eye-level shot. The camera pans slowly to the left. {WORDS}"
        (referred,) = self.body(fake, FULL, tmp_path, clip(first=False, references=2))["body"]["instances"]
        assert [one["referenceType"] for one in referred["referenceImages"]] == ["asset", "asset"]
        assert "image" not in referred

    def test_sound_is_off_and_the_rest_is_told(self, tmp_path: Path, fake: FakeEngine) -> None:
        asked = clip(width=720, height=1280, negative="rain", seed=2**32 + 7)
        assert self.body(fake, FULL, tmp_path, asked)["body"]["parameters"] == {
            "aspectRatio": "9:16",
            "durationSeconds": 4,
            "resolution": "720p",
            "sampleCount": 1,
            "seed": 7,
            "generateAudio": False,
            "negativePrompt": "rain",
        }

    @pytest.mark.parametrize(
        ("asked", "seconds", "milli"),
        [
            ({"frames": 24}, 4, 40_000),
            ({"frames": 120}, 6, 60_000),
            ({"frames": 24, "width": 1920, "height": 1080}, 8, 96_000),
            ({"frames": 24, "width": 3840, "height": 2160}, 8, 240_000),
            ({"frames": 24, "first": False, "references": 1}, 8, 80_000),
        ],
    )
    def test_large_frames_and_references_are_ordered_and_priced_in_eight_seconds(
        self, asked: dict[str, Any], seconds: int, milli: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter, request = self.adapter(fake, FAST, tmp_path), clip(**asked)
        parameters = self.body(fake, FAST, tmp_path, request)["body"]["parameters"]
        assert parameters["durationSeconds"] == seconds
        assert adapter.quote(request(tmp_path), self.model(FAST)).high == milli

    def test_outline_is_priced_as_it_will_be_ordered(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, FULL, tmp_path)
        assert adapter.quote(Outline("clip", seconds=3.0, width=1920), self.model(FULL)).high == 8 * 40_000

    def test_what_does_not_go_together_is_refused(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, FULL, tmp_path)
        for asked, field in (
            (clip(references=1), "references"),
            (clip(first=False, last=True), "last"),
            (clip(width=1000, height=1000), "width"),
            (clip(frames=24 * 9), "seconds"),
        ):
            assert [i.field for i in adapter.validate(asked(tmp_path), self.model(FULL))] == [field]

    # -- what comes back

    @pytest.mark.parametrize(
        ("body", "meant"),
        [
            (
                {
                    "response": {
                        "raiMediaFilteredCount": 1,
                        "raiMediaFilteredReasons": ["Support codes: 15236754"],
                    }
                },
                ModerationOutput,
            ),
            ({"response": {"videos": []}}, BadOutput),
            ({"response": {"videos": [{"gcsUri": "gs://bucket/clip.mp4"}]}}, BadOutput),
            ({"error": {"code": 3, "message": "Unsupported."}}, InvalidInput),
            ({"error": {"code": 3, "message": "Violates. Support codes: 58061214"}}, ModerationInput),
            ({"error": {"code": 8, "message": "Busy."}}, GenerationFailed),
            ({"error": {"code": 13, "message": "Internal error."}}, GenerationFailed),
        ],
    )
    def test_done_without_a_video_is_read_by_its_code(
        self, body: dict[str, Any], meant: type[EngineError], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, FULL, tmp_path)
        with pytest.raises(EngineError) as caught:
            adapter.state(OPERATION, {"name": OPERATION, "done": True, **body})
        assert type(caught.value) is meant

    @pytest.mark.parametrize(
        ("status", "error", "meant"),
        [
            (404, {"status": "NOT_FOUND", "message": "is no longer available"}, ModelRetired),
            (400, {"status": "INVALID_ARGUMENT", "message": "Bad field"}, InvalidInput),
            (400, {"status": "INVALID_ARGUMENT", "message": "… Support codes: 29310472"}, ModerationInput),
            (
                403,
                {"status": "PERMISSION_DENIED", "details": [{"reason": "BILLING_DISABLED"}]},
                QuotaExhausted,
            ),
            (403, {"status": "PERMISSION_DENIED", "details": [{"reason": "SERVICE_DISABLED"}]}, AuthRefused),
            (429, {"status": "RESOURCE_EXHAUSTED"}, RateLimited),
        ],
    )
    def test_refusals_have_their_class(
        self, status: int, error: dict[str, Any], meant: type[EngineError], tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, FULL, tmp_path)
        assert type(adapter.refusal(httpx.Response(status, json={"error": error}))) is meant

    def test_damaged_name_of_an_operation_is_not_asked_for(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, FULL, tmp_path)
        for ref in ("", "operations/1", f"{OPERATION}/../../x", f"https://evil.example/{OPERATION}"):
            with pytest.raises(GenerationFailed):
                adapter.poll(ref)
