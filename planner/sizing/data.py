"""What sizing is asked, in immutable integers: W, kg, MB/s, TB, whole currency units.

Everything identical is a count. An `Item` is one product in one role; its numbers are those of one piece.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.demand.timetable import Spread
from planner.request.positions import ANCHORED, Role
from planner.request.workload import Domain

Money = int


@dataclass(frozen=True)
class Item:
    """One product in one role, as sizing sees it.

    `form`: "node" stands in a rack, "rack" takes `positions` of its own, "loose" takes neither (a rear part, a spare on
    the shelf). Unknown power never reaches this class; unknown weight is 0 here with `weight_known` False.
    """

    key: str
    product: str
    role: str
    form: str
    positions: int = 0
    height_u: int = 0
    design_w: int = 0
    typical_w: int = 0
    peak_w: int = 0
    air_w: int = 0
    airflow_m3_h: int = 0  # published, or derived from its heat to air
    liquid_w: int = 0
    flow_ml_min: int = 0
    weight_kg: int = 0
    weight_known: bool = True
    depth_mm: int = 0
    outlets: tuple[tuple[str, int], ...] = ()  # sockets needed on each feed side
    busbar: bool = False  # takes its power from a rack's busbar
    capex: Money = 0
    tco: Money = 0  # over the horizon, capex included
    priced: bool = True
    carbon_kg: int = 0
    lead_weeks: int = 0
    loop: str | None = None  # a distribution unit stands in the rows of its loop
    anchor: Role | None = None  # the role by which the hall may bind it to places


@dataclass(frozen=True)
class Part:
    """The part of a position class in one row: its stretch, its free positions and disjoint pairs, and its domains."""

    stretch: str
    positions: int
    pairs: int
    domains: Mapping[Domain, str]  # kind of failure domain -> name


@dataclass(frozen=True)
class Pdus:
    """The PDUs that racks of a class may have, counted on one feed; every feed has as many.

    Together the first of every feed carry `design_w` in the hall's worst state, and so does each further set.
    """

    feeds: int
    most: int  # on each feed
    design_w: int
    capex: Money  # of one more on every feed
    weighed: bool = True  # against more racks: False where nobody knows what a rack costs
    idle: bool = False  # more than one on a feed may stand there, and sizing does not count them
    outlets: tuple[tuple[str, int], ...] = ()  # sockets of one, on one feed side


@dataclass(frozen=True)
class PositionClass:
    """Positions of one hall with the same limits, and the empty rack with PDUs that stands there for nodes."""

    key: str
    rows: tuple[str, ...]
    positions: int
    pairs: int  # disjoint adjacent pairs, for systems that take two positions
    height_u: int
    design_w: int
    peak_w: int
    air_w: int | None
    weight_kg: int | None  # most that rack and content may weigh; None: the floor's rating is not stated
    depth_mm: int
    air: bool
    liquid: bool
    loop: str | None
    drops: tuple[str, ...]  # the feeds, or panels on them, that carry it
    rack: Item  # an empty rack with its PDUs
    outlets: tuple[tuple[str, int], ...]  # sockets that the PDUs of one feed side give
    parts: tuple[Part, ...] = ()  # the stretches of rows that it is made of
    own_weight_kg: tuple[tuple[str, int], ...] = ()  # item that is its own rack -> most on each of its positions
    row_air_w: int | None = None  # heat to air that the cooling of all its rows takes
    row_airflow_m3_h: int | None = None  # air that all its rows are given
    admits: frozenset[Role] = frozenset(ANCHORED)  # anchored roles that may stand here
    peak_of_feeds: bool = False  # no circuit limits the peak of a rack, only the feeds behind it
    gaps: tuple[int, ...] = ()  # free blocks of units of racks that stand already; `height_u` is their sum
    door_loop: str | None = None  # takes all heat to air of its racks through rear doors; None: the room does
    busbar: bool = False  # power shelves and a busbar in place of PDUs
    stands_at: tuple[tuple[str, int], ...] = ()  # row and number of each of those racks
    pdus: Pdus | None = None  # None: power shelves, or none are to be bought

    def weight_limit_kg(self, item: Item) -> int | None:
        """The most on each position of one piece, rack and all; None: the floor's rating is not stated.

        What is its own rack spreads its weight over its own footprint.
        """
        return dict(self.own_weight_kg).get(item.key, self.weight_kg)

    @property
    def standing(self) -> bool:
        """Whether these are racks that stand already, with what they may still take; no limit of theirs moves."""
        return bool(self.stands_at)


@dataclass(frozen=True)
class NodeLimit:
    """What one source, feed or panel may carry of new racks in one state. `lost` is what has failed, "" for nothing.

    `scale` x its load is the sum of part x load over the position classes in `parts`; both are whole numbers.
    """

    node: str
    lost: str
    scale: int
    parts: tuple[tuple[str, int], ...]  # position class -> part
    design_w: int
    peak_w: int


@dataclass(frozen=True)
class LoopData:
    """A liquid loop and the coolant distribution unit that may be bought for it."""

    key: str
    capacity_w: int
    flow_ml_min: int | None
    cdu: str | None  # item key; None: CDUs are present, or none is needed
    cdu_capacity_w: int
    cdu_spare: int  # 1 under N+1


@dataclass(frozen=True)
class FabricRow:
    """One size of a fabric design: serves up to `systems` systems with these devices."""

    design: str
    sus: int
    systems: int
    devices: tuple[tuple[str, int], ...]  # item key -> count


@dataclass(frozen=True)
class SystemOption:
    """One system product in one hall."""

    item: str
    accelerators: int
    rows: tuple[FabricRow, ...]
    spares: tuple[int, ...]  # spares[k]: most systems in service that k spares cover
    min_accelerators: int = 0
    max_systems: int = 0
    fails_whole: bool = True  # a node fails as one; a rack system loses a tray at a time


@dataclass(frozen=True)
class StorageOption:
    """One storage product in one hall, in units of itself."""

    item: str
    usable_tb: int
    read_mb_s: int
    write_mb_s: int
    min_units: int
    max_units: int


@dataclass(frozen=True)
class HallData:
    """One hall: limits, positions, and what may stand there."""

    key: str
    site: str
    survivable_w: int  # design load in the worst state, spread best over the power tree
    nameplate_w: int  # peak load in the worst state, spread best over the power tree
    air_w: int
    classes: tuple[PositionClass, ...]
    loops: tuple[LoopData, ...]
    items: Mapping[str, Item]
    systems: tuple[SystemOption, ...]
    storage: tuple[StorageOption, ...]
    nodes: tuple[NodeLimit, ...] = ()  # none where every row hangs on the same feeds: the hall's two limits say it all
    airflow_m3_h: int | None = None  # air that the hall moves; None: not stated

    @property
    def cdus(self) -> tuple[str, ...]:
        """The items that are CDUs of its loops, one for each loop for which they may be bought."""
        return tuple(loop.cdu for loop in self.loops if loop.cdu is not None)


@dataclass(frozen=True)
class RentOption:
    """An instance that a region rents by the hour."""

    region: str
    instance: str
    system: str  # key that workload needs name it by
    accelerators: int
    tco: Money | None  # of one instance over the horizon
    carbon_kg: int = 0


@dataclass(frozen=True)
class WorkloadOption:
    """What a workload needs on one system or instance."""

    system: str
    units: int
    unit_accelerators: int
    indivisible: bool
    spare_units: int = 0  # of the units, those that stand by; as many systems may fail before the service does
    spread: Spread | None = None  # what it holds in each slot of a day; None: its units at all times


@dataclass(frozen=True)
class WorkloadData:
    """One workload and where it may run. `places`: (location, system) pairs that rules and requests admit.

    `weeks` is the lead time left before the first phase that serves any of it; None: the request has no phases.
    """

    key: str
    options: tuple[WorkloadOption, ...]
    places: frozenset[tuple[str, str]]
    weeks: int | None = None
    keep_apart: Domain | None = None


@dataclass(frozen=True)
class StorageDemandData:
    """What one site must store and move; bandwidth grows with the accelerators at the site."""

    site: str
    usable_tb: int
    read_mb_s: int
    write_mb_s: int
    read_mb_s_per_accelerator: int
    write_mb_s_per_accelerator: int


@dataclass(frozen=True)
class Mix:
    """Systems and storage of one hall, none left out."""

    hall: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class NetworkStep:
    """The network devices, by item, with `units` to `last` units of storage, from so many PDUs and CDUs on."""

    units: int
    last: int
    pdus: int
    devices: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class NetworkCut:
    """What the networks of a hall come to at least where it has so many systems of every product, none left out."""

    hall: str
    systems: tuple[tuple[str, int], ...]
    storage: str  # the item that units are counted of; "" where there is none
    steps: tuple[NetworkStep, ...]


@dataclass(frozen=True)
class PartCut:
    """sum(weight x pieces in a class) <= sum(z x racks of a class) in one hall: a certificate of packing by class."""

    hall: str
    weights: tuple[tuple[str, str, int], ...]  # position class, item, weight
    z: tuple[tuple[str, int], ...]  # position class, z


@dataclass(frozen=True)
class SizingData:
    """The whole question."""

    halls: tuple[HallData, ...]
    rents: tuple[RentOption, ...]
    workloads: tuple[WorkloadData, ...]
    storage: tuple[StorageDemandData, ...]
    objectives: tuple[str, ...]
    budget: Money | None
    weeks: int | None = None  # lead time that is left; None: no date is asked for
    only: frozenset[str] | None = None  # systems the answer may use, for alternatives
    slot_hours: tuple[int, ...] = (24,)  # of a day: in each of them nothing changes
    avoid: tuple[Mix, ...] = ()  # what the floor has refused
    networks: tuple[NetworkCut, ...] = ()  # of mixes that have more around their systems than nothing
    spread: frozenset[str] = frozenset()  # halls whose feeds the floor could not balance with the racks as packed
    by_row: frozenset[str] = (
        frozenset()
    )  # halls in which every stretch is a class of its own: `planner.sizing.row_by_row`
    part_cuts: tuple[PartCut, ...] = ()  # what packing has proven of single position classes


@dataclass(frozen=True)
class Cut:
    """sum(weights x count) <= sum(z x racks) in one hall: a packing certificate.

    A kind of rack is named by its key, or by `with_pdus(key, n)` for racks with n PDUs on each feed.
    """

    hall: str
    weights: tuple[tuple[str, int], ...]
    z: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Stage:
    """The answer for one objective: 0 <= lower_bound <= value."""

    objective: str
    value: int
    lower_bound: int
    proven: bool


@dataclass(frozen=True)
class SizingResult:
    """Counts. `counts[hall][item]`, `units[workload] = ((location, system, units), ...)`.

    `standing[hall][class][item]` are the pieces that take positions of their own, by position class, and `nodes` those
    that stand in racks. `held[workload]` has the units of each slot in place of the most at once, for workloads that do
    not always hold the same. `more_pdus[hall][class]` are the racks with two PDUs or more on each feed,
    three or more, and so on.
    """

    counts: Mapping[str, Mapping[str, int]]
    standing: Mapping[str, Mapping[str, Mapping[str, int]]]
    racks: Mapping[str, Mapping[str, int]]
    spares: Mapping[str, Mapping[str, int]]
    rows: Mapping[str, Mapping[str, FabricRow]]
    rents: Mapping[tuple[str, str], int]
    units: Mapping[str, tuple[tuple[str, str, int], ...]]
    stages: tuple[Stage, ...]
    deterministic_time: float
    held: Mapping[str, tuple[tuple[str, str, tuple[int, ...]], ...]] = field(default_factory=dict)
    nodes: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    more_pdus: Mapping[str, Mapping[str, tuple[int, ...]]] = field(default_factory=dict)
