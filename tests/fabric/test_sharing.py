"""One hall, several fabrics: each port of what stands there besides systems goes to one of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.fabrics import FabricDesign
from planner.fabric.sharing import HallEndpoints, shared, storage_bandwidth_gbit_s, storage_ports_of_each
from planner.plan.library import load_library

DESIGNS = load_library().fabrics
OWN, CONVERGED, NONE = DESIGNS["superpod-b200"], DESIGNS["era-2-8-9-400"], DESIGNS["aws-efa-trn3-gen2"]
HALL = HallEndpoints(
    storage_units=10, storage_ports_each=8, storage_controllers_each=2, pdus=30, other_ports=3, existing_ports=7
)


def test_the_only_fabric_of_a_hall_joins_everything() -> None:
    (own,) = shared(HALL, [(OWN, 31)])
    assert (own.storage_ports, own.storage_controllers, own.pdus, own.other_ports, own.existing_ports) == (
        80, 20, 30, 3, 7,
    )  # fmt: skip


def test_the_first_fabric_with_an_out_of_band_network_manages_the_hall() -> None:
    supplied, first, second = shared(HALL, [(NONE, 4), (OWN, 31), (CONVERGED, 8)])
    assert (supplied.storage_ports, supplied.pdus, supplied.existing_ports) == (0, 0, 0)
    assert (first.pdus, first.storage_controllers, first.existing_ports) == (30, 20, 7)
    assert (second.pdus, second.storage_controllers, second.existing_ports) == (0, 0, 0)


def test_a_storage_box_has_more_ports_where_more_can_be_drawn() -> None:
    """31 systems with 2 ports of 400 Gb/s against 40 with 2 of 200, three to two; and two paths for a few systems."""
    assert storage_bandwidth_gbit_s(OWN, 31) == 31 * 2 * 400
    assert storage_ports_of_each(8, [(OWN, 31), (CONVERGED, 40)]) == (5, 3)
    assert storage_ports_of_each(8, [(OWN, 31), (CONVERGED, 1)]) == (6, 2)
    assert storage_ports_of_each(2, [(OWN, 500), (CONVERGED, 1)]) == (1, 1)  # every system needs the data
    assert storage_ports_of_each(1, [(OWN, 2), (CONVERGED, 90)]) == (0, 1)


@settings(deadline=None, derandomize=True)
@given(
    ports=st.integers(0, 64),
    fabrics=st.lists(st.tuples(st.sampled_from([OWN, CONVERGED, NONE]), st.integers(1, 500)), max_size=4),
)
def test_no_port_is_lost_or_given_twice(ports: int, fabrics: list[tuple[FabricDesign, int]]) -> None:
    given_out = storage_ports_of_each(ports, fabrics)
    assert len(given_out) == len(fabrics)
    assert sum(given_out) == (ports if fabrics else 0)
    takers = [n for n, (design, systems) in enumerate(fabrics) if storage_bandwidth_gbit_s(design, systems)]
    if ports >= len(takers):
        assert all(given_out[n] for n in takers)
