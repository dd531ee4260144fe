"""`planner schema`: the JSON Schema of a document, for editors and other programs."""

from __future__ import annotations

import json

import click


@click.command("schema")
@click.argument("document", type=click.Choice(["request", "catalog", "plan", "prices"]))
def command(document: str) -> None:
    """Print the JSON Schema of DOCUMENT."""
    click.echo(json.dumps(schema_of(document), indent=2, ensure_ascii=False))


def schema_of(document: str) -> dict[str, object]:
    """The JSON Schema of one document."""
    if document == "request":
        from planner.request.schema import Request

        return Request.model_json_schema()
    if document == "plan":
        from planner.plan.schema import Plan

        return Plan.model_json_schema()
    if document == "prices":
        from planner.catalog.prices import PriceFile

        return PriceFile.model_json_schema()
    from pydantic import TypeAdapter

    from planner.catalog.schema import KINDS

    kinds = tuple(KINDS[kind] for kind in sorted(KINDS))
    union = kinds[0]
    for kind in kinds[1:]:
        union = union | kind  # type: ignore[assignment]
    return TypeAdapter(union).json_schema()
