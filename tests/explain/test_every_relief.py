"""Whatever the limit: the change that an explanation names is enough as it is written, and one unit less is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from planner.document import Document, canonical_json, parse
from planner.explain.case import WayOut
from planner.explain.changes import OF_A_HALL, OF_THE_REQUEST, moved
from planner.explain.explanation import Explanation
from planner.explain.limits import DEMANDS, KINDS
from planner.plan.build import make_plan, refusal_of, trials_of
from planner.plan.library import Library, load_library
from planner.plan.question import make_question
from planner.request import read_request
from planner.request.schema import Request
from planner.sizing.limits import Limit
from planner.sizing.prepare import prepare

EXAMPLES = Path(__file__).parents[2] / "examples"
Edit = Callable[[Any, int], object]


def hall(data: Any) -> Any:
    return data["sites"][0]["halls"][0]


def rows(key: str, now: int, unit: str, *, only: str = "") -> Edit:
    """A key of every row, or of one."""

    def edit(data: Any, by: int) -> None:
        for row in hall(data)["rows"]:
            if not only or row["id"] == only:
                row[key] = f"{now + by} {unit}".strip()

    return edit


def positions(row: int, now: int) -> Edit:
    return lambda data, by: hall(data)["rows"][row].update(positions=now + by)


def feeds(data: Any, by: int) -> None:
    for feed in hall(data)["power"]["feeds"]:
        feed["capacity"] = f"{30_000 + by} W"


def air(data: Any, by: int) -> None:
    hall(data)["cooling"]["air"] = f"{20_000 + by} W"


def loop(key: str, now: int, unit: str) -> Edit:
    return lambda data, by: hall(data)["cooling"]["loops"][0].update({key: f"{now + by} {unit}"})


def door(data: Any, by: int) -> None:
    hall(data)["floor"]["door_width"] = f"{500 + by} mm"


def budget(data: Any, by: int) -> None:
    data["policy"]["budget"] = 100_000 + by


def weeks_after_the_order(weeks: int) -> str:
    return (date(2026, 11, 21) + timedelta(weeks=weeks)).isoformat()


def service(data: Any, by: int) -> None:
    data["policy"]["in_service_by"] = weeks_after_the_order(5 + by)


def pilot(data: Any, by: int) -> None:
    data["phases"][0]["date"] = weeks_after_the_order(4 + by)


def only_weight(kilograms: int) -> Edit:
    def edit(data: Any, by: int) -> None:
        hall(data)["floor"] = {}
        rows("rack_weight", kilograms, "kg")(data, by)

    return edit


BERLIN, LEEDS, PARIS, VIENNA = "berlin-clinic", "leeds-brownfield", "paris-sovereign-cloud", "vienna-in-phases"
KEPT = ("decision: retire\n", "decision: keep\n              load: 3 kW\n")
OLD_CLUSTER = ("decision: retire\n              rack: {name: cluster",
               "decision: keep\n              load: 3 kW\n              rack: {name: cluster")  # fmt: skip


@dataclass(frozen=True)
class Tight:
    """An example with one limit too tight, and that limit written with so much more."""

    limit: str
    example: str
    changes: tuple[tuple[str, str], ...]
    wider: Edit


TIGHT = [
    Tight("power:hall-1", BERLIN, (("capacity: 300 kW", "capacity: 30 kW"),), feeds),
    Tight("air:hall-1", BERLIN, (("air: 260 kW", "air: 20 kW"),), air),
    Tight("budget", BERLIN, (("  horizon_years: 5", "  horizon_years: 5\n  budget: 100000"),), budget),
    Tight("lead-time", BERLIN, (("2027-12-31", "2026-12-31"),), service),
    Tight("first-phase:claims", VIENNA, (("date: 2027-06-01", "date: 2026-12-20"),), pilot),
    Tight("positions:hall-1", BERLIN, (("positions: 7", "positions: 1"),), positions(1, 1)),
    Tight("positions:hall-4", LEEDS, (("{id: B, positions: 12,", "{id: B, positions: 8,"), KEPT), positions(1, 8)),
    Tight("rack-power:hall-1", BERLIN, (("rack_power: 20 kW", "rack_power: 5 kW"),), rows("rack_power", 5_000, "W")),
    Tight("weight:hall-1", BERLIN, (("rack_weight: 1400 kg", "rack_weight: 120 kg"),), only_weight(120)),
    Tight("weight:hall-4", LEEDS, (("rack_weight: 1300 kg", "rack_weight: 150 kg"), OLD_CLUSTER), only_weight(150)),
    Tight("row-air:hall-1", BERLIN, (("rack_weight: 1400 kg}", "rack_weight: 1400 kg, air: 9 kW}"),),
          rows("air", 9_000, "W", only="A")),
    Tight("row-airflow:hall-1", BERLIN, (("rack_weight: 1400 kg}", "rack_weight: 1400 kg, airflow: 900 m3/h}"),),
          rows("airflow", 900, "m3/h")),
    Tight("door_width:hall-1", BERLIN, (("12 kPa", "12 kPa\n          door_width: 500 mm"),), door),
    Tight("liquid:hall-a/warm", PARIS, (("capacity: 2.2 MW", "capacity: 20 kW"), ("air: 180 kW", "air: 70 kW")),
          loop("capacity", 20_000, "W")),
    Tight("flow:hall-a/warm", PARIS, (("4000 L/min", "10 L/min"), ("air: 180 kW", "air: 70 kW")),
          loop("flow", 10, "L/min")),
]  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def asked(tight: Tight, by: int | None = None) -> tuple[Request, Document]:
    """The tight request, or the same with the limit written wider."""
    text = (EXAMPLES / f"{tight.example}.yaml").read_text(encoding="utf-8")
    for before, after in tight.changes:
        assert before in text
        text = text.replace(before, after)
    source = parse(text, tight.limit)
    if by is not None:
        tight.wider(source.data, by)
    return read_request(source)


@pytest.mark.slow
@pytest.mark.parametrize("tight", TIGHT, ids=[tight.limit for tight in TIGHT])
def test_what_is_missing_is_enough_and_one_unit_less_is_not(library: Library, tight: Tight) -> None:
    request, source = asked(tight)
    found = refusal_of(request, source, library)
    assert isinstance(found, Explanation)
    assert found.ways_out
    (way,) = [way for way in found.ways_out if way.limit == tight.limit]
    assert way.missing
    units = way.missing if not tight.limit.startswith("flow") else -(-way.missing // 1000)  # counted in mL/min
    trials = trials_of(library)
    assert trials.solve(make_question(asked(tight, units)[0], library)) is not None
    assert trials.solve(make_question(asked(tight, units - 1)[0], library)) is None
    if not request.phases and hall(source.data).get("existing") is None:
        assert planned_as_written(way, request, library)


def planned_as_written(way: WayOut, request: Request, library: Library) -> bool:
    """Whether the whole plan of the request with the change as it is worded costs what the explanation says."""
    kind, _, subject = way.limit.partition(":")
    if kind not in KINDS:
        return True
    question = make_question(request, library)
    changes = moved(question.request, Limit(kind, subject), way.missing or 0, prepare(question, wide=True).data)
    change = next(change for change in changes if change.words in way.text)
    again = read_request(parse(canonical_json(change.request.written()), "as written"))
    capex = make_plan(*again, library).headline.capex
    assert way.plan is not None
    return capex.typical == way.plan.capex.typical


def test_every_kind_of_limit_moves_or_is_a_demand() -> None:
    assert set(KINDS) == {*OF_A_HALL, *OF_THE_REQUEST, *DEMANDS}
    assert not {*OF_A_HALL, *OF_THE_REQUEST} & set(DEMANDS)
