"""Read a file's provenance and name what is wrong with it. No Django, no keys, no database.

    python -m vault.reading FILE MIME < ROOT_PEM      prints the report as JSON

The command form exists so that a stranger's file is parsed in a process of its own (`vault.provenance`).
A file counts as trusted only when it and each of its ingredients are whole: the C2PA library alone calls a
master trusted although a shot was already broken when it was placed.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import resource
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from c2pa import C2paError, Context, Reader, Settings

from vault import strict
from vault.claims import ACTIONS_ASSERTION, CONTAINER_ASSERTION, MASTER_ASSERTION, SHOT_ASSERTION

# Without this the library asks, or writes a preference into the user's home.
os.environ.setdefault("ENCYPHER_C2PA_TELEMETRY", "off")
encypher_c2pa: Any
try:  # a development dependency: the second opinion is "not measured" where it is absent
    import encypher_c2pa
except ImportError:
    encypher_c2pa = None

# The other library refuses larger files.
SECOND_OPINION_BYTES = 128 * 1024 * 1024
NOT_MEASURED = "not measured"
UNTRUSTED = "signingCredential.untrusted"
ACCEPTED_USAGES = "1.3.6.1.5.5.7.3.4\n1.3.6.1.4.1.62558.2.1"
WORDS: Mapping[str, str] = {
    "assertion.bmffHash.mismatch": "The picture or sound was changed after signing.",
    "assertion.dataHash.mismatch": "The picture or sound was changed after signing.",
    "assertion.hashedURI.mismatch": "A statement in the provenance was changed after signing.",
    "claimSignature.mismatch": "The signature does not fit the claim.",
    "claimSignature.missing": "The claim carries no signature.",
    UNTRUSTED: "The signer is not one this studio knows.",
    "signingCredential.invalid": "The signing certificate may not sign claims.",
    "signingCredential.expired": "The signing certificate has ended and there is no time stamp.",
    "ingredient.manifest.mismatch": "The provenance of an ingredient was changed after it was placed.",
    "ingredient.claimSignature.mismatch": "The provenance of an ingredient was changed after it was placed.",
    "manifest.unreadable": "The provenance is damaged and cannot be read.",
}


class CannotRead(Exception):
    """The bytes are not a readable file of the type."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that failed: C2PA status code, words, and where (the file itself or an ingredient)."""

    code: str
    message: str
    where: str


@dataclass(frozen=True, slots=True)
class IngredientReport:
    """One ingredient of the file: its title, its own state and who signed it."""

    title: str
    relationship: str
    state: str
    signer: str


@dataclass(frozen=True, slots=True)
class ProvenanceReport:
    """The result of reading a file.

    `state`: trusted (whole, signed under our root) · valid (whole, signer unknown here) · invalid · unsigned.
    `facts` is our own assertion, `second_opinion` another library's verdict or None for "not measured".
    """

    state: str
    signer: str = ""
    issues: tuple[Issue, ...] = ()
    ingredients: tuple[IngredientReport, ...] = ()
    actions: tuple[str, ...] = ()
    digital_source: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    second_opinion: dict[str, Any] | None = None

    @property
    def trusted(self) -> bool:
        """Whole, every ingredient too, and signed under the root we hold."""
        return self.state == "trusted"

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return json.loads(json.dumps(asdict(self)))  # type: ignore[no-any-return]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ProvenanceReport:
        """The report again from `as_json`."""
        known = dict(data)
        known["issues"] = tuple(Issue(**row) for row in known.get("issues", ()))
        known["ingredients"] = tuple(IngredientReport(**row) for row in known.get("ingredients", ()))
        known["actions"] = tuple(known.get("actions", ()))
        return cls(**known)


def reader_settings(root_pem: str) -> dict[str, Any]:
    """Settings of the C2PA library: our root only, no thumbnails, little memory, no network."""
    return {
        "version": 1,
        "trust": {"trust_anchors": root_pem, "trust_config": ACCEPTED_USAGES},
        "core": {"backing_store_memory_threshold_in_mb": 32},
        "verify": {
            "verify_trust": True,
            "verify_after_sign": True,
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        },
        "builder": {"thumbnail": {"enabled": False}},
    }


