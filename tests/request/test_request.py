"""Each rule of a request that no field states alone: at its edge, once good and once not."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import document
from planner.errors import InputError
from planner.request import load_request, read_request
from planner.request.schema import Request

GOOD = Path(__file__).parents[1] / "bad" / "good.yaml"
LOOP = "cooling: {air: 150 kW, loops: [{id: L1, capacity: 100 kW, supply: 30 C}]}"


def read(*edits: tuple[str, str]) -> Request:
    """The good request with some of its text exchanged."""
    text = GOOD.read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return read_request(document.parse(text, "request.yaml"))[0]


ONE_FEED = (("feeds: [A, B]", "feeds: [A]"), ("            - {id: B, capacity: 200 kW}\n", ""))

EDGES = {
    "one feed needs redundancy N": (
        ONE_FEED,
        (("redundancy: 2N", "redundancy: N"),),
        "found one feed under 2N",
    ),
    "existing load up to the capacity": (
        (("id: B, capacity: 200 kW", "id: B, capacity: 200 kW, existing_load: 200.001 kW"),),
        (("existing_load: 200.001 kW", "existing_load: 200 kW"),),
        "found 200,001 W, expected at most the feed's 200,000 W",
    ),
    "blocked positions from one to the last": (
        (("positions: 8", "positions: 8\n            blocked: [1, 9]"),),
        (("blocked: [1, 9]", "blocked: [1, 8]"),),
        "found position 9, expected a number from 1 to 8",
    ),
    "no position zero": (
        (("positions: 8", "positions: 8\n            blocked: [0]"),),
        (("blocked: [0]", "blocked: [1]"),),
        "found position 0",
    ),
    "one position stays free": (
        (("positions: 8", "positions: 2\n            blocked: [1, 2, 2]"),),
        (("blocked: [1, 2, 2]", "blocked: [2, 2]"),),
        "found every position blocked",
    ),
    "order on the request's date at the earliest": (
        (("objective: [capex]", "objective: [capex]\n  order_date: 2026-11-20"),),
        (("order_date: 2026-11-20", "order_date: 2026-11-21"),),
        "found 2026-11-20, which is past",
    ),
    "in service after the order": (
        (("in_service_by: 2027-12-31", "in_service_by: 2026-11-21"),),
        (("in_service_by: 2026-11-21", "in_service_by: 2026-11-22"),),
        "found 2026-11-21, expected a date after 2026-11-21",
    ),
    "a liquid row names its loop": (
        (("feeds: [A, B]", "feeds: [A, B]\n            cooling: [liquid]"),),
        (("cooling: [liquid]", "cooling: [liquid]\n            loop: L1"), ("cooling: {air: 150 kW}", LOOP)),
        "found liquid cooling without a loop",
    ),
    "a loop cools a row": (
        (("cooling: {air: 150 kW}", LOOP),),
        (("feeds: [A, B]", "feeds: [A, B]\n            cooling: [air, liquid]\n            loop: L1"),),
        'found the loop "L1", which cools nothing',
    ),
    "each feed once in a row": (
        (("feeds: [A, B]", "feeds: [A, B, A]"),),
        (("feeds: [A, B, A]", "feeds: [B, A]"),),
        'found the feed "A" twice',
    ),
    "each objective once": (
        (("objective: [capex]", "objective: [capex, tco, capex]"),),
        (("objective: [capex, tco, capex]", "objective: [tco, capex]"),),
        'found "capex" twice',
    ),
    "a location is a hall or an allowed region": (
        (("    output_tokens: 200", "    output_tokens: 200\n    locations: [aws-eu-central-1]"),),
        (("objective: [capex]", "objective: [capex]\n  regions: [aws-eu-central-1]"),),
        'found the location "aws-eu-central-1"',
    ),
    "a row has its own id in its hall": (
        (("        power:", "          - {id: A, positions: 1, rack_power: 5 kW, feeds: [A, B]}\n        power:"),),
        (("{id: A, positions: 1", "{id: B, positions: 1"),),
        'found the row id "A" a second time',
    ),
}


@pytest.mark.parametrize("name", EDGES)
def test_rule_at_its_edge(name: str) -> None:
    broken, mended, message = EDGES[name]
    with pytest.raises(InputError) as error:
        read(*broken)
    assert message in str(error.value)
    assert error.value.total == 1
    assert read(*broken, *mended).name == "Small clinic"


def test_shares_reach_both_ends() -> None:
    for share in ("0 %", "100 %", "0", "1"):
        assert read(("policy:\n", f"policy:\n  spares: {{cable_share: {share}}}\n")).policy.spares.cable_share in (0, 1)
    for share in ("-1 %", "100.01 %", "1.01"):
        with pytest.raises(InputError, match="a share between 0 % and 100 %"):
            read(("policy:\n", f"policy:\n  spares: {{cable_share: {share}}}\n"))


def test_supply_rounds_down_and_demand_rounds_up() -> None:
    hall = read(
        ("id: A, capacity: 200 kW", "id: A, capacity: 200.0009 kW, existing_load: 1.0001 kW"),
        ("rack_power: 20 kW", "rack_power: 20 kW\n            rack_depth: 1100.2 mm"),
    ).halls()[0][1]
    assert (hall.power.feeds[0].capacity, hall.power.feeds[0].existing_load) == (200_000, 1_001)
    assert hall.rows[0].rack_depth == 1101


@pytest.mark.parametrize(
    "path", [GOOD, *sorted((GOOD.parents[2] / "examples").glob("*.yaml"))], ids=lambda path: path.stem
)
def test_a_request_written_as_a_document_is_the_same_request(path: Path) -> None:
    request, _ = load_request(path)
    again, _ = read_request(document.parse(document.canonical_json(request.written()), "request"))
    assert again == request


def test_all_broken_rules_come_at_once_in_the_order_of_the_file() -> None:
    with pytest.raises(InputError) as error:
        read(
            ("feeds: [A, B]", "feeds: [A, C]"),
            ("in_service_by: 2027-12-31", "in_service_by: 2026-01-01"),
            ("positions: 8", "positions: 8\n            blocked: [10]"),
        )
    lines = [problem.line for problem in error.value.problems]
    assert lines == sorted(lines)
    assert [problem.where.rpartition(".")[2] for problem in error.value.problems] == [
        "blocked[0]",
        "feeds[1]",
        "id",
        "in_service_by",
    ]
