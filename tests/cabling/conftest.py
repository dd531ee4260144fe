from __future__ import annotations

from collections.abc import Callable

import pytest

from planner.cabling import CablePlan, Inventory, Position, Products, SiteParameters, named_devices, wire
from planner.catalog.fabrics import FabricDesign, load_fabrics
from planner.catalog.files import catalog_roots
from planner.catalog.load import load_catalog
from planner.catalog.schema import Appliance, Cable, Module, Server, Storage, Switch, System
from planner.fabric import FabricCounts, count_fabric, count_site_fabrics, fitted

CATALOG = load_catalog()
DESIGNS = load_fabrics(catalog_roots())
PRODUCTS = Products(
    CATALOG.of(Switch), CATALOG.of(System), CATALOG.of(Module), CATALOG.of(Cable), CATALOG.of(Server),
    CATALOG.of(Storage), CATALOG.of(Appliance),
)  # fmt: skip


def in_rows(names: list[str], per_rack: int = 4, racks_per_row: int = 20) -> dict[str, Position]:
    """Devices in order, four to a rack, 20 racks to a row, rows 3 m apart."""
    found = {}
    for index, name in enumerate(names):
        rack, place = divmod(index, per_rack)
        row, number = divmod(rack, racks_per_row)
        found[name] = Position("h", f"r{row}", number, number * 600.0, row * 3000.0, 1 + 8 * place)
    return found


Cabler = Callable[..., tuple[CablePlan, FabricCounts, FabricDesign]]


@pytest.fixture(scope="session")
def cabled() -> Cabler:
    def cable(
        name: str, systems: int, system: str, *, site: SiteParameters | None = None, compute_only: bool = False,
        growth: str | None = None, placement: Callable[[list[str]], dict[str, Position]] = in_rows,
    ) -> tuple[CablePlan, FabricCounts, FabricDesign]:  # fmt: skip
        design = fitted(DESIGNS[name], PRODUCTS.systems[system])
        counts = (count_fabric if compute_only else count_site_fabrics)(design, systems, growth=growth)
        inventory = Inventory(
            system, design.management.servers, "generic-control-plane-node", 4, "ddn-ai400x2",
            counts.links_of("out-of-band", "pdu"),
        )  # fmt: skip
        devices = named_devices(counts, inventory)
        return wire(design, counts, placement(list(devices)), PRODUCTS, inventory, site), counts, design

    return cable
