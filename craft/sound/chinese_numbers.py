"""Figures of Mandarin and Japanese text in Chinese signs, whose readings the readers' dictionaries know."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = "零一二三四五六七八九"
_SMALL = ("", "十", "百", "千")
_LARGE = ("", "万", "亿", "兆")
_LARGE_JA = ("", "万", "億", "兆")
_NUM = r"\d{1,3}(?:,\d{3})+|\d+"


def signs(number: int, *, japanese: bool = False) -> str:
    """2024 → 二千零二十四 (Japanese 二千二十四); beyond 10¹⁶ its digits."""
    if number >= 10**16:
        return "".join(_DIGITS[int(d)] for d in str(number))
    if number == 0:
        return "零"
    large, out, gap = (_LARGE_JA if japanese else _LARGE), "", False
    for power in range(3, -1, -1):
        group = number // 10_000**power % 10_000
        if group:
            if out and not japanese and (gap or group < 1000):
                out += "零"
            out += _below_ten_thousand(group, japanese) + large[power]
        gap = bool(out) and not group
    return out[1:] if not japanese and out.startswith("一十") else out


def figures_in_mandarin(text: str) -> str:
    """Years digit by digit, dates, times, shares, decimals, ranges and numbers as they are said."""
    text = _folded(text)
    text = re.sub(r"(\d{4})(?=\s?年)", lambda m: _each(m[1]), text)
    text = re.sub(r"(?<!\d)([01]?\d|2[0-4]):([0-5]\d)(?!\d)", lambda m: _clock(m, "点", "分"), text)
    text = re.sub(rf"({_NUM})(\.\d+)?\s?%", lambda m: f"百分之{_number(m[1], m[2])}", text)
    text = re.sub(rf"[¥￥]\s?({_NUM})(\.\d+)?", lambda m: f"{_number(m[1], m[2])}元", text)
    text = re.sub(rf"\$\s?({_NUM})(\.\d+)?", lambda m: f"{_number(m[1], m[2])}美元", text)
    text = re.sub(r"(?<=\d)\s?[-–~～]\s?(?=\d)", "到", text)
    text = re.sub(r"(?<!\d)2(?=[个位只条张本件次天])", "两", text)
    text = re.sub(r"(?<![\w])-(?=\d)", "负", text)
    text = re.sub(r"\d{7,}", lambda m: _each(m[0]), text)
    return re.sub(rf"({_NUM})(\.\d+)?", lambda m: _number(m[1], m[2]), text)


def figures_in_japanese(text: str) -> str:
    """Numbers, times, shares and decimals in signs."""
    text = _folded(text)
    text = re.sub(
        r"(?<!\d)([01]?\d|2[0-4]):([0-5]\d)(?!\d)", lambda m: _clock(m, "時", "分", japanese=True), text
    )
    text = re.sub(r"[¥￥]\s?([\d,]+)", r"\1円", text)
    text = re.sub(rf"\$\s?({_NUM})", r"\1ドル", text)
    text = re.sub(r"(?<=\d)\s?%", "パーセント", text)
    text = re.sub(r"(?<=\d)\s?[-–~〜～]\s?(?=\d)", "から", text)
    text = re.sub(r"(?<![\w])-(?=\d)", "マイナス", text)
    text = re.sub(r"\d{9,}|(?<!\d)0\d+", lambda m: _each(m[0]), text)
    return re.sub(rf"({_NUM})(\.\d+)?", lambda m: _number(m[1], m[2], japanese=True), text)


def _folded(text: str) -> str:
    """Full-width figures and letters as the plain ones."""
    wide = (
        unicodedata.normalize("NFKC", c) if ("！" < c <= "～" and c.isalnum()) or c in "％：" else c
        for c in text
    )
    return re.sub(r"：(?!\d)", ":", "".join(wide)) if "：" in text else "".join(wide)


def _clock(match: re.Match[str], hour: str, minute: str, *, japanese: bool = False) -> str:
    first = "两" if not japanese and int(match[1]) == 2 else signs(int(match[1]), japanese=japanese)
    low = int(match[2])
    return f"{first}{hour}" + (f"{signs(low, japanese=japanese)}{minute}" if low else "")


def _number(whole: str, rest: str | None, *, japanese: bool = False) -> str:
    said = signs(int(whole.replace(",", "")), japanese=japanese)
    return said + (("点" + _each(rest[1:])) if rest else "")


def _each(digits: str) -> str:
    return "".join(_DIGITS[int(d)] for d in digits if d.isdigit())


def _below_ten_thousand(group: int, japanese: bool) -> str:
    out, gap = "", False
    for power in range(3, -1, -1):
        digit = group // 10**power % 10
        if not digit:
            gap = bool(out)
            continue
        if gap and not japanese:
            out += "零"
        gap = False
        one = japanese and digit == 1 and power in (1, 2, 3)
        out += ("" if one else _DIGITS[digit]) + _SMALL[power]
    return out
