"""Networks that join switches that stand: whole or not at all, never by one switch alone, and never fewer when more."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.fabric.counts import FabricCounts
from planner.fabric.joining import FreePorts, Join, Wanted, join
from planner.fabric.sharing import HallEndpoints, count_hall
from planner.fabric.site import Endpoints, count_site_fabrics
from planner.plan.library import load_library

DESIGNS = load_library().fabrics
POD, SMALL = DESIGNS["superpod-h100"], DESIGNS["era-2-8-9-800"]


def free(
    switch: str, ports: int, fabric: str = "in-band", speed: float = 100, lanes: int = 1, ib: int = 0
) -> FreePorts:
    technology = "infiniband" if ib or fabric == "storage" else "ethernet"
    return FreePorts(switch, fabric, technology, speed, lanes, tuple(range(1, ports + 1)))


def joined(ports: list[FreePorts], *tiers: int, speed: float = 100) -> Join:
    fabric = ports[0].fabric
    technology = "infiniband-ndr" if fabric == "storage" else "ethernet"
    found = join(ports, fabric, fabric, technology, [Wanted(speed, tiers)])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "two", "links", "fits"),
    [(4, 4, 8, True), (4, 4, 9, False), (4, 3, 6, True), (9, 3, 7, False), (5, 5, 9, True), (4, 0, 1, False)],
)
def test_a_pair_takes_no_more_links_than_twice_those_of_its_smaller_switch(
    one: int, two: int, links: int, fits: bool
) -> None:
    assert joined([free("a", one), free("b", two)], links).joined == fits


def test_a_lone_switch_is_half_of_a_pair_and_serves_nothing() -> None:
    assert joined([free("a", 40)], 2).dealt[0].usable == 0
    three = joined([free("a", 2), free("b", 2), free("c", 40)], 6)
    assert not three.joined and three.dealt[0].usable == 4
    assert joined([free("a", 40, "storage")], 2).dealt[0].usable == 0


def test_ports_of_another_speed_or_technology_are_no_use() -> None:
    assert joined([free("a", 9, speed=200), free("b", 9, speed=200)], 2).dealt[0].usable == 0
    assert joined([free("a", 9, ib=True), free("b", 9, ib=True)], 2).dealt[0].usable == 0
    assert join([free("a", 9, "storage")], "in-band", "in-band", "ethernet", [Wanted(100, (2,))]) is None


def test_pairs_stay_pairs_where_one_of_them_has_no_port_of_the_speed() -> None:
    """c and d are a pair, though b has nothing at this speed and a would find c next."""
    found = joined([free("a", 4), free("b", 4, speed=200), free("c", 1), free("d", 1)], 2)
    assert {end.switch for end in found.dealt[0].ends[0]} == {"c", "d"}


def test_no_port_serves_two_tiers() -> None:
    """What sits in a port of four lanes is one module: three links of a tier leave its last lane empty."""
    found = joined([free("a", 2, lanes=4), free("b", 2, lanes=4)], 6, 2)
    nodes, servers = found.dealt[0].ends
    assert {end.port for end in nodes} == {1} and {end.port for end in servers} == {2}
    assert not joined([free("a", 2, lanes=4), free("b", 2, lanes=4)], 6, 2, 2).joined


def test_storage_ends_at_two_switches_even_where_one_has_most_of_the_ports() -> None:
    found = joined([free("a", 9, "storage"), free("b", 3, "storage"), free("c", 2, "storage")], 8)
    ends = [end.switch for end in found.dealt[0].ends[0]]
    assert found.joined and Counter(ends) == {"a": 3, "b": 3, "c": 2}
    assert all(one != two for one, two in pairwise(ends))
    assert not joined([free("a", 9, "storage"), free("b", 3, "storage"), free("c", 2, "storage")], 9).joined


def counted(systems: int, ports: tuple[FreePorts, ...], storage: int = 8) -> FabricCounts:
    return count_site_fabrics(POD, systems, Endpoints(storage_ports=storage, pdus=4, free=ports))


def plenty(fabric: str, *speeds: float) -> tuple[FreePorts, ...]:
    return tuple(free(f"{fabric}-{n}", 60, fabric, speed) for n in (1, 2) for speed in speeds)


def test_what_joins_has_the_links_to_leaves_and_nothing_above_them() -> None:
    new, old = counted(12, ()), counted(12, (*plenty("in-band", 100), *plenty("storage", 400, 200)))
    assert {one.network: one.joined for one in old.joins} == {"in-band": True, "storage": True}
    bought = {entry.role for entry in (*old.switches, *old.appliances)}
    assert not any(role.startswith(("in-band", "storage")) for role in bought)
    for fabric, tiers in (("in-band", ("isl", "site")), ("storage", ("leaf-spine", "manager"))):
        assert all(new.links_of(fabric, tier) and not old.links_of(fabric, tier) for tier in tiers)
        for tier in ("node-leaf", "server-leaf", "storage-leaf"):
            assert old.links_of(fabric, tier) == new.links_of(fabric, tier)
    ends = {one.network: sum(dealt.needed for dealt in one.dealt) for one in old.joins}
    assert ends["storage"] == sum(entry.count for entry in old.links if entry.fabric == "storage")
    uplinks = old.links_of("out-of-band", "uplink")
    assert ends["in-band"] == uplinks + sum(entry.count for entry in old.links if entry.fabric == "in-band")


def test_one_network_may_join_and_the_other_be_new() -> None:
    found = counted(12, (*plenty("in-band", 100), *plenty("storage", 400)))  # servers mount the storage at 200 Gb/s
    assert found.joined("in-band") is not None and found.joined("storage") is None
    assert found.switches_of("storage-leaf") and not found.switches_of("in-band-leaf")


@pytest.mark.parametrize(("ports", "first", "second"), [(12, False, False), (13, True, False), (26, True, True)])
def test_the_second_fabric_of_a_hall_has_what_the_first_leaves(ports: int, first: bool, second: bool) -> None:
    """Each has 26 links at 200 Gb/s: 4 systems with 2 ports, 3 servers with 2, 6 boxes with 2 ports on each fabric."""
    uplinks = tuple(range(901, 910))
    entries = [free(name, ports, speed=200) for name in "ab"]
    entries += [replace(free(name, 9, speed=100), ports=uplinks) for name in "ab"]
    hall = HallEndpoints(storage_units=6, storage_ports_each=4, storage_controllers_each=1, free=tuple(entries))
    found = count_hall(hall, [(SMALL, 4), (SMALL, 4)], "right-size")
    assert [counts.joined("converged") is not None for counts in found] == [first, second]
    ends = [end for c in found for one in c.joins if one.joined for d in one.dealt for t in d.ends for end in t]
    assert len(ends) == len(set(ends)) == 30 * (first + second)


def rails(ports: list[int], *, ib: bool) -> tuple[FreePorts, ...]:
    return tuple(free(f"rail-{n}", count, "compute", 400, ib=ib) for n, count in enumerate(ports, 1))


@pytest.mark.parametrize(
    ("ports", "systems", "joins"),
    [([6] * 8, 6, True), ([6] * 8, 7, False), ([6] * 7 + [5], 6, False), ([6] * 7, 6, False), ([3] * 16, 6, False)],
)
def test_systems_join_a_unit_whose_every_leaf_has_a_port_for_their_rail(
    ports: list[int], systems: int, joins: bool
) -> None:
    found = counted(systems, rails(ports, ib=True)).joined("compute")
    assert (found is not None) == joins
    if found is not None:
        for ends in found.dealt[0].ends:
            assert [end.switch for end in ends] == [f"rail-{n}" for n in range(1, 9)]


def test_the_second_unit_is_joined_where_the_first_is_too_full() -> None:
    found = counted(5, rails([9] * 7 + [4] + [5] * 8, ib=True)).joined("compute")
    assert found is not None and {end.switch for end in found.dealt[0].ends[0]} == {f"rail-{n}" for n in range(9, 17)}


def test_two_planes_of_pairs_take_half_of_each_plane_on_each_switch() -> None:
    """Eight ports of 800 Gb/s are two planes of eight links of 400: four links to each switch."""
    small = count_site_fabrics(SMALL, 3, Endpoints(storage_ports=4, pdus=4, free=rails([12] * 4, ib=False)))
    found = small.joined("compute")
    assert found is not None and not small.switches_of("compute-leaf")
    (ends,) = {tuple(end.switch for end in ends) for ends in found.dealt[0].ends}
    assert ends == ("rail-1", "rail-3") * 4 + ("rail-2", "rail-4") * 4
    assert small.links_of("compute", "node-leaf") == 48 and not small.links_of("compute", "isl")
    assert small.switches_of("converged-leaf") == 2  # the other network is counted as ever


def test_a_pair_that_carries_the_in_band_network_joins_nothing() -> None:
    design = DESIGNS["era-2-8-9-400"]
    ports = (*rails([60] * 8, ib=False), *plenty("in-band", 100, 200))
    found = count_site_fabrics(design, 4, Endpoints(storage_ports=4, pdus=4, free=ports))
    assert found.joins == () and found.switches_of("converged-leaf") == 2


def devices(counts: FabricCounts) -> Counter[str]:
    """By role; of a storage network all switches together, for a leaf more may take several spines' place."""
    found = Counter[str]()
    for entry in (*counts.switches, *counts.appliances):
        found["storage" if entry.role in ("storage-leaf", "storage-spine") else entry.role] += entry.count
    return found


