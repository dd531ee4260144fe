"""The power tree in sizing: each node once where it holds and once a watt beyond, growth, and kinds of racks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tiny_sizing import hall, item, kind, option, question, rack_system

from planner.request.site import Hall
from planner.sizing.data import Cut, NodeLimit, Part, PositionClass, SizingData
from planner.sizing.limits import NOTHING, PEAK, POWER, Limit, Relaxation, measuring
from planner.sizing.model import SizingInfeasible, feasible, least_excess, size
from planner.sizing.packed_racks import packing_problem
from planner.sizing.power_tree import node_limits
from planner.sizing.rack_kinds import by_kind, rack_kinds
from planner.sizing.spread_racks import split_by_class

POWER_H, PEAK_H = Limit(POWER, "hall"), Limit(PEAK, "hall")


def classes(positions: int = 10) -> tuple[PositionClass, ...]:
    """Three rows on the pairs of three feeds."""
    rows = (("R1", ("A", "B")), ("R2", ("B", "C")), ("R3", ("A", "C")))
    return tuple(
        kind(f"hall/{row}", rows=(row,), parts=(Part(row, positions, 5, {}),), drops=drops, positions=positions)
        for row, drops in rows
    )


def room(standard: str = "IEC", **power: Any) -> Hall:
    """A 3-make-2 hall; `feeds` gives W."""
    feeds = [{"id": f, "capacity": f"{watts} W"} for f, watts in power.pop("feeds").items()]
    rows = [
        {"id": f"R{n}", "positions": 10, "rack_power": "1 MW", "feeds": list(pair)}
        for n, pair in enumerate(("AB", "BC", "AC"), 1)
    ]
    tree = {"standard": standard, "redundancy": "3-make-2", "feeds": feeds} | power
    return Hall.model_validate({"id": "hall", "rows": rows, "power": tree, "cooling": {"air": "1 MW"}})


def three_nodes_of(nodes: tuple[NodeLimit, ...], **facts: Any) -> SizingData:
    """Three systems of 1 kW (peak 1.2 kW), each a rack of its own, in rows on the pairs of three feeds."""
    body = rack_system()
    return question(hall(items=[body], classes=classes(), systems=[option()], nodes=nodes, **facts))


@pytest.mark.parametrize(("watts", "fits"), [(1500, True), (1499, False)])
def test_three_racks_on_three_pairs_ask_one_and_a_half_of_each_feed(watts: int, fits: bool) -> None:
    """With A lost, B carries the rack of row R1 whole and half of that of R2."""
    plenty = node_limits(room(feeds=dict.fromkeys("ABC", 10**6)), classes())
    design = tuple(replace(node, design_w=watts) for node in plenty)
    assert feasible(three_nodes_of(design), NOTHING) == fits
    found = size(three_nodes_of(design)) if fits else None
    assert found is None or [sum(of.values()) for of in found.standing["hall"].values()] == [1, 1, 1]


@pytest.mark.parametrize(("watts", "fits"), [(1800, True), (1799, False)])
def test_peak_is_held_against_the_nameplate_of_each_node(watts: int, fits: bool) -> None:
    plenty = node_limits(room(feeds=dict.fromkeys("ABC", 10**6)), classes())
    assert feasible(three_nodes_of(tuple(replace(node, peak_w=watts) for node in plenty)), NOTHING) == fits


def test_limits_of_the_tree_are_whole_numbers_and_each_stands_once() -> None:
    nodes = node_limits(room(feeds={"A": 9000, "B": 10_000, "C": 11_000}), classes())
    with_a_lost = next(n for n in nodes if (n.node, n.lost) == ("B", "A"))
    assert (with_a_lost.scale, with_a_lost.parts) == (2, (("hall/R1", 2), ("hall/R2", 1)))
    assert with_a_lost.design_w == 10_000  # one share is whole and the other halves: no watt more than it says
    assert len({(n.scale, n.parts) for n in nodes}) == len(nodes)
    assert node_limits(room(feeds={"A": 1, "B": 1, "C": 1}), classes()[:1]) == ()


def test_under_nec_design_is_held_against_four_fifths() -> None:
    nodes = node_limits(room("NEC", feeds=dict.fromkeys("ABC", 10_000)), classes())
    one = next(n for n in nodes if (n.node, n.lost) == ("B", "A"))
    assert (one.design_w, one.peak_w) == (8000, 10_000)


def test_a_panel_of_one_row_limits_it_alone() -> None:
    base = room(feeds=dict.fromkeys("ABC", 10**6))
    rows = (base.rows[0].model_copy(update={"panels": {"A": "P"}}), *base.rows[1:])
    power = base.power.model_validate(
        base.power.model_dump(context={"written": "document"})
        | {"panels": [{"id": "P", "upstream": "A", "capacity": "1 kW"}]}
    )
    places = (replace(classes()[0], drops=("B", "P")), *classes()[1:])
    nodes = node_limits(base.model_copy(update={"rows": rows, "power": power}), places)
    panel = [n for n in nodes if n.node == "P"]
    assert [(n.scale, n.parts, n.design_w) for n in panel] == [
        (2, (("hall/R1", 1),), 1000), (1, (("hall/R1", 1),), 1000),
    ]  # fmt: skip


def tight(design_w: int, peak_w: int) -> SizingData:
    plenty = node_limits(room(feeds=dict.fromkeys("ABC", 10**6)), classes())
    nodes = tuple(replace(node, design_w=design_w, peak_w=peak_w) for node in plenty)
    return three_nodes_of(nodes, survivable_w=2 * design_w, nameplate_w=2 * peak_w)


def test_growth_of_the_hall_grows_every_node_by_the_same_part() -> None:
    """Nodes of 1 kW and a hall of 2 kW: at 1.5 kW a node, which the racks need, the hall has 3 kW, so 1 kW more."""
    assert least_excess(tight(1000, 10**6), measuring(POWER_H)) == 1000
    assert not feasible(tight(1000, 10**6), NOTHING)
    assert feasible(tight(1000, 1000), Relaxation(dropped=frozenset({POWER_H})))


def test_growth_of_breakers_leaves_continuous_ratings_alone() -> None:
    assert least_excess(tight(1500, 1000), measuring(PEAK_H)) == 1600  # 1.8 kW a node, 3.6 kW in the hall
    assert least_excess(tight(1499, 1000), measuring(PEAK_H)) is None
    assert feasible(tight(1500, 1000), Relaxation(dropped=frozenset({PEAK_H})))


def test_rows_that_differ_in_feeds_alone_are_one_kind_of_rack() -> None:
    other = kind("hall/X", rows=("X",), parts=(Part("X", 4, 2, {}),), positions=4, weight_kg=900)
    place = hall(classes=[*classes(), other])
    kinds = {k.key: (k.positions, k.pairs, k.rows) for k in rack_kinds(place)}
    assert kinds == {"hall/R1+R2+R3": (30, 15, ("R1", "R2", "R3")), "hall/X": (4, 5, ("X",))}
    assert by_kind(place, {"hall/R1": 2, "hall/R3": 1}) == {"hall/R1+R2+R3": 3}


def test_a_certificate_of_a_kind_counts_the_racks_of_all_its_rows() -> None:
    """A node in each of three racks stands on the three positions; two racks for each node find no place."""
    asked = question(hall(items=[item()], classes=classes(positions=1)))
    key = next(iter(asked.halls[0].items))
    fits = Cut("hall", ((key, 1),), (("hall/R1+R2+R3", 1),))
    assert size(asked, (fits,)).racks["hall"] == {"hall/R1": 1, "hall/R2": 1, "hall/R3": 1}
    with pytest.raises(SizingInfeasible):
        size(asked, (Cut("hall", ((key, 2),), (("hall/R1+R2+R3", 1),)),))


def test_each_class_is_packed_with_what_sizing_put_there() -> None:
    """Networks may need fewer of a device than sizing placed, from the last class on, or more, where most stand."""
    place = hall(
        items=[item()], classes=classes(), nodes=node_limits(room(feeds=dict.fromkeys("ABC", 10**6)), classes())
    )
    key = next(iter(place.items))
    of_class = {"hall/R1": {key: 2}, "hall/R2": {key: 3}, "hall/R3": {key: 1}}
    sized = replace(size(question(place)), nodes={"hall": of_class}, standing={"hall": {name: {} for name in of_class}})
    for count, shares in ((6, [2, 3, 1]), (4, [2, 2]), (8, [2, 5, 1])):
        sized = replace(sized, counts={"hall": {key: count}})
        split = split_by_class(place, packing_problem(place, sized, "capex"), sized)
        assert split is not None
        assert [device.count for device in split.devices] == shares
        assert [(rack.id, rack.limit) for rack in split.racks] == [(f"hall/R1+R2+R3@{n}", 10) for n in range(3)]
        assert [device.allowed for device in split.devices] == [
            frozenset({f"hall/R1+R2+R3@{n}"}) for n in range(len(shares))
        ]
    assert split_by_class(replace(place, nodes=()), packing_problem(place, sized, "capex"), sized) is None
