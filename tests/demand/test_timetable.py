"""A day as slots, and what services and jobs hold in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import document
from planner.demand.timetable import Timetable, running_s, spread_of, stretches, timetable_of
from planner.plan.library import Library, load_library
from planner.plan.question import needs_of
from planner.request import Request, read_request
from planner.request.times import ranges_of
from planner.request.workload import Batch, FineTuning

GOOD = Path(__file__).parents[1] / "bad" / "good.yaml"
DAY = 86_400
BATCH = {
    "id": "night", "kind": "batch", "model": "llama-3.1-8b", "requests": 80_000_000, "input_tokens": 2000,
    "output_tokens": 200, "within": "10 days",
}  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def asked(*more: dict[str, Any], **service: Any) -> Request:
    """The good request, its service at other times, and more workloads."""
    source = document.load(GOOD, "request")
    source.data["workloads"] = [{**source.data["workloads"][0], **service}, *more]
    return read_request(source)[0]


def test_no_times_no_timetable() -> None:
    assert timetable_of(asked(), 600.0) is None


def test_slots_are_the_hours_in_which_nothing_changes() -> None:
    table = timetable_of(asked({**BATCH, "hours": ["22-06", "12-13"]}, hours="08-20"), 600.0)
    assert table is not None
    night, between, day, noon = (0, 1, 2, 3, 4, 5, 22, 23), (6, 7, 20, 21), (8, 9, 10, 11), (12,)
    assert table.slots == (night, between, (*day, 13, 14, 15, 16, 17, 18, 19), noon)
    assert table.shares["assistant"] == (0, 0, 1, 1) and table.shares["night"] == (1, 0, 0, 1)


@given(st.sets(st.integers(0, 23), min_size=1))
def test_hours_written_as_ranges_read_back_the_same(hours: set[int]) -> None:
    request = asked(hours=ranges_of(tuple(hours)))
    assert request.workloads[0].hours == tuple(sorted(hours))  # type: ignore[union-attr]
    again = request.written()["workloads"][0]["hours"]
    assert again == ranges_of(tuple(sorted(hours)))
    assert 1 <= stretches(tuple(sorted(hours))) <= 12


def test_a_service_keeps_its_spare_at_every_share_of_its_peak(library: Library) -> None:
    profile = [0.01, 0.5] + [1.0] * 21 + [0.0]
    request = asked(peak_requests="900 /s", profile=profile)
    table = timetable_of(request, 600.0)
    need = next(n for n in needs_of(request.workloads[0], request, library) if n.system == "nvidia-dgx-b200")
    assert table is not None and need.units > 5
    load = spread_of(need, request.workloads[0], table, 1).load
    assert load == (2, -(-(need.units - 1) // 2) + 1, need.units, 0)


def test_a_job_of_some_hours_has_their_time_on_whole_days_and_starts_anew() -> None:
    job = asked({**BATCH, "hours": ["20-04", "12-14"], "within": "60 hours"}).workloads[1]
    assert isinstance(job, Batch)
    assert running_s(job, 600.0) == 2 * (10 * 3600 - 2 * 600)  # 2.5 days: two whole ones, two starts a day
    always = asked({**BATCH, "within": "60 hours"}).workloads[1]
    assert isinstance(always, Batch) and running_s(always, 600.0) == 60 * 3600


def on(request: Request, library: Library) -> Any:
    return next(n for n in needs_of(request.workloads[1], request, library) if n.system == "nvidia-dgx-b200")


def test_low_priority_work_is_a_volume_that_its_own_units_do_in_the_time_they_have(library: Library) -> None:
    flat = on(asked(BATCH), library)
    low = on(asked({**BATCH, "priority": "low"}), library)
    assert (low.units, low.accelerators) == (flat.units, flat.accelerators)
    assert flat.unit_seconds_per_day == 0 and (low.units - 1) * DAY < low.unit_seconds_per_day <= low.units * DAY
    night = on(asked({**BATCH, "priority": "low", "hours": "20-06"}), library)
    assert night.unit_seconds_per_day == low.unit_seconds_per_day and night.units > low.units


def test_a_fine_tune_by_the_day_counts_what_more_ranks_lose(library: Library) -> None:
    tune = {
        "id": "night", "kind": "fine-tuning", "model": "llama-3.1-70b", "method": "full", "tokens": "8 B tokens",
        "within": "2 days", "priority": "low",
    }  # fmt: skip
    request = asked(tune)
    need, job = on(request, library), request.workloads[1]
    assert isinstance(job, FineTuning) and need.units < need.units_most <= 4 * need.units
    used = need.figure("wall time, planned") * need.units / 2
    assert used <= need.unit_seconds_per_day < 1.25 * used


def test_seconds_of_a_slot_take_off_a_start_for_each_stretch() -> None:
    table = Timetable(((0, 1, 5), tuple(h for h in range(24) if h not in (0, 1, 5))), {}, 600.0)
    assert table.seconds(0) == 3 * 3600 - 2 * 600
    assert table.seconds(1) == 21 * 3600 - 2 * 600


def test_times_are_among_what_is_assumed(library: Library) -> None:
    request = asked({**BATCH, "priority": "low"}, hours="08-20")
    ids = [{a.id for a in next(iter(needs_of(w, request, library))).assumptions} for w in request.workloads]
    assert "timetable.profile" in ids[0] and "timetable.start" in ids[1]
