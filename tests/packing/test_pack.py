from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.packing import (
    DeviceClass,
    PackingInfeasible,
    PackingProblem,
    PackingResult,
    RackClass,
    bound_from_certificate,
    check_certificate,
    pack,
)
from planner.packing.data import fits, may_stand_in


def cheapest_by_trying_everything(problem: PackingProblem) -> int | None:
    """Least cost by putting one device after the other into every open rack and every rack that may be opened."""
    devices = [device for device in problem.devices for _ in range(device.count)]
    best: list[int | None] = [None]

    def place(index: int, opened: list[tuple[RackClass, list[DeviceClass]]], cost: int) -> None:
        if best[0] is not None and cost >= best[0]:
            return
        if index == len(devices):
            best[0] = cost
            return
        device = devices[index]
        for rack, content in opened:
            if can_hold(rack, [*content, device]):
                content.append(device)
                place(index + 1, opened, cost)
                content.pop()
        for rack in problem.racks:
            used = sum(other.id == rack.id for other, _ in opened)
            if (rack.limit is None or used < rack.limit) and can_hold(rack, [device]):
                place(index + 1, [*opened, (rack, [device])], cost + rack.cost)

    place(0, [], 0)
    return best[0]


def can_hold(rack: RackClass, content: list[DeviceClass]) -> bool:
    sums = [sum(device.size[r] for device in content) for r in range(len(rack.capacity))]
    apart = all(
        device.per_rack_max is None or copies <= device.per_rack_max for device, copies in Counter(content).items()
    )
    room = all(total <= capacity for total, capacity in zip(sums, rack.capacity, strict=True))
    return room and apart and all(may_stand_in(device, rack) for device in content)


def assert_is_a_packing(problem: PackingProblem, result: PackingResult) -> None:
    devices = {device.id: device for device in problem.devices}
    racks = {rack.id: rack for rack in problem.racks}
    stood: Counter[str] = Counter()
    for pattern, count in result.patterns:
        assert count > 0
        content = [devices[name] for name, copies in pattern.content for _ in range(copies)]
        assert content
        assert can_hold(racks[pattern.rack], content)
        stood.update({name: copies * count for name, copies in pattern.content})
    assert stood == Counter({device.id: device.count for device in problem.devices if device.count})
    opened = dict(result.racks_by_class)
    assert all(rack.limit is None or opened.get(rack.id, 0) <= rack.limit for rack in problem.racks)
    assert result.cost == sum(racks[rack].cost * count for rack, count in opened.items())
    assert result.lower_bound <= result.cost


def assert_certificates_hold(problem: PackingProblem, result: PackingResult) -> None:
    counts = {device.id: device.count for device in problem.devices}
    for certificate in result.certificates:
        assert check_certificate(certificate, problem)
        assert bound_from_certificate(certificate, counts, problem.racks) <= result.cost
    for certificate in result.mix_certificates:
        assert check_certificate(certificate, problem, within_counts=True)
        assert bound_from_certificate(certificate, counts, problem.racks) <= result.cost


@st.composite
def small_problems(draw: st.DrawFn) -> PackingProblem:
    resources = draw(st.integers(1, 3))
    racks = [
        RackClass(
            f"r{k}",
            tuple(draw(st.integers(3, 10)) for _ in range(resources)),
            cost=draw(st.integers(0, 4)),
            limit=draw(st.sampled_from([None, None, 0, 1, 2])),
        )
        for k in range(draw(st.integers(1, 3)))
    ]
    left, devices = 6, []
    for t in range(draw(st.integers(1, 4))):
        count = draw(st.integers(0, min(3, left)))
        left -= count
        allowed = draw(st.none() | st.frozensets(st.sampled_from([rack.id for rack in racks]), min_size=1))
        size = tuple(draw(st.integers(0, 6)) for _ in range(resources))
        devices.append(DeviceClass(f"d{t}", size, count, allowed, draw(st.sampled_from([None, None, 1, 2]))))
    return PackingProblem(tuple(f"x{d}" for d in range(resources)), tuple(devices), tuple(racks))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(small_problems())
def test_small_problems_cost_what_trying_everything_finds(problem: PackingProblem) -> None:
    expected = cheapest_by_trying_everything(problem)
    if expected is None:
        with pytest.raises(PackingInfeasible):
            pack(problem)
        return
    result = pack(problem)
    assert (result.cost, result.lower_bound, result.status) == (expected, expected, "optimal")
    assert_is_a_packing(problem, result)
    assert_certificates_hold(problem, result)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(small_problems(), st.data())
