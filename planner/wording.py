"""The sentences of a plan: each by its key and its arguments, one catalogue of them per language.

A catalogue lies in `templates/sentences`. Text of a sentence holds fields: `{load:W}` writes the argument `load` as a
power. Arguments are plain numbers, names, lists, or sentences of their own. A plan is made in English; what is said
there can be said again in another language, with figures and dates as that language writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from planner import document
from planner.paths import data_root
from planner.quantity import show

CANONICAL = "en"
QUOTED = "quoted"  # the key of what the catalogs say in their own words
PLURAL = {"one", "other"}
UNITS = frozenset({"W", "B", "kg", "L/min"})  # written with their unit, large ones with a prefix
_FIELD = re.compile(r"\{(\w+)(?::([^{}]+))?\}")
_MARKS: dict[str, dict[int, str]] = {"en": {}, "de": str.maketrans({",": ".", ".": ","})}
_WORDS = re.compile(r"[a-z]{2}[a-z-]*")  # forms that name a section of words; others are of numbers
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")

Entry = str | Mapping[str, str]
Arguments = Mapping[str, Any]


class Said(str):
    """A sentence in English that knows which one it is: its key in the catalogues, and its arguments."""

    key: str
    args: Arguments

    def __new__(cls, text: str, key: str, args: Arguments) -> Said:
        """The text with what it says."""
        said = super().__new__(cls, text)
        said.key, said.args = key, args
        return said

    def __reduce__(self) -> tuple[type[Said], tuple[str, str, Arguments]]:
        return Said, (str(self), self.key, self.args)


def sentence(key: str, /, **args: Any) -> str:
    """A sentence of the plan. It reads as English text; what keeps it may ask which one it is (`Said`).

    Raises:
        KeyError: the catalogue has no such sentence, or a field has no argument: a fault of ours.
    """
    english = wording(CANONICAL)
    plain = {name: _plain(value) for name, value in args.items() if name in wanted(english.entries[key])}
    return Said(english.say(key, plain), key, plain)


def in_language(text: str, code: str) -> str:
    """A sentence in a language; text that is none as it is."""
    return wording(code).say(text.key, text.args) if isinstance(text, Said) else text


def quoted(text: str, **others: str) -> str:
    """A text of the catalogs as they have it; `others` by their language, where they have it in more than English."""
    return Said(text, QUOTED, {"text": text, **{code: other for code, other in others.items() if other}})


def _plain(value: Any) -> Any:
    """An argument as JSON holds it."""
    if isinstance(value, Said):
        return {"key": value.key, "args": value.args}
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


@dataclass(frozen=True)
class Wording:
    """The sentences of one language."""

    code: str
    entries: Mapping[str, Entry]

    def say(self, key: str, args: Arguments) -> str:
        """A sentence with its fields filled; `n` chooses the form of those that have two."""
        if key == QUOTED:
            return str(args.get(self.code, args["text"]))
        entry = self.entries[key]
        if not isinstance(entry, str):
            entry = entry["one" if args["n"] == 1 else "other"]
        return "".join(
            literal if name is None else self._written(args[name], form) for literal, name, form in _parts(entry)
        )

    def _written(self, value: Any, form: str) -> str:
        if isinstance(value, Mapping):
            return self.say(value["key"], value["args"])
        if isinstance(value, list):
            return self._listed([self._written(one, "") for one in value], form)
        if isinstance(value, str):
            return self._word(value, form)
        if form in UNITS:
            return self.figure(show(value, form))
        return self.figure(format(value, form))

    def _listed(self, parts: list[str], form: str) -> str:
        if form in ("and", "or"):
            return f" {self.entries[f'joined.{form}']} ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
        return {"": ", ", ";": "; ", " ": " "}[form].join(parts)

    def _word(self, value: str, form: str) -> str:
        if form == "day":
            return day(value, self.code)
        if form in UNITS or (form and not _WORDS.fullmatch(form)):
            raise ValueError(f"{value!r} where a number belongs")
        found = self.entries.get(f"{form}.{value}") if form else None
        return found if isinstance(found, str) else value

    def figure(self, english: str) -> str:
        """A figure written the English way ("1,234.5 kW") as this language writes it."""
        return figure(english, self.code)


def figure(english: str, code: str) -> str:
    """A figure written the English way ("1,234.5 kW", "30%") as a language writes it."""
    written = english.translate(_MARKS.get(code, {}))
    return re.sub(r"(?<=\d)%", " %", written) if code == "de" else written


def day(iso: str, code: str) -> str:
    """A date: 2027-06-30, in German 30.06.2027; other text as it is."""
    found = _ISO_DAY.fullmatch(iso)
    return f"{found[3]}.{found[2]}.{found[1]}" if found and code == "de" else iso


@cache
def _parts(entry: str) -> tuple[tuple[str, str | None, str], ...]:
    """A text as its literal pieces and its fields, each with its form."""
    parts: list[tuple[str, str | None, str]] = []
    end = 0
    for field in _FIELD.finditer(entry):
        parts += [(entry[end : field.start()], None, ""), ("", field[1], field[2] or "")]
        end = field.end()
    return (*parts, (entry[end:], None, ""))


def fields(entry: Entry) -> set[str]:
    """The names that a text wants filled."""
    texts = [entry] if isinstance(entry, str) else entry.values()
    return {field[1] for text in texts for field in _FIELD.finditer(text)}


def wanted(entry: Entry) -> set[str]:
    """The arguments of a text: its fields, and `n` where that chooses the form."""
    return fields(entry) if isinstance(entry, str) else fields(entry) | {"n"}


@cache
def wording(code: str) -> Wording:
    """The sentences that ship with the planner, in one language.

    Ids of tiers, roles and the like stay as they are in English; other languages name them as their reports do.
    """
    words = _catalogue("locale", code) if code != CANONICAL else {}
    return Wording(code, {**words, **_catalogue("sentences", code)})


def _catalogue(folder: str, code: str) -> dict[str, Entry]:
    return flat(document.load(data_root() / "templates" / folder / f"{code}.yaml", "catalogue").data)


def flat(data: Any, prefix: str = "") -> dict[str, Entry]:
    """Nested sections as dotted keys."""
    found: dict[str, Entry] = {}
    for name, value in (data or {}).items():
        if isinstance(value, Mapping) and set(value) != PLURAL:
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value if isinstance(value, Mapping) else str(value)
    return found


def joined(parts: Iterable[str]) -> str:
    """Sentences one after another, parted by semicolons."""
    found = list(parts)
    if not found:
        return ""
    return found[0] if len(found) == 1 else sentence("joined.parted", parts=found)
