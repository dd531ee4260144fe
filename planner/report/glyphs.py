"""Characters that the bundled fonts lack: archival PDF refuses them, so a box stands for each, and they are counted."""

from __future__ import annotations

import re
from functools import lru_cache

from planner.report.drawings import metrics

BOX = "□"
INVISIBLE = frozenset("\u200b\n\t")
_NAMED = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)


def missing(text: str) -> frozenset[str]:
    """The characters of a Typst source that no bundled font has."""
    unsure = {c for c in set(text) if c not in INVISIBLE and not metrics.has(c)}
    known = {c for c in unsure if ideographic(c) and not metrics.has_ideograph(c)}
    return frozenset(known | _refused("".join(sorted(unsure - known))))


def ideographic(character: str) -> bool:
    """Scripts of East Asia and what lies beyond the basic planes of letters: in no font but the one of ideographs."""
    code = ord(character)
    return 0x2E80 <= code <= 0xA4CF or 0xAC00 <= code <= 0xD7FF or 0xF900 <= code <= 0xFAFF or code >= 0x20000


@lru_cache(maxsize=64)
def _refused(characters: str) -> frozenset[str]:
    """What the compiler says it cannot print, asked until it prints the rest."""
    import typst  # noqa: PLC0415 - 80 MB that only this output needs

    from planner.report.pdf import STANDARDS, fonts  # noqa: PLC0415 - pdf asks this module first

    found: set[str] = set()
    while left := "".join(c for c in characters if c not in found):
        words = " ".join(f"\\u{{{ord(c):x}}}" for c in left)
        source = f'#set document(title: "x")\n#set text(font: "Inter", lang: "en")\n#text("{words}")'
        try:
            typst.compile(
                source.encode(),
                format="pdf",
                pdf_standards=list(STANDARDS),
                ignore_system_fonts=True,
                font_paths=fonts(),
            )
        except typst.TypstError as error:
            named = _NAMED.search(str(error))
            refused = set(named[1]) & set(left) if named else set()
            if not refused:
                raise
            found |= refused
        else:
            break
    return frozenset(found)


def without(text: str, characters: frozenset[str]) -> str:
    """The text with a box for each of these characters."""
    return text.translate(dict.fromkeys(map(ord, characters), BOX)) if characters else text
