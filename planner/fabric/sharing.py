"""A hall with several fabrics: which of them joins what stands there besides systems. Pure arithmetic.

Every box has one set of ports, so each port goes to one fabric. Storage has ports on the networks of every system
product, since all of them need the data; what needs only management hangs on one out-of-band network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.catalog.fabrics import FabricDesign, Growth, PairedLeaves, StorageFabric
from planner.catalog.schema import Product, Storage
from planner.fabric.counts import FabricCounts
from planner.fabric.joining import FreePorts, left_by
from planner.fabric.site import Endpoints, count_site_fabrics


@dataclass(frozen=True)
class HallEndpoints:
    """What the fabrics of one hall join besides systems. Each number of ports is that of one box."""

    storage_units: int = 0
    storage_ports_each: int = 0
    storage_controllers_each: int = 0
    pdus: int = 0
    other_ports: int = 0  # CDUs and the like, one out-of-band port each
    existing_ports: int = 0  # free out-of-band ports of switches that stand already
    free: tuple[FreePorts, ...] = ()  # ports of such switches for other networks


def storage_box(product: Product | None) -> tuple[int, int]:
    """Ports of one box of a storage product: (data, out-of-band); none where it is no storage product."""
    if not isinstance(product, Storage):
        return 0, 0
    data = sum(port.count for port in product.ports if port.fabric == "storage")
    return data, max(1, sum(port.count for port in product.ports if port.fabric == "out-of-band"))


def shared(hall: HallEndpoints, fabrics: Sequence[tuple[FabricDesign, int]]) -> tuple[Endpoints, ...]:
    """What each fabric of a hall joins; `fabrics` are (design, systems) in the order of the hall."""
    storage = storage_ports_of_each(hall.storage_ports_each, fabrics)
    manager = management_fabric([design for design, _ in fabrics])
    return tuple(_endpoints(hall, ports, manages=n == manager) for n, ports in enumerate(storage))


def count_hall(
    hall: HallEndpoints,
    fabrics: Sequence[tuple[FabricDesign, int]],
    growth: Growth,
    others: Mapping[str, FabricDesign] | None = None,
) -> list[FabricCounts]:
    """All networks of each fabric of a hall. What the first leaves of the free ports that stand is there for the next.

    Raises:
        InputError: as `count_site_fabrics`.
    """
    found: list[FabricCounts] = []
    free = hall.free
    for (design, systems), own in zip(fabrics, shared(hall, fabrics), strict=True):
        found.append(count_site_fabrics(design, systems, replace(own, free=free), growth=growth, others=others))
        free = left_by(free, found[-1].joins)
    return found


def management_fabric(designs: Sequence[FabricDesign]) -> int:
    """The fabric whose out-of-band network joins the PDUs, storage and CDUs of the hall: the first that has one."""
    return next((n for n, design in enumerate(designs) if design.out_of_band is not None), 0)


def storage_ports_of_each(ports: int, fabrics: Sequence[tuple[FabricDesign, int]]) -> tuple[int, ...]:
    """Ports of one storage box on each fabric, in proportion to what the systems there can draw.

    Two at least, for two leaves; one where there are too few, and none for the fabrics with the least bandwidth where
    there are fewer ports than fabrics.
    """
    weights = [storage_bandwidth_gbit_s(design, systems) for design, systems in fabrics]
    if len(weights) < 2 or not any(weights):
        return tuple(ports if n == 0 else 0 for n, _ in enumerate(weights))
    takers = sorted((n for n, weight in enumerate(weights) if weight), key=lambda n: (-weights[n], n))[:ports]
    least = min(2, ports // len(takers)) if takers else 0
    given = [least if n in takers else 0 for n in range(len(weights))]
    for _ in range(ports - sum(given)):
        given[max(takers, key=lambda n: (weights[n] / (given[n] + 1), -n))] += 1  # D'Hondt's highest averages
    return tuple(given)


def storage_bandwidth_gbit_s(design: FabricDesign, systems: int) -> float:
    """What the systems of a fabric can draw from the network that its storage attaches to; 0 where it has none."""
    network = storage_network(design)
    return systems * network.ports_per_system * network.link_gbit_s if network is not None else 0.0


def storage_network(design: FabricDesign) -> StorageFabric | PairedLeaves | None:
    """The network of a design that storage attaches to: one of its own, else the one that servers are on."""
    return design.storage or design.in_band or design.converged


def _endpoints(hall: HallEndpoints, storage_ports: int, *, manages: bool) -> Endpoints:
    if not manages:
        return Endpoints(storage_ports=hall.storage_units * storage_ports, pdus=0)
    return Endpoints(
        storage_ports=hall.storage_units * storage_ports,
        storage_controllers=hall.storage_units * hall.storage_controllers_each,
        pdus=hall.pdus,
        other_ports=hall.other_ports,
        existing_ports=hall.existing_ports,
    )
