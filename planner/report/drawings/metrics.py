"""Widths of text in the bundled font, read from the font file itself, so that drawings are laid out before printing."""

from __future__ import annotations

import struct
from functools import cache, lru_cache

from planner.paths import data_root

ASCENT, DESCENT = 0.76, 0.22  # of the size: what capitals and descenders take above and below the baseline
ELLIPSIS = "…"


@cache
def _advances(bold: bool) -> tuple[dict[int, float], float]:
    """Advance of every character in em, and the widest, from the tables `cmap`, `hhea`, `hmtx` and `head`."""
    name = "Inter-SemiBold.otf" if bold else "Inter-Regular.otf"
    data = (data_root() / "templates" / "fonts" / name).read_bytes()
    tables = _tables(data)
    units = struct.unpack_from(">H", data, tables["head"] + 18)[0]
    metrics = struct.unpack_from(">H", data, tables["hhea"] + 34)[0]
    widths = [struct.unpack_from(">H", data, tables["hmtx"] + 4 * glyph)[0] / units for glyph in range(metrics)]
    glyphs = _characters(data, tables["cmap"])
    return {code: widths[min(glyph, metrics - 1)] for code, glyph in glyphs.items()}, max(widths)


def _tables(data: bytes) -> dict[str, int]:
    """Where each table of a font file begins, by its tag."""
    return {
        data[at : at + 4].decode("latin-1"): struct.unpack(">I", data[at + 8 : at + 12])[0]
        for at in range(12, 12 + 16 * struct.unpack(">H", data[4:6])[0], 16)
    }


def _characters(data: bytes, cmap: int) -> dict[int, int]:
    """Glyph of every character of the basic plane, from the segment table (format 4) of the character map."""
    for entry in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * entry)[0]
        if struct.unpack_from(">H", data, at)[0] == 4:
            return _segments(data, at)
    raise ValueError("the font has no character map of format 4")


def _segments(data: bytes, at: int) -> dict[int, int]:
    doubled = struct.unpack_from(">H", data, at + 6)[0]
    columns = [at + 14, at + 16 + doubled, at + 16 + 2 * doubled, at + 16 + 3 * doubled]
    glyphs: dict[int, int] = {}
    for offset in range(0, doubled, 2):
        end, start, delta, distance = (struct.unpack_from(">H", data, column + offset)[0] for column in columns)
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if distance:
                glyph = struct.unpack_from(">H", data, columns[3] + offset + distance + 2 * (code - start))[0]
                if glyph == 0:
                    continue
            glyphs[code] = (glyph + delta) & 0xFFFF
    return glyphs


@cache
def _ideographs() -> frozenset[int]:
    data = (data_root() / "templates" / "fonts" / "NotoSansSC-Regular.otf").read_bytes()
    tables = _tables(data)
    return frozenset(_characters(data, tables["cmap"]))


def has_ideograph(character: str) -> bool:
    """True when the bundled font of ideographs has a glyph for the character."""
    return ord(character) in _ideographs()


def has(character: str) -> bool:
    """True when the bundled font has a glyph for the character, regular and bold."""
    return all(ord(character) in _advances(bold)[0] for bold in (False, True))


@lru_cache(maxsize=20_000)
def width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line, without kerning; a character that the font lacks counts as a full em."""
    advances, _ = _advances(bold)
    return sum(advances.get(ord(character), 1.0) for character in text) * size


def fit(text: str, room: float, size: float, least: float, bold: bool = False) -> tuple[str, float]:
    """The text and size that fit the room: whole, then smaller down to `least`, then with its middle left out."""
    text = " ".join(text.split())
    wide = width(text, size, bold)
    if wide <= room:
        return text, size
    if wide * least / size <= room:
        return text, least if wide * least / size > room * 0.995 else round(size * room / wide * 0.995, 2)
    return shortened(text, room, least, bold), least


def shortened(text: str, room: float, size: float, bold: bool = False) -> str:
    """The longest head and tail around an ellipsis that fit; the tail tells names of one family apart."""
    for kept in range(len(text) - 1, 0, -1):
        head, tail = (kept + 1) // 2, kept // 2
        candidate = text[:head].rstrip() + ELLIPSIS + (text[-tail:].lstrip() if tail else "")
        if width(candidate, size, bold) <= room:
            return candidate
    return ELLIPSIS if width(ELLIPSIS, size, bold) <= room else ""


def wrap(text: str, room: float, size: float, lines: int, bold: bool = False) -> list[str]:
    """The text in at most `lines` lines; what does not fit is shortened in the last one."""
    rows: list[str] = []
    waiting = text.split()
    while waiting and len(rows) < lines - 1:
        row = waiting.pop(0)
        while waiting and width(f"{row} {waiting[0]}", size, bold) <= room:
            row = f"{row} {waiting.pop(0)}"
        rows.append(row if width(row, size, bold) <= room else shortened(row, room, size, bold))
    if waiting:
        rest = " ".join(waiting)
        rows.append(rest if width(rest, size, bold) <= room else shortened(rest, room, size, bold))
    return rows
