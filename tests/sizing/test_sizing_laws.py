"""Sizing against brute force on tiny questions, and what must hold for every question."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_sizing import STORE, hall, item, kind, need, option, question, storage_demand, store_option, workload

from planner.sizing.data import SizingData
from planner.sizing.limits import Limit, Relaxation, measuring
from planner.sizing.model import SizingInfeasible, feasible, least_excess, size

ONE, TWO = "system/one", "system/two"


@dataclass(frozen=True)
class Tiny:
    """Two systems, two services, storage, one kind of rack: all the numbers of one question."""

    price: tuple[int, int, int]  # system one, system two, storage
    watts: tuple[int, int, int]
    units: tuple[int, int]  # of services a and b, on either system
    accelerators: tuple[int, int]
    power: int
    racks: int
    rack_power: int
    terabytes: int
    rack_price: int


TINY = st.builds(
    Tiny,
    price=st.tuples(*[st.integers(1, 60)] * 3),
    watts=st.tuples(*[st.integers(200, 1500)] * 3),
    units=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    accelerators=st.tuples(st.sampled_from([4, 8]), st.sampled_from([4, 8, 16])),
    power=st.integers(1500, 9000),
    racks=st.integers(1, 5),
    rack_power=st.integers(1000, 4000),
    terabytes=st.integers(0, 250),
    rack_price=st.integers(0, 30),
)


def asked(tiny: Tiny, *, objectives: tuple[str, ...] = ("capex",)) -> SizingData:
    bodies = [
        item(key, capex=price, tco=2 * price, design_w=watts, peak_w=watts, air_w=watts)
        for key, price, watts in zip((ONE, TWO, STORE), tiny.price, tiny.watts, strict=True)
    ]
    place = kind(positions=tiny.racks, design_w=tiny.rack_power, height_u=12)
    place = replace(place, rack=replace(place.rack, capex=tiny.rack_price, tco=tiny.rack_price))
    options = [option(key, accelerators=n) for key, n in zip((ONE, TWO), tiny.accelerators, strict=True)]
    room = hall(
        items=bodies, classes=[place], systems=options, storage=(store_option(max_units=4),), survivable_w=tiny.power
    )
    services = [
        workload(name, options=[need(ONE, units, 4), need(TWO, units, 4)])
        for name, units in zip("ab", tiny.units, strict=True)
    ]
    demand = storage_demand(usable_tb=tiny.terabytes)
    return question(room, workloads=services, storage=(demand,), objectives=objectives)


def every_answer(tiny: Tiny) -> Iterator[tuple[int, int, int, int]]:
    """(capex, power, racks, pieces) of all counts that keep every limit, by trying each."""
    shares = {(sum(u for u, s in zip(tiny.units, on, strict=True) if s == 0),
               sum(u for u, s in zip(tiny.units, on, strict=True) if s == 1))
              for on in itertools.product((0, 1), repeat=2)}  # fmt: skip
    for one, two, store, racks in itertools.product(range(7), range(7), range(5), range(tiny.racks + 1)):
        counts = (one, two, store)
        serves = any(one * tiny.accelerators[0] >= 4 * a and two * tiny.accelerators[1] >= 4 * b for a, b in shares)
        watts = sum(n * w for n, w in zip(counts, tiny.watts, strict=True))
        held = 4 * sum(counts) <= 12 * racks and watts <= tiny.rack_power * racks
        stands = all(w <= tiny.rack_power for n, w in zip(counts, tiny.watts, strict=True) if n)
        stores = 100 * store >= tiny.terabytes and (store == 0) == (tiny.terabytes == 0)
        if serves and held and stands and stores and watts <= tiny.power:
            capex = sum(n * p for n, p in zip(counts, tiny.price, strict=True)) + racks * tiny.rack_price
            yield capex, watts, racks, sum(counts)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(TINY)
def test_the_answer_is_the_best_of_all_counts(tiny: Tiny) -> None:
    orders = {("capex", "power", "racks"): (0, 1, 2), ("racks", "capex"): (2, 0), ("power", "racks"): (1, 2)}
    answers = list(every_answer(tiny))
    for objectives, columns in orders.items():
        if not answers:
            assert not feasible(asked(tiny), Relaxation())
            continue
        stages = size(asked(tiny, objectives=objectives)).stages[-len(columns) :]
        assert tuple(s.value for s in stages) == min(tuple(a[c] for c in columns) for a in answers)
        assert all(s.lower_bound == s.value for s in stages)


def least(data: SizingData) -> float:
    """The first objective's value, infinite where there is no answer."""
    try:
        return next(s.value for s in size(data).stages if s.objective == data.objectives[0])
    except SizingInfeasible:
        return float("inf")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(TINY, st.integers(1, 3000), st.integers(1, 4))
