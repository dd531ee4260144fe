"""Each rule of sizing alone, on the smallest question in which it binds: once it can be met, once it cannot."""

from dataclasses import dataclass, replace

import pytest
from tiny_sizing import (
    CDU,
    NODE,
    STORE,
    hall,
    item,
    kind,
    loop,
    need,
    option,
    question,
    rack_system,
    storage_demand,
    store_option,
    workload,
)

from planner.request.workload import Domain
from planner.sizing.apart import Cap, caps_of
from planner.sizing.data import Cut, FabricRow, Item, Part, PositionClass, RentOption, SizingData
from planner.sizing.limits import NOTHING, Limit, Relaxation, measuring
from planner.sizing.model import SizingInfeasible, feasible, least_excess, size

SWITCH = "leaf/switch"
WET = item(air_w=200, liquid_w=800, flow_ml_min=2000)


@dataclass(frozen=True)
class Edge:
    """A question whose answer exists, and the same a step beyond the rule's edge."""

    rule: str
    met: SizingData
    broken: SizingData
    cuts: tuple[Cut, ...] = ()


def of_hall(rule: str, items: tuple[Item, ...] = (), **edge: tuple[int, int]) -> Edge:
    """One limit of the hall, just enough and one too little."""
    ((name, (enough, short)),) = edge.items()
    return Edge(rule, question(hall(items=items, **{name: enough})), question(hall(items=items, **{name: short})))


def of_kind(rule: str, items: tuple[Item, ...] = (), **edge: tuple[object, object]) -> Edge:
    """One limit of the only kind of position, just enough and one too little."""
    ((name, values),) = edge.items()
    made = [question(hall(items=items, classes=[kind(positions=1, **{name: v})])) for v in values]
    return Edge(rule, *made)


def of_loop(rule: str, **edge: tuple[int, int]) -> Edge:
    ((name, values),) = edge.items()
    return Edge(rule, *(question(hall(items=[WET], loops=(loop(**{name: v}),))) for v in values))


def two_rack(pairs: int) -> SizingData:
    body = rack_system(positions=2)
    return question(hall(items=[body], classes=[kind(positions=6, pairs=pairs)]))


def with_cdus(positions: int, spare: int) -> SizingData:
    """Three wet nodes of 800 W each and distribution units of 1200 W: two of them, and one more under N+1."""
    items = [WET, rack_system(CDU, design_w=0, peak_w=0, air_w=0, capex=40, loop="warm")]
    loops = (loop(cdu=CDU, cdu_capacity_w=1200, cdu_spare=spare),)
    return question(hall(items=items, classes=[kind(positions=positions)], loops=loops))


def stored(units: int, **wanted: int) -> SizingData:
    place = hall(items=[item(), item(STORE)], storage=(store_option(max_units=units),))
    return question(place, storage=(storage_demand(**wanted),))


def surviving(most: int, spare_units: int = 1) -> SizingData:
    """Three replicas of 4 accelerators of which one stands by, on nodes of 8: two nodes would do, but for a loss."""
    needs = need(units=3, unit_accelerators=4, spare_units=spare_units)
    return question(hall(systems=[option(max_systems=most)]), workloads=[workload(options=[needs])])


def two_halls(indivisible: bool) -> SizingData:
    """Two halls of one node each, and a job of two."""
    rooms = [hall(h, systems=[option(max_systems=1)], classes=[kind(f"{h}/A", positions=1)]) for h in ("h1", "h2")]
    job = workload(options=[need(units=2, indivisible=indivisible)], places=[("h1", NODE), ("h2", NODE)])
    return question(*rooms, workloads=[job])


def fabric(largest: int) -> SizingData:
    row = FabricRow("design", 1, largest, ((SWITCH, 2),))
    return question(hall(items=[item(), item(SWITCH, height_u=1)], systems=[option(rows=(row,))]))


def outlets(given: int) -> SizingData:
    body = item(outlets=(("C19", 3),))
    return question(hall(items=[body], classes=[kind(positions=1, outlets=(("C19", given),))]))


def cut(positions: int) -> SizingData:
    return question(hall(classes=[kind(positions=positions)]))


def delivered(weeks: int) -> SizingData:
    return question(hall(items=[item(lead_weeks=30)]), weeks=weeks)


