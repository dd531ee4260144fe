"""`planner catalog`: every product with its facts and prices, and the check of the catalog against itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli import CHECK_FAILED
from planner.cli.options import catalog_option, json_option, prices_option

if TYPE_CHECKING:
    from pydantic import BaseModel

    from planner.catalog.facts import Fact
    from planner.catalog.prices import PriceBook, PriceEntry
    from planner.plan.library import Library

SHOWN_APART = {"schema", "kind", "id", "name", "vendor", "source", "as_of", "confidence", "notes", "aliases"}


@click.group("catalog")
def command() -> None:
    """List products, show one with every source, check the catalog."""


@command.command("list")
@click.option("--kind", metavar="KIND", help="Only this kind: system, switch, storage, model, profile, ...")
@catalog_option
@json_option
def list_(kind: str | None, catalogs: tuple[Path, ...], as_json: bool) -> None:
    """Every product, model, fabric design and rule profile, by kind and id."""
    from planner.document import canonical_json, nearest
    from planner.errors import InputError
    from planner.plan.library import load_library

    entries = _entries(load_library(catalogs))
    kinds = sorted({found for found, _, _, _ in entries})
    if kind is not None and kind not in kinds:
        hint = nearest(kind, kinds)
        raise InputError.of("--kind", f'"{kind}"', f"one of {', '.join(kinds)}", hint, file="command line")
    chosen = [entry for entry in entries if kind in (None, entry[0])]
    if as_json:
        names = ("kind", "id", "vendor", "name")
        click.echo(canonical_json([dict(zip(names, entry, strict=True)) for entry in chosen]), nl=False)
        return
    for found, name, vendor, title in chosen:
        click.echo(f"{found:<13} {name:<38} {vendor:<14} {title}")


@command.command("show")
@click.argument("name", metavar="ID")
@catalog_option
@prices_option
@json_option
def show(name: str, catalogs: tuple[Path, ...], prices: tuple[Path, ...], as_json: bool) -> None:
    """Each fact of ID with value, unit, source, date, confidence and note, and the prices that name it."""
    from planner.document import canonical_json
    from planner.plan.library import load_library

    library = load_library(catalogs, prices)
    entry = _find(name, library)
    quotes = _prices_of(name, library.catalog.prices)
    if as_json:
        found = entry.model_dump(mode="json", by_alias=True)
        found["prices"] = [quote.model_dump(mode="json") for quote in quotes]
        click.echo(canonical_json(found), nl=False)
        return
    for line in (*_head(entry), *_facts(entry), *_details(entry), *_price_lines(entry, quotes)):
        click.echo(line)


@command.command("check")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Judge dates by this day.")
@catalog_option
@prices_option
@json_option
def check(today: datetime | None, catalogs: tuple[Path, ...], prices: tuple[Path, ...], as_json: bool) -> None:
    """Validate every file; find stale dates, missing sources, impossible values, references to nothing.

    Exit code 5 when there is an error: something that must not be planned with. Without --today the computer's date
    is taken.
    """
    from planner.catalog.check import check_catalog
    from planner.document import canonical_json
    from planner.plan.library import load_library

    library = load_library(catalogs, prices)
    catalog = library.catalog
    day = (today or datetime.now()).date()
    findings = check_catalog(catalog.products, catalog.prices, day, fabric_designs=library.fabrics.keys())
    errors = sum(finding.severity == "error" for finding in findings)
    if as_json:
        result = {
            "errors": errors,
            "findings": [asdict(finding) for finding in findings],
            "products": len(catalog.products),
            "today": day.isoformat(),
        }
        click.echo(canonical_json(result), nl=False)
    else:
        for finding in findings:
            click.echo(f"{finding.severity}: {finding.product}: {finding.rule}: {finding.text}")
        count = len(catalog.products)
        click.echo(f"{count} products checked on {day}: {errors} errors, {len(findings) - errors} warnings")
    if errors:
        sys.exit(CHECK_FAILED)


def _others(library: Library) -> dict[str, Mapping[str, BaseModel]]:
    """What a request may name and is no product, by kind and id."""
    return {
        "fabric": library.fabrics,
        "model": {model.id: model for model in library.models},
        "profile": library.profiles,
    }


def _entries(library: Library) -> list[tuple[str, str, str, str]]:
    """(kind, id, vendor, name), in order."""
    products = [(p.kind, p.id, p.vendor, p.name) for p in library.catalog.products.values()]
    others = [
        (kind, name, str(getattr(entry, "vendor", "")), _title(entry))
        for kind, entries in _others(library).items()
        for name, entry in entries.items()
    ]
    return sorted([*products, *others])


def _title(entry: BaseModel) -> str:
    return str(getattr(entry, "name", None) or getattr(entry, "title", ""))


def _find(name: str, library: Library) -> BaseModel:
    from planner.document import nearest
    from planner.errors import InputError

    known: dict[str, BaseModel] = dict(library.catalog.products)
    for entries in _others(library).values():
        known.update(entries)
    if name not in known:
        hint = nearest(name, sorted(known)) or "see planner catalog list"
        raise InputError.of("ID", f'"{name}"', "an id of the catalog", hint, file="command line")
    return known[name]


def _prices_of(name: str, book: PriceBook) -> list[PriceEntry]:
    entries = [*book.bare.values(), *book.loaded.values()]
    return sorted((e for e in entries if e.product == name), key=lambda e: (e.basis, e.unit))


def _head(entry: Any) -> Iterator[str]:
    kind = getattr(entry, "kind", "")
    about = ", ".join(word for word in (kind, str(getattr(entry, "vendor", ""))) if word)
    yield f"{entry.id}: {_title(entry)}" + (f" ({about})" if about else "")
    if getattr(entry, "source", ""):
        yield f"  source: {entry.source}"
    dated = [str(getattr(entry, key)) for key in ("as_of", "confidence") if getattr(entry, key, "")]
    if dated:
        yield f"  {', '.join(dated)}"
    if getattr(entry, "aliases", ()):
        yield f"  also known as: {', '.join(entry.aliases)}"


def _facts(entry: BaseModel) -> Iterator[str]:
    from planner.catalog.facts import Fact

    facts = [(name, value) for name, value in entry if isinstance(value, Fact)]
    if facts:
        yield "facts:"
    for name, fact in facts:
        yield f"  {name}: {_value(fact)}"
        if fact.known:
            yield f"    {fact.source}; {fact.as_of}; {fact.confidence}"
        for label, text in (("note", fact.note), ("superseded", fact.superseded)):
            if text:
                yield f"    {label}: {text}"


def _value(fact: Fact[Any]) -> str:
    if not fact.known:
        return "unknown"
    value = fact.value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        value = f"{int(value) if value == int(value) else value:,}"
    return f"{value} {fact.unit}".rstrip()


def _details(entry: BaseModel) -> Iterator[str]:
    """The fields that are no facts, where they say something."""
    import json

    from planner.catalog.facts import Fact

    written = entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    facts = {name for name, value in entry if isinstance(value, Fact)}
    rest = {key: value for key, value in written.items() if key not in facts | SHOWN_APART}
    if rest:
        yield "details:"
    for key, value in rest.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"  {key}:"
            yield from (f"    - {json.dumps(part, ensure_ascii=False)}" for part in value)
        else:
            yield f"  {key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
    for note in getattr(entry, "notes", ()):
        yield f"  note: {note}"


def _price_lines(entry: BaseModel, quotes: list[PriceEntry]) -> Iterator[str]:
    from planner.catalog.schema import Product as AnyProduct

    if not isinstance(entry, AnyProduct):
        return
    yield "prices:" if quotes else "prices: none, quote required"
    for quote in quotes:
        amounts = (("low", quote.low), ("typical", quote.typical), ("high", quote.high))
        said = ", ".join(f"{name} {amount:,.2f}".removesuffix(".00") for name, amount in amounts if amount is not None)
        until = f", valid until {quote.valid_until}" if quote.valid_until else ""
        yield f"  {quote.basis}, per {quote.unit}: {said} {quote.currency}"
        yield f"    {quote.source}; {quote.as_of}{until}; {quote.confidence}"
        if quote.includes:
            yield f"    includes: {'; '.join(quote.includes)}"
        if quote.note:
            yield f"    note: {quote.note}"
