"""YAML to plain data with the place of every value and key, event by event and within limits."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn, cast

import yaml

from planner.errors import InputError, Problem

MAX_DEPTH = 40
MAX_NODES = 500_000
MAX_DIGITS = 300

Location = tuple[int | str, ...]


@dataclass(frozen=True)
class Mark:
    """A place in a file, counted from 1."""

    line: int
    column: int


def dotted(location: Location) -> str:
    """("sites", 0, "name") -> "sites[0].name"."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


class _Loader(yaml.CSafeLoader):
    """The C loader. 2026-11-21 stays text, "12:30" is not a number in base 60, yes and no are words."""


def _plain_scalars() -> None:
    # PyYAML follows YAML 1.1, where no is False, 12:30 is 750 and a date is an object: none of these is meant here.
    resolvers = {
        first: [(tag, pattern) for tag, pattern in entries if tag not in _UNWANTED]
        for first, entries in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
    _Loader.yaml_implicit_resolvers = resolvers
    _Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
    _Loader.add_implicit_resolver(
        "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
    )
    _Loader.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$"),
        list("-+0123456789."),
    )


_UNWANTED = {
    "tag:yaml.org,2002:bool",
    "tag:yaml.org,2002:int",
    "tag:yaml.org,2002:float",
    "tag:yaml.org,2002:timestamp",
    "tag:yaml.org,2002:merge",
    "tag:yaml.org,2002:value",
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_plain_scalars()


def read_events(text: str, name: str, what: str) -> tuple[Any, dict[Location, Mark], dict[Location, Mark]]:
    """The data of one YAML document, and the places of its values and of its keys.

    Raises:
        InputError: does not parse, a key twice, an alias, a tag, too deep, or not exactly one document.
    """
    loader = _Loader(text.removeprefix("\ufeff"))
    reader = _Reader(name, what, loader)
    try:
        data = reader.document()
    except yaml.YAMLError as error:
        raise InputError(_syntax_problem(name, text, error)) from None
    finally:
        loader.dispose()
    return data, reader.values, reader.keys


def _syntax_problem(name: str, text: str, error: yaml.YAMLError) -> Problem:
    control = _CONTROL.search(text)
    if control:
        line, column = text.count("\n", 0, control.start()) + 1, control.start() - text.rfind("\n", 0, control.start())
        found = f"the control character U+{ord(control[0]):04X}"
        return Problem(name, line, column, "", found, "text", "is this a text file?")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    found = (getattr(error, "problem", None) or str(error).splitlines()[0]).removeprefix("found ")
    hint = "check the indentation and quotes here"
    if "start any token" in found:
        sign = text.splitlines()[line - 1][column - 1]
        found = "a tab" if sign == "\t" else f"a value that starts with {sign}"
        hint = "indent with spaces" if sign == "\t" else "put it in quotes"
    expected = "YAML that parses"
    if found.startswith("did not find expected "):
        rest = "\n".join(text.splitlines()[line - 1 :])[column - 1 :].strip()
        expected = found.removeprefix("did not find expected ")
        found = shown(rest[0]) if rest else "the end of the file"
    elif found.startswith("mapping values are not allowed"):
        found, hint = "a colon where none may stand", "put the text in quotes, or check the indentation"
    elif "end of stream" in found and getattr(error, "context_mark", None):
        line, column = error.context_mark.line + 1, error.context_mark.column + 1  # type: ignore[attr-defined]
        found, hint = "a quote that is never closed", "close it"
    return Problem(name, line, column, "", found, expected, hint)


class _Reader:
    """Builds plain data from parser events and notes the place of each value and key.

    Event by event, because the library's own composer recurses without a limit and dies of a deep file. Refuses
    repeated keys, aliases, tags, depth and numbers without a value before anything is built from them.
    """

    def __init__(self, name: str, what: str, events: _Loader) -> None:
        self.name, self.what, self.events = name, what, events
        self.values: dict[Location, Mark] = {}
        self.keys: dict[Location, Mark] = {}

    def document(self) -> Any:
        """The one document of the stream."""
        self.events.get_event()
        start = self.events.get_event()
        if isinstance(start, yaml.StreamEndEvent):
            self.refuse(Mark(1, 1), (), "only comments", f"a {self.what}", "see the examples folder")
        data = self.value(self.events.get_event(), (), 0)
        self.events.get_event()
        after = self.events.get_event()
        if not isinstance(after, yaml.StreamEndEvent):
            self.refuse(_mark(after), (), "a second document", f"one {self.what} in the file", 'remove the "---"')
        return data

    def value(self, event: Any, location: Location, depth: int) -> Any:
        """The data that starts with an event."""
        mark = self.values[location] = _mark(event)
        if depth > MAX_DEPTH:
            self.refuse(mark, location[:4], f"nesting deeper than {MAX_DEPTH}", "a flatter document")
        if len(self.values) > MAX_NODES:
            self.refuse(mark, location, f"more than {MAX_NODES:,} values", "a smaller document")
        if isinstance(event, yaml.AliasEvent):
            self.refuse(mark, location, f"the alias *{event.anchor}", "the value written out")
        if event.tag is not None:
            self.refuse(mark, location, f"the tag {event.tag}", "plain data without tags")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(location, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(location, depth)
        return self.scalar(event, mark, location)

    def mapping(self, location: Location, depth: int) -> dict[str, Any]:
        """Keys and values up to the end of the mapping."""
        data: dict[str, Any] = {}
        while not isinstance(key := self.events.get_event(), yaml.MappingEndEvent):
            mark = _mark(key)
            if not isinstance(key, yaml.ScalarEvent):
                self.refuse(mark, location, "a key that is not a word", "a word")
            place = (*location, key.value)
            if key.value in data:
                hint = f"it stands first at line {self.keys[place].line}"
                self.refuse(mark, place, f'the key "{key.value}" a second time', "each key once", hint)
            self.keys[place] = mark
            data[key.value] = self.value(self.events.get_event(), place, depth + 1)
        return data

    def sequence(self, location: Location, depth: int) -> list[Any]:
        """Values up to the end of the list."""
        data: list[Any] = []
        while not isinstance(event := self.events.get_event(), yaml.SequenceEndEvent):
            data.append(self.value(event, (*location, len(data)), depth + 1))
        return data

    def scalar(self, event: yaml.ScalarEvent, mark: Mark, location: Location) -> Any:
        """One word or number."""
        text = event.value
        tag = cast(str, self.events.resolve(yaml.ScalarNode, text, event.implicit))  # type: ignore[no-untyped-call]
        match tag.rpartition(":")[2]:
            case "null":
                return None
            case "bool":
                return text == "true"
            case "int" if len(text) <= MAX_DIGITS:
                return int(text)
            case "float" if not math.isinf(value := float(text)):
                return value
            case "int" | "float":
                self.refuse(mark, location, shown(text), "a number of a size that a computer can hold")
        return text

    def refuse(self, mark: Mark, location: Location, found: str, expected: str, hint: str = "") -> NoReturn:
        raise InputError(Problem(self.name, mark.line, mark.column, dotted(location), found, expected, hint))


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def shown(value: Any) -> str:
    """A value as a message shows it."""
    if isinstance(value, str):
        text = value if len(value) <= 60 else value[:57] + "..."
        return f'"{text}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "nothing" if value is None else str(value)
