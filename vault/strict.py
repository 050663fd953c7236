"""Bytes of a provenance store that no hash covers must be exactly as we write them.

Signatures are stored with ten kilobytes of zero padding outside the signed part, and the boxes that hold
claims, signatures and assertions have lengths, types and labels that no digest includes. C2PA readers skip
over changes there. They cannot alter what is shown, but a certificate that says "one changed byte is found"
has to find them. Only files signed under our own root are held to this form; a foreign signer may pad as it
likes.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HEADER = 8
BOX_LIMIT = 1 << 28
MP4_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
MP4_PREFIX = MP4_UUID + b"\0\0\0\0" + b"manifest\0" + b"\0" * 8
UUID_TAIL = bytes.fromhex("00110010800000aa00389b71")
MANIFEST_LABEL = re.compile(r"^urn:c2pa:[0-9a-f-]{36}$")
# Kind of box → the labels of the boxes inside that no hash covers, with their kind. Assertions are hashed.
PARTS = {"c2pa.assertions": b"c2as", "c2pa.claim.v2": b"c2cl", "c2pa.signature": b"c2cs"}
COSE_PADDING = (b"\x63pad", b"\x64pad2")  # CBOR text of three and four letters


class Altered(Exception):
    """Bytes outside every hash are not as they were written."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a store: four-letter type and payload."""

    kind: bytes
    payload: bytes


def check(path: Path, mime: str, signed_type: str) -> None:
    """Raise Altered when the file's provenance store is not in the exact form we write.

    `signed_type` is what `file_type` was when the file was signed.
    """
    if file_type(path, mime) != signed_type:
        raise Altered("the file type box was changed")
    try:
        store = _STORES[mime](path)
        outer = list(_boxes(store))
        if len(outer) != 1:
            raise Altered("the store is not one box")
        manifests = _described(outer[0], "c2pa", b"c2pa")
        for manifest in manifests:
            _check_manifest(manifest)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise Altered(f"the store is cut or garbled: {error}") from error


def _check_manifest(box: Box) -> None:
    label, kind, parts = _open(box)
    if not MANIFEST_LABEL.match(label) or kind != b"c2ma":
        raise Altered("a manifest has a strange name")
    seen = []
    for part in parts:
        name, kind, inner = _open(part)
        if PARTS.get(name) != kind:
            raise Altered(f"a part named {name!r} is not one we write")
        seen.append(name)
        if name == "c2pa.signature":
            _check_signature(inner)
        elif name == "c2pa.claim.v2":
            if [b.kind for b in inner] != [b"cbor"]:
                raise Altered("the claim's box is not one we write")
        else:
            for assertion in inner:
                _open(assertion)
    if sorted(seen) != sorted(PARTS):
        raise Altered("a manifest lacks a part or holds one twice")


def _boxes(data: bytes) -> Iterator[Box]:
    at = 0
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length < HEADER or at + length > len(data):
            raise Altered("a box is longer than its place")
        yield Box(kind, data[at + HEADER : at + length])
        at += length


def _open(box: Box) -> tuple[str, bytes, list[Box]]:
    """Label, kind (first four bytes of its UUID) and content boxes of a superbox."""
    if box.kind != b"jumb":
        raise Altered("a box is not a superbox")
    first, *rest = list(_boxes(box.payload))
    if first.kind != b"jumd" or len(first.payload) < 18:
        raise Altered("a superbox lacks its description")
    kind, tail, toggles = first.payload[:4], first.payload[4:16], first.payload[16]
    label, nul, private = first.payload[17:].partition(b"\0")
    salted = toggles == 0x13 and all(b.kind == b"c2sh" for b in _boxes(private))
    if tail != UUID_TAIL:
        raise Altered("a box is of an unknown kind")
    if not nul or not (salted or (toggles == 0x03 and not private)):
        raise Altered("a description is not one we write")
    return label.decode(), kind, rest


def _described(box: Box, label: str, kind: bytes) -> list[Box]:
    found, found_kind, inner = _open(box)
    if (found, found_kind) != (label, kind):
        raise Altered("the store has a strange name")
    return inner


