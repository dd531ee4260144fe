"""What a request may state, for editors (JSON Schema) and for people (Markdown), both from the models' descriptions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from planner import quantity
from planner.request.schema import Request
from planner.request.snippets import SNIPPETS

Node = dict[str, Any]
REF = "#/$defs/"
HEAD = """\
# What a request may state

Written by `planner schema request --markdown`: change the descriptions in `planner/request`, then write it again. Each
table lists the keys of one part: what may stand there, what holds when it is left out, what it means. Quantities are
written with a unit. `planner check REQUEST` names the line of whatever is wrong.
"""
PATTERNS = {r"^[A-Z]{2}$": "country", r"^[A-Z]{3}$": "currency"}


def request_schema() -> Node:
    """The JSON Schema of a request. Defaults stand as people write them: "1200 mm", which the reader takes back."""
    schema = Request.model_json_schema()
    for part in (schema, *schema["$defs"].values()):
        for field in part.get("properties", {}).values():
            _write_default(field)
    return schema


def _write_default(field: Node) -> None:
    if isinstance(field.get("default"), dict):
        del field["default"]  # a part of its own, whose keys state theirs
    dimension, default = field.get("x-quantity"), field.get("default")
    if dimension in quantity.DIMENSIONS and default is not None:
        field["default"] = _quantity(default, dimension)


def _quantity(value: float, dimension: str) -> float | str:
    if dimension == "share":
        return f"{100 * value:g} %"
    base = quantity.DIMENSIONS[dimension].base
    if dimension == "time" and value >= 86400:
        return f"{value / 86400:g} days"
    return f"{value:g} {base}"


def reference() -> str:
    """Every part of a request with its keys and a small example, in Markdown."""
    schema = request_schema()
    paths = _paths(schema)
    parts = [_part("Request", schema, ())]
    parts += [_part(name, schema["$defs"][name], found) for name, found in paths.items()]
    return "\n".join([HEAD, *parts])


def _paths(schema: Node) -> dict[str, tuple[str, ...]]:
    """Each part and the places where it may stand, in the order in which a reader meets them."""
    found: dict[str, list[str]] = {}

    def visit(part: Node, path: str) -> None:
        for key, field in part["properties"].items():
            for name, steps in _references(field):
                place = f"{path}.{key}{steps}".lstrip(".")
                first = name not in found
                places = found.setdefault(name, [])
                if place not in places:
                    places.append(place)
                if first:
                    visit(schema["$defs"][name], place)

    visit(schema, "")
    return {name: tuple(places) for name, places in found.items()}


def _references(field: Node) -> Iterator[tuple[str, str]]:
    if "$ref" in field:
        yield field["$ref"].removeprefix(REF), ""
    for choice in _choices(field):
        yield from _references(choice)
    if "items" in field:
        for name, steps in _references(field["items"]):
            yield name, f"[]{steps}"


def _choices(field: Node) -> tuple[Node, ...]:
    return (*field.get("anyOf", ()), *field.get("oneOf", ()))


def _part(name: str, part: Node, places: tuple[str, ...]) -> str:
    where = f"\nAt {', '.join(f'`{place}`' for place in places)}.\n" if places else ""
    needed = part.get("required", ())
    rows = "\n".join(_row(key, field, key in needed) for key, field in part["properties"].items())
    about = " ".join(part["description"].split())
    return (
        f"## {_title(name)}\n{where}\n{about}\n\n"
        f"| key | type and unit | left out | meaning |\n|---|---|---|---|\n{rows}\n\n"
        f"```yaml\n{SNIPPETS[name].strip()}\n```\n"
    )


def _row(key: str, field: Node, needed: bool) -> str:
    left_out = "required" if needed else _default(field.get("default"))
    return f"| `{key}` | {_type(field)} | {left_out} | {field['description']} |"


def _default(value: Any) -> str:
    if value in (None, "", [], ()):
        return "-"
    if isinstance(value, list):
        return ", ".join(_default(part) for part in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _title(name: str) -> str:
    """ "FineTuning" as "Fine tuning"."""
    words = re.findall(r"[A-Z][a-z]*", name)
    return " ".join([words[0], *(word.lower() for word in words[1:])])


def _type(field: Node) -> str:
    """What may stand there, in words; one branch for each form that the JSON Schema of a request takes."""
    if "x-quantity" in field:
        return f"{field['x-quantity']}, such as `{field['examples'][0]}`"
    if "$ref" in field:
        title = _title(field["$ref"].removeprefix(REF))
        return f"[{title}](#{title.lower().replace(' ', '-')})"
    if "anyOf" in field or "oneOf" in field:
        choices = [c for c in _choices(field) if c.get("type") != "null"]
        return " or ".join(dict.fromkeys(_type(choice) for choice in choices))
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{word}`" for word in field["enum"])
    kind = field["type"]
    if kind == "array":
        return f"list of {_type(field['items'])}"
    if kind == "object":
        inner = field.get("additionalProperties") or next(iter(field["patternProperties"].values()))
        return f"ids, each with {_type(inner)}"
    if kind in ("integer", "number"):
        return f"{'whole number' if kind == 'integer' else 'number'}{_span(field)}"
    if field.get("format") == "date":
        return f"date, such as `{field['examples'][0]}`"
    if kind == "string" and "examples" in field:
        return f"{PATTERNS[field['pattern']]}, such as `{field['examples'][0]}`"
    if kind == "string" and "pattern" in field:
        return "id"
    return {"string": "text", "boolean": "true or false"}[kind]


def _span(field: Node) -> str:
    low, above, high, below = (field.get(k) for k in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"))
    words = [f"at least {low:,.12g}"] if low is not None else [f"above {above:,.12g}"] if above is not None else []
    words += [f"at most {high:,.12g}"] if high is not None else [f"below {below:,.12g}"] if below is not None else []
    return f", {', '.join(words)}" if words else ""
