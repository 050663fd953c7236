"""The signer as a process: what it gives away, what it keeps, how it stops and comes back."""

from __future__ import annotations

import ast
import hashlib
import json
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from tests.vault.conftest import ROOT, RunningSigner, wait_until
from vault import wire
from vault.authority import AuthorityBroken, open_authority
from vault.errors import SignerDown, SigningFailed


def test_signature_verifies_with_the_leaf_of_the_chain(signer: RunningSigner) -> None:
    chain = signer.client.chain()
    raw = signer.client.sign(b"a claim", chain.leaf)
    leaf, issuing = x509.load_pem_x509_certificates(chain.pem.encode())
    key = leaf.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    as_der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(as_der, b"a claim", ec.ECDSA(SHA256()))  # raises when it does not fit
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(x509.load_pem_x509_certificate(signer.client.root().encode()))


def test_certificates_have_the_profile_readers_accept(signer: RunningSigner) -> None:
    leaf, issuing = x509.load_pem_x509_certificates(signer.client.chain().pem.encode())
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical and usage.value.digital_signature and not usage.value.key_cert_sign
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert issuing.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=366)


def test_key_files_are_the_owners_only(signer: RunningSigner) -> None:
    assert stat.S_IMODE(signer.home.stat().st_mode) == 0o700
    assert stat.S_IMODE(signer.socket.stat().st_mode) == 0o600
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in signer.home.iterdir()}
    assert {name: mode for name, mode in modes.items() if mode != 0o600} == {}
    assert {"root.key", "issuing.key", "leaf.key", "claims.log"} <= modes.keys()


def test_nothing_but_the_signer_imports_the_keys() -> None:
    importers = set()
    packages = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"]
    for path in (file for package in packages for file in package.rglob("*.py")):
        text = path.read_text()
        if "authority" in text or "vault.signer" in text:
            names = {n.module for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ImportFrom)}
            if names & {"vault.authority", "vault.signer"}:
                importers.add(path.relative_to(ROOT).as_posix())
    assert importers == {"vault/signer.py"}


def test_no_answer_contains_a_private_key(signer: RunningSigner) -> None:
    answers = []
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(signer.socket))
        for op in ("chain", "root", "health", "key", "leaf.key"):
            wire.send(connection, {"op": op})
            answers.append(json.dumps(wire.receive(connection)))
    assert "PRIVATE" not in "".join(answers)
    assert '"unknown_op"' in answers[3] and '"unknown_op"' in answers[4]


def test_each_signature_leaves_the_hash_of_its_claim(signer: RunningSigner) -> None:
    signer.client.sign(b"watch this", signer.client.chain().leaf)
    last = json.loads((signer.home / "claims.log").read_text().splitlines()[-1])
    assert last["claim"] == hashlib.sha256(b"watch this").hexdigest()


def test_signing_with_a_renewed_leaf_is_refused_until_the_chain_is_fetched_again(
    signer: RunningSigner,
) -> None:
    with pytest.raises(SigningFailed, match="renewed"):
        signer.client.sign(b"a claim", "00" * 32)


def test_garbage_on_the_socket_does_not_stop_the_signer(signer: RunningSigner) -> None:
    for rubbish in (b"\xff\xff\xff\xff", b"\0\0\0\x05nope!", b"GET / HTTP/1.1\r\n\r\n"):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(signer.socket))
            connection.sendall(rubbish)
    assert signer.client.health()["ok"] is True


def test_stop_removes_the_socket_and_a_restart_keeps_the_root(
    own_signer: Callable[[], RunningSigner],
) -> None:
    first = own_signer()
    root = first.client.root()
    first.process.terminate()
    assert first.process.wait(5) == 0
    assert not first.socket.exists()
    assert own_signer().client.root() == root


def test_a_killed_signers_socket_is_cleared(own_signer: Callable[[], RunningSigner]) -> None:
    first = own_signer()
    first.process.kill()
    first.process.wait(5)
    assert first.socket.exists()
    with pytest.raises(SignerDown):
        first.client.health()
    assert own_signer().client.health()["ok"] is True


def test_a_second_signer_on_the_same_socket_gives_way(signer: RunningSigner) -> None:
    command = [
        sys.executable,
        "-m",
        "vault.signer",
        "--socket",
        str(signer.socket),
        "--home",
        str(signer.home) + "2",
    ]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and "already answers" in done.stderr
    assert wait_until(lambda: signer.client.health()["ok"])


def test_a_leaf_is_renewed_so_that_no_file_is_left_with_less_than_eleven_months(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    first = open_authority(tmp_path, now)
    later = open_authority(tmp_path, now + timedelta(days=29))
    renewed = open_authority(tmp_path, now + timedelta(days=31))
    assert later.leaf_id == first.leaf_id != renewed.leaf_id
    assert renewed.root_pem == first.root_pem
    assert renewed.not_after - (now + timedelta(days=31)) > timedelta(days=330)


def test_a_home_that_lost_its_root_is_not_silently_founded_again(tmp_path: Path) -> None:
    open_authority(tmp_path)
    (tmp_path / "root.pem").unlink()
    with pytest.raises(AuthorityBroken, match=r"root\.pem"):
        open_authority(tmp_path)


def test_a_key_of_somebody_else_is_refused(tmp_path: Path) -> None:
    open_authority(tmp_path / "a")
    open_authority(tmp_path / "b")
    (tmp_path / "a/leaf.key").write_bytes((tmp_path / "b/leaf.key").read_bytes())
    with pytest.raises(AuthorityBroken, match="does not belong"):
        open_authority(tmp_path / "a")
