"""The house's own certificate authority: a root, an issuing authority and the leaf that signs claims.

Only `vault.signer` imports this module: whoever can load these keys can sign. The profile is the one C2PA
readers accept: P-256 throughout, issuing authority with path length 0, a leaf whose only usage is digital
signatures. A private root proves that nothing was changed since we signed; it is not a publicly trusted name.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID, ObjectIdentifier

ORGANISATION = "Slate"
ROOT_DAYS, ISSUING_DAYS, LEAF_DAYS = 3650, 1825, 365
# There is no independent time stamp yet, so a signature is good as long as its leaf: each leaf signs for
# thirty days of its year, and no file is ever left with less than eleven months.
RENEW_BEFORE = timedelta(days=LEAF_DAYS - 30)
# A verifier whose clock runs a little behind ours must not see a certificate from the future.
BACKDATE = timedelta(minutes=5)
CLAIM_SIGNING = ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
COORDINATE_BYTES = 32


class AuthorityBroken(RuntimeError):
    """A key or certificate of the signer's home is missing or does not fit the others."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A private key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def sign_raw(self, data: bytes) -> bytes:
        """ES256 over `data` as C2PA wants it: r and s, 32 bytes each, big endian, 64 bytes in all."""
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")


@dataclass(frozen=True, slots=True)
class Authority:
    """What the signer needs while it runs: the root's certificate, the issuing authority and the leaf."""

    root_pem: bytes
    issuing: Identity
    leaf: Identity

    @property
    def chain_pem(self) -> bytes:
        """Leaf, then issuing authority; the root is what the reader has to hold."""
        return self.leaf.pem + self.issuing.pem

    @property
    def leaf_id(self) -> str:
        """SHA-256 fingerprint of the leaf, hex."""
        return self.leaf.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def not_after(self) -> datetime:
        """When the leaf ends (UTC)."""
        return self.leaf.certificate.not_valid_after_utc


def open_authority(home: Path, now: datetime | None = None) -> Authority:
    """Load the authority kept in `home`; make what is missing, renew a leaf that has signed for 30 days.

    The home is 0700 and each key file 0600. Raises AuthorityBroken when a file is damaged or the parts do not
    fit: a silently made second root would turn every file signed so far into one of an unknown signer.
    """
    moment = now or datetime.now(UTC)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.chmod(0o700)
    if not (home / "root.pem").exists():
        if (home / "leaf.pem").exists():
            raise AuthorityBroken("the signer's home has lost root.pem; restore it from a backup")
        _found(home, moment)
    root_pem = (home / "root.pem").read_bytes()
    issuing = _load(home, "issuing")
    _check_issued(x509.load_pem_x509_certificate(root_pem), issuing.certificate)
    leaf = _load(home, "leaf") if (home / "leaf.key").exists() else None
    if leaf is None or leaf.certificate.not_valid_after_utc - moment < RENEW_BEFORE:
        leaf = _issue_leaf(home, issuing, moment)
    _check_issued(issuing.certificate, leaf.certificate)
    return Authority(root_pem, issuing, leaf)


def _found(home: Path, now: datetime) -> None:
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _certificate("root", "root", root_key.public_key(), root_key, now, ROOT_DAYS, path_length=1)
    issuing_key = ec.generate_private_key(ec.SECP256R1())
    issuing = _certificate(
        "issuing", "root", issuing_key.public_key(), root_key, now, ISSUING_DAYS, path_length=0
    )
    # The root's key is written for a later issuing authority and never read again by the running signer.
    # root.pem comes last: a stop before it means that nothing was founded, and the next start begins again.
    _write(home / "root.key", _key_pem(root_key))
    _write(home / "issuing.key", _key_pem(issuing_key))
    _write(home / "issuing.pem", issuing.public_bytes(serialization.Encoding.PEM))
    _write(home / "root.pem", root.public_bytes(serialization.Encoding.PEM))


def _issue_leaf(home: Path, issuing: Identity, now: datetime) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = Identity(
        key, _certificate("leaf", "issuing", key.public_key(), issuing.key, now, LEAF_DAYS, path_length=None)
    )
    # The key last: a stop in between leaves a leaf without a key, which the next start replaces.
    (home / "leaf.key").unlink(missing_ok=True)
    _write(home / "leaf.pem", leaf.pem)
    _write(home / "leaf.key", _key_pem(key))
    return leaf


NAMES = {"root": "Slate Root CA", "issuing": "Slate Issuing CA", "leaf": "Slate Claim Signer"}


def _name(which: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, NAMES[which]),
        ]
    )


def _certificate(
    subject: str,
    issuer: str,
    public: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    days: int,
    *,
    path_length: int | None,
) -> x509.Certificate:
    authority = path_length is not None
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .add_extension(_usage(authority), critical=True)
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([CLAIM_SIGNING]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    """Write whole or not at all, readable by the owner only from the first byte on."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _load(home: Path, name: str) -> Identity:
    try:
        key = serialization.load_pem_private_key((home / f"{name}.key").read_bytes(), None)
        certificate = x509.load_pem_x509_certificate((home / f"{name}.pem").read_bytes())
    except (OSError, ValueError) as error:
        raise AuthorityBroken(
            f"{name}.key or {name}.pem in the signer's home cannot be read: {error}"
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise AuthorityBroken(f"{name}.key does not belong to {name}.pem")
    return Identity(key, certificate)


def _check_issued(issuer: x509.Certificate, issued: x509.Certificate) -> None:
    try:
        issued.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise AuthorityBroken(f"{_common(issued)} was not issued by {_common(issuer)}") from error


def _common(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
