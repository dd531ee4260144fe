"""Halls for the tests of the floor."""

from typing import Any

from planner.request.site import Hall


def make_hall(*rows: dict[str, Any], feeds: dict[str, int] | None = None, redundancy: str = "2N", **more: Any) -> Hall:
    """A hall of 600 mm positions, rows 2,400 mm apart; capacities of feeds in W."""
    capacity = feeds or {"A": 10**7, "B": 10**7}
    base = {"rack_power": "50 kW", "feeds": list(capacity)}
    return Hall.model_validate(
        {
            "id": "hall-1",
            "rows": [base | row for row in rows],
            "power": {
                "redundancy": redundancy,
                "feeds": [{"id": feed, "capacity": f"{watts} W"} for feed, watts in capacity.items()],
            },
            "cooling": {"air": "10 MW"},
        }
        | more
    )
