"""Where positions are."""

from planner.floor.data import Placement
from planner.floor.geometry import positions_of, rack_id


def test_positions_step_by_the_pitch_and_are_named_by_row_and_number(hall) -> None:
    found = positions_of(hall({"id": "A", "positions": 12, "pitch": "700 mm", "x": "1 m", "blocked": [2]}))
    assert [(p.name, p.x_mm, p.y_mm, p.blocked) for p in found[:3]] == [
        ("A01", 1000, 0, False), ("A02", 1700, 0, True), ("A03", 2400, 0, False),
    ]  # fmt: skip
    assert found[-1].name == "A12"
    assert found[0].feeds == ("A", "B")


def test_rows_without_y_follow_at_their_depth_and_alternating_aisles(hall) -> None:
    rows = [{"id": name, "positions": 1, "rack_depth": "1200 mm"} for name in "ABC"]
    found = positions_of(hall(*rows, floor={"cold_aisle": "1800 mm", "hot_aisle": "1000 mm"}))
    assert [p.y_mm for p in found] == [0, 3000, 5200]


def test_a_row_with_y_stands_there_and_the_next_one_follows_it(hall) -> None:
    rows = ({"id": "A", "positions": 1, "y": "5 m"}, {"id": "B", "positions": 1, "rack_depth": "1 m"})
    assert [p.y_mm for p in positions_of(hall(*rows))] == [5000, 7400]


def test_a_rack_is_named_by_its_hall_and_first_position(hall) -> None:
    room = hall({"id": "A", "positions": 3})
    assert rack_id(room, positions_of(room)[2]) == "hall-1/A03"
    assert rack_id(room, Placement("trn", "A", (2, 3))) == "hall-1/A02"