def ordered(least: int) -> SizingData:
    return question(hall(systems=[option(min_accelerators=least)], survivable_w=4000))


def spared(covered: int) -> SizingData:
    """Up to `covered` systems need no spare; the hall feeds three."""
    return question(hall(systems=[option(spares=(covered, 1000))], survivable_w=3000))


EDGES = [
    of_hall("feeds survive a loss", survivable_w=(3000, 2999)),
    of_hall("breakers survive the peak", nameplate_w=(3600, 3599)),
    of_hall("air is cooled", air_w=(3000, 2999)),
    of_kind("height", height_u=(12, 11)),
    of_kind("design power of a rack", design_w=(3000, 2999)),
    of_kind("peak power of a rack", peak_w=(3600, 3599)),
    of_kind("air of a rack", air_w=(3000, 2999)),
    of_kind("weight of rack and content", weight_kg=(250, 249)),
    of_kind("liquid reaches the rack", (WET,), liquid=(True, False)),
    of_kind("air reaches the rack", air=(True, False)),
    Edge("outlets", outlets(9), outlets(8)),
    Edge(
        "positions",
        question(hall(items=[rack_system()], classes=[kind(positions=3)])),
        question(hall(items=[rack_system()], classes=[kind(positions=2)])),
    ),
    Edge("adjacent pairs", two_rack(3), two_rack(2)),
    of_loop("heat to liquid", capacity_w=(2400, 2399)),
    of_loop("coolant flow", flow_ml_min=(6000, 5999)),
    Edge("distribution units", with_cdus(3, spare=0), with_cdus(2, spare=0)),
    Edge("distribution units N+1", with_cdus(4, spare=1), with_cdus(3, spare=1)),
    Edge("capacity of storage", stored(2, usable_tb=200), stored(2, usable_tb=201)),
    Edge("reading", stored(1, read_mb_s=10_000), stored(1, read_mb_s=10_001)),
    Edge("writing", stored(1, write_mb_s=5_000), stored(1, write_mb_s=5_001)),
    Edge(
        "reading per accelerator",
        stored(1, read_mb_s=4_000, read_mb_s_per_accelerator=250),
        stored(1, read_mb_s=4_001, read_mb_s_per_accelerator=250),
    ),
    Edge("loss of a node", surviving(2), surviving(1)),
    Edge("spares", spared(3), spared(2)),
    Edge("smallest order", ordered(32), ordered(33)),
    Edge("one place for a job", two_halls(indivisible=False), two_halls(indivisible=True)),
    Edge("a row of the fabric", fabric(3), fabric(2)),
    Edge("packing certificate", cut(3), cut(2), (Cut("hall", ((NODE, 1),), (("hall/A", 1),)),)),
    Edge("budget", question(budget=310), question(budget=309)),
    Edge("time to deliver", delivered(30), delivered(29)),
]  # fmt: skip


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.rule)
def test_a_rule_binds_at_its_edge(edge: Edge) -> None:
    assert feasible(edge.met, NOTHING, edge.cuts)
    assert not feasible(edge.broken, NOTHING, edge.cuts)


LIMITS = {
    "feeds survive a loss": Limit("power", "hall"),
    "breakers survive the peak": Limit("peak", "hall"),
    "air is cooled": Limit("air", "hall"),
    "positions": Limit("positions", "hall"),
    "heat to liquid": Limit("liquid", "hall/warm"),
    "coolant flow": Limit("flow", "hall/warm"),
    "budget": Limit("budget"),
    "time to deliver": Limit("lead-time"),
}


@pytest.mark.parametrize("edge", [e for e in EDGES if e.rule in LIMITS], ids=lambda edge: edge.rule)
def test_a_limit_is_missed_by_what_was_taken_away(edge: Edge) -> None:
    limit = LIMITS[edge.rule]
    assert feasible(edge.broken, Relaxation(dropped=frozenset({limit})))
    assert least_excess(edge.broken, measuring(limit)) == 1
    assert least_excess(edge.met, measuring(limit)) == 0