def read(path: Path, mime: str, root_pem: str, *, second: bool = True) -> ProvenanceReport:
    """Read and judge one file. Raises CannotRead when it is not a readable file of that type."""
    try:
        with (
            path.open("rb") as file,
            Context(Settings.from_dict(reader_settings(root_pem))) as context,
            Reader(mime, file, context=context) as reader,
        ):
            state, store = str(reader.get_validation_state()), json.loads(reader.json())
    except C2paError.ManifestNotFound:
        return ProvenanceReport("unsigned", second_opinion=_second(path, mime, root_pem) if second else None)
    except C2paError as error:
        return _unreadable(path, mime, root_pem, str(error), second)
    except OSError as error:
        raise CannotRead(str(error)) from error
    report = _strictly(_judge(state, store), _container(store), path, mime)
    if not second:
        return report
    return _with_second(report, _second(path, mime, root_pem))


def _container(store: Mapping[str, Any]) -> str:
    active = store["manifests"][store["active_manifest"]]
    return str(_assertion(active, CONTAINER_ASSERTION).get("ftyp", ""))


def _strictly(report: ProvenanceReport, signed_type: str, path: Path, mime: str) -> ProvenanceReport:
    """Hold a file of our own to the exact form of its store: no hash covers the padding of signatures."""
    if not report.trusted or not strict.covers(mime):
        return report
    try:
        strict.check(path, mime, signed_type)
    except strict.Altered as error:
        altered = Issue("store.altered", f"The provenance was changed after signing: {error}.", "this file")
        return replace(report, state="invalid", issues=(altered,))
    return report


def _unreadable(path: Path, mime: str, root_pem: str, why: str, second: bool) -> ProvenanceReport:
    """A broken container cannot be read at all; a broken manifest in a whole one is an invalid file."""
    if not _holds_manifest(path):
        raise CannotRead(why)
    issue = Issue("manifest.unreadable", f"{WORDS['manifest.unreadable']} ({why})", "this file")
    return ProvenanceReport(
        "invalid", issues=(issue,), second_opinion=_second(path, mime, root_pem) if second else None
    )


def _holds_manifest(path: Path) -> bool:
    """Whether the file carries a C2PA store at all (its box label occurs in the bytes)."""
    tail = b""
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            if b"c2pa" in tail + part:
                return True
            tail = part[-3:]
    return False


def _judge(state: str, store: Mapping[str, Any]) -> ProvenanceReport:
    active = store["manifests"][store["active_manifest"]]
    issues = list(_own_issues(store))
    ingredients: list[IngredientReport] = []
    for item in active.get("ingredients", []):
        found = [*_saved_issues(item), *_delta_issues(store, item)]
        issues += [issue for issue in dict.fromkeys(found) if issue not in issues]
        signer = _signer(store["manifests"].get(item.get("active_manifest"), {}))
        own = _ingredient_state(item, found)
        ingredients.append(
            IngredientReport(str(item.get("title", "")), str(item.get("relationship", "")), own, signer)
        )
    actions = _assertion(active, ACTIONS_ASSERTION).get("actions", [])
    facts = _assertion(active, MASTER_ASSERTION) or _assertion(active, SHOT_ASSERTION)
    return ProvenanceReport(
        state=_state(state, issues),
        signer=_signer(active),
        issues=tuple(issues),
        ingredients=tuple(ingredients),
        actions=tuple(str(action.get("action", "")) for action in actions),
        digital_source=next((str(a["digitalSourceType"]) for a in actions if a.get("digitalSourceType")), ""),
        facts=facts,
    )


def _state(state: str, issues: Sequence[Issue]) -> str:
    """The library's state, lowered by what it leaves to the reader: the ingredients."""
    broken = [issue for issue in issues if issue.code != UNTRUSTED]
    if state == "Invalid" or broken:
        return "invalid"
    return "valid" if issues or state != "Trusted" else "trusted"


def _ingredient_state(item: Mapping[str, Any], issues: Sequence[Issue]) -> str:
    if not item.get("active_manifest"):
        return "unsigned"
    if any(issue.code != UNTRUSTED for issue in issues):
        return "invalid"
    return "valid" if issues else "trusted"


