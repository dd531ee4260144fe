"""Fabric designs (`fabric/v1`): how systems become leaves, spines, cores and links. A design is data, never code.

A design lists stages for its compute fabric in the order in which they are tried: a small cluster may share one
switch pair, a larger one needs a fat tree. Counts follow from the numbers here and the rules in `planner.fabric`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.catalog.facts import Confidence, Strict
from planner.catalog.files import read_all
from planner.catalog.schema import ProductId
from planner.errors import InputError

Growth = Literal["full-unit", "right-size"]
Technology = Literal["infiniband-ndr", "infiniband-xdr", "infiniband-hdr", "ethernet", "efa"]


class DesignFaultError(ValueError):
    """A design that contradicts itself: what was found, what was expected, and what would work."""

    def __init__(self, found: str, expected: str, hint: str = "") -> None:
        self.found, self.expected, self.hint = found, expected, hint
        super().__init__(f"found {found}, expected {expected}; {hint}")


def split_ports(ports: int, oversubscription: str) -> tuple[int, int]:
    """Ports of a leaf as (down, up) at the ratio "down:up".

    Raises:
        DesignFaultError: the ratio is not two whole numbers, or does not divide the ports; names the nearest that does.
    """
    match = re.fullmatch(r"([1-9]\d*):([1-9]\d*)", oversubscription)
    if match is None:
        raise DesignFaultError(f'"{oversubscription}"', 'an oversubscription such as "1:1" or "3:1"')
    down, up = int(match[1]), int(match[2])
    if ports % (down + up):
        near = nearest_ratio(ports, down / up)
        raise DesignFaultError(
            f"oversubscription {oversubscription} on {ports} ports",
            f"a ratio whose parts add up to a divisor of {ports}",
            f"the nearest that divides is {near}",
        )
    share = ports // (down + up)
    return down * share, up * share


def nearest_ratio(ports: int, wanted: float) -> str:
    """The oversubscription "n:1" (or "n:m" in lowest terms) nearest to `wanted` that splits `ports` evenly."""
    choices = [(down, part - down) for part in range(2, 9) if ports % part == 0 for down in range(1, part)]
    if not choices:
        return "1:1 on an even number of ports"
    best = min(choices, key=lambda c: (abs(c[0] / c[1] - wanted), c[0] + c[1]))
    return f"{best[0]}:{best[1]}"


class Tier(Strict):
    """One tier of switches: the product and its ports at the speed of the links between switches."""

    switch: ProductId
    ports: int = Field(ge=2)


class Leaf(Tier):
    """The switches that systems plug into: `down` ports at the system's link speed, `up` at the uplink speed."""

    down: int = Field(default=0, ge=0)
    up: int = Field(default=0, ge=0)
    oversubscription: str = ""
    spare: int = Field(default=0, ge=0)  # data ports left on a full leaf, at the system's link speed

    @model_validator(mode="before")
    @classmethod
    def _down_and_up_from_the_ratio(cls, data: object) -> object:
        if not isinstance(data, dict) or "ports" not in data:
            return data
        filled = dict(data)
        ratio = filled.get("oversubscription")
        if ratio and not filled.get("down"):
            filled["down"], filled["up"] = split_ports(int(filled["ports"]), str(ratio))
        elif "down" not in filled:
            filled["down"] = filled["up"] = int(filled["ports"]) // 2
        return filled


class PipelineZone(Strict):
    """Neighbouring cages of a switch that share a pipeline, and the logical ports it has (rule R15)."""

    switch: ProductId
    cages: int = Field(ge=1)
    max_logical_ports: int = Field(ge=1)


class Optics(Strict):
    """What sits in the cages of a design by default, and what joins them. Cabling chooses again by distance."""

    node_module: ProductId | None = None
    node_ports_per_module: int = Field(default=1, ge=1)
    switch_module: ProductId | None = None
    switch_ports_per_module: int = Field(default=1, ge=1)
    uplink_ports_per_module: int = Field(default=0, ge=0)  # 0: as the other switch ports
    fibre: ProductId | None = None
    isl_cable: ProductId | None = None
    isl_links_per_cable: int = Field(default=1, ge=1)
    populate: Literal["used", "every-cage"] = "used"

    @property
    def uplinks_per_module(self) -> int:
        """Ports of one module on a switch-to-switch cage."""
        return self.uplink_ports_per_module or self.switch_ports_per_module


class Manager(Strict):
    """Fabric manager appliances and their links into the leaves."""

    product: ProductId
    appliances: int = Field(ge=1)
    links: int = Field(ge=0)  # all appliances together
    link_gbit_s: float = Field(gt=0)
    links_per_cable: int = Field(default=1, ge=1)  # 2: one 1-to-2 split
    dedicated_ports: bool = False  # the switch has a port of its own for it
    module: ProductId | None = None
    cable: ProductId | None = None


