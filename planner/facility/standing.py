"""What stands in a hall already: its units, power, heat and weight, what is free beside it, and the hall that is left.

The power and heat of listed racks that are kept or extended are added to the existing loads that the request states.
A rack loads the feeds of its row, in equal shares over those that are left when one is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.catalog.facts import ceiling
from planner.catalog.load import Catalog
from planner.catalog.schema import Device, Rack, System
from planner.facility.cooling import coolant_flow_l_min, coolant_supply_c, heat_split
from planner.facility.power import PowerTiers, power_tiers
from planner.facility.rear_doors import door_capacity_w, loop_heat_w, room_air_w
from planner.facility.standing_power import StandingLoad, StandingPower, with_standing
from planner.request.check_existing import spot_of
from planner.request.existing import ExistingDevice, ExistingRack, OwnDevice, OwnRack, Treatment
from planner.request.policy import Policy
from planner.request.power_tree import drops_of
from planner.request.schema import Request
from planner.request.site import Hall, Loop, Row


@dataclass(frozen=True)
class StandingDevice:
    """One existing device: W, kg; None is unknown. Heat to air and to liquid at design load."""

    name: str  # what people call it, "" where it has no name
    product: str | None  # of the catalog
    title: str
    u: int
    height_u: int
    tiers: PowerTiers
    air_w: int
    liquid_w: int
    weight_kg: int | None


@dataclass(frozen=True)
class StandingRack:
    """One existing rack with its content. W and kg; None is unknown, of power only where it is retired.

    `power_left_w` and `outlets_left` are what its PDUs still give, where the request states them.
    """

    hall: str
    row: str
    number: int
    decision: Treatment
    product: str | None
    title: str
    height_u: int | None
    width_mm: int | None
    depth_mm: int | None
    devices: tuple[StandingDevice, ...]
    design_w: int | None
    peak_w: int | None
    air_w: int
    liquid_w: int
    weight_kg: int | None
    power_left_w: int | None
    outlets_left: tuple[tuple[str, int], ...] | None

    @property
    def id(self) -> str:
        """The rack's name: hall/position."""
        return f"{self.hall}/{self.row}{self.number:02d}"

    @property
    def stands(self) -> bool:
        """Whether it is there when the plan is built."""
        return self.decision != "retire"

    @property
    def taken(self) -> frozenset[int]:
        """Units that its devices take."""
        return frozenset(unit for d in self.devices for unit in range(d.u, d.u + d.height_u))

    @property
    def gaps(self) -> tuple[int, ...]:
        """Its free blocks of units, from the lowest up."""
        return free_gaps(self.height_u or 0, self.taken)


def free_gaps(height_u: int, taken: Iterable[int]) -> tuple[int, ...]:
    """Runs of units of a rack that nothing takes, from the lowest up."""
    full = set(taken)
    gaps, run = [], 0
    for unit in range(1, height_u + 2):
        if unit <= height_u and unit not in full:
            run += 1
        elif run:
            gaps.append(run)
            run = 0
    return tuple(gaps)


def standing_racks(hall: Hall, catalog: Catalog, policy: Policy) -> tuple[StandingRack, ...]:
    """Every listed rack of a hall, in the order of its rows and numbers. The request has passed `existing_problems`."""
    order = {row.id: n for n, row in enumerate(hall.rows)}
    found = [_standing_rack(hall, rack, catalog, policy) for rack in hall.existing.racks]
    return tuple(sorted(found, key=lambda rack: (order[rack.row], rack.number)))


def _standing_rack(hall: Hall, rack: ExistingRack, catalog: Catalog, policy: Policy) -> StandingRack:
    spot = spot_of(hall, rack.position)
    assert spot is not None, rack.position
    body = catalog.products[rack.rack] if isinstance(rack.rack, str) else rack.rack
    assert isinstance(body, OwnRack | Rack | System), rack.rack
    devices = tuple(d for listed in rack.devices for d in _devices(listed, catalog, policy))
    if isinstance(body, System):
        devices = (_device(ExistingDevice(product=body.id, u=1), body, 0, policy),)
    bare = _bare_kg(body)
    weights = [bare, *(d.weight_kg for d in devices)]
    design, peak = _sum(d.tiers.design_w for d in devices), _sum(d.tiers.peak_w for d in devices)
    return StandingRack(
        hall=hall.id,
        row=spot[0].id,
        number=spot[1],
        decision=rack.decision,
        product=rack.rack if isinstance(rack.rack, str) else None,
        title=body.name,
        height_u=body.height_u if isinstance(body, OwnRack) else body.height_u.value,
        width_mm=body.width if isinstance(body, OwnRack) else ceiling(body.width_mm),
        depth_mm=body.depth if isinstance(body, OwnRack) else ceiling(body.depth_mm),
        devices=devices,
        design_w=design if rack.load is None else rack.load,
        peak_w=peak if rack.load is None else rack.load,
        air_w=sum(d.air_w for d in devices) if rack.load is None or any(d.liquid_w for d in devices) else rack.load,
        liquid_w=sum(d.liquid_w for d in devices),
        weight_kg=_sum(weights),
        power_left_w=rack.power_left,
        outlets_left=tuple(sorted(rack.outlets_left.items())) if rack.outlets_left is not None else None,
    )


def _bare_kg(body: object) -> int | None:
    """Weight of the rack without its devices; a system that is a rack has its weight as a device."""
    if isinstance(body, OwnRack):
        return body.weight
    return ceiling(body.weight_kg) if isinstance(body, Rack) else 0