def _own_issues(store: Mapping[str, Any]) -> Iterable[Issue]:
    for status in store.get("validation_results", {}).get("activeManifest", {}).get("failure", []):
        yield _issue(status, "this file")


def _saved_issues(item: Mapping[str, Any]) -> Iterable[Issue]:
    """What was already wrong with the ingredient when it was placed."""
    for status in item.get("validation_results", {}).get("activeManifest", {}).get("failure", []):
        yield _issue(status, f"ingredient “{item.get('title', '')}”")


def _delta_issues(store: Mapping[str, Any], item: Mapping[str, Any]) -> Iterable[Issue]:
    """What became wrong with the ingredient since it was placed."""
    for delta in store.get("validation_results", {}).get("ingredientDeltas", []):
        if str(item.get("label", "")) and str(delta.get("ingredientAssertionURI", "")).endswith(
            f"/{item['label']}"
        ):
            for status in delta.get("validationDeltas", {}).get("failure", []):
                yield _issue(status, f"ingredient “{item.get('title', '')}”")


def _issue(status: Mapping[str, Any], where: str) -> Issue:
    code = str(status.get("code", "unknown"))
    return Issue(code, WORDS.get(code) or str(status.get("explanation") or code), where)


def _signer(manifest: Mapping[str, Any]) -> str:
    info = manifest.get("signature_info") or {}
    return " · ".join(str(info[key]) for key in ("common_name", "issuer") if info.get(key))


def _assertion(manifest: Mapping[str, Any], label: str) -> dict[str, Any]:
    for assertion in manifest.get("assertions", []):
        if assertion.get("label") == label and isinstance(assertion.get("data"), dict):
            return dict(assertion["data"])
    return {}


def _second(path: Path, mime: str, root_pem: str) -> dict[str, Any] | None:
    """An independent library's verdict: its name, version and state; None where it is not installed."""
    if encypher_c2pa is None:
        return None
    by = {"by": "encypher-c2pa", "version": importlib.metadata.version("encypher-c2pa")}
    if path.stat().st_size > SECOND_OPINION_BYTES:
        return {**by, "state": NOT_MEASURED, "detail": "it reads files of up to 128 MiB"}
    try:
        found = encypher_c2pa.verify(str(path), mime, trust_pem=root_pem, no_default_trust=True, online=False)
    # A foreign library parses foreign bytes here. That it gives up is no verdict, and nothing depends on it.
    except Exception as error:
        return {**by, "state": NOT_MEASURED, "detail": str(error)[:300]}
    state = str(found.get("validation_state") or "Invalid").lower() if found.get("present") else "unsigned"
    detail = f"binding {found.get('hard_binding')}, signature {found.get('signature')}"
    return {**by, "state": state, "detail": detail}


def _with_second(report: ProvenanceReport, second: dict[str, Any] | None) -> ProvenanceReport:
    """Attach the second opinion; when it contradicts, that is an issue of its own."""
    data = report.as_json() | {"second_opinion": second}
    whole = ("trusted", "valid")
    if second and report.state in whole and second["state"] not in (*whole, NOT_MEASURED):
        disagreement = Issue(
            "second_opinion.disagrees", f"{second['by']} finds this file {second['state']}.", "this file"
        )
        data["issues"] = [*data["issues"], asdict(disagreement)]
        data["state"] = "invalid"
    return ProvenanceReport.from_json(data)


def _limit_this_process() -> None:
    """A hostile file may cost one process this much, and no more."""
    limits = {
        resource.RLIMIT_CPU: 45,
        resource.RLIMIT_AS: 3 << 30,
        resource.RLIMIT_FSIZE: 64 << 20,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
    }
    for which, limit in limits.items():
        _soft, hard = resource.getrlimit(which)
        bound = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(which, (bound, bound))


def main(arguments: list[str]) -> int:
    """Print the report of FILE as JSON; the root certificate comes on standard input. 2 = cannot be read."""
    _limit_this_process()
    path, mime = Path(arguments[0]), arguments[1]
    try:
        report = read(path, mime, sys.stdin.read())
    except CannotRead as error:
        json.dump({"cannot_read": str(error)}, sys.stdout)
        return 2
    json.dump(report.as_json(), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