class Supplied(Strict):
    """A fabric that the vendor brings: only the bandwidth at the systems is published."""

    kind: Literal["supplied"]
    technology: Technology
    supplier: str
    endpoint_gbit_s: float = Field(gt=0)  # per system


class Pair(Strict):
    """Two switches per plane joined by inter-switch links (ISL) that carry half of what comes from below."""

    kind: Literal["pair"]
    technology: Technology
    switch: ProductId
    ports: int = Field(ge=2)  # at link_gbit_s
    planes: int = Field(default=1, ge=1)
    links_per_system: int = Field(ge=1)  # per plane
    link_gbit_s: float = Field(gt=0)
    converged_ports_per_system: int = Field(default=0, ge=0)  # north-south ports on the same pair, at link_gbit_s
    isl: Literal["half", "fixed"] = "half"
    isl_links: int = Field(default=0, ge=0)  # per plane, when fixed
    isl_gbit_s: float = Field(default=0, ge=0)  # 0: as link_gbit_s
    converged_gbit_s: float = Field(default=0, ge=0)  # 0: as link_gbit_s
    optics: Optics = Optics()


class Tree(Strict):
    """A fat tree of two or three tiers in each plane."""

    kind: Literal["tree"]
    technology: Technology
    planes: int = Field(default=1, ge=1)
    rails: int = Field(ge=1)  # link k of a system goes to a leaf of rail k
    ports_per_rail: int = Field(default=1, ge=1)  # links of one system in one rail of one plane
    striping: Literal["rail", "single-homed"] = "rail"
    block_systems: int | None = Field(default=None, ge=1)  # systems that share a set of leaves; None: the unit
    link_gbit_s: float = Field(gt=0)
    uplink_gbit_s: float = Field(gt=0)
    leaf: Leaf
    spine: Tier
    core: Tier | None = None
    pod: Literal["unit", "rail-of-unit"] = "unit"  # the leaves that share spines where there are cores
    always_pods: bool = False
    min_spines: int = Field(default=0, ge=0)
    uplinks: Literal["as-needed", "all"] = "all"  # of a leaf that is not full, when right-sized
    manager: Manager | None = None
    optics: Optics = Optics()

    @property
    def links_per_system(self) -> int:
        """Links of one system in one plane."""
        return self.rails * self.ports_per_rail


Stage = Annotated[Supplied | Pair | Tree, Field(discriminator="kind")]


class StorageFabric(Strict):
    """A fabric of its own for storage: systems oversubscribed, storage not."""

    technology: Technology
    ports_per_system: int = Field(ge=1)
    link_gbit_s: float = Field(gt=0)
    storage_ports_per_unit: int = Field(default=0, ge=0)
    uplink_share: float = Field(gt=0, le=1)  # of the systems' ports; 0.75 is 4:3
    leaf: Tier
    spine: Tier
    min_spines: int = Field(default=2, ge=1)
    manager: Manager | None = None
    optics: Optics = Optics()
    storage_cable: ProductId | None = None  # with both ends fixed to it


class PairedLeaves(Strict):
    """Leaf pairs (MLAG) with spines above: the in-band, storage-and-in-band or frontend network."""

    role: Literal["in-band", "converged"] = "in-band"
    technology: Technology = "ethernet"
    switch: ProductId
    ports_per_system: int = Field(ge=1)
    link_gbit_s: float = Field(gt=0)
    leaf_down: int = Field(ge=1)  # ports of one leaf at link_gbit_s, after uplinks and ISL
    uplinks_per_leaf: int = Field(default=0, ge=0)
    uplink_gbit_s: float = Field(default=0, ge=0)
    isl_per_pair: int = Field(default=0, ge=0)
    isl_gbit_s: float = Field(default=0, ge=0)
    spine: Tier | None = None
    spine_always: bool = False
    min_spines: int = Field(default=2, ge=1)
    site_uplinks: int = Field(default=0, ge=0)  # to the customer's network
    storage_links: int = Field(default=0, ge=0)  # home directories and the like
    node_cable: ProductId | None = None
    server_cable: ProductId | None = None
    isl_cable: ProductId | None = None
    uplink_cable: ProductId | None = None
    storage_cable: ProductId | None = None
    site_cable: ProductId | None = None
    optics: Optics = Optics()


class OutOfBand(Strict):
    """One 1G port for every controller; switches by ports, headroom and a minimum."""

    switch: ProductId
    ports: int = Field(ge=1)
    ports_per_system: int = Field(ge=0)
    per: Literal["system", "unit"] = "system"  # unit: ports for every system of a started unit
    fixed_ports: int | None = None  # where the design prints one number for everything but systems
    headroom_share: float = Field(default=0.1, ge=0, le=1)
    min_switches: int = Field(default=2, ge=1)
    uplinks_per_switch: int = Field(default=2, ge=0)
    uplink_gbit_s: float = Field(default=100, gt=0)
    cable: ProductId | None = None
    uplink_cable: ProductId | None = None


