"""A cable plan as NetBox bulk-import files: sites, roles, types, racks, devices, interfaces, cables, in import order.

NetBox imports CSV with the names of related objects. A cable of several links becomes one row for each link, because
NetBox's CSV joins one interface to one; all rows of a cable carry its id as label.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping

from planner.cabling import EXISTING, CablePlan, Link, Products
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
INFINIBAND_TYPES = {200: "infiniband-hdr", 400: "infiniband-ndr", 800: "infiniband-xdr"}
ROLE_COLOUR = "9e9e9e"
TYPE_COLUMNS = ("manufacturer", "model", "slug", "u_height", "description")
RACK_COLUMNS = ("site", "name", "status", "width", "u_height")
RACK_WIDTH_INCH = 19
RACK_HEIGHT_U = 42  # NetBox's own default
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | float


def netbox_files(
    plan: CablePlan,
    products: Products,
    sites: Mapping[str, str] | None = None,
    rack_heights: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """CSV text by file name, in the order in which NetBox must import them.

    `sites` names the site of each hall (default: the hall itself), `rack_heights` the U of each rack (default:
    NetBox's own). Devices without a product stand as "generic" types of one U. What hangs beside the units (PDUs), or
    has a height that the catalog does not know, is of 0 U, which is how NetBox says that it has no position.
    """
    used = sorted({name for link in plan.links for name in (link.a, link.b)})
    site_of = {plan.placement[name].rack: _site(plan, name, sites or {}) for name in used}
    names = sorted(set(site_of.values()))
    return {
        "0-sites.csv": _table(("name", "slug", "status"), [(site, _slug(site), "planned") for site in names]),
        "1-manufacturers.csv": _table(("name", "slug"), [(v, _slug(v)) for v in _vendors(plan, products, used)]),
        "2-device-roles.csv": _table(("name", "slug", "color"), [(r, r, ROLE_COLOUR) for r in _roles(plan, used)]),
        "3-device-types.csv": _table(TYPE_COLUMNS, _types(plan, products, used)),
        "4-racks.csv": _table(RACK_COLUMNS, _racks(plan, products, used, site_of, rack_heights or {})),
        "5-devices.csv": _devices(plan, products, used, site_of),
        "6-interfaces.csv": _interfaces(plan, products),
        "7-cables.csv": _cables(plan),
    }


def _site(plan: CablePlan, device: str, sites: Mapping[str, str]) -> str:
    hall = plan.placement[device].hall
    return sites.get(hall, hall)


def _product(plan: CablePlan, products: Products, name: str) -> Product | None:
    wanted = plan.devices[name].product
    found: Product | None = products.switches.get(wanted) or products.systems.get(wanted)
    return found or products.servers.get(wanted) or products.storage.get(wanted) or products.appliances.get(wanted)


def _type_of(plan: CablePlan, products: Products, name: str) -> tuple[str, str, int, str]:
    """(manufacturer, model, height in U, what to know) of a device."""
    product = _product(plan, products, name)
    if product is None:
        role = plan.devices[name].role
        beside = role == "pdu"
        return "generic", f"generic {role}", 0 if beside else 1, "mounted beside the units" if beside else ""
    height = product.height_u.value
    if height is None:
        return product.vendor, product.name, 0, "height unknown: in the rack without a position"
    return product.vendor, product.name, math.ceil(height), ""


def _vendors(plan: CablePlan, products: Products, used: Iterable[str]) -> list[str]:
    return sorted({_type_of(plan, products, name)[0] for name in used})


def _roles(plan: CablePlan, used: Iterable[str]) -> list[str]:
    return sorted({plan.devices[name].role for name in used})


def _types(plan: CablePlan, products: Products, used: Iterable[str]) -> list[tuple[Cell, ...]]:
    types = sorted({_type_of(plan, products, name) for name in used})
    return [(vendor, model, _slug(model), height, note) for vendor, model, height, note in types]


def _racks(
    plan: CablePlan, products: Products, used: Iterable[str], sites: Mapping[str, str], heights: Mapping[str, int]
) -> list[tuple[Cell, ...]]:
    """Every rack, no lower than what stands in it."""
    tops: dict[str, int] = {}
    for name in used:
        at, height = plan.placement[name], _type_of(plan, products, name)[2]
        tops[at.rack] = max(tops.get(at.rack, 0), at.u + height - 1)
    return [
        (sites[rack], rack, "planned", RACK_WIDTH_INCH, max(top, heights.get(rack, RACK_HEIGHT_U)))
        for rack, top in sorted(tops.items())
    ]


def _devices(plan: CablePlan, products: Products, used: Iterable[str], sites: Mapping[str, str]) -> str:
    columns = ("name", "role", "manufacturer", "device_type", "site", "rack", "position", "face", "status")
    rows: list[tuple[Cell, ...]] = []
    for name in used:
        vendor, model, height, _ = _type_of(plan, products, name)
        at = plan.placement[name]
        position: tuple[Cell, Cell] = (at.u, "front") if height else ("", "")
        status = "active" if plan.devices[name].role == EXISTING else "planned"
        rows.append((name, plan.devices[name].role, vendor, model, sites[at.rack], at.rack, *position, status))
    return _table(columns, rows)


def _interface_type(plan: CablePlan, products: Products, link: Link) -> str:
    """InfiniBand where either end is an InfiniBand switch, else Ethernet, by port speed."""
    ends = (products.switches.get(plan.devices[name].product) for name in (link.a, link.b) if name in plan.devices)
    infiniband = any(switch is not None and switch.technology.startswith("infiniband") for switch in ends)
    on_fabric = infiniband and link.fabric in ("compute", "storage")
    return (INFINIBAND_TYPES if on_fabric else INTERFACE_TYPES).get(int(link.speed_gbit_s), "other")


def _interfaces(plan: CablePlan, products: Products) -> str:
    found = sorted(
        {
            (name, port_name(plan, link, end), _interface_type(plan, products, link))
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
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in text.lower()).split())
