"""Tiers, circuits, rack limits and feed states, each at its edge, and the laws of shared load."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.facility.power import (
    circuit_limits,
    continuous_w,
    existing_loads,
    feed_loads,
    feed_states,
    loss_states,
    plannable_hall,
    power_tiers,
    rack_limits,
    share_load,
)
from planner.facility.tree_loads import PowerTree, carried_w
from planner.request.site import Circuit, Feed, Hall, Power, Row, Site

B300_TYPICAL_W, B300_DESIGN_W, B300_PEAK_W = 15_000, 15_100, 19_700  # DGX B300 with its own power supplies


def circuit(voltage: str, current: str, **more: int) -> Circuit:
    return Circuit(voltage=voltage, current=current, **more)


def power(
    redundancy: str = "2N", feeds: str = "AB", capacity: str = "300 kW", standard: str = "IEC", **of: dict
) -> Power:
    entries = [{"id": name, "capacity": capacity} | of.get(name, {}) for name in feeds]
    return Power(standard=standard, redundancy=redundancy, feeds=entries)


def survivable_w(tree: Power, rows: list[str]) -> int:
    """Design load that the hall carries in its worst state, on rows with these feeds."""
    return carried_w(PowerTree(tree, tuple(sorted({tuple(feeds) for feeds in rows}))))


def row(feeds: str = "AB", rack_power: str = "1 MW", **more: object) -> Row:
    return Row(id="R", positions=4, rack_power=rack_power, feeds=tuple(feeds), **more)


@pytest.mark.parametrize(
    ("voltage", "current", "standard", "continuous_kw", "nameplate_kva"),
    [
        ("208 V", "30 A", "NEC", 8.6, 10.8),
        ("208 V", "60 A", "NEC", 17.3, 21.6),
        ("415 V", "30 A", "NEC", 17.3, 21.6),
        ("415 V", "60 A", "NEC", 34.5, 43.1),
        ("480 V", "60 A", "NEC", 39.9, 49.9),
        ("480 V", "100 A", "NEC", 66.5, 83.1),
        ("400 V", "32 A", "IEC", 22.2, 22.2),
        ("400 V", "63 A", "IEC", 43.6, 43.6),
        ("415 V", "63 A", "IEC", 45.3, 45.3),
    ],
)
def test_three_phase_circuits_give_the_published_capacities(
    voltage: str, current: str, standard: str, continuous_kw: float, nameplate_kva: float
) -> None:
    continuous, nameplate = circuit_limits(circuit(voltage, current), standard)
    assert round(continuous / 1000, 1) == continuous_kw
    assert round(nameplate / 1000, 1) == nameplate_kva


def test_single_phase_and_parallel_circuits() -> None:
    assert circuit_limits(circuit("230 V", "32 A", phases=1), "IEC") == (7360, 7360)
    assert circuit_limits(circuit("230 V", "32 A", phases=1, per_feed=3), "NEC") == (17_664, 22_080)


def test_the_makers_own_layout_of_two_dgx_b300_on_one_circuit_is_accepted() -> None:
    design, peak = rack_limits(row(circuit=circuit("415 V", "60 A")), power(standard="NEC"))
    assert 2 * B300_DESIGN_W <= design < 3 * B300_DESIGN_W
    assert design < 2 * B300_PEAK_W <= peak  # a check of peak against the continuous rating would refuse it


def test_four_dgx_b300_need_two_of_three_circuits() -> None:
    """Three circuits, any two carry 56 kW: 415 V 60 A does, 208 V 60 A does not."""
    assert rack_limits(row("ABC", circuit=circuit("415 V", "60 A")), power("N+1", "ABC", standard="NEC"))[0] >= 56_000
    assert rack_limits(row("ABC", circuit=circuit("208 V", "60 A")), power("N+1", "ABC", standard="NEC"))[0] < 56_000


def test_a_rack_without_redundancy_uses_both_circuits() -> None:
    c = circuit("400 V", "32 A")
    assert rack_limits(row(circuit=c), power("N")) == (44_340, 44_340)
    assert rack_limits(row(circuit=c), power("2N")) == (22_170, 22_170)
    assert rack_limits(row(rack_power="20 kW", circuit=c), power("2N")) == (20_000, 22_170)


def test_feeds_of_one_source_fail_together() -> None:
    shared = power("N+1", "ABC", A={"source": "ups-1"}, B={"source": "ups-1"})
    assert [state.name for state in loss_states(shared)] == ["", "A", "B", "C", "source ups-1"]
    assert rack_limits(row("ABC", circuit=circuit("400 V", "32 A")), shared)[0] == 22_170
    assert rack_limits(row("AB"), shared) == (0, 0)  # both feeds of the row hang on one source
    assert survivable_w(shared, ["ABC"]) == 300_000


def test_without_a_circuit_the_feeds_left_limit_peak() -> None:
    assert rack_limits(row(rack_power="20 kW"), power()) == (20_000, 300_000)


def test_a_feed_holds_80_percent_under_nec() -> None:
    feed = Feed(id="A", capacity="101 W")
    assert continuous_w(feed, "IEC") == 101
    assert continuous_w(feed, "NEC") == 80


@pytest.mark.parametrize(
    ("feeds", "groups", "usable_share"),
    [
        ("AB", [("A", "B")], (1, 2)),
        ("ABC", list(combinations("ABC", 2)), (2, 3)),
        ("ABCD", list(combinations("ABCD", 2)), (3, 4)),
        ("ABCD", [tuple("ABCD")], (3, 4)),
        ("ABCDE", [tuple("ABCDE")], (4, 5)),
    ],
)
def test_usable_share_of_2n_3_make_2_4_make_3_and_n_plus_1(
    feeds: str, groups: list[tuple[str, ...]], usable_share: tuple[int, int]
) -> None:
    part, whole = usable_share
    total = 1_500_000 * len(feeds)
    assert survivable_w(power("N+1", feeds, "1500 kW"), groups) == total * part // whole
    assert survivable_w(power("N", feeds, "1500 kW"), groups) == total


def test_four_make_three_carries_32_nvl72_in_six_pairings() -> None:
    """A public worked example: 4 x 1.5 MW of UPS carry 4.5 MW, 32 racks of 140.6 kW, with six A/B pairings."""
    pairs = list(combinations("ABCD", 2))
    tree = power("N+1", "ABCD", "1500 kW")
    even = [(pair, 750_000) for pair in pairs]
    assert {s.load_w for states in feed_states(tree, even).values() for s in states if s.lost} == {1_500_000}
    lopsided = [(("A", "B"), 2_250_000), (("C", "D"), 2_250_000)]
    assert max(s.load_w for states in feed_states(tree, lopsided).values() for s in states) == 2_250_000


def test_existing_load_moves_with_its_lost_feed() -> None:
    tree = power(A={"existing_load": "100 kW"}, B={"existing_load": "40 kW"})
    assert {
        feed: [(s.lost, s.load_w) for s in states] for feed, states in feed_states(tree, [(("A", "B"), 51)]).items()
    } == {
        "A": [("", 100_026), ("B", 140_051)],
        "B": [("", 40_025), ("A", 140_051)],
    }
    assert survivable_w(tree, ["AB"]) == 160_000


def test_without_redundancy_no_loss_is_counted() -> None:
    states = feed_states(power("N"), [(("A", "B"), 600_000)])
    assert [(s.lost, s.load_w) for s in states["A"]] == [("", 300_000)]


def test_headroom_cuts_every_limit_once() -> None:
    hall = Hall.model_validate(
        {
            "id": "h",
            "rows": [{"id": "R", "positions": 1, "rack_power": "10 kW", "feeds": ["A"], "air_per_rack": "9 kW"}],
            "power": {"redundancy": "N", "feeds": [{"id": "A", "capacity": "101 kW"}]},
            "cooling": {"air": "55 kW"},
        }
    )
    site = Site(id="s", country="DE", connectivity="connected", halls=(hall,), usable_share=0.9)
    cut = plannable_hall(site, hall)
    assert (cut.power.feeds[0].capacity, cut.rows[0].rack_power, cut.rows[0].air_per_rack) == (90_900, 9_000, 8_100)
    assert (cut.cooling.air, cut.cooling.airflow) == (49_500, None)


def test_unknown_power_stays_unknown(system) -> None:
    tiers = power_tiers(system(chip_floor_w=50_400), {})
    assert (tiers.typical_w, tiers.design_w, tiers.peak_w) == (None, None, None)
    assert any("50.4 kW; that is a floor" in note for note in tiers.assumed)


@pytest.mark.parametrize(
    ("facts", "own", "expected"),
    [
        ({"power_typical_w": 15_000, "power_design_w": 15_100, "power_peak_w": 19_700}, {}, (15_100, 19_700, 0)),
        ({"power_peak_w": 19_700}, {}, (19_700, 19_700, 1)),
        ({"power_typical_w": 900}, {}, (900, 900, 2)),
        ({"power_typical_w": 900}, {"acme-node": 1200}, (1200, 1200, 2)),
        ({"power_design_w": 14_300}, {"acme-node": 1}, (14_300, 14_300, 1)),
        ({}, {"acme-node": 60_000}, (60_000, 60_000, 2)),
    ],
)
def test_what_stands_in_for_an_unpublished_tier(system, facts, own, expected) -> None:
    tiers = power_tiers(system(**facts), own)
    assert (tiers.design_w, tiers.peak_w, len(tiers.assumed)) == expected


loads = st.integers(0, 10**7)
feed_sets = st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=5, unique=True).map(tuple)


@given(loads, feed_sets)
def test_shares_are_equal_whole_watts_and_keep_the_sum(load_w: int, feeds: tuple[str, ...]) -> None:
    shares = share_load(load_w, feeds)
    assert sum(shares.values()) == load_w
    assert max(shares.values()) - min(shares.values()) <= 1


@given(st.lists(st.tuples(feed_sets, loads), max_size=8), st.lists(loads, min_size=5, max_size=5))
def test_losing_a_feed_never_lowers_a_survivors_load_and_keeps_the_sum(
    racks: list[tuple[tuple[str, ...], int]], existing: list[int]
) -> None:
    feeds = [{"id": f, "capacity": "1 GW", "existing_load": f"{w} W"} for f, w in zip("ABCDE", existing, strict=True)]
    tree = Power(redundancy="N+1", feeds=feeds)
    normal, *lost = loss_states(tree)
    before = feed_loads(tree, racks, normal)
    assert sum(before.values()) == sum(existing) + sum(w for _, w in racks)
    for state in lost:
        after = feed_loads(tree, racks, state)
        down = sum(w for on, w in racks if set(on) <= state.lost)
        assert sum(after.values()) == sum(before.values()) - down
        assert all(after[feed] >= before[feed] for feed in after)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=3, max_size=3), st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_survivable_load_is_reached_and_cannot_be_exceeded(capacities: list[int], existing: list[int]) -> None:
    """Against brute force over multiples of 6 W: two kinds of row on three feeds."""
    entries = [
        {"id": f, "capacity": f"{c * 12} W", "existing_load": f"{e * 12} W"}
        for f, c, e in zip("ABC", capacities, existing, strict=True)
    ]
    tree = Power(redundancy="N+1", feeds=entries)
    groups = (("A", "B"), ("B", "C"))

    def holds(first: int, second: int) -> bool:
        states = feed_states(tree, [(groups[0], first), (groups[1], second)])
        return all(s.load_w <= s.continuous_w for of_feed in states.values() for s in of_feed)

    grid = range(0, 66, 6)
    best = max((x + y for x in grid for y in grid if holds(x, y)), default=0)
    assert best <= survivable_w(tree, groups) < best + 6


def test_existing_load_of_every_feed_is_kept_in_normal_operation() -> None:
    tree = power(A={"existing_load": "7 kW"})
    assert existing_loads(tree, loss_states(tree)[0]) == {"A": 7000, "B": 0}