def _devices(listed: ExistingDevice, catalog: Catalog, policy: Policy) -> Iterable[StandingDevice]:
    body = catalog.products[listed.product] if isinstance(listed.product, str) else listed.product
    height = body.height_u if isinstance(body, OwnDevice) else device_u(body)
    for n in range(listed.count):
        yield _device(listed, body, n * height, policy)


def device_u(product: object) -> int:
    """Height of a device of the catalog in U; 0 while unknown."""
    return product.height_u.value or 0 if isinstance(product, Device) else 0


def _device(listed: ExistingDevice, body: object, above: int, policy: Policy) -> StandingDevice:
    if isinstance(body, OwnDevice):
        design = body.power
        tiers = PowerTiers(None, design, body.peak if body.peak is not None else design)
        air = body.air if body.air is not None else design or 0
        return StandingDevice(
            listed.name or "", None, body.name, listed.u + above, body.height_u, tiers, air,
            max(0, (design or 0) - air), body.weight,
        )  # fmt: skip
    assert isinstance(body, Device), listed.product
    tiers = power_tiers(body, policy.assumed_power_w)
    air, liquid = heat_split(body, tiers.design_w or 0, policy.assumed_liquid_share)
    weight = policy.assumed_weight_kg.get(body.id, ceiling(body.weight_kg))
    return StandingDevice(
        listed.name or "", body.id, body.name, listed.u + above, body.height_u.value or 0, tiers, air, liquid, weight
    )


def _sum(values: Iterable[int | None]) -> int | None:
    known = list(values)
    return None if any(v is None for v in known) else sum(v for v in known if v is not None)


def with_what_stands(request: Request, catalog: Catalog) -> Request:
    """The request with what is left of each hall: standing racks block their positions and load feeds, air and loops.

    The racks stay listed. A request that has been through this already comes back as it is.
    """
    if not any(hall.existing.racks for _, hall in request.halls()):
        return request
    sites = tuple(
        site.model_copy(update={"halls": tuple(hall_left(hall, catalog, request.policy) for hall in site.halls)})
        for site in request.sites
    )
    return request.model_copy(update={"sites": sites})


def hall_left(hall: Hall, catalog: Catalog, policy: Policy) -> Hall:
    """One hall as `with_what_stands` leaves it."""
    racks = [rack for rack in standing_racks(hall, catalog, policy) if rack.stands]
    if not racks or isinstance(hall.power, StandingPower):
        return hall
    row_of = {row.id: row for row in hall.rows}
    at = {row.id: {rack.number for rack in racks if rack.row == row.id} for row in hall.rows}
    drops = {row.id: drops_of(row) for row in hall.rows}
    rows = tuple(row.model_copy(update={"blocked": (*row.blocked, *sorted(at[row.id]))}) for row in hall.rows)
    loads = tuple(StandingLoad(drops[rack.row], rack.design_w or 0, rack.peak_w or 0) for rack in racks)
    power = with_standing(hall.power, loads)
    air = hall.cooling.existing_air_load + sum(room_air_w(row_of[rack.row], rack.air_w) for rack in racks)
    cooling = hall.cooling.model_copy(update={"existing_air_load": air, "loops": _loops_left(hall, racks, catalog)})
    return hall.model_copy(update={"rows": rows, "power": power, "cooling": cooling})


def _loops_left(hall: Hall, racks: list[StandingRack], catalog: Catalog) -> tuple[Loop, ...]:
    """Loops less the heat and, where it is published, the flow of what stands on them."""
    row_of = {row.id: row for row in hall.rows}
    left = []
    for loop in hall.cooling.loops:
        here = [rack for rack in racks if row_of[rack.row].loop == loop.id]
        heat = sum(loop_heat_w(row_of[rack.row], loop.id, rack.air_w, rack.liquid_w) for rack in racks)
        systems = [catalog.products.get(d.product or "") for rack in here for d in rack.devices if d.liquid_w]
        flows = [coolant_flow_l_min(s, coolant_supply_c(loop)) or 0 for s in systems if isinstance(s, System)]
        flow = None if loop.flow is None else max(0, loop.flow - sum(flows))
        left.append(loop.model_copy(update={"capacity": max(0, loop.capacity - heat), "flow": flow}))
    return tuple(left)


@dataclass(frozen=True)
class Room:
    """What one extended rack may still take: W, kg, sockets; None is no limit that is stated."""

    design_w: int
    peak_w: int
    air_w: int | None
    weight_kg: int | None
    outlets: tuple[tuple[str, int], ...] | None


def room_left(rack: StandingRack, row: Row, limits: tuple[int, int], most_kg: int | None) -> Room:
    """The limits of the rack's place (design and peak W; kg) less what stands in it.

    `limits` come from `rack_limits`, `most_kg` from `max_rack_weight_kg` for the rack's own footprint; None: the floor
    has no rating. A rack of unknown weight on a rated floor takes nothing.
    """
    design = max(0, limits[0] - (rack.design_w or 0))
    if rack.power_left_w is not None:
        design = min(design, rack.power_left_w)
    most_air = min((w for w in (row.air_per_rack, door_capacity_w(row)) if w is not None), default=None)
    air = None if most_air is None else max(0, most_air - rack.air_w)
    weight = None if most_kg is None else max(0, most_kg - (rack.weight_kg if rack.weight_kg is not None else most_kg))
    return Room(design, max(0, limits[1] - (rack.peak_w or 0)), air, weight, rack.outlets_left)


def extended(racks: Iterable[StandingRack]) -> Mapping[str, StandingRack]:
    """The racks that may take devices, by id."""
    return {rack.id: rack for rack in racks if rack.decision == "extend"}