def _check_signature(inner: list[Box]) -> None:
    """COSE_Sign1: tag 18, [protected (signed), unprotected, nil, signature]; unprotected is zeros only."""
    if [b.kind for b in inner] != [b"cbor"]:
        raise Altered("the signature's box is not one we write")
    data = inner[0].payload
    if data[:2] != b"\xd2\x84":
        raise Altered("the signature is not a COSE_Sign1")
    at = _skip_string(data, 2, 0x40)
    pairs, at = data[at] & 0x1F, at + 1
    if data[at - 1] >> 5 != 5 or pairs > len(COSE_PADDING):
        raise Altered("the signature has unprotected statements")
    for _ in range(pairs):
        name = data[at : _skip_string(data, at, 0x60)]
        if name not in COSE_PADDING:
            raise Altered("the signature has an unprotected statement")
        at += len(name)
        end = _skip_string(data, at, 0x40)
        if any(data[at + _head(data, at) : end]):
            raise Altered("the padding of a signature was changed")
        at = end
    if data[at : at + 3] != b"\xf6\x58\x40" or len(data) != at + 3 + 64:
        raise Altered("the signature is not 64 bytes")


def _head(data: bytes, at: int) -> int:
    """Length of a CBOR head: one byte, or more when the size follows it."""
    extra = {24: 1, 25: 2, 26: 4}
    return 1 + extra.get(data[at] & 0x1F, 0)


def _skip_string(data: bytes, at: int, major: int) -> int:
    """Where the CBOR string of this major type at `at` ends. Refuses a size written longer than needed."""
    size, head = data[at] & 0x1F, _head(data, at)
    if data[at] & 0xE0 != major or size > 26:
        raise Altered("the signature is garbled")
    if head > 1:
        size = int.from_bytes(data[at + 1 : at + head], "big")
        if size < {2: 24, 3: 256, 5: 65536}[head]:
            raise Altered("the signature is garbled")
    if at + head + size > len(data):
        raise Altered("the signature is cut")
    return at + head + size


def _mp4_store(path: Path) -> bytes:
    with path.open("rb") as file:
        while head := file.read(HEADER):
            length, kind = struct.unpack(">I4s", head)
            if kind == b"uuid" and length < BOX_LIMIT:
                payload = file.read(length - HEADER)
                if payload.startswith(MP4_UUID):
                    if not payload.startswith(MP4_PREFIX):
                        raise Altered("the box around the store was changed")
                    return payload[len(MP4_PREFIX) :]
                continue
            skip = struct.unpack(">Q", file.read(8))[0] - 16 if length == 1 else length - HEADER
            if length == 0 or skip < 0:
                break
            file.seek(skip, 1)
    raise Altered("the box around the store is not where it was")


def _png_store(path: Path) -> bytes:
    found = []
    with path.open("rb") as file:
        file.read(8)
        while head := file.read(HEADER):
            length, kind = struct.unpack(">I4s", head)
            if length > BOX_LIMIT:
                raise Altered("a chunk is longer than the file")
            payload = file.read(length)
            if file.read(4) != struct.pack(">I", zlib.crc32(kind + payload)):
                raise Altered("a chunk does not fit its checksum")
            if kind == b"caBX":
                found.append(payload)
    if len(found) != 1:
        raise Altered("the chunk with the store was changed")
    return found[0]


def _wav_store(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(12)
        while head := file.read(HEADER):
            kind, length = struct.unpack("<4sI", head)
            if kind == b"C2PA" and length < BOX_LIMIT:
                return file.read(length)
            file.seek(length + length % 2, 1)
    raise Altered("the chunk with the store was changed")


_STORES = {"video/mp4": _mp4_store, "image/png": _png_store, "audio/wav": _wav_store}


def file_type(path: Path, mime: str) -> str:
    """The `ftyp` payload of an MP4 as hex, which C2PA's hash leaves out; empty for other types."""
    if mime != "video/mp4":
        return ""
    with path.open("rb") as file:
        length, kind = struct.unpack(">I4s", file.read(HEADER))
        return file.read(min(length, 4096) - HEADER).hex() if kind == b"ftyp" and length > HEADER else ""


def covers(mime: str) -> bool:
    """Whether files of this type are held to the exact form."""
    return mime in _STORES