def test_more_capacity_never_costs_more(problem: PackingProblem, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(problem.racks) - 1))
    rack = problem.racks[index]
    wider = replace(rack, capacity=tuple(c + data.draw(st.integers(0, 3)) for c in rack.capacity))
    richer = replace(problem, racks=(*problem.racks[:index], wider, *problem.racks[index + 1 :]))
    try:
        before = pack(problem).cost
    except PackingInfeasible:
        return
    assert pack(richer).cost <= before


@settings(max_examples=30, deadline=None, derandomize=True)
@given(small_problems(), st.randoms(use_true_random=False))
def test_order_and_names_change_nothing_but_names(problem: PackingProblem, shuffled: object) -> None:
    assert hasattr(shuffled, "shuffle")
    devices, racks = list(problem.devices), list(problem.racks)
    shuffled.shuffle(devices)
    shuffled.shuffle(racks)
    other = replace(problem, devices=tuple(devices), racks=tuple(racks))
    try:
        result = pack(problem)
    except PackingInfeasible:
        with pytest.raises(PackingInfeasible):
            pack(other)
        return
    assert pack(other) == result


def hall(counts: tuple[int, ...], **racks: int | None) -> PackingProblem:
    sizes = ((10, 14_300, 143), (8, 10_200, 130), (2, 800, 22), (1, 350, 9), (1, 600, 11))
    devices = tuple(
        DeviceClass(f"d{t}", size, count) for t, (size, count) in enumerate(zip(sizes, counts, strict=True))
    )
    capacities = {"tall": (52, 44_000, 1_500), "low": (42, 22_000, 900)}
    classes = tuple(
        RackClass(name, capacities[name], 5 if name == "tall" else 3, limit) for name, limit in racks.items()
    )
    return PackingProblem(("u", "power_w", "weight_kg"), devices, classes)


def test_thousands_of_devices_in_two_kinds_of_racks_are_proven() -> None:
    problem = hall((900, 700, 1_500, 3_000, 2_000), tall=None, low=None)
    result = pack(problem)
    assert result.status == "optimal"
    assert_is_a_packing(problem, result)
    assert_certificates_hold(problem, result)


