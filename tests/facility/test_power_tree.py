"""The power tree by hand arithmetic: every redundancy once where it holds and once a watt beyond, and its laws."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.schema import Pdu
from planner.facility.power import circuit_limits, feed_states, pdu_w, plannable_hall, rack_limits
from planner.facility.tree_loads import PowerTree, carried_w, node_loads, node_rooms, node_states
from planner.request.power_tree import LossState, drops_of, feed_of, loss_states
from planner.request.site import Circuit, Hall, Power, Row, Site


def tree(label: str, rows: list[str], standard: str = "IEC", **power: Any) -> PowerTree:
    """Feeds as {name: kW} or whole entries; a row as "A B", its drops on the feeds or on panels."""
    feeds = power.pop("feeds")
    entries = feeds if isinstance(feeds, list) else [{"id": f, "capacity": f"{kw} kW"} for f, kw in feeds.items()]
    stated = Power(standard=standard, redundancy=label, feeds=entries, **power)
    return PowerTree(stated, tuple(sorted(tuple(row.split()) for row in rows)))


def over(of: PowerTree, *racks: tuple[str, int]) -> list[str]:
    """Nodes and states that these racks, as (drops, W), overload."""
    states = node_states(of, [(tuple(drops.split()), watts) for drops, watts in racks])
    return [
        f"{node} with {s.lost or 'nothing'} lost"
        for node, found in states.items()
        for s in found
        if s.continuous_w is not None and s.load_w > s.continuous_w
    ]


HUNDRED = dict.fromkeys("ABC", 100)


def test_2n_carries_what_one_feed_carries() -> None:
    pair = tree("2N", ["A B"], feeds={"A": 100, "B": 120})
    assert carried_w(pair) == 100_000
    assert over(pair, ("A B", 100_000)) == []
    assert over(pair, ("A B", 100_001)) == ["A with B lost"]
    assert carried_w(tree("2N", ["A B"], "NEC", feeds={"A": 100, "B": 120})) == 80_000
    assert carried_w(tree("2N", ["A B"], "NEC", feeds={"A": 100, "B": 120}), "peak_w") == 100_000


def test_3_make_2_carries_two_thirds_when_it_is_spread_over_the_pairs() -> None:
    """With A lost, B carries all of row AB and half of row BC: 1.5 x 66,666 W fit 100 kW, 1.5 x 66,668 W do not."""
    three = tree("3-make-2", ["A B", "B C", "A C"], feeds=HUNDRED)
    assert carried_w(three) == 200_000
    assert over(three, ("A B", 66_666), ("B C", 66_666), ("A C", 66_666)) == []
    assert len(over(three, ("A B", 66_668), ("B C", 66_668), ("A C", 66_668))) == 6
    assert over(three, ("A B", 100_002)) == ["A with B lost", "B with A lost"]
    assert carried_w(tree("3-make-2", ["A B"], feeds=HUNDRED)) == 100_000


def test_4_make_3_carries_three_quarters() -> None:
    pairs = ["A B", "A C", "A D", "B C", "B D", "C D"]
    four = tree("4-make-3", pairs, feeds=dict.fromkeys("ABCD", 1500))
    assert carried_w(four) == 4_500_000  # four UPS of 1,500 kW
    assert over(four, *((pair, 750_000) for pair in pairs)) == []
    assert len(over(four, *((pair, 750_003) for pair in pairs))) == 12


CATCHER = [
    {"id": "A", "capacity": "100 kW"}, {"id": "B", "capacity": "100 kW"}, {"id": "C", "capacity": "100 kW"},
    {"id": "R", "capacity": "80 kW", "role": "catcher"},
]  # fmt: skip


def test_a_catcher_carries_nothing_until_it_takes_one_feed_whole() -> None:
    caught = tree("catcher", ["A", "B", "C"], feeds=CATCHER)
    assert carried_w(caught) == 240_000
    loads = [("A", 80_000), ("B", 70_000), ("C", 60_000)]
    assert over(caught, *loads) == []
    assert over(caught, ("A", 80_001), *loads[1:]) == ["R with A lost"]
    states = node_states(caught, [((feed,), watts) for feed, watts in loads])
    assert [(s.lost, s.load_w) for s in states["R"]] == [("", 0), ("A", 80_000), ("B", 70_000), ("C", 60_000)]
    assert [(s.lost, s.load_w) for s in states["A"]] == [("", 80_000), ("B", 80_000), ("C", 80_000), ("R", 80_000)]


def test_behind_a_catcher_a_rack_keeps_all_its_cords() -> None:
    power = tree("catcher", ["A"], feeds=CATCHER).power
    row = Row(id="R", positions=1, rack_power="1 MW", feeds=("A",), circuit=Circuit(voltage="400 V", current="32 A"))
    assert rack_limits(row, power) == (22_170, 22_170)
    assert rack_limits(row.model_copy(update={"circuit": None}), power) == (1_000_000, 80_000)


def test_a_source_carries_its_feeds_and_its_loss_takes_them() -> None:
    """Both UPS on one grid, with a generator beside it: 2N of 200 kW, but what the generator carries decides."""
    sources = [
        {"id": "grid", "kind": "utility", "capacity": "250 kW"},
        {"id": "gen", "kind": "generator", "capacity": "150 kW"},
        {"id": "ups-1", "kind": "ups", "upstream": ["grid", "gen"]},
        {"id": "ups-2", "kind": "ups", "upstream": ["grid", "gen"]},
    ]
    feeds = [{"id": f, "capacity": "200 kW", "source": f"ups-{n}"} for n, f in enumerate("AB", 1)]
    both = tree("2N", ["A B"], sources=sources, feeds=feeds)
    assert [state.name for state in both.states] == ["", "A", "B", "source grid"]
    assert carried_w(both) == 150_000
    states = node_states(both, [(("A", "B"), 150_000)])
    assert [(s.lost, s.load_w) for s in states["gen"]] == [
        ("", 0), ("A", 0), ("B", 0), ("source grid", 150_000),
    ]  # fmt: skip
    assert [(s.lost, s.load_w) for s in states["grid"]] == [("", 150_000), ("A", 150_000), ("B", 150_000)]
    assert [s.load_w for s in states["ups-1"]] == [75_000, 0, 150_000, 75_000]
    assert over(both, ("A B", 150_001)) == ["gen with source grid lost"]


def test_a_source_keeps_its_rating_under_nec_and_breakers_do_not() -> None:
    sources = [{"id": "u", "kind": "ups", "capacity": "90 kW"}]
    one = tree("N", ["A"], "NEC", sources=sources, feeds=[{"id": "A", "capacity": "100 kW", "source": "u"}])
    assert (one.limits("u"), one.limits("A")) == ((90_000, 90_000), (100_000, 80_000))


PANELS = [
    {"id": "PA1", "upstream": "A", "capacity": "50 kW"}, {"id": "PA2", "upstream": "A", "capacity": "60 kW"},
    {"id": "PB1", "upstream": "B", "capacity": "50 kW"}, {"id": "PB2", "upstream": "B", "capacity": "60 kW"},
]  # fmt: skip


def test_a_panel_carries_all_of_its_rows_when_the_other_feed_is_lost() -> None:
    two = tree("2N", ["PA1 PB1", "PA2 PB2"], feeds={"A": 100, "B": 100}, panels=PANELS)
    assert carried_w(two) == 100_000  # the feeds
    assert carried_w(tree("2N", ["PA1 PB1", "PA2 PB2"], feeds={"A": 200, "B": 200}, panels=PANELS)) == 110_000
    assert carried_w(tree("2N", ["PA1 PB1"], feeds={"A": 200, "B": 200}, panels=PANELS)) == 50_000
    assert over(two, ("PA1 PB1", 50_001)) == ["PA1 with B lost", "PB1 with A lost"]


def test_panels_hang_on_panels() -> None:
    above = [{"id": "MA", "upstream": "A", "capacity": "70 kW"}, {"id": "P", "upstream": "MA", "capacity": "50 kW"}]
    nested = tree("N", ["P", "MA"], feeds={"A": 100}, panels=above)
    assert feed_of(nested.power, "P") == "A"
    assert carried_w(nested) == 70_000
    assert node_loads(nested, [(("P",), 10), (("MA",), 5)], nested.states[0]) == {"A": 15, "MA": 15, "P": 10}


def test_what_stands_on_a_dark_panel_moves_to_the_panel_beside_it() -> None:
    panels = [p | {"existing_load": "10 kW"} if p["id"] == "PA1" else p for p in PANELS]
    feeds = [{"id": "A", "capacity": "100 kW", "existing_load": "30 kW"}, {"id": "B", "capacity": "100 kW"}]
    used = tree("2N", ["PA1 PB1", "PA2 PB2"], feeds=feeds, panels=panels)
    lost = {state.name: state for state in used.states}
    assert used.existing(lost[""]) == {"A": 30_000, "B": 0, "PA1": 10_000, "PA2": 0, "PB1": 0, "PB2": 0}
    assert used.existing(lost["A"]) == {"B": 30_000, "PB1": 10_000, "PB2": 0}
    assert carried_w(used) == 70_000


def test_a_catcher_takes_existing_load_too() -> None:
    feeds = [CATCHER[0] | {"existing_load": "30 kW"}, *CATCHER[1:]]
    caught = tree("catcher", ["A", "B", "C"], feeds=feeds)
    lost = {state.name: state for state in caught.states}
    assert caught.existing(lost["A"]) == {"B": 0, "C": 0, "R": 30_000}
    assert caught.existing(lost["R"]) == {"A": 30_000, "B": 0, "C": 0}
    assert carried_w(caught) == 50_000 + 80_000 + 80_000


def test_kva_become_kw_at_the_power_factor_rounded_down() -> None:
    stated = Power(
        redundancy="N", power_factor=0.95, sources=[{"id": "u", "kind": "ups", "capacity": "1 MVA"}],
        feeds=[{"id": "A", "capacity": "300 kVA", "source": "u"}],
        panels=[
            {"id": "P", "upstream": "A", "capacity": "100.001 kVA"}, {"id": "Q", "upstream": "A", "capacity": "90 kW"},
        ],
    )  # fmt: skip
    assert (stated.sources[0].capacity, stated.feeds[0].capacity) == (950_000, 285_000)
    assert [panel.capacity for panel in stated.panels] == [95_000, 90_000]
    assert Power.model_validate(stated.model_dump(context={"written": "document"})) == stated


def test_circuits_and_pdus_carry_less_at_a_lower_power_factor() -> None:
    wire = Circuit(voltage="415 V", current="60 A")
    assert circuit_limits(wire, "NEC", 0.9) == (31_052, 38_815)  # 43,128 VA x 0.9, and 80 % of it
    assert circuit_limits(wire.model_copy(update={"power_factor": 1.0}), "NEC", 0.9) == (34_502, 43_128)


def test_two_dgx_b300_on_one_circuit_by_average_and_by_peak() -> None:
    """415 V 60 A three-phase: 43.1 kVA on the nameplate, 34.5 kW continuously under NEC; B feeds when A is lost."""
    wire = Circuit(voltage="415 V", current="60 A")
    row = Row(id="R", positions=1, rack_power="60 kW", feeds=("A", "B"), circuit=wire)
    power = tree("2N", ["A B"], "NEC", feeds={"A": 300, "B": 300}).power
    design_w, peak_w = rack_limits(row, power)
    assert 2 * 15_100 <= design_w == 34_502 < 3 * 15_100
    assert 2 * 19_700 <= peak_w == 43_128 < 3 * 19_700
    assert rack_limits(row, power.model_copy(update={"power_factor": 0.9}))[1] < 2 * 19_700


def test_headroom_is_kept_on_every_node() -> None:
    hall = Hall(
        id="h", rows=[{"id": "R", "positions": 1, "rack_power": "1 kW", "feeds": ["A"], "panels": {"A": "P"}}],
        power={
            "redundancy": "N",
            "sources": [{"id": "u", "kind": "ups", "capacity": "40 kW"}, {"id": "g", "kind": "utility"}],
            "feeds": [{"id": "A", "capacity": "30 kW", "source": "u"}],
            "panels": [{"id": "P", "upstream": "A", "capacity": "20 kW"}],
        },
        cooling={"air": "1 kW"},
    )  # fmt: skip
    site = Site(id="s", country="DE", connectivity="connected", halls=[hall], usable_share="80 %")
    cut = plannable_hall(site, hall).power
    assert (cut.sources[0].capacity, cut.sources[1].capacity) == (32_000, None)
    assert (cut.feeds[0].capacity, cut.panels[0].capacity) == (24_000, 16_000)
    assert drops_of(hall.rows[0]) == ("P",)


def test_states_that_do_the_same_are_one() -> None:
    """A UPS behind one feed is that feed; a generator that stands by changes nothing when it is lost."""
    sources = [
        {"id": "g1", "kind": "utility"}, {"id": "g2", "kind": "utility"}, {"id": "gen", "kind": "generator"},
        {"id": "u1", "kind": "ups", "upstream": ["g1", "gen"]}, {"id": "u2", "kind": "ups", "upstream": "g2"},
    ]  # fmt: skip
    feeds = [{"id": f, "capacity": "1 kW", "source": f"u{n}"} for n, f in enumerate("AB", 1)]
    states = loss_states(Power(redundancy="2N", sources=sources, feeds=feeds))
    assert [(s.name, sorted(s.lost)) for s in states] == [("", []), ("A", ["A"]), ("B", ["B"]), ("source g1", [])]


@given(st.lists(st.integers(0, 90_000), min_size=4, max_size=4))
def test_the_loss_of_a_panel_asks_no_more_than_the_loss_of_its_feed(watts: list[int]) -> None:
    rows = ("PA1", "PB1"), ("PA2", "PB2"), ("PA1", "B"), ("A", "PB2")
    two = tree("2N", [" ".join(row) for row in rows], feeds={"A": 500, "B": 500}, panels=PANELS)
    normal, lost_a = two.states[0], next(s for s in two.states if s.name == "A")
    before, feed_lost = (node_loads(two, list(zip(rows, watts, strict=True)), s) for s in (normal, lost_a))
    without = [tuple(drop for drop in row if drop != "PA1") for row in rows]
    panel_lost = node_loads(two, list(zip(without, watts, strict=True)), normal)
    for node, load in panel_lost.items():
        assert load <= max(before.get(node, 0), feed_lost.get(node, 0)), node


@given(st.lists(st.integers(0, 60_000), min_size=3, max_size=3))
def test_rooms_say_what_loads_say(watts: list[int]) -> None:
    """Racks fit the rooms exactly when no node is overloaded, whatever hangs where."""
    rows = ("A", "B"), ("B", "C"), ("A", "C")
    three = tree("3-make-2", [" ".join(row) for row in rows], feeds={"A": 50, "B": 60, "C": 70})
    racks = list(zip(rows, watts, strict=True))
    by_rows = dict(racks)
    fits = all(
        sum(-(-(by_rows[drops] - place) // among) for drops, among, place in room.shares) <= room.design_w
        for room in node_rooms(three, rows)
    )
    assert fits == (over(three, *((" ".join(row), w) for row, w in racks)) == [])
    assert feed_states(three.power, racks).keys() == {"A", "B", "C"}


@pytest.mark.parametrize("label", ["N", "N+1", "catcher"])
def test_a_state_says_who_carries_a_feed(label: str) -> None:
    states = loss_states(tree(label, ["A"], feeds=CATCHER if label == "catcher" else HUNDRED).power)
    lost_a = next((s for s in states if s.name == "A"), LossState("", frozenset()))
    assert lost_a.carrier("A") == {"N": "A", "N+1": None, "catcher": "R"}[label]
    assert lost_a.carrier("B") == "B"


def test_a_pdu_carries_less_at_a_lower_power_factor() -> None:
    power = tree("2N", ["A B"], feeds={"A": 100, "B": 100}).power.model_copy(update={"power_factor": 0.9})
    row = Row(id="R", positions=1, rack_power="60 kW", feeds=("A", "B"))
    facts = {
        "schema": "catalog/v1", "kind": "pdu", "id": "acme-pdu", "name": "PDU", "vendor": "Acme",
        "source": "data sheet", "as_of": "2026-01-01", "standard": "IEC",
    }  # fmt: skip
    assert pdu_w(Pdu.model_validate(facts | {"continuous_w": 22_001}), row, power) == 19_800
    assert pdu_w(Pdu.model_validate(facts), row, power) is None
