"""YAML and JSON in, with line and column in every error; canonical JSON out; files written whole or not at all."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from planner.errors import InputError, Problem

MAX_BYTES = 16 * 2**20
MAX_DEPTH = 40
MAX_NODES = 2_000_000

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[int | str, ...]


@dataclass(frozen=True)
class Mark:
    """A place in a file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """A parsed file: plain data, and the place of every value and every key by its location in the data."""

    name: str
    data: Any
    values: dict[Location, Mark]
    keys: dict[Location, Mark]
    sha256: str

    def mark(self, location: Location, *, key: bool = False) -> Mark:
        """The place of a location, or of its nearest parent that has one."""
        table = self.keys if key else self.values
        for end in range(len(location), -1, -1):
            if location[:end] in table:
                return table[location[:end]]
        return self.values.get((), Mark(1, 1))

    def problem(self, location: Location, found: str, expected: str, hint: str = "", *, key: bool = False) -> Problem:
        """A problem at a location of this document."""
        mark = self.mark(location, key=key)
        return Problem(self.name, mark.line, mark.column, dotted(location), found, expected, hint)


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
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null")}
_plain_scalars()


def read_text(path: Path, what: str) -> str:
    """The text of a file. `what` names it in messages ("request", "price book").

    Raises:
        InputError: missing, a directory, too large, not UTF-8, empty, or unreadable.
    """
    name = str(path)
    if path.is_dir():
        raise InputError(Problem(name, 0, 0, "", "a directory", f"a {what} file", "name the file inside it"))
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(
                Problem(name, 0, 0, "", f"{size:,} bytes", f"a {what} of at most {MAX_BYTES:,} bytes", "split the file")
            )
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        near = _near_file(path)
        raise InputError(Problem(name, 0, 0, "", "no such file", f"a {what} file", near)) from None
    except UnicodeDecodeError as error:
        raise InputError(
            Problem(
                name,
                0,
                0,
                "",
                f"a byte that is not UTF-8 at offset {error.start}",
                f"a {what} in UTF-8",
                "save the file as UTF-8",
            )
        ) from None
    except OSError as error:
        raise InputError(Problem(name, 0, 0, "", f"{error.strerror}", f"a readable {what} file")) from None
    if not text.strip():
        raise InputError(Problem(name, 1, 1, "", "an empty file", f"a {what}", "see the examples folder"))
    return text


def _near_file(path: Path) -> str:
    parent = path.parent
    names = sorted(p.name for p in parent.iterdir()) if parent.is_dir() else []
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else ""


def load(path: Path, what: str = "document") -> Document:
    """Parses a YAML or JSON file (JSON is read as YAML, which it is a part of).

    Raises:
        InputError: unreadable, does not parse, a key twice, an alias, too deep, or more than one document.
    """
    return parse(read_text(path, what), str(path), what)