def test_a_limit_on_the_better_racks_is_used_up_and_costs_more() -> None:
    counts = (90, 70, 150, 300, 200)
    free = pack(hall(counts, tall=None, low=None))
    opened = dict(free.racks_by_class)
    kept = next(iter(opened))
    limits: dict[str, int | None] = {"tall": None, "low": None, kept: opened[kept] // 2}
    short = pack(hall(counts, **limits))
    assert short.status == "optimal"
    assert short.cost >= free.cost
    assert dict(short.racks_by_class).get(kept, 0) <= opened[kept] // 2


def test_existing_racks_with_free_gaps_are_used_before_new_ones() -> None:
    gaps = tuple(RackClass(f"old-{n:03}", (4 + n % 9, 3_000 + 500 * (n % 7), 200 + 10 * n), 0, 1) for n in range(60))
    new = RackClass("new", (48, 22_000, 1_400))
    devices = (
        DeviceClass("server", (2, 900, 25), 120),
        DeviceClass("store", (4, 1_400, 60), 60),
        DeviceClass("switch", (1, 400, 9), 40),
    )
    problem = PackingProblem(("u", "power_w", "weight_kg"), devices, (*gaps, new))
    result = pack(problem)
    alone = pack(replace(problem, racks=(new,)))
    assert result.status == "optimal"
    assert result.cost < alone.cost
    assert_is_a_packing(problem, result)
    assert_certificates_hold(problem, result)


def test_device_that_fits_no_rack_is_named_with_the_reason() -> None:
    problem = PackingProblem(
        ("u", "power_w"),
        (DeviceClass("huge", (10, 50_000), 1), DeviceClass("fine", (1, 100), 5)),
        (RackClass("rack", (48, 40_000)),),
    )
    with pytest.raises(
        PackingInfeasible, match=r"device class huge fits no rack class .rack: power_w 50000 over 40000"
    ) as e:
        pack(problem)
    assert e.value.devices == ("huge",)


def test_limits_that_bind_are_named_with_a_checkable_proof() -> None:
    problem = PackingProblem(
        ("u",), (DeviceClass("node", (10,), 30),), (RackClass("a", (48,), 1, 3), RackClass("b", (42,), 1, 2))
    )
    with pytest.raises(PackingInfeasible, match="at least 10 of 30 devices find no place") as e:
        pack(problem)
    assert e.value.racks == ("a", "b")
    assert e.value.certificate is not None
    assert check_certificate(e.value.certificate, problem)
    with pytest.raises(ValueError, match="cannot hold"):
        bound_from_certificate(e.value.certificate, {"node": 30}, problem.racks)


def test_devices_kept_apart_need_a_rack_each() -> None:
    spread = DeviceClass("head", (1,), 7, per_rack_max=1)
    problem = PackingProblem(("u",), (spread, DeviceClass("disk", (2,), 3)), (RackClass("rack", (48,)),))
    assert pack(problem).cost == 7


def test_equal_classes_are_merged_and_get_their_names_back() -> None:
    devices = tuple(DeviceClass(f"d{n}", (3,), 5) for n in range(8))
    problem = PackingProblem(("u",), devices, (RackClass("old", (10,), 0, 1), RackClass("new", (10,))))
    result = pack(problem)
    assert result.cost == 13
    assert_is_a_packing(problem, result)
    assert_certificates_hold(problem, result)


def test_nothing_to_pack_costs_nothing() -> None:
    problem = PackingProblem(("u",), (DeviceClass("d", (3,), 0),), (RackClass("new", (10,)),))
    result = pack(problem)
    assert (result.patterns, result.cost, result.gap, result.status) == ((), 0, 0.0, "optimal")


def test_a_stopped_search_says_that_it_is_not_reproducible() -> None:
    problem = hall((90, 70, 150, 300, 200), tall=None, low=None)
    result = pack(problem, stop=lambda: True)
    assert not result.reproducible
    assert result.lower_bound < result.cost
    assert_is_a_packing(problem, result)


@pytest.mark.parametrize(
    ("devices", "racks", "message"),
    [
        ((DeviceClass("d", (1, 2), 1),), (RackClass("r", (4,)),), "found 2 numbers, expected one for each of the 1"),
        ((DeviceClass("d", (-1,), 1),), (RackClass("r", (4,)),), "found u -1, expected u of 0 or more"),
        ((DeviceClass("d", (1,), -1),), (RackClass("r", (4,)),), "found count -1"),
        ((DeviceClass("d", (1,), 1),), (RackClass("r", (4,), -2),), "found cost -2"),
        ((DeviceClass("d", (1,), 1, frozenset({"x"})),), (RackClass("r", (4,)),), "found allowed rack class 'x'"),
        ((DeviceClass("d", (1,), 1),) * 2, (RackClass("r", (4,)),), "found 'd' twice, expected distinct ids"),
        ((DeviceClass("d", (2**52,), 4),), (RackClass("r", (2**53,)),), "use a coarser unit"),
    ],
)
def test_wrong_numbers_are_refused(
    devices: tuple[DeviceClass, ...], racks: tuple[RackClass, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        PackingProblem(("u",), devices, racks)


def test_result_is_the_same_for_any_hash_seed() -> None:
    script = (
        "from planner.packing import *\n"
        "sizes=((10,14300,143),(8,10200,130),(2,800,22),(1,350,9),(3,1600,41))\n"
        "devices=tuple(DeviceClass(f'd{t}',s,37+t,frozenset({'a','b'}) if t%2 else None) for t,s in enumerate(sizes))\n"
        "racks=(RackClass('a',(48,44000,1400),4), RackClass('b',(42,20000,900),3,9), RackClass('c',(9,9000,300),0,5))\n"
        "print(pack(PackingProblem(('u','w','kg'),devices,racks)))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(outputs) == 1
    assert "status" not in outputs  # the output is the result's own text, not an error
    assert "Pattern(" in next(iter(outputs))


def test_brute_force_and_fits_agree_on_single_devices() -> None:
    for size, capacity in itertools.product(range(4), repeat=2):
        device, rack = DeviceClass("d", (size,), 1), RackClass("r", (capacity,))
        assert fits(device, rack) == can_hold(rack, [device])


def test_certificates_hold_for_more_devices_than_the_problem_has() -> None:
    problem = PackingProblem(("u",), (DeviceClass("d", (1,), 1),), (RackClass("rack", (3,)),))
    (certificate,) = pack(problem).certificates
    assert [bound_from_certificate(certificate, {"d": count}) for count in (1, 3, 4, 7)] == [1, 1, 2, 3]
    (mix,) = pack(problem).mix_certificates
    assert not check_certificate(mix, problem)  # only one device: a rack with three was never weighed