some_ports = st.lists(
    st.builds(
        free,
        st.sampled_from(["a", "b", "c", "d", "e"]),
        st.integers(0, 40),
        st.sampled_from(["in-band", "storage"]),
        st.sampled_from([100.0, 200.0, 400.0]),
        st.sampled_from([1, 2, 4]),
    ),
    max_size=8,
).map(tuple)
some_rails = st.lists(st.integers(0, 24), max_size=16)


@given(some_ports, some_rails, st.integers(1, 60), st.integers(0, 6), st.integers(0, 60), st.integers(0, 9))
@settings(deadline=None, max_examples=150)
def test_devices_never_fall_when_systems_or_storage_grow(
    ports: tuple[FreePorts, ...], leaves: list[int], systems: int, more: int, storage: int, further: int
) -> None:
    for design, ib in ((POD, True), (SMALL, False)):
        free = (*ports, *rails(leaves, ib=ib))
        less = count_site_fabrics(design, systems, Endpoints(storage_ports=storage, pdus=4, free=free))
        ends = Endpoints(storage_ports=storage + further, pdus=9, free=free)
        assert devices(less) <= devices(count_site_fabrics(design, systems + more, ends))


@given(some_ports, some_rails, st.integers(1, 60), st.integers(0, 60))
@settings(deadline=None, max_examples=100)
def test_free_ports_never_cost_a_device(
    ports: tuple[FreePorts, ...], leaves: list[int], systems: int, storage: int
) -> None:
    free = (*ports, *rails(leaves, ib=True))
    assert devices(counted(systems, free, storage)) <= devices(counted(systems, (), storage))