@pytest.mark.parametrize(
    ("limit", "facts", "missing"),
    [
        (Limit("rack-power", "hall"), {"design_w": 900}, 100),
        (Limit("rack-power", "hall"), {"peak_w": 1100}, 100),
        (Limit("rack-power", "hall"), {"air_w": 950}, 50),
        (Limit("weight", "hall"), {"weight_kg": 120}, 30),
    ],
)
def test_the_limit_of_one_rack_is_measured_by_the_worst_piece(
    limit: Limit, facts: dict[str, int], missing: int
) -> None:
    data = question(hall(classes=[kind(**facts)]))
    assert not feasible(data, NOTHING)
    assert least_excess(data, measuring(limit)) == missing


def test_a_workload_that_nothing_serves_makes_the_question_impossible_until_it_is_dropped() -> None:
    stranded = workload("stranded", places=[])
    data = question(workloads=[workload(), stranded])
    assert not feasible(data, NOTHING)
    assert feasible(data, Relaxation(dropped=frozenset({Limit("workload", "stranded")})))


def test_a_service_that_stands_by_has_a_node_more_than_its_working_replicas_need() -> None:
    systems = {spare: size(surviving(9, spare)).counts["hall"][NODE] for spare in (0, 1)}
    assert systems == {0: 2, 1: 2}
    full = question(workloads=[workload(options=[need(units=3, unit_accelerators=8, spare_units=1)])])
    beside = workload("batch", options=[need(units=1, unit_accelerators=8)])
    assert size(full).counts["hall"][NODE] == 3
    assert size(replace(full, workloads=(*full.workloads, beside))).counts["hall"][NODE] == 4


def test_a_rack_system_that_loses_a_tray_at_a_time_needs_no_rack_more() -> None:
    needs = need(units=3, unit_accelerators=4, spare_units=2)
    answers = [
        size(question(hall(systems=[option(fails_whole=whole)]), workloads=[workload(options=[needs])]))
        for whole in (False, True)
    ]
    assert [a.counts["hall"][NODE] for a in answers] == [2, 3]


def test_spares_are_bought_by_steps_of_the_table() -> None:
    steps = option(spares=(2, 5, 9))
    bought = {
        n: size(question(hall(systems=[steps]), workloads=[workload(options=[need(units=n)])])).spares["hall"]
        for n in (2, 3, 5, 6)
    }
    assert bought == {2: {}, 3: {NODE: 1}, 5: {NODE: 1}, 6: {NODE: 2}}


def test_an_offer_with_a_smallest_order_is_taken_whole_or_not_at_all() -> None:
    big, small = "system/big", "system/small"
    room = hall(
        items=[item(big, capex=10), item(small, capex=99)],
        systems=[option(big, accelerators=64, min_accelerators=3000), option(small)],
        classes=[kind(positions=50)],
    )
    wants = [need(big, units=3), need(small, units=3)]
    assert size(question(room, workloads=[workload(options=wants)])).counts["hall"] == {small: 3}
    more = [need(big, units=36, unit_accelerators=64), need(small, units=300)]
    assert size(question(room, workloads=[workload(options=more)])).counts["hall"] == {big: 47}


def test_a_fabric_grows_with_systems_and_spares() -> None:
    rows = (FabricRow("d", 1, 2, ((SWITCH, 2),)), FabricRow("d", 2, 4, ((SWITCH, 5),)))
    for spares, switches in (((9,), 5), ((1, 9), 5), ((2, 9), 5)):
        room = hall(items=[item(), item(SWITCH, height_u=1)], systems=[option(rows=rows, spares=spares)])
        assert size(question(room)).counts["hall"][SWITCH] == switches
    two = question(
        hall(items=[item(), item(SWITCH, height_u=1)], systems=[option(rows=rows)]),
        workloads=[workload(options=[need(units=2)])],
    )
    assert size(two).counts["hall"][SWITCH] == 2


def test_a_site_buys_one_storage_product_and_at_least_its_smallest_number() -> None:
    cheap, dear = "storage/cheap", "storage/dear"
    room = hall(
        items=[item(), item(cheap, capex=20), item(dear, capex=50)],
        storage=(store_option(cheap, min_units=8), store_option(dear, usable_tb=1000)),
    )
    answer = size(question(room, storage=(storage_demand(usable_tb=300),)))
    assert answer.counts["hall"] == {NODE: 3, dear: 1}
    answer = size(question(room, storage=(storage_demand(usable_tb=3000),)))
    assert answer.counts["hall"] == {NODE: 3, dear: 3}
    assert size(question(room, storage=(storage_demand(),))).counts["hall"] == {NODE: 3}