class Management(Strict):
    """Servers that run the cluster."""

    servers: int = Field(ge=0)
    server: ProductId | None = None
    roles: dict[str, int] = Field(default_factory=dict)
    in_band_ports_each: int = Field(default=2, ge=0)
    storage_cables_each: int = Field(default=0, ge=0)  # 1-to-2 splits into the storage fabric
    back_to_back_per_manager_pair: int = Field(default=0, ge=0)
    media_converters_per_manager_pair: int = Field(default=0, ge=0)  # adapters for managers without a fitting port


class Racks(Strict):
    """How the published design fills racks. Packing decides again under the real limits of a hall."""

    systems_per_rack: int = Field(default=1, ge=1)
    pdus_per_rack: int = Field(default=0, ge=0)
    management_racks: int = Field(default=0, ge=0)
    pdus_per_management_rack: int = Field(default=0, ge=0)
    facts: dict[str, float] = Field(default_factory=dict)  # other printed figures of the design, by name


class StorageBlock(Strict):
    """Storage that a design prescribes per scalable unit."""

    product: ProductId
    per_unit: int = Field(ge=1)
    cluster_switch: str = ""
    cluster_switch_height_u: int = Field(default=1, ge=0)
    systems_per_switch_pair: int = Field(default=0, ge=0)
    height_u: int = Field(default=0, ge=0)
    power_typical_w: int = Field(default=0, ge=0)


class FabricDesign(Strict):
    """A fabric design: everything needed to count the networks of a number of systems."""

    schema_: Literal["fabric/v1"] = Field(alias="schema")
    id: ProductId
    name: str = Field(min_length=1, max_length=160)
    source: str = Field(min_length=1)
    as_of: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    confidence: Confidence = "vendor"
    notes: tuple[str, ...] = ()
    systems: tuple[ProductId, ...] = ()  # products it was made for
    families: tuple[str, ...] = ()  # families of products it fits
    form: Literal["node", "rack"] = "node"
    accelerators_per_system: int | None = Field(default=None, ge=1)
    unit_systems: int = Field(ge=1)
    min_systems: int = Field(default=1, ge=1)
    max_units: int | None = Field(default=None, ge=1)  # where the vendor ends it before the switches do
    growth: Growth = "full-unit"
    generic: bool = False  # rails and planes follow the system it is fitted to
    compute: tuple[Stage, ...]
    converged: PairedLeaves | None = None  # north-south network that is part of the design
    storage: StorageFabric | None = None
    in_band: PairedLeaves | None = None
    out_of_band: OutOfBand | None = None
    management: Management = Management(servers=0)
    racks: Racks = Racks()
    storage_blocks: tuple[StorageBlock, ...] = ()
    zones: tuple[PipelineZone, ...] = ()

    @model_validator(mode="after")
    def _ports_of_a_leaf_suffice(self) -> FabricDesign:
        if not self.compute:
            raise DesignFaultError("no stage of the compute fabric", "at least one")
        for stage in self.compute:
            if isinstance(stage, Tree):
                _check_tree(stage)
        return self


def _check_tree(tree: Tree) -> None:
    if tree.leaf.down < 1:
        raise DesignFaultError("a leaf without ports for systems", "at least one downlink per leaf")
    if tree.ports_per_rail > tree.leaf.down:
        raise DesignFaultError(
            f"{tree.ports_per_rail} links of one system in one rail",
            f"at most the {tree.leaf.down} downlinks of a leaf",
            "add rails or a leaf with more ports",
        )
    if tree.leaf.up > tree.spine.ports:
        raise DesignFaultError(
            f"{tree.leaf.up} uplinks per leaf",
            f"at most the {tree.spine.ports} ports of a spine",
            "use a spine with more ports",
        )


def load_fabrics(roots: Sequence[Path]) -> dict[str, FabricDesign]:
    """The fabric designs below `<root>/fabrics` by id; an earlier root wins over a later one.

    Raises:
        InputError: with file, line and column; or an id that two files of one root share.
    """
    designs: dict[str, FabricDesign] = {}
    for root in roots:
        here: dict[str, Path] = {}
        for path, design in read_all([root], "fabrics", FabricDesign):
            if design.id in here:
                raise InputError.of(
                    "id", f'"{design.id}" a second time', f"an id of its own ({here[design.id]} has it)"
                )
            here[design.id] = path
            designs.setdefault(design.id, design)
    return dict(sorted(designs.items()))