def test_more_power_or_positions_never_cost_more(tiny: Tiny, watts: int, positions: int) -> None:
    value = least(asked(tiny))
    assert least(asked(replace(tiny, power=tiny.power + watts))) <= value
    assert least(asked(replace(tiny, racks=tiny.racks + positions))) <= value
    assert least(asked(replace(tiny, rack_power=tiny.rack_power + watts))) <= value


LIMITS = [Limit("power", "hall"), Limit("positions", "hall"), Limit("rack-power", "hall"), Limit("workload", "a")]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(TINY, st.sampled_from(LIMITS))
def test_a_limit_removed_never_makes_the_plan_dearer_nor_the_possible_impossible(tiny: Tiny, limit: Limit) -> None:
    data = asked(tiny)
    value = least(data)
    if value == float("inf"):
        return
    freed = size(data, relaxation=Relaxation(dropped=frozenset({limit})))
    assert next(s.value for s in freed.stages if s.objective == "capex") <= value


@settings(max_examples=40, deadline=None, derandomize=True)
@given(TINY)
def test_the_amount_that_is_missing_is_enough_and_one_less_is_not(tiny: Tiny) -> None:
    data = asked(tiny)
    missing = least_excess(data, measuring(Limit("power", "hall")))
    if missing is None:
        assert not feasible(data, Relaxation(dropped=frozenset({Limit("power", "hall")})))
        return
    assert feasible(asked(replace(tiny, power=tiny.power + missing)), Relaxation())
    if missing:
        assert not feasible(asked(replace(tiny, power=tiny.power + missing - 1)), Relaxation())


@settings(max_examples=30, deadline=None, derandomize=True)
@given(TINY, TINY, st.booleans())
def test_other_names_and_another_order_change_nothing_but_names(tiny: Tiny, other: Tiny, swap: bool) -> None:
    names = ("h2", "h1") if swap else ("h1", "h2")

    def two_halls(first: str, second: str, services: tuple[str, str], *, turned: bool) -> SizingData:
        halls = []
        for name, numbers in ((first, tiny), (second, other)):
            room = asked(numbers).halls[0]
            classes = tuple(replace(c, key=f"{name}/A") for c in room.classes)
            halls.append(replace(room, key=name, classes=classes))
        places = [(h, s) for h in (first, second) for s in (ONE, TWO)]
        wants = [
            workload(name, options=[need(ONE, units, 4), need(TWO, units, 4)], places=places)
            for name, units in zip(services, tiny.units, strict=True)
        ]
        data = asked(tiny, objectives=("capex", "power", "racks"))
        data = replace(data, halls=tuple(halls), workloads=tuple(wants))
        if turned:
            data = replace(data, halls=data.halls[::-1], workloads=data.workloads[::-1])
        return data

    def values(data: SizingData) -> list[int] | None:
        try:
            return [s.value for s in size(data).stages]
        except SizingInfeasible:
            return None

    plain = values(two_halls("h1", "h2", ("a", "b"), turned=False))
    assert values(two_halls(*names, ("z", "y"), turned=True)) == plain


@settings(max_examples=25, deadline=None, derandomize=True)
@given(TINY)
def test_a_later_objective_never_spoils_an_earlier_one_and_runs_agree(tiny: Tiny) -> None:
    data = asked(tiny, objectives=("power", "capex", "racks"))
    value = least(data)
    if value == float("inf"):
        return
    answer = size(data)
    assert answer.stages[0].value == 0  # products without a price
    assert answer.stages[1].value == least(replace(data, objectives=("power",)))
    assert replace(size(data), deterministic_time=answer.deterministic_time) == answer


def test_among_equals_the_first_hall_and_the_first_product_are_taken() -> None:
    twins = [item(ONE), item(TWO)]
    halls = [
        hall(name, items=twins, systems=[option(ONE), option(TWO)], classes=[kind(f"{name}/A"), kind(f"{name}/B")])
        for name in ("h1", "h2")
    ]
    places = [(h, s) for h in ("h1", "h2") for s in (ONE, TWO)]
    data = question(*halls, workloads=[workload(options=[need(TWO), need(ONE)], places=places)])
    answer = size(data)
    assert answer.counts == {"h1": {ONE: 3}, "h2": {}}
    assert answer.racks == {"h1": {"h1/A": 1}, "h2": {}}
