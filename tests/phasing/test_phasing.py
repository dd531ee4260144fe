"""Which part of the end state stands when: against brute force on tiny cases, and end to end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.demand.phase_units import units_in_phase
from planner.errors import Infeasible
from planner.phasing.data import Ceiling, PhaseData, PhasingData, PhasingInfeasible, Pool, RackSlot, Service, Stock
from planner.phasing.model import phase_in
from planner.plan.build import make_plan
from planner.plan.library import load_library
from planner.request import load_request

EXAMPLE = Path(__file__).parents[2] / "examples" / "vienna-in-phases.yaml"


def tiny(wanted: tuple[int, int], limit: int, weights: tuple[int, int, int]) -> PhasingData:
    """Two racks of two and three systems; a switch in the first that both need; two phases before the last."""
    racks = (RackSlot("r1", weights[0]), RackSlot("r2", weights[1]))
    stocks = (
        Stock(0, "sys", "system", 2, False, weights[2], above=(1,)),
        Stock(0, "leaf", "compute-leaf", 1, True, 3),
        Stock(1, "sys", "system", 3, False, weights[2], above=(1,)),
    )
    pools = (Pool("h", "sys", (0, 2), 5, 8, (5,), True),)
    ceilings = (Ceiling("feeds", "A", ((0, 10), (1, 1), (2, 10)), limit),)
    phases = tuple(
        PhaseData(f"p{n}", 10 + n, (Service("w", "sys", units, 8, 0, (("h", 5),)),), (), (), (), ceilings, ())
        for n, units in enumerate(wanted)
    )
    return PhasingData(racks, stocks, pools, (), phases)


def cheapest(data: PhasingData) -> int | None:
    """Every way to install, one after the other."""
    best = None
    states = [(a, leaf, b) for a, leaf, b in product(range(3), range(2), range(4)) if leaf or not a + b]
    for first, second in product(states, states):
        if any(x > y for x, y in zip(first, second, strict=True)):
            continue
        cost, fine = 0, True
        for phase, (a, leaf, b) in zip(data.phases, (first, second), strict=True):
            fine &= a + b >= phase.services[0].units
            fine &= 10 * a + leaf + 10 * b <= phase.ceilings[0].limit
            value = (a + b) * data.stocks[0].weight + leaf * 3
            value += (a + leaf > 0) * data.racks[0].weight + (b > 0) * data.racks[1].weight
            cost += value * phase.days
        if fine and (best is None or cost < best):
            best = cost
    return best


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda w: w[0] <= w[1]),
    st.integers(5, 55),
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 50)),
)
def test_the_order_of_installing_is_the_cheapest(
    wanted: tuple[int, int], limit: int, weights: tuple[int, int, int]
) -> None:
    data = tiny(wanted, limit, weights)
    right = cheapest(data)
    if right is None:
        with pytest.raises(PhasingInfeasible) as refusal:
            phase_in(data)
        assert refusal.value.kinds == ("feeds",)
        return
    found = phase_in(data)
    assert (found.objective, found.lower_bound) == (right, right)
    assert all(a <= b for a, b in zip(found.pieces[0], found.pieces[1], strict=True))


@pytest.mark.parametrize(
    ("units", "spare", "share", "wanted"),
    [(5, 1, 0.25, 2), (5, 1, 0.0, 0), (5, 1, 1.0, 5), (7, 2, 0.5, 5), (3, 0, 0.34, 2)],
)
def test_all_that_stand_by_stand_from_the_first_unit_on(units: int, spare: int, share: float, wanted: int) -> None:
    assert units_in_phase(units, spare, share) == wanted


def test_a_pilot_that_must_survive_the_loss_of_its_only_feed_is_refused() -> None:
    request, source = load_request(EXAMPLE)
    pilot = request.phases[0].model_copy(update={"redundancy": None})
    asked = request.model_copy(update={"phases": (pilot, *request.phases[1:])})
    with pytest.raises(Infeasible) as refusal:
        make_plan(asked, source, load_library())
    told = str(refusal.value)
    assert "feeds, rows and loops that arrive later" in told and "lead times" not in told
    for change in ("feed B by 2027-06-01", "phase pilot on 2027-09-01", "redundancy N in phase pilot"):
        assert change in told


def test_a_phase_before_the_systems_can_come_is_refused() -> None:
    request, source = load_request(EXAMPLE)
    soon = request.phases[0].model_copy(update={"date": "2026-12-20"})
    asked = request.model_copy(update={"phases": (soon, *request.phases[1:])})
    with pytest.raises(Infeasible) as refusal:
        make_plan(asked, source, load_library())
    told = str(refusal.value)
    assert "time until the first phase of workload claims: 4 weeks" in told and "feeds" not in told
    assert "phase pilot on 2027-04-24 in place of 2026-12-20 (at least 18 weeks more)" in told  # 22 from the order


def test_phases_spend_what_the_end_state_costs_and_order_in_time() -> None:
    plan = make_plan(*load_request(EXAMPLE), load_library())
    assert sum(phase.spend.typical for phase in plan.phases) == plan.cost.capex.typical
    assert [phase.racks for phase in plan.phases] == sorted(phase.racks for phase in plan.phases)
    for phase in plan.phases:
        assert all(order.order_by is None or order.order_by >= plan.inputs.date for order in phase.orders)
        assert date.fromisoformat(phase.date) > date.fromisoformat(plan.inputs.date)


def test_racks_that_differ_in_name_alone_come_in_order() -> None:
    data = tiny((2, 2), 60, (1, 1, 1))
    racks = (data.racks[0], replace(data.racks[1], like=0))
    found = phase_in(replace(data, racks=racks))
    assert all(stands[0] >= stands[1] for stands in found.stands)