def parse(text: str, name: str, what: str = "document") -> Document:
    """Parses YAML text; `name` stands in messages where a file name would."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise InputError(Problem(name, 1, 1, "", "only comments", f"a {what}", "see the examples folder"))
        values: dict[Location, Mark] = {}
        keys: dict[Location, Mark] = {}
        _Walk(name, values, keys).visit(node, (), 0)
        data = loader.construct_document(node)
    except yaml.YAMLError as error:
        raise InputError(_syntax_problem(name, what, error)) from None
    except ValueError as error:
        raise InputError(Problem(name, 1, 1, "", str(error), f"a {what} that parses")) from None
    finally:
        loader.dispose()
    return Document(name, data, values, keys, hashlib.sha256(text.encode()).hexdigest())


def _syntax_problem(name: str, what: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    found = getattr(error, "problem", None) or str(error).splitlines()[0]
    if "found more than one document" in str(error) or "another document" in str(error):
        return Problem(name, line, column, "", "a second document", f"one {what} in the file", 'remove the "---"')
    return Problem(name, line, column, "", f"{found}", "YAML that parses", "check the indentation and quotes here")


class _Walk:
    """Notes the place of each node; refuses repeated keys, aliases, odd tags and depth before anything is built."""

    def __init__(self, name: str, values: dict[Location, Mark], keys: dict[Location, Mark]) -> None:
        self.name, self.values, self.keys = name, values, keys
        self.seen: set[int] = set()

    def visit(self, node: yaml.Node, location: Location, depth: int) -> None:
        mark = Mark(node.start_mark.line + 1, node.start_mark.column + 1)
        self.values[location] = mark
        if depth > MAX_DEPTH:
            self.refuse(mark, location, f"nesting deeper than {MAX_DEPTH}", "a flatter document")
        if len(self.values) > MAX_NODES:
            self.refuse(mark, location, f"more than {MAX_NODES:,} values", "a smaller document")
        if not isinstance(node, yaml.ScalarNode):
            if id(node) in self.seen:
                self.refuse(mark, location, "an alias (*name)", "the value written out")
            self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            self.visit_mapping(node, location, depth)
        elif isinstance(node, yaml.SequenceNode):
            for index, child in enumerate(node.value):
                self.visit(child, (*location, index), depth + 1)
        if node.tag not in _PLAIN_TAGS:
            self.refuse(mark, location, f"the tag {node.tag}", "plain data without tags")

    def visit_mapping(self, node: yaml.MappingNode, location: Location, depth: int) -> None:
        first: dict[str, Mark] = {}
        for key, child in node.value:
            mark = Mark(key.start_mark.line + 1, key.start_mark.column + 1)
            if not isinstance(key, yaml.ScalarNode):
                self.refuse(mark, location, "a key that is not a word", "a word")
            word = key.value
            if word in first:
                self.refuse(
                    mark,
                    (*location, word),
                    f'the key "{word}" a second time',
                    "each key once",
                    f"it stands first at line {first[word].line}",
                )
            first[word] = mark
            self.keys[(*location, word)] = mark
            self.visit(child, (*location, word), depth + 1)

    def refuse(self, mark: Mark, location: Location, found: str, expected: str, hint: str = "") -> None:
        raise InputError(Problem(self.name, mark.line, mark.column, dotted(location), found, expected, hint))


def build(model: type[Model], document: Document, *, context: dict[str, Any] | None = None) -> Model:
    """The document as a pydantic model.

    Raises:
        InputError: with line and column of every fault, up to twenty.
    """
    if not isinstance(document.data, dict):
        kind = type(document.data).__name__
        raise InputError(document.problem((), f"a {kind}", "keys and values at the top level"))
    try:
        return model.model_validate(document.data, context=context)
    except ValidationError as error:
        raise InputError(problems_of(error, model, document)) from None


def problems_of(error: ValidationError, model: type[BaseModel], document: Document) -> list[Problem]:
    """Each pydantic fault as a problem with its place."""
    return [_problem(dict(fault), model, document) for fault in error.errors(include_url=False)]


def _problem(fault: dict[str, Any], model: type[BaseModel], document: Document) -> Problem:
    location = _in_document(tuple(fault["loc"]), document)
    kind, value = fault["type"], fault.get("input")
    context = fault.get("ctx") or {}
    cause = context.get("error")
    if kind == "missing":
        name = str(fault["loc"][-1])
        return document.problem(location, f'no "{name}"', f'the key "{name}"', key=True)
    if kind == "extra_forbidden":
        near = _nearest(str(location[-1]), _known_names(model))
        return document.problem(location, f'the unknown key "{location[-1]}"', "a known key", near, key=True)
    if cause is not None and hasattr(cause, "expected"):
        return document.problem(location, cause.found, cause.expected, getattr(cause, "hint", ""))
    if kind in ("enum", "literal_error"):
        options = str(context.get("expected", ""))
        near = _nearest(str(value), [w.strip(" '\"") for w in options.replace(" or ", ", ").split(",")])
        return document.problem(location, _shown(value), f"one of {options}", near)
    if cause is not None:
        return document.problem(location, _shown(value), str(cause))
    return document.problem(location, _shown(value), _expectation(fault))


def _expectation(fault: dict[str, Any]) -> str:
    message = str(fault["msg"])
    for start in ("Input should be ", "Value should have ", "List should have ", "String should have "):
        if message.startswith(start):
            return message.removeprefix("Input should be ").removeprefix("Value should have ")
    return message


def _in_document(location: Location, document: Document) -> Location:
    """Drops the parts of a pydantic location (union branches) that are no keys of the data."""
    kept: list[int | str] = []
    here: Any = document.data
    for part in location:
        in_mapping = isinstance(here, dict) and part in here
        in_list = isinstance(here, list) and isinstance(part, int) and part < len(here)
        if in_mapping or in_list:
            here = here[part]
            kept.append(part)
    return tuple(kept)


def _known_names(model: type[BaseModel]) -> list[str]:
    names: list[str] = []
    for candidate in _models_below(model):
        names.extend(f.alias or n for n, f in candidate.model_fields.items())
    return sorted(set(names))


def _models_below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = [model]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in seen:
                seen.add(kind)
                yield kind
                waiting.extend(f.annotation for f in kind.model_fields.values())
        else:
            waiting.extend(getattr(kind, "__args__", ()))


def _nearest(word: str, words: list[str]) -> str:
    close = difflib.get_close_matches(word, [w for w in words if w], n=1, cutoff=0.55)
    return f'did you mean "{close[0]}"?' if close else ""


def nearest(word: str, words: list[str]) -> str:
    """A hint that names the nearest valid word, or nothing."""
    return _nearest(word, words)


def _shown(value: Any) -> str:
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


def canonical_json(data: Any) -> str:
    """The one JSON text of the data: sorted keys, two spaces, no NaN, a newline at the end."""
    return json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def ordered_json(data: Any) -> str:
    """JSON in the order the schema gives its keys (documents whose order a person reads), otherwise canonical."""
    return json.dumps(data, sort_keys=False, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def sha256(data: Any) -> str:
    """The content hash of plain data, whatever the order of its keys."""
    compact = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(compact.encode()).hexdigest()


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file under a temporary name and renames it, so that no reader ever sees half of it."""
    write_with(path, lambda temporary: temporary.write_bytes(content.encode() if isinstance(content, str) else content))


def write_with(path: Path, writer: Callable[[Path], object]) -> None:
    """Lets `writer` fill a temporary file beside `path`, then renames it.

    Raises:
        InputError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise InputError.of("", f"{error.strerror}", "a folder that can be written", file=str(path)) from None
    temporary = Path(name)
    try:
        writer(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise InputError.of("", f"{error.strerror}", "a file that can be written", file=str(path)) from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
