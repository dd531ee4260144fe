"""The forms of published tables: each turns a row's key columns into what the planner says for its other columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.fabric_items import NotCountedError, Site, quantity
from planner.cabling.reach import length_by_rack_distance, row_of_racks_lengths
from planner.catalog.fabrics import FabricDesign, Supplied, Tree
from planner.catalog.load import Catalog
from planner.catalog.schema import System
from planner.errors import InputError
from planner.fabric import FabricCounts, count_fabric, count_site_fabrics, limits
from planner.fabric.compute import block_of, tree_capacity
from planner.fabric.scale_up import pcie_gb_s
from planner.fabric.storage_block import count_storage_block

Row = Mapping[str, Any]


class UnmappedError(Exception):
    """Nothing in the map says what the row counts."""


@dataclass(frozen=True)
class Question:
    """One row of one table, and what the planner may look at to answer it."""

    table: Row
    row: Row
    mapping: Row
    items: list[tuple[str, str]]
    unsupported: Mapping[str, str]
    designs: Mapping[str, FabricDesign]
    catalog: Catalog

    def design(self, name: str | None = None) -> FabricDesign:
        """The design that the map names."""
        wanted = name or self.mapping.get("design")
        if wanted not in self.designs:
            raise UnmappedError(f"no fabric design {wanted}")
        return self.designs[str(wanted)]


@dataclass(frozen=True)
class Answer:
    """The row's key, the planner's value for each column it derives, and why it derives no others."""

    key: dict[str, Any]
    values: dict[str, Any]
    left: dict[str, str] = field(default_factory=dict)


def whole(value: Any) -> int:
    """A key column that must count something.

    Raises:
        ValueError: it is no whole number from 1.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{value!r} is no whole number from 1")
    return value


def size_of(question: Question, design: FabricDesign) -> int:
    """The number of systems a row or its table speaks of."""
    row, mapping = question.row, question.mapping
    if isinstance(row.get("nodes"), int) and "su" not in row:
        return int(row["nodes"])
    if "su" in row:
        return systems_of_units(design, whole(row["su"]), bool(mapping.get("manager", True)))
    if "systems" in mapping:
        return int(mapping["systems"])
    text = f"{question.table.get('title', '')} {question.table.get('counts', '')}"
    nodes = re.search(r"(\d+)[ -]nodes?\b", text)
    if nodes:
        return int(nodes[1])
    opg = re.search(r"OPG-(\d+)", text)
    if opg:
        return int(opg[1]) // (design.accelerators_per_system or 1)
    units = re.findall(r"(\d+) SU\b", text)
    return systems_of_units(
        design, int(mapping.get("units") or (units[-1] if units else 1)), bool(mapping.get("manager", True))
    )


def systems_of_units(design: FabricDesign, units: int, manager: bool) -> int:
    """Systems of full scalable units, less those that the fabric manager displaces."""
    last = design.compute[-1]
    if isinstance(last, Tree) and manager and block_of(design, last) == design.unit_systems:
        return tree_capacity(design, last, units)
    return units * design.unit_systems


def counted(question: Question, design: FabricDesign, systems: int, *, growth: str | None = None) -> FabricCounts:
    """The compute fabric under the table's own convention."""
    return count_fabric(
        design,
        systems,
        growth="right-size" if growth == "right-size" else None,
        with_manager=bool(question.mapping.get("manager", True)),
    )


