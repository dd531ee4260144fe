from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.priors import Priors, load_priors
from planner.demand import (
    CheckpointingJob,
    DatasetNeed,
    Notebooks,
    RetrievalStore,
    StorageNeedInput,
    availability,
    need_notebooks,
    need_retrieval,
    need_storage,
    spare_table,
    spares,
)
from planner.demand.spares import repair_of

from demand_cases import rates, system  # isort: skip

PRIORS = load_priors()
NODE_FAILURES_DAY = 8 * 0.000303  # eight accelerators


ACCELERATORS = (64, 256, 512, 1024, 2048, 4608)


@pytest.mark.parametrize(("days", "wanted"), [(3, (1, 2, 3, 4, 6, 10)), (7, (1, 3, 4, 6, 10, 18))])
def test_spare_nodes_are_those_of_the_published_table(days: int, wanted: tuple[int, ...]) -> None:
    assert tuple(spares(n // 8, NODE_FAILURES_DAY, days, 0.99) for n in ACCELERATORS) == wanted


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 400), st.floats(1e-5, 0.02), st.floats(0.1, 30), st.floats(0.5, 0.9999))
def test_spares_are_the_least_that_cover(units: int, rate: float, days: float, cover: float) -> None:
    k, mean = spares(units, rate, days, cover), units * rate * days

    def covered(n: int) -> float:
        return (
            math.fsum(math.exp(-mean + i * math.log(mean) - math.lgamma(i + 1)) for i in range(n + 1)) if mean else 1.0
        )

    assert covered(k) >= cover - 1e-9
    assert k == 0 or covered(k - 1) <= cover + 1e-9


def test_the_table_of_spares_never_falls() -> None:
    table = spare_table(300, NODE_FAILURES_DAY, 7, 0.99)
    assert table[0] == 0 and list(table) == sorted(table)
    assert table[128] == spares(128, NODE_FAILURES_DAY, 7, 0.99)


def test_spares_lift_availability_towards_one() -> None:
    bare, covered = (availability(128, k, NODE_FAILURES_DAY, 7) for k in (0, 6))
    assert bare == pytest.approx(1 - NODE_FAILURES_DAY * 7)
    assert bare < covered < 1.0


@pytest.mark.parametrize("bad", [-0.1, 1.0])
def test_a_cover_that_cannot_be_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="cover"):
        spares(10, 0.001, 3, bad)


DATA = [DatasetNeed("images", 500e12, 0.2), DatasetNeed("archive", 1e15, 0.0, "capacity")]
JOB = CheckpointingJob("train", 405 * 10**9, 16_384)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 20_000), st.integers(0, 5_000), st.sampled_from(["standard", "enhanced"]))
def test_more_accelerators_never_ask_for_less_storage_and_the_linear_rule_says_the_same(
    few: int, more: int, guideline: str
) -> None:
    wanted = [StorageNeedInput("scratch", 1e13, 0.0, 3e9, 1e9)]
    a, b = (need_storage(DATA, [JOB], n, PRIORS, wanted=wanted, guideline=guideline) for n in (few, few + more))
    assert a.read_gb_s <= b.read_gb_s and a.write_gb_s <= b.write_gb_s and a.usable_tb == b.usable_tb
    assert a.read_gb_s == math.ceil(a.read_milli_gb_s * few / 1000) + a.read_base_gb_s
    assert a.write_gb_s == math.ceil(a.write_milli_gb_s * few / 1000) + a.write_base_gb_s


def test_capacity_grows_over_the_horizon_and_leaves_a_fifth_free() -> None:
    need = need_storage(DATA, [], 0, PRIORS, horizon_years=3)
    assert need.fast_tb == math.ceil(500 * 1.2**3 / 0.8)
    assert need.capacity_tb == 1250
    assert need.usable_tb == need.fast_tb + need.capacity_tb


def test_checkpoints_take_room_and_rule_the_writes_of_a_large_model() -> None:
    none, large = (need_storage(DATA, jobs, 16_384, PRIORS) for jobs in ([], [CheckpointingJob("t", 10**13, 16_384)]))
    assert large.fast_tb - none.fast_tb == pytest.approx(10 * 14 * 10 / 0.8, abs=1)
    assert (none.binding, large.binding) == ("guideline", "checkpoint")
    assert large.write_gb_s > none.write_gb_s


def test_notebooks_plan_for_the_busiest_time_and_never_beyond_all_users() -> None:
    few = need_notebooks(Notebooks("n", 40, 0.3), system())
    assert few.accelerators_p10 == 12 and 12 < few.accelerators <= 40
    assert need_notebooks(Notebooks("n", 3, 1.0), system()).accelerators == 3


def test_notebooks_that_need_more_memory_than_one_has_take_more_or_are_refused() -> None:
    heavy = Notebooks("n", 10, 0.5, 1.0, 200 * 10**9)
    refused = need_notebooks(heavy, system(rates(memory_gb=96)))
    assert not refused.feasible and "3 accelerators each would do" in refused.reason
    assert need_notebooks(Notebooks("n", 10, 0.5, 3.0, 200 * 10**9), system(rates(memory_gb=96))).unit_accelerators == 3


def test_a_vector_store_needs_its_vectors_and_an_index(priors: Priors) -> None:
    need = need_retrieval(RetrievalStore("r", 100_000_000, 1024, 4, 500))
    assert need.memory_gb == math.ceil(100_000_000 * 1024 * 4 * 1.5 / 1e9)
    assert need.cores == 5


def test_a_rack_system_keeps_trays_and_a_node_is_replaced_by_a_spare() -> None:
    """Two racks of 18 trays, one failure of a rack in ten days, three days to repair: 0.6 trays away on average."""
    trays = repair_of(2, 0, 18, False, 0.1, 3.0, 0.95)
    assert trays.spare_trays == 2  # P(at most 1 away) = e^-0.6 (1 + 0.6) = 0.878; with a second one 0.977
    assert trays.availability == pytest.approx(1 - 0.0269 / 36, abs=1e-5)
    node = repair_of(11, 1, None, True, 0.01, 3.0, 0.95)
    assert node.spare_trays is None and node.availability == round(availability(10, 1, 0.01, 3.0), 6)
    assert repair_of(2, 0, None, False, 0.1, 3.0, 0.95).availability is None
