"""Power shelves that rows name, against the catalog."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.load import Catalog
from planner.catalog.schema import PowerShelf
from planner.document import Document, Location, nearest
from planner.errors import Problem
from planner.request.schema import Request


def busbar_problems(request: Request, source: Document, catalog: Catalog) -> Iterator[Problem]:
    """Shelves that the catalog does not have, or of which it does not know the power or the height."""
    shelves = catalog.of(PowerShelf)
    for i, site in enumerate(request.sites):
        for j, hall in enumerate(site.halls):
            for k, row in enumerate(hall.rows):
                if row.busbar is None:
                    continue
                at: Location = ("sites", i, "halls", j, "rows", k, "busbar", "shelf")
                shelf = shelves.get(row.busbar.shelf)
                if shelf is None:
                    hint = nearest(row.busbar.shelf, sorted(shelves)) or f"the catalog has {', '.join(shelves)}"
                    yield source.problem(at, f'the power shelf "{row.busbar.shelf}"', "one of the catalog", hint)
                elif not shelf.output_w.known or not shelf.height_u.known:
                    expected = "a shelf whose power and height the catalog knows"
                    hint = "add the facts with their source in a folder given by --catalog"
                    yield source.problem(at, f'the power shelf "{shelf.id}"', expected, hint)
