"""The JSON Schema beside the examples, which their first line names for editors, and the reference for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from planner.cli import cli
from planner.cli.schema import schema_of
from planner.document import parse
from planner.request.reference import reference, request_schema
from planner.request.schema import Request
from planner.request.snippets import SNIPPETS

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"


def parts_of(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model that may stand inside a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from parts_of(field.annotation)
    for part in get_args(annotation):
        yield from parts_of(part)


PARTS = {part.__name__: part for part in parts_of(Request)}


def test_the_schema_beside_the_examples_is_that_of_the_product() -> None:
    assert json.loads((EXAMPLES / "request.schema.json").read_text()) == schema_of("request")


def test_the_reference_is_that_of_the_product() -> None:
    printed = CliRunner().invoke(cli, ["schema", "request", "--markdown"]).output
    assert (ROOT / "docs" / "request.md").read_text() == printed == reference()


def test_every_key_of_a_request_says_what_it_means() -> None:
    schema = request_schema()
    silent = [
        f"{name}.{key}"
        for name, part in (("Request", schema), *schema["$defs"].items())
        for key, field in part["properties"].items()
        if not field.get("description", "").endswith(".")
    ]
    assert silent == []


def test_every_part_of_a_plan_says_what_it_means() -> None:
    keys: Any = schema_of("plan")["properties"]
    assert [key for key, field in keys.items() if "description" not in field] == []


@pytest.mark.parametrize("name", sorted({"Request", *request_schema()["$defs"]}))
def test_the_snippet_of_each_part_is_valid(name: str) -> None:
    assert PARTS[name].model_validate(parse(SNIPPETS[name], name).data).model_fields_set


def test_the_snippet_of_a_whole_request_is_good(tmp_path: Path) -> None:
    (tmp_path / "request.yaml").write_text(SNIPPETS["Request"])
    checked = CliRunner().invoke(cli, ["check", str(tmp_path / "request.yaml")])
    assert checked.output == f"{tmp_path / 'request.yaml'}: good: 1 workload, 1 hall\n"


def test_no_snippet_is_left_over() -> None:
    assert set(SNIPPETS) == {"Request", *request_schema()["$defs"]}


def test_defaults_are_such_as_the_reader_takes() -> None:
    """An editor that fills in a default writes something valid."""
    schema = request_schema()
    for name, part in schema["$defs"].items():
        written = parse(SNIPPETS[name], name).data
        defaults = {key: field["default"] for key, field in part["properties"].items() if field.get("default")}
        part_of = PARTS[name].model_validate
        assert part_of(defaults | written) == part_of(written), name


def test_every_example_names_it() -> None:
    for example in sorted(EXAMPLES.glob("*.yaml")):
        first = example.read_text().splitlines()[0]
        assert first == "# yaml-language-server: $schema=request.schema.json", example.name
