"""Bytes of an uploaded script → text. Guesses only what is safe to guess; refuses the rest by name."""

from __future__ import annotations

import codecs
import unicodedata

from craft.screenplay.errors import ScreenplayError

MOST_BYTES = 5_000_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP file (DOCX, EPUB or similar)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\x1f\x8b", "a compressed file"),
    (b"RIFF", "a media file"),
    (b"OggS", "a media file"),
    (b"ID3", "a media file"),
)
_TEXT_CONTROLS = frozenset(b"\t\n\x0b\x0c\r\x1a\x1b")
_MOST_CONTROLS = 0.01
# A Western text is mostly plain letters; above this share the bytes belong to another code page.
_MOST_ACCENTS = 0.5
_EXPORT = "Export it as Fountain or plain text in UTF-8 and upload that."


def decode(raw: bytes) -> str:
    """Decode UTF-8, UTF-16/32 (with a mark, or UTF-16 plainly seen) or Windows-1252.

    Raises ScreenplayError: script.too_large, script.empty, script.binary, script.encoding.
    """
    if len(raw) > MOST_BYTES:
        size, most = len(raw) / 1e6, MOST_BYTES // 1_000_000
        message = f"The script has {size:.1f} MB; at most {most} MB are read."
        raise ScreenplayError("script.too_large", message, "Upload one episode.")
    text = _decoded(raw) if raw.strip() else ""
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise ScreenplayError("script.empty", "The script is empty.", "Write or upload a script.")
    return text


def _decoded(raw: bytes) -> str:
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            return _strict(raw[len(mark) :], codec)
    for signature, what in _SIGNATURES:
        if raw.startswith(signature):
            raise _binary(f"This is {what}, not a text.")
    if codec := _unmarked_utf16(raw):
        return _strict(raw, codec)
    if b"\0" in raw or _controls(raw) > _MOST_CONTROLS * len(raw):
        raise _binary("This is a binary file, not a text.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _western(raw)


def _strict(raw: bytes, codec: str) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as error:
        message = f"The file says it is {codec.upper()} and breaks at byte {error.start}."
        raise ScreenplayError("script.encoding", message, _EXPORT) from error


def _western(raw: bytes) -> str:
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _unreadable() from error
    letters = [c for c in text if unicodedata.category(c).startswith("L")]
    if sum(c > "\x7f" for c in letters) > _MOST_ACCENTS * max(1, len(letters)):
        raise _unreadable()
    return text


def _unmarked_utf16(raw: bytes) -> str:
    """The codec when nearly every second byte at the start is zero: Latin UTF-16 without a mark."""
    head = raw[:4000]
    pairs = len(head) // 2
    if pairs < 4 or len(raw) % 2:
        return ""
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > 0.7 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    if even > 0.7 * pairs and odd < 0.05 * pairs:
        return "utf-16-be"
    return ""


def _controls(raw: bytes) -> int:
    return sum(raw.count(bytes([code])) for code in range(32) if code not in _TEXT_CONTROLS)


def _binary(message: str) -> ScreenplayError:
    return ScreenplayError("script.binary", message, _EXPORT)


def _unreadable() -> ScreenplayError:
    return ScreenplayError("script.encoding", "The encoding of the text cannot be told for sure.", _EXPORT)