def test_what_has_no_price_comes_last_under_money_and_is_taken_when_nothing_else_is_left() -> None:
    free, paid = "system/free", "system/paid"
    items = [item(free, capex=0, tco=0, priced=False), item(paid, design_w=2000, peak_w=2000)]
    wants = [workload(options=[need(free), need(paid)])]

    def chosen(objective: str, power: int) -> dict[str, int]:
        room = hall(items=items, systems=[option(free), option(paid)], survivable_w=power)
        return dict(size(question(room, workloads=wants, objectives=[objective])).counts["hall"])

    assert chosen("capex", 6000) == {paid: 3}
    assert chosen("power", 6000) == {free: 3}
    assert chosen("capex", 5999) == {free: 3}


def test_a_region_rents_whole_instances() -> None:
    rent = RentOption("cloud", "big-16", "big-16", 16, tco=1000)
    wants = workload(options=[need("big-16", units=3)], places=[("cloud", "big-16")])
    answer = size(question(workloads=[wants], rents=(rent,), objectives=["tco"]))
    assert (answer.rents, answer.counts["hall"]) == ({("cloud", "big-16"): 2}, {})


def test_two_rack_systems_stand_on_pairs_that_blocked_tiles_leave() -> None:
    beside = kind("hall/B", positions=3, pairs=1)
    room = hall(items=[rack_system(positions=2)], classes=[kind(positions=5, pairs=1), beside])
    wants = [workload(options=[need(units=2)])]
    answer = size(question(room, workloads=wants))
    assert {key: dict(n) for key, n in answer.standing["hall"].items()} == {"hall/A": {NODE: 1}, "hall/B": {NODE: 1}}
    with pytest.raises(SizingInfeasible):
        size(question(room, workloads=[workload(options=[need(units=3)])]))


def test_distribution_units_are_bought_where_heat_goes_to_liquid_and_one_more_under_n_plus_1() -> None:
    bought = {spare: size(with_cdus(9, spare)).counts["hall"][CDU] for spare in (0, 1)}
    assert bought == {0: 2, 1: 3}
    dry = with_cdus(9, 1)
    dry = replace(dry, halls=(replace(dry.halls[0], items={**dry.halls[0].items, NODE: item()}),))
    assert CDU not in size(dry).counts["hall"]


def test_anchored_devices_stand_in_positions_that_admit_them() -> None:
    places = [kind(positions=5, admits=frozenset()), kind("hall/B", positions=1, admits=frozenset({"storage"}))]
    kept = item(STORE, height_u=40, anchor="storage")
    room = hall(items=[item(height_u=40), kept], classes=places, storage=[store_option()])
    answer = size(question(room, storage=[storage_demand(usable_tb=100)]))
    assert answer.counts["hall"] == {NODE: 3, STORE: 1} and answer.racks["hall"] == {"hall/A": 3, "hall/B": 1}
    with pytest.raises(SizingInfeasible):
        size(question(room, storage=[storage_demand(usable_tb=101)]))
    assert feasible(
        question(room, storage=[storage_demand(usable_tb=101)]),
        Relaxation(dropped=frozenset({Limit("anchors", "hall")})),
    )


