"""A cable plan as NetBox bulk-import files: roles, types, racks, devices, interfaces and cables, in import order.

NetBox imports CSV with the names of related objects. A cable of several links becomes one row for each link, because
NetBox's CSV joins one interface to one; all rows of a cable carry its id as label.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from planner.cabling import CablePlan, Products
from planner.cabling.schedule import port_name
from planner.catalog.schema import Device as Product

CABLE_TYPES = {
    "dac": "dac-passive",
    "active-copper": "dac-active",
    "aoc": "aoc",
    "multimode": "mmf-om4",
    "single-mode": "smf-os2",
    "cat6": "cat6",
}
INTERFACE_TYPES = {
    1: "1000base-t",
    25: "25gbase-x-sfp28",
    100: "100gbase-x-qsfp28",
    200: "200gbase-x-qsfp56",
    400: "400gbase-x-osfp",
    800: "800gbase-x-osfp",
}
ROLE_COLOUR = "9e9e9e"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | float


def netbox_files(plan: CablePlan, products: Products, site: str = "site") -> dict[str, str]:
    """CSV text by file name, in the order in which NetBox must import them.

    Devices without a product stand as "generic" types of one U; a height that the catalog does not know is left empty.
    """
    used = sorted({name for link in plan.links for name in (link.a, link.b)})
    return {
        "1-manufacturers.csv": _table(("name", "slug"), [(v, _slug(v)) for v in _vendors(plan, products, used)]),
        "2-device-roles.csv": _table(("name", "slug", "color"), [(r, r, ROLE_COLOUR) for r in _roles(plan, used)]),
        "3-device-types.csv": _table(("manufacturer", "model", "slug", "u_height"), _types(plan, products, used)),
        "4-racks.csv": _table(("site", "name", "status"), [(site, rack, "planned") for rack in _racks(plan, used)]),
        "5-devices.csv": _devices(plan, products, used, site),
        "6-interfaces.csv": _interfaces(plan),
        "7-cables.csv": _cables(plan),
    }


def _product(plan: CablePlan, products: Products, name: str) -> Product | None:
    wanted = plan.devices[name].product
    found: Product | None = products.switches.get(wanted) or products.systems.get(wanted)
    return found or products.servers.get(wanted) or products.storage.get(wanted) or products.appliances.get(wanted)


def _type_of(plan: CablePlan, products: Products, name: str) -> tuple[str, str, Cell]:
    """(manufacturer, model, height in U) of a device."""
    product = _product(plan, products, name)
    if product is None:
        return "generic", f"generic {plan.devices[name].role}", 1
    height = product.height_u.value
    return product.vendor, product.name, "" if height is None else height


def _vendors(plan: CablePlan, products: Products, used: Iterable[str]) -> list[str]:
    return sorted({_type_of(plan, products, name)[0] for name in used})


def _roles(plan: CablePlan, used: Iterable[str]) -> list[str]:
    return sorted({plan.devices[name].role for name in used})


def _types(plan: CablePlan, products: Products, used: Iterable[str]) -> list[tuple[Cell, ...]]:
    types = sorted({_type_of(plan, products, name) for name in used}, key=lambda entry: entry[:2])
    return [(vendor, model, _slug(model), height) for vendor, model, height in types]


def _racks(plan: CablePlan, used: Iterable[str]) -> list[str]:
    return sorted({plan.placement[name].rack for name in used})


def _devices(plan: CablePlan, products: Products, used: Iterable[str], site: str) -> str:
    columns = ("name", "role", "manufacturer", "device_type", "site", "rack", "position", "face", "status")
    rows: list[tuple[Cell, ...]] = []
    for name in used:
        vendor, model, _ = _type_of(plan, products, name)
        at = plan.placement[name]
        rows.append((name, plan.devices[name].role, vendor, model, site, at.rack, at.u, "front", "planned"))
    return _table(columns, rows)


def _interfaces(plan: CablePlan) -> str:
    found = sorted(
        {
            (name, port_name(plan, link, end), INTERFACE_TYPES.get(int(link.speed_gbit_s), "other"))
            for link in plan.links
            for name, end in ((link.a, "a"), (link.b, "b"))
        }
    )
    return _table(("device", "name", "type"), found)


def _cables(plan: CablePlan) -> str:
    columns = (
        "side_a_device", "side_a_type", "side_a_name", "side_b_device", "side_b_type", "side_b_name", "type", "status",
        "label", "length", "length_unit", "description",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for run in plan.runs:
        label = plan.links[run.links[0]].id
        for index in run.links:
            link = plan.links[index]
            ends = (link.a, "dcim.interface", port_name(plan, link, "a"), link.b, "dcim.interface")
            kind = CABLE_TYPES.get(run.medium, "")
            what = f"{run.product} {run.part_number}".strip()
            rows.append((*ends, port_name(plan, link, "b"), kind, "planned", label, run.length_m, "m", what))
    return _table(columns, rows)


def _table(columns: tuple[str, ...], rows: Iterable[Iterable[Cell]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
