"""The catalog as one immutable value: products and prices, by id, with the hash of every file behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from planner import document
from planner.catalog.files import catalog_roots, files_in
from planner.catalog.prices import PriceBook, PriceFile, price_book
from planner.catalog.schema import KINDS, Product, Region
from planner.document import Mark
from planner.errors import InputError, Problem

Kind = TypeVar("Kind", bound=Product)
FOLDERS = (*sorted(KINDS), "fabrics", "factors", "models", "priors", "prices", "profiles", "rules")


@dataclass(frozen=True)
class Catalog:
    """Products by id, the price book, the folders they came from (searched in this order), and their content hash."""

    products: Mapping[str, Product]
    prices: PriceBook
    roots: tuple[Path, ...]
    sha256: str
    prices_sha256: str
    sources: Mapping[str, str] = field(default_factory=dict)  # product id -> file name, for messages

    def of(self, kind: type[Kind]) -> dict[str, Kind]:
        """The products of one kind, by id, in order of id."""
        return {name: p for name, p in sorted(self.products.items()) if isinstance(p, kind)}

    def get(self, name: str, kind: type[Kind]) -> Kind:
        """One product.

        Raises:
            InputError: no such product of that kind; names the nearest.
        """
        product = self.products.get(name)
        if isinstance(product, kind):
            return product
        known = sorted(self.of(kind))
        raise InputError.of(name, "no such product", f"a {kind.__name__.lower()} id", document.nearest(name, known))


def load_catalog(folders: Sequence[Path] = (), price_files: Sequence[Path] = ()) -> Catalog:
    """The catalog that comes with the planner, with the user's folders and price files searched first.

    Raises:
        InputError: with file, line and column of every fault in every file, up to twenty.
    """
    roots = catalog_roots(folders)
    problems: list[Problem] = []
    products: dict[str, Product] = {}
    sources: dict[str, str] = {}
    digests: list[tuple[str, str]] = []
    for root in roots:
        own: dict[str, str] = {}
        for kind in sorted(KINDS):
            for path in files_in(root, kind):
                try:
                    product, sha256 = _product(path, kind)
                except InputError as error:
                    problems.extend(error.problems)
                    continue
                name = str(path)
                if product.id in own:
                    problems.append(_twice(name, product.id, own[product.id]))
                own[product.id] = name
                digests.append((f"{kind}/{product.id}", sha256))
                products.setdefault(product.id, product)
                sources.setdefault(product.id, name)
    for folder in folders:
        problems.extend(_not_read(folder))
    books, book_digests, faults = _price_files(roots, price_files, _priced(products) if not problems else None)
    problems.extend(faults)
    if problems:
        raise InputError(problems)
    return Catalog(MappingProxyType(products), price_book(books), roots, _joint(digests), _joint(book_digests), sources)


@lru_cache(maxsize=2048)
def _product(path: Path, kind: str) -> tuple[Product, str]:
    source = document.load(path, "catalog file")
    found = source.data.get("kind") if isinstance(source.data, dict) else None
    if isinstance(found, str) and found != kind:
        hint = document.nearest(found, sorted(KINDS)) if found not in KINDS else f"or move the file to {found}/"
        raise InputError(source.problem(("kind",), f'"{found}"', f'"{kind}", the name of its folder', hint))
    product = document.build(KINDS[kind], source)
    if product.id != path.stem:
        raise InputError(source.problem(("id",), f'"{product.id}"', f'"{path.stem}", the name of its file'))
    return product, source.sha256


def _twice(name: str, product: str, first: str) -> Problem:
    return Problem(
        name, 0, 0, "id", f'the product id "{product}" a second time', "an id of its own", f"first in {first}"
    )


def _not_read(folder: Path) -> Iterator[Problem]:
    """What a user's folder holds but nothing reads: all of it, or files with another ending."""
    if not any(path.is_dir() and path.name in FOLDERS for path in folder.iterdir()):
        expected = "a folder named after what it holds, such as system or prices, inside it"
        yield Problem(str(folder), 0, 0, "--catalog", "nothing to read", expected)
    for name in sorted(FOLDERS):
        for path in sorted((folder / name).rglob("*.yml")):
            yield Problem(str(path), 0, 0, "", "the ending .yml", "the ending .yaml", "rename the file")


def _priced(products: Mapping[str, Product]) -> frozenset[str]:
    """What may have a price: products, and instances that a region rents."""
    regions = (product for product in products.values() if isinstance(product, Region))
    return frozenset(products) | {i.price for region in regions for i in region.instances if i.price is not None}


def _price_files(
    roots: Sequence[Path], extra: Sequence[Path], priced: frozenset[str] | None
) -> tuple[list[PriceFile], list[tuple[str, str]], list[Problem]]:
    books: list[PriceFile] = []
    digests: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for path in [*extra, *(path for root in roots for path in files_in(root, "prices"))]:
        try:
            book, sha256, marks = _price_file(path)
        except InputError as error:
            problems.extend(error.problems)
            continue
        if path in extra and priced is not None:
            problems.extend(_prices_of_nothing(path, book, marks, priced))
        books.append(book)
        digests.append((book.id, sha256))
    return books, digests, problems


def _prices_of_nothing(path: Path, book: PriceFile, marks: Sequence[Mark], priced: frozenset[str]) -> Iterator[Problem]:
    # A misspelt product would leave its price unused without a word.
    for entry, mark in zip(book.entries, marks, strict=True):
        if entry.product not in priced:
            near = document.nearest(entry.product, sorted(priced)) or "remove it, or add the product with --catalog"
            found = f'a price of "{entry.product}"'
            yield Problem(str(path), mark.line, mark.column, "product", found, "a product of the catalog", near)


def _price_file(path: Path) -> tuple[PriceFile, str, tuple[Mark, ...]]:
    if path.suffix.lower() == ".csv":
        from planner.catalog.price_csv import read_price_csv  # noqa: PLC0415 - only for users who bring a CSV

        return read_price_csv(path)
    source = document.load(path, "price book")
    book = document.build(PriceFile, source)
    marks = tuple(source.mark(("entries", number, "product")) for number in range(len(book.entries)))
    return book, source.sha256, marks


def _joint(digests: Sequence[tuple[str, str]]) -> str:
    text = "\n".join(f"{name} {sha256}" for name, sha256 in sorted(digests))
    return hashlib.sha256(text.encode()).hexdigest()