def rows_of(*positions: int, pod: str = "one") -> PositionClass:
    """A class of rows; a rack of it holds three nodes."""
    parts = tuple(
        Part(f"R{n}", count, count // 2, {"row": f"R{n}", "pod": pod, "feeds": "A+B", "hall": "hall"})
        for n, count in enumerate(positions)
    )
    return kind(positions=sum(positions), height_u=12, parts=parts)


@pytest.mark.parametrize(
    ("rows", "domain", "systems"),
    [
        ((5, 5), "row", 6),  # three needed, so three in either row
        ((5, 5, 5), "row", 5),  # 2 + 2 + 1: three are left
        ((1, 5), "row", 6),  # one rack of three in the first row
        ((5,), "row", None),
        ((5, 5), "feeds", None),
        ((5, 5), "pod", None),
    ],
)
def test_with_one_domain_lost_the_others_carry_the_need(
    rows: tuple[int, ...], domain: Domain, systems: int | None
) -> None:
    room = hall(classes=[rows_of(*rows)])
    asked = question(room, workloads=[replace(workload(), keep_apart=domain)])
    if systems is None:
        with pytest.raises(SizingInfeasible):
            size(asked)
        assert feasible(asked, Relaxation(dropped=frozenset({Limit("keep-apart", "service")})))
        assert least_excess(asked, measuring(Limit("keep-apart", "service"))) == 24
        return
    assert size(asked).counts["hall"][NODE] == systems


def test_spare_replicas_are_not_needed_after_a_loss() -> None:
    room = hall(classes=[rows_of(5, 5)])
    wants = replace(workload(options=[need(units=4, spare_units=1)]), keep_apart="row")
    answer = size(question(room, workloads=[wants]))
    assert answer.counts["hall"][NODE] == 6
    assert caps_of(question(room, workloads=[wants]), answer) == (Cap("row", NODE, 3),)


def test_halls_are_kept_apart_by_their_counts() -> None:
    two = [hall(name, classes=[rows_of(5)]) for name in ("hall", "other")]
    wants = workload(places=[("hall", NODE), ("other", NODE)])
    answer = size(question(*two, workloads=[replace(wants, keep_apart="hall")]))
    assert [answer.counts[name][NODE] for name in ("hall", "other")] == [3, 3]


def test_the_air_that_all_devices_draw_is_moved() -> None:
    room = hall(items=[item(airflow_m3_h=100)], airflow_m3_h=300)
    assert size(question(room)).counts["hall"][NODE] == 3
    short = question(replace(room, airflow_m3_h=299))
    with pytest.raises(SizingInfeasible):
        size(short)
    assert least_excess(short, measuring(Limit("airflow", "hall"))) == 1


@pytest.mark.parametrize(("limit", "of"), [("row_air_w", 3000), ("row_airflow_m3_h", 300)])
def test_rows_take_the_heat_and_air_of_what_stands_in_them(limit: str, of: int) -> None:
    nodes = item(airflow_m3_h=100)
    assert size(question(hall(items=[nodes], classes=[kind(**{limit: of})]))).counts["hall"][NODE] == 3
    short = question(hall(items=[nodes], classes=[kind(**{limit: of - 1})]))
    with pytest.raises(SizingInfeasible):
        size(short)
    assert least_excess(short, measuring(Limit({"row_air_w": "row-air"}.get(limit, "row-airflow"), "hall"))) == 1


def test_rear_doors_give_the_heat_to_their_loop_and_not_to_the_room() -> None:
    """Three nodes of 1 kW: a room that cools none, with doors; one kW for the room where a class has none."""
    behind = kind(door_loop="warm")
    assert size(question(hall(air_w=0, classes=[behind], loops=[loop(capacity_w=3000)]))).counts["hall"][NODE] == 3
    short = question(hall(air_w=0, classes=[behind], loops=[loop(capacity_w=2999)]))
    with pytest.raises(SizingInfeasible):
        size(short)
    assert least_excess(short, measuring(Limit("liquid", "hall/warm"))) == 1
    both = [replace(behind, key="hall/B"), kind()]
    shared = size(question(hall(air_w=1000, classes=both, loops=[loop(capacity_w=2000)])))
    assert {place: shared.nodes["hall"][place][NODE] for place in ("hall/A", "hall/B")} == {"hall/A": 1, "hall/B": 2}
    with pytest.raises(SizingInfeasible):
        size(question(hall(air_w=999, classes=both, loops=[loop(capacity_w=2000)])))


def test_what_is_its_own_rack_weighs_on_its_own_footprint() -> None:
    wide = kind(weight_kg=1000, own_weight_kg=((NODE, 799),))
    for limit, fits_there in ((799, False), (800, True)):
        room = hall(items=[rack_system()], classes=[replace(wide, own_weight_kg=((NODE, limit),))])
        assert feasible(question(room), NOTHING) is fits_there
    over = question(hall(items=[rack_system()], classes=[wide]))
    assert least_excess(over, measuring(Limit("weight", "hall"))) == 1
