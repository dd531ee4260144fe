from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.packing.certificate import bound_from_certificate, check_certificate, heaviest_content
from planner.packing.data import Certificate, DeviceClass, PackingProblem, RackClass

PROBLEM = PackingProblem(
    ("u", "w"),
    (DeviceClass("a", (5, 3), 2), DeviceClass("b", (3, 4), 9), DeviceClass("c", (2, 1), 1, per_rack_max=2)),
    (RackClass("big", (10, 10), 3), RackClass("small", (5, 5), 2, 4)),
)


def heaviest_by_listing(problem: PackingProblem, rack: RackClass, weights: dict[str, int]) -> int:
    best = 0
    for copies in itertools.product(range(12), repeat=len(problem.devices)):
        limited = all(
            d.per_rack_max is None or c <= d.per_rack_max for d, c in zip(problem.devices, copies, strict=True)
        )
        use = [sum(c * d.size[r] for d, c in zip(problem.devices, copies, strict=True)) for r in range(2)]
        if limited and all(u <= capacity for u, capacity in zip(use, rack.capacity, strict=True)):
            best = max(best, sum(c * weights[d.id] for d, c in zip(problem.devices, copies, strict=True)))
    return best


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.tuples(*[st.integers(0, 40)] * 3))
def test_heaviest_content_is_what_listing_finds_and_one_less_is_refused(numbers: tuple[int, int, int]) -> None:
    weights = dict(zip("abc", numbers, strict=True))
    z = {rack.id: heaviest_by_listing(PROBLEM, rack, weights) for rack in PROBLEM.racks}
    assert {rack.id: heaviest_content(weights, PROBLEM, rack) for rack in PROBLEM.racks} == z
    certificate = Certificate(tuple(sorted(weights.items())), tuple(sorted(z.items())))
    assert check_certificate(certificate, PROBLEM)
    for rack in PROBLEM.racks:
        if z[rack.id]:
            lower = tuple((name, value - (name == rack.id)) for name, value in certificate.z)
            assert not check_certificate(replace(certificate, z=lower), PROBLEM)


def test_a_heavier_device_or_a_missing_or_unknown_class_is_refused() -> None:
    good = Certificate((("a", 5), ("b", 4), ("c", 2)), (("big", 12), ("small", 6)))
    assert check_certificate(good, PROBLEM)
    assert not check_certificate(replace(good, weights=(("a", 7), ("b", 4), ("c", 2))), PROBLEM)
    assert not check_certificate(replace(good, z=(("big", 12),)), PROBLEM)
    assert not check_certificate(replace(good, weights=(("a", 5), ("x", 4))), PROBLEM)
    assert not check_certificate(replace(good, weights=(("a", 5), ("b", -4), ("c", 2))), PROBLEM)
    assert not check_certificate(replace(good, z=(("big", 12), ("big", 12), ("small", 6))), PROBLEM)


def test_limits_of_copies_count_only_when_asked() -> None:
    one = PackingProblem(("u",), (DeviceClass("a", (2,), 3),), (RackClass("r", (10,)),))
    certificate = Certificate((("a", 1),), (("r", 3),))
    assert not check_certificate(certificate, one)
    assert check_certificate(certificate, one, within_counts=True)


def test_a_weight_on_a_device_that_takes_nothing_is_refused() -> None:
    problem = PackingProblem(("u",), (DeviceClass("label", (0,), 3),), (RackClass("r", (10,)),))
    assert not check_certificate(Certificate((("label", 1),), (("r", 1000),)), problem)
    with pytest.raises(ValueError, match="no limit"):
        heaviest_content({"label": 1}, problem, problem.racks[0])


def test_allowed_rack_classes_are_respected() -> None:
    devices = (DeviceClass("a", (5, 3), 2, frozenset({"big"})),)
    problem = replace(PROBLEM, devices=devices)
    assert check_certificate(Certificate((("a", 1),), (("big", 2), ("small", 0))), problem)
    assert not check_certificate(Certificate((("a", 1),), (("big", 1), ("small", 0))), problem)


@pytest.mark.parametrize(("count", "racks"), [(0, 0), (1, 1), (5, 1), (6, 2), (10, 2), (11, 3)])
def test_bound_counts_racks_rounded_up(count: int, racks: int) -> None:
    certificate = Certificate((("a", 2),), (("r", 10),))
    assert bound_from_certificate(certificate, {"a": count}) == racks


@pytest.mark.parametrize(("count", "cost"), [(4, 2), (8, 4), (16, 8), (17, 10), (26, 14), (27, 16)])
def test_bound_takes_whole_racks_at_least_cost_under_their_limits(count: int, cost: int) -> None:
    racks = (RackClass("small", (5,), 2, 4), RackClass("big", (10,), 6))
    certificate = Certificate((("a", 1),), (("big", 10), ("small", 4)))
    assert bound_from_certificate(certificate, {"a": count}, racks) == cost


def test_bound_says_when_the_racks_that_exist_cannot_hold_the_devices() -> None:
    racks = (RackClass("small", (5,), 2, 4),)
    certificate = Certificate((("a", 1),), (("small", 4),))
    assert bound_from_certificate(certificate, {"a": 16}, racks) == 8
    with pytest.raises(ValueError, match="cannot hold the weight 17"):
        bound_from_certificate(certificate, {"a": 17}, racks)


def test_checking_loads_no_solver() -> None:
    script = (
        "import sys, planner.packing.certificate, planner.packing.u_positions\n"
        "sys.exit(bool({'ortools', 'numpy', 'pandas'} & {name.split('.')[0] for name in sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