def units_form(question: Question) -> Answer:
    """Tables with one row for each number of scalable units."""
    design = question.design()
    counts = counted(question, design, size_of(question, design))
    values: dict[str, Any] = {**_sizes(design, counts), **_switches(counts)}
    if question.mapping.get("cables") == "cages":
        values["node_leaf_cables"] = counts.modules_of("compute", "node")
        values["leaf_spine_cables"] = -(-counts.links_of("compute", "leaf-spine") // 2)
        values["spine_core_cables"] = -(-counts.links_of("compute", "spine-core") // 2)
    else:
        node, manager = counts.cables_of("compute", "node-leaf"), counts.links_of("compute", "manager")
        values["node_leaf_cables"] = node
        values["node_and_ufm_cables"] = node + manager
        values["leaf_spine_cables"] = counts.cables_of("compute", "leaf-spine")
        values["spine_core_cables"] = counts.cables_of("compute", "spine-core")
    key = {"su": question.row["su"]} if "su" in question.row else {"nodes": question.row.get("nodes")}
    return Answer(key, {name: value for name, value in values.items() if name not in key})


def _sizes(design: FabricDesign, counts: FabricCounts) -> dict[str, Any]:
    return {
        "su": counts.sus,
        "nodes": counts.systems,
        "gpus": counts.accelerators,
        "racks": counts.systems if design.form == "rack" else None,
    }


def _switches(counts: FabricCounts) -> dict[str, int]:
    return {
        "leaf": counts.switches_of("compute-leaf"),
        "spine": counts.switches_of("compute-spine"),
        "core": counts.switches_of("compute-core"),
        "total_switches": sum(e.count for e in counts.switches if e.role.startswith("compute")),
    }


def storage_form(question: Question) -> Answer:
    """Tables of the storage fabric by scalable unit."""
    design = question.design()
    counts = count_site_fabrics(design, size_of(question, design))
    values = {
        "nodes": counts.systems,
        "leaf": counts.switches_of("storage-leaf"),
        "spine": counts.switches_of("storage-spine"),
        "switches": counts.switches_of("storage-leaf") + counts.switches_of("storage-spine"),
        "node_cables": counts.cables_of("storage", "node-leaf"),
        "storage_cables": counts.cables_of("storage", "storage-leaf"),
        "leaf_spine_cables": counts.cables_of("storage", "leaf-spine"),
    }
    return Answer({"su": question.row.get("su")}, values)


def items_form(question: Question) -> Answer:
    """Tables with one item in each row."""
    row = question.row
    key = {name: row[name] for name in ("nodes", "su", "group", "item") if name in row}
    item, group = str(row.get("item", "")), str(row.get("group", ""))
    expression = next((e for pattern, e in question.items if re.fullmatch(pattern, f"{group} / {item}", re.I)), None)
    if expression is None:
        if item in question.unsupported:
            return Answer(key, {}, {"count": question.unsupported[item]})
        raise UnmappedError(f'no item of the map is called "{item}"')
    design = question.design()
    systems = size_of(question, design)
    counts = _all_fabrics(question, design, systems)
    try:
        value = quantity(expression, Site(design, counts, question.catalog, item))
    except NotCountedError as error:
        return Answer(key, {}, {"count": str(error)})
    return Answer(key, {"count": value})


def _all_fabrics(question: Question, design: FabricDesign, systems: int) -> FabricCounts:
    if question.mapping.get("manager", True):
        return count_site_fabrics(design, systems)
    last = design.compute[-1]
    displaced = design.unit_systems - 1 if isinstance(last, Tree) else 0
    fits = systems if systems % design.unit_systems == displaced else max(1, systems - 1)
    return count_site_fabrics(design, fits)


def storage_block_form(question: Question) -> Answer:
    """Storage prescribed for each scalable unit."""
    design = question.design()
    if not design.storage_blocks:
        raise UnmappedError(f"{design.id} prescribes no storage")
    block = count_storage_block(design.storage_blocks[0], whole(question.row["su"]))
    column = block.product.removeprefix("netapp-").replace("-", "_")
    return Answer(
        {"su": question.row["su"]},
        {
            column: block.systems,
            "cluster_switches": block.cluster_switches,
            "ru": block.height_u,
            "power_w_typical": block.power_typical_w,
        },
    )


def pattern_form(question: Question) -> Answer:
    """Enterprise reference patterns by scalable unit."""
    row = question.row
    design = question.design(f"era-{row['pattern']}")
    systems = whole(row["su"]) * design.unit_systems
    counts = count_site_fabrics(design, systems)
    values = {
        "nodes": systems,
        "ns_or_core_switches": counts.switches_of("converged-leaf"),
        "ew_leaves_total": counts.switches_of("compute-leaf"),
        "ew_spines_total": counts.switches_of("compute-spine"),
        "oob_switches": counts.switches_of("out-of-band-leaf"),
    }
    return Answer({"pattern": row["pattern"], "su": row["su"]}, values)


def pattern_limits_form(question: Question) -> Answer:
    """The largest size of each enterprise reference pattern."""
    row = question.row
    key = {name: row[name] for name in ("pattern", "item") if name in row}
    name = f"era-{row['pattern']}"
    if name not in question.designs:
        return Answer(key, {}, {"max_supported_su": f"the catalog has no design for {row['pattern']}"})
    design = question.designs[name]
    most = limits(design)[1] or 0
    if row.get("item") == "isl_ports_both_ends":
        cages = (
            -(-design.converged.isl_per_pair // design.converged.optics.uplinks_per_module) if design.converged else 0
        )
        return Answer(key | {"su": row.get("su")}, {"count": 2 * cages})
    if row.get("item") == "design_ceiling_gpus":
        return Answer(key, {"count": most * (design.accelerators_per_system or 0)})
    return Answer(key, {"max_supported_su": most // design.unit_systems, "nodes": most})


_COMPOSITION = (
    ("dual-plane", "opg-dual-plane"),
    ("clos-sh", "opg-clos-sh"),
    ("clos-ro", "opg-clos-ro"),
    ("mesh", "opg-mesh"),
)


def composition_form(question: Question) -> Answer:
    """Open designs: switches and links by role, modules by side."""
    row = question.row
    key = {"path": row["path"]}
    style = str(row["path"]).rsplit("/", 1)[-1]
    name = next((design for start, design in _COMPOSITION if style.startswith(start)), None)
    if name is None:
        raise UnmappedError(f'no open design is called "{style}"')
    design = question.design(name)
    try:
        counts = counted(question, design, int(row["nodes"]))
    except InputError as error:
        return Answer(key, {}, {"switches": str(error)})
    values: dict[str, Any] = {"xpus": counts.accelerators}
    values["servers"] = {server: counts.systems if server == "compute" else None for server in row.get("servers", {})}
    values["switches"] = {role: _by_role(counts, role) for role in row.get("switches", {})}
    values["links"] = {ends: _by_ends(counts, ends) for ends in row.get("links", {})}
    values["server_transceivers"] = _sum_of_modules(row.get("server_transceivers"), counts, "node")
    values["switch_transceivers"] = _sum_of_modules(row.get("switch_transceivers"), counts, "switch")
    return Answer(key | {"nodes": row["nodes"]}, values)


_ROLE = re.compile(r"(?P<end>fe|be)(?:-rail)?(?:-plane-[a-z])?-(?P<tier>leaf|spine)")


def _by_role(counts: FabricCounts, role: str) -> int | None:
    match = _ROLE.fullmatch(role)
    if match is None:
        return None
    network = "converged" if match["end"] == "fe" else "compute"
    return counts.switches_of(f"{network}-{match['tier']}") // _planes_in(counts, role)


def _planes_in(counts: FabricCounts, text: str) -> int:
    return counts.planes if "-plane-" in text else 1


def _by_ends(counts: FabricCounts, ends: str) -> int | None:
    lower, upper = ends.split(" -> ")
    match = _ROLE.fullmatch(upper)
    if match is None:
        return None
    network = "converged" if match["end"] == "fe" else "compute"
    tier = "leaf-spine" if match["tier"] == "spine" else "node-leaf"
    if tier == "node-leaf" and lower != "compute":
        return None
    return counts.links_of(network, tier) // _planes_in(counts, ends)


def _sum_of_modules(printed: Mapping[str, int] | None, counts: FabricCounts, side: str) -> dict[str, int]:
    """Modules of one side under the one name that the bill gives them; nothing where it lists none."""
    names = sorted(printed or {})
    total = sum(entry.count for entry in counts.modules if entry.where == side)
    return {names[0]: total} if len(names) == 1 else {}


def rack_row_form(question: Question) -> Answer:
    """Cable lengths in a row of adjacent racks: two leaves and one spine in each, eight links from each leaf."""
    racks = whole(question.row["racks"])
    lengths = row_of_racks_lengths(racks, leaves_per_rack=2, links_per_leaf=8)
    return Answer({"racks": racks}, {f"cables_{m}m": lengths.get(m, 0) for m in (3, 5, 10)})


def rack_distance_form(question: Question) -> Answer:
    """Cable length by how many racks away the other end is."""
    row = question.row
    key = {name: row[name] for name in ("from_rack", "to_rack", "leaf") if name in row}
    return Answer(key, {"length_m": length_by_rack_distance(abs(int(row["from_rack"]) - int(row["to_rack"])))})


def community_form(question: Question) -> Answer:
    """Designs that others published: H100 systems on 64-port switches unless the name says otherwise."""
    row = question.row
    design = question.design("superpod-b300-xdr" if "B300" in str(row["name"]) else "superpod-h100")
    last = design.compute[-1]
    if set(row) & {"leaf", "spine", "total_switches"} and isinstance(last, Tree):
        counts = count_fabric(design, int(row["nodes"]), with_manager=False)
        site = count_site_fabrics(design, int(row["nodes"]))
        values: dict[str, Any] = {"gpus": counts.accelerators, **_switches(counts)}
        values["ufm"] = sum(entry.count for entry in site.appliances)
        values["sn5610"] = sum(entry.count for entry in site.switches if entry.product == "nvidia-sn5610")
        left = dict.fromkeys(set(row) - set(values), "the source's own choice, outside the compute fabric")
        return Answer({"name": row["name"], "nodes": row["nodes"]}, values, left)
    units = -(-int(row["gpus"]) // ((design.accelerators_per_system or 1) * design.unit_systems))
    nodes = systems_of_units(design, units, manager=True)
    return Answer({"name": row["name"]}, {"nodes": nodes, "gpus": nodes * (design.accelerators_per_system or 1)})


def ultraserver_form(question: Question) -> Answer:
    """UltraServers: bandwidth at the system is known, the fabric behind it is not."""
    row = question.row
    key = {name: row[name] for name in ("gen", "item") if name in row}
    if row["gen"] == "topology":
        return Answer(key, {name: _pcie_text(str(row[name])) for name in row if name.startswith(("intra_", "inter_"))})
    generation = str(row["gen"]).lower()
    design = question.design(f"aws-efa-trn3-{generation}")
    stage = design.compute[0]
    system = question.catalog.get(design.systems[0], System)
    if not isinstance(stage, Supplied):
        raise UnmappedError(f"{design.id} is not supplied")
    values = {
        "devices": system.accelerators,
        "devices_per_server": system.accelerators / int(row["servers"]),
        "efa_gbps": stage.endpoint_gbit_s,
        "efa_gbps_per_device": stage.endpoint_gbit_s / system.accelerators,
    }
    left = {"host_vcpus": "a fact of the host, not of the fabric", "neuronlink_v4_GiBps_per_device": "as printed"}
    return Answer(key | {"servers": row["servers"]}, values, left)


def _pcie_text(text: str) -> str:
    match = re.fullmatch(r"(\d+) x PCIe Gen(\d+) x(\d+)( \w+)? = (\d+) GB/s", text)
    if match is None:
        raise UnmappedError(f'"{text}" is no sum of PCIe links')
    total = int(match[1]) * pcie_gb_s(int(match[2]), int(match[3]))
    return f"{match[1]} x PCIe Gen{match[2]} x{match[3]}{match[4] or ''} = {total:g} GB/s"


_DENSITY = (
    ("DGX H100", "superpod-h100", 0),
    ("DGX H200", "superpod-h200", 0),
    ("DGX B200", "superpod-b200", 0),
    ("DGX B300 (Spectrum", "superpod-b300-ethernet", 0),
    ("DGX B300 (XDR", "superpod-b300-xdr", 0),
    ("DGX GB200", "superpod-gb200", 0),
    ("DGX GB300", "superpod-gb300", 0),
)


def rack_density_form(question: Question) -> Answer:
    """Systems in a rack and its power."""
    row = question.row
    found = next((design for start, design, _ in _DENSITY if str(row["system"]).startswith(start)), None)
    if found is None:
        raise UnmappedError(f'no system of the map is called "{row["system"]}"')
    design = question.design(found)
    system = question.catalog.get(design.systems[0], System)
    per_rack = design.racks.systems_per_rack
    watts = system.power_peak_w.value
    values: dict[str, Any] = {
        "nodes_per_rack": per_rack,
        "racks_per_su": design.unit_systems // per_rack,
        "mw_per_su": design.racks.facts.get("unit_power_mw"),
    }
    if watts is not None:
        values["kw"] = round(per_rack * watts / 1000, 3)
    return Answer({"system": row["system"]}, values)


FORMS: dict[str, Callable[[Question], Answer]] = {
    "units": units_form,
    "storage": storage_form,
    "items": items_form,
    "storage-block": storage_block_form,
    "pattern": pattern_form,
    "pattern-limits": pattern_limits_form,
    "composition": composition_form,
    "rack-row": rack_row_form,
    "rack-distance": rack_distance_form,
    "community": community_form,
    "ultraserver": ultraserver_form,
    "rack-density": rack_density_form,
}
