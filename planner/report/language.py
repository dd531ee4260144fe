"""The language of a report: every fixed string by its key, and how figures, money and dates are written.

A catalogue per language lies in `templates/locale`. The sentences of the plan come from `templates/sentences`
(`planner.wording`); names and sources stay as request and catalogs have them. The language is set around one rendering,
as `decimal.localcontext` sets a precision, and is gone after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from planner import document, wording
from planner.errors import InputError
from planner.paths import data_root
from planner.wording import Entry, fields, flat

Code = Literal["en", "de"]
LANGUAGES: tuple[Code, ...] = get_args(Code)
PLAIN_CODE: Code = "en"
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Language:
    """One catalogue: text by key, or its forms for one and for other numbers."""

    code: str
    entries: Mapping[str, Entry]

    def say(self, key: str, values: Mapping[str, str | int]) -> str:
        """The text of a key with its fields filled; `n` chooses the plural form.

        Raises:
            KeyError: the catalogue has no such key, or a field has no value: a fault of ours.
        """
        entry = self.entries[key]
        if not isinstance(entry, str):
            entry = entry["one" if values["n"] == 1 else "other"]
        return _FIELD.sub(lambda field: self.written(values[field[1]]), entry) if values else entry

    def written(self, value: str | int) -> str:
        """A whole number with its thousands marked; text as it is."""
        return value if isinstance(value, str) else self.figure(f"{value:,}")

    def figure(self, english: str) -> str:
        """A figure written the English way ("1,234.5 kW") as this language writes it."""
        return wording.figure(english, self.code)

    def day(self, iso: str) -> str:
        """A date: 2027-06-30, in German 30.06.2027; other text as it is."""
        return wording.day(iso, self.code)


@cache
def language(code: str) -> Language:
    """The catalogue that ships with the planner."""
    return Language(code, flat(document.load(data_root() / "templates" / "locale" / f"{code}.yaml", "catalogue").data))


def with_own_words(code: str, folder: Path | None) -> Language:
    """The shipped catalogue, with the entries of `locale/CODE.yaml` in a user's template folder in place of ours.

    Raises:
        InputError: their file names a key or a field that ours does not have.
    """
    ours = language(code)
    file = folder / "locale" / f"{code}.yaml" if folder else None
    if file is None or not file.is_file():
        return ours
    source = document.load(file, "catalogue")
    own = flat(source.data)
    for key, entry in own.items():
        known = ours.entries.get(key)
        if known is None or isinstance(known, str) != isinstance(entry, str):
            hint = document.nearest(key, list(ours.entries))
            raise InputError.of(key, "no such text", "a key of the shipped catalogue", hint, str(file))
        if not fields(entry) <= fields(known):
            expected = ", ".join(sorted(fields(known))) or "no field"
            raise InputError.of(key, ", ".join(sorted(fields(entry))), expected, file=str(file))
    return Language(code, {**ours.entries, **own})


_now: ContextVar[Language | None] = ContextVar("report language", default=None)


def current() -> Language:
    """The language that is spoken now; English unless another was chosen."""
    return _now.get() or language(PLAIN_CODE)


@contextmanager
def speaking(chosen: Language) -> Iterator[Language]:
    """Everything inside is said in this language."""
    token = _now.set(chosen)
    try:
        yield chosen
    finally:
        _now.reset(token)


def say(key: str, /, **values: str | int) -> str:
    """The text of a key in the language spoken now."""
    return current().say(key, values)


def term(kind: str, word: str) -> str:
    """A word of the plan that has a fixed meaning (a role, a status); others as the plan writes them, hyphens apart."""
    found = current().entries.get(f"{kind}.{word}")
    return found if isinstance(found, str) else word.replace("-", " ").replace("_", " ")
