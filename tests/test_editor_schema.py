"""The JSON Schema beside the examples, which their first line names for editors."""

from __future__ import annotations

import json
from pathlib import Path

from planner.cli.schema import schema_of

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def test_the_schema_beside_the_examples_is_that_of_the_product() -> None:
    assert json.loads((EXAMPLES / "request.schema.json").read_text()) == schema_of("request")


def test_every_example_names_it() -> None:
    for example in sorted(EXAMPLES.glob("*.yaml")):
        first = example.read_text().splitlines()[0]
        assert first == "# yaml-language-server: $schema=request.schema.json", example.name
