"""What has arrived limits a phase: feeds, panels on them, rows without a feed."""

from __future__ import annotations

from typing import Any

from planner.facility.on_date import hall_on
from planner.plan.phase_limits import Draw, ceilings_of, rows_held_up
from planner.request.site import Hall

HALL: dict[str, Any] = {
    "id": "h",
    "rows": [{"id": "R", "positions": 4, "rack_power": "30 kW", "feeds": ["A", "B"], "panels": {"A": "PA"}}],
    "power": {
        "redundancy": "2N",
        "feeds": [
            {"id": "A", "capacity": "100 kW"},
            {"id": "B", "capacity": "80 kW", "available_from": "2028-01-01"},
        ],
        "panels": [{"id": "PA", "upstream": "A", "capacity": "50 kW"}],
    },
    "cooling": {"air": "100 kW"},
}


def hall_of(day: str, redundancy: str | None = None) -> Hall:
    found = hall_on(Hall.model_validate(HALL), day, redundancy)
    assert found is not None
    return found


def test_before_its_second_feed_a_row_survives_no_loss() -> None:
    assert rows_held_up(hall_of("2027-12-31")) == set()
    assert rows_held_up(hall_of("2027-12-31", "N")) == {"R"}
    assert rows_held_up(hall_of("2028-01-01")) == {"R"}


def test_the_panel_limits_what_stands_once_the_other_feed_is_lost() -> None:
    found = {c.name: (c.terms[0][1], c.limit) for c in ceilings_of(hall_of("2028-01-01"), [Draw(0, "h", "R", 10, 11)])}
    each, limit = found["h, panel PA, design_w, B"]
    assert limit // each == 5_000  # pieces of 10 W on 50 kW: nothing is shared any more
    each, limit = found["h, panel PA, design_w, normal"]
    assert limit // each == 9_999  # half of each piece, one watt kept for odd ones
    each, limit = found["h, feed B, peak_w, A"]
    assert limit // each == 80_000 // 11


def test_without_its_row_a_hall_is_none_yet() -> None:
    later = {**HALL, "rows": [{**HALL["rows"][0], "available_from": "2029-01-01"}]}
    assert hall_on(Hall.model_validate(later), "2028-06-01") is None
