"""`planner schema`: the JSON Schema of a document, for editors and other programs."""

from __future__ import annotations

import json

import click

from planner.errors import InputError


@click.command("schema")
@click.argument("document", type=click.Choice(["request", "catalog", "plan", "prices"]))
@click.option("--markdown", is_flag=True, help="Print a reference for people: every key, its default, its meaning.")
def command(document: str, markdown: bool) -> None:
    """Print the JSON Schema of DOCUMENT."""
    if markdown:
        if document != "request":
            raise InputError.of("--markdown", f"the {document}", "the request", "only the request has a reference")
        from planner.request.reference import reference

        click.echo(reference(), nl=False)
        return
    click.echo(json.dumps(schema_of(document), indent=2, ensure_ascii=False))


def schema_of(document: str) -> dict[str, object]:
    """The JSON Schema of one document."""
    if document == "request":
        from planner.request.reference import request_schema

        return request_schema()
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
