"""YAML and JSON in, with line and column in every error; canonical JSON out; files written whole or not at all."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
import math
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from planner.errors import InputError, Problem
from planner.yaml_reader import Location, Mark, dotted, read_events, shown

MAX_BYTES = 16 * 2**20

__all__ = [
    "Document", "Location", "Mark", "build", "canonical_json", "dotted", "expectation", "load", "nearest",
    "ordered_json", "parse", "parse_plain_json", "read_text", "sha256", "write_whole", "write_with",
]  # fmt: skip

Model = TypeVar("Model", bound=BaseModel)


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
        for end in range(len(location), -1, -1):
            here = location[:end]
            if key and here in self.keys:
                return self.keys[here]
            if here in self.values:
                return self.values[here]
        return Mark(1, 1)

    def problem(self, location: Location, found: str, expected: str, hint: str = "", *, key: bool = False) -> Problem:
        """A problem at a location of this document."""
        mark = self.mark(location, key=key)
        return Problem(self.name, mark.line, mark.column, dotted(location), found, expected, hint)


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
        content = path.read_bytes()
    except FileNotFoundError:
        near = _near_file(path)
        raise InputError(Problem(name, 0, 0, "", "no such file", f"a {what} file", near)) from None
    except OSError as error:
        raise InputError(Problem(name, 0, 0, "", f"{error.strerror}", f"a readable {what} file")) from None
    text = _decoded(content, name, what)
    if not text.strip():
        raise InputError(Problem(name, 1, 1, "", "an empty file", f"a {what}", "see the examples folder"))
    return text


def _decoded(content: bytes, name: str, what: str) -> str:
    if content.startswith(b"PK\x03\x04"):
        raise InputError(Problem(name, 0, 0, "", "a workbook or an archive", f"a {what} as text", "save it as text"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        found = f"the byte 0x{error.object[error.start]:02x}, which is not UTF-8"
        raise InputError(
            Problem(name, line, column, "", found, f"a {what} in UTF-8", "save the file as UTF-8")
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


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
    """Parses YAML text; `name` stands in messages where a file name would.

    Raises:
        InputError: as `load` does.
    """
    data, values, keys = read_events(text, name, what)
    return Document(name, data, values, keys, hashlib.sha256(text.encode()).hexdigest())


def parse_plain_json(text: str) -> Any:
    """The data of JSON text, read ten times as fast as `parse` but without places; None for all that is not plain JSON.

    Keys that stand twice, NaN, infinities and escaped surrogates are not plain: `parse` says where they are.
    """
    if "\\ud" in text or "\\uD" in text:
        return None
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key stands twice")
    return data


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)
    return value


def build(model: type[Model], document: Document, *, context: dict[str, Any] | None = None) -> Model:
    """The document as a pydantic model.

    Raises:
        InputError: with line and column of every fault, up to twenty.
    """
    if not isinstance(document.data, dict):
        raise InputError(document.problem((), shown(document.data), "keys and values at the top level"))
    try:
        return model.model_validate(document.data, context=context)
    except ValidationError as error:
        raise InputError(problems_of(error, model, document)) from None


def problems_of(error: ValidationError, model: type[BaseModel], document: Document) -> list[Problem]:
    """Each pydantic fault as a problem with its place; the branches of one choice become one problem."""
    merged: dict[tuple[int, int, str, str], Problem] = {}
    for fault in error.errors(include_url=False):
        if fault["type"] == "too_short" and len(fault["input"]) >= fault["ctx"]["min_length"]:
            continue  # long enough as written: its entries have faults of their own
        problem = _problem(dict(fault), model, document)
        place = (problem.line, problem.column, problem.where, problem.found)
        before = merged.get(place)
        if before is None or problem.expected in before.expected.split(" or "):
            merged[place] = before or problem
        else:
            expected = f"{before.expected} or {problem.expected}"
            merged[place] = replace(before, expected=expected, hint=before.hint or problem.hint)
    return list(merged.values())


def _problem(fault: dict[str, Any], model: type[BaseModel], document: Document) -> Problem:
    location = _in_document(tuple(fault["loc"]), document)
    kind, value, context = fault["type"], fault.get("input"), fault.get("ctx") or {}
    cause = context.get("error")
    if cause is not None and hasattr(cause, "at"):
        location = _in_document((*location, *cause.at), document)
    if kind == "missing":
        name = str(fault["loc"][-1])
        return document.problem(location, f'no "{name}"', f'the key "{name}"', key=True)
    if kind == "extra_forbidden":
        known = _known_names(model, tuple(fault["loc"])[:-1])
        near = _nearest(str(location[-1]), known) or f"known here: {', '.join(known)}"
        return document.problem(location, f'the unknown key "{location[-1]}"', "a known key", near, key=True)
    if kind == "union_tag_not_found":
        key = str(context["discriminator"]).strip("'")
        return document.problem(location, f'no "{key}"', f'the key "{key}"', key=True)
    if kind == "union_tag_invalid":
        key, tag = str(context["discriminator"]).strip("'"), str(context["tag"])
        return _choice(document, (*location, key), tag, str(context["expected_tags"]))
    if kind in ("enum", "literal_error"):
        return _choice(document, location, value, str(context.get("expected", "")))
    if cause is not None and hasattr(cause, "expected"):
        return document.problem(location, cause.found, cause.expected, getattr(cause, "hint", ""))
    if cause is not None:
        return document.problem(location, shown(value), str(cause))
    return document.problem(location, shown(value), expectation(fault))


def _choice(document: Document, location: Location, value: Any, options: str) -> Problem:
    words = [word.strip(" '\"") for word in options.replace(" or ", ", ").split(",")]
    expected = f"one of {', '.join(words)}" if len(words) > 1 else words[0]
    return document.problem(location, shown(value), expected, _nearest(str(value), words))


_EXPECTED = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
    "string_too_short": "a text that is not empty",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "a text of the form {pattern}",
    "finite_number": "a finite number",
} | {
    kind: expected
    for expected, kinds in {
        "a whole number": ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
        "a number": ("float_type", "float_parsing"),
        "true or false": ("bool_type", "bool_parsing"),
        "a text": ("string_type",),
        "a list": ("tuple_type", "list_type"),
        "keys and values": ("model_type", "dict_type", "model_attributes_type"),
    }.items()
    for kind in kinds
}


_PATTERNS = {
    r"^#[0-9a-fA-F]{6}$": "a colour such as #1b6ac9",
    r"^[A-Z]{2}$": "a country of two capital letters, such as DE",
    r"^[A-Z]{3}$": "a currency of three capital letters, such as EUR",
    r"^\d{4}-\d{2}-\d{2}$": "a date such as 2027-06-30",
    r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$": "an id of lower-case letters and digits with hyphens or dots between",
    r"^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$": "a name of letters, digits, dots, hyphens and underscores",
}


def expectation(fault: Mapping[str, Any]) -> str:
    """What a pydantic fault would have taken, in words."""
    context = fault.get("ctx") or {}
    if context.get("pattern") in _PATTERNS:
        return _PATTERNS[context["pattern"]]
    known = _EXPECTED.get(fault["type"])
    numbers = {key: f"{n:,.12g}" if isinstance(n, int | float) else n for key, n in context.items()}
    return known.format(**numbers) if known else str(fault["msg"]).removeprefix("Input should be ")


def _in_document(location: Location, document: Document) -> Location:
    """Drops the parts of a pydantic location (union branches) that are no keys of the data."""
    if not location:
        return ()
    kept: list[int | str] = []
    here: Any = document.data
    for part in location:
        in_mapping = isinstance(here, dict) and part in here
        in_list = isinstance(here, list) and isinstance(part, int) and part < len(here)
        if in_mapping or in_list:
            here = here[part]
            kept.append(part)
    last = location[-1]
    # What an entry lacks but the top level has was taken from there: sources, dates, currencies of a whole file.
    if (not kept or kept[-1] != last) and isinstance(document.data, dict) and last in document.data:
        return (last,)
    return tuple(kept)


def _known_names(model: type[BaseModel], location: Location) -> list[str]:
    """The keys of the models that may stand at a pydantic location (which names union branches too)."""
    here = [model]
    for part in location:
        fields = [f for m in here for n, f in m.model_fields.items() if (f.alias or n) == part]
        tagged = [m for m in here if any(part in get_args(f.annotation) for f in m.model_fields.values())]
        here = [m for f in fields for m in _models_in(f.annotation)] or tagged or here
    return sorted({f.alias or n for m in here for n, f in m.model_fields.items()})


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _nearest(word: str, words: list[str]) -> str:
    close = difflib.get_close_matches(word, [w for w in words if w], n=1, cutoff=0.55)
    return f'did you mean "{close[0]}"?' if close else ""


def nearest(word: str, words: list[str]) -> str:
    """A hint that names the nearest valid word, or nothing."""
    return _nearest(word, words)


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
