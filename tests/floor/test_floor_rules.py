"""Each rule of the floor at its edge: feeds, adjacency, reserved positions, refusals, repeatability."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from planner.errors import InputError
from planner.facility.power import feed_states, worst_load_w
from planner.floor import FloorInfeasible, FloorProblem, RackGroup, RowLimit, objective_mm, place

A, AB = frozenset("A"), frozenset("AB")


def node(count: int, rows: frozenset[str] = A, **more) -> RackGroup:
    return RackGroup(**({"pattern": "node", "positions": 1, "design_w": 0, "peak_w": 0, "cables": 4} | more),
                     count=count, rows=rows)  # fmt: skip


def net(rows: frozenset[str] = A, **more) -> RackGroup:
    return RackGroup(**({"pattern": "net", "count": 1, "design_w": 0, "peak_w": 0, "hub": True} | more),
                     positions=1, rows=rows)  # fmt: skip


def seats(found) -> dict[str, list[str]]:
    taken: dict[str, list[str]] = {}
    for rack in found.placements:
        taken.setdefault(rack.pattern, []).append(f"{rack.row}{'+'.join(map(str, rack.numbers))}")
    return taken


def test_the_hub_stands_in_the_middle_and_the_most_cables_beside_it(hall) -> None:
    room = hall({"id": "A", "positions": 5})
    found = place(FloorProblem(room, (net(), node(2, cables=1, pattern="store"), node(2, cables=30))))
    assert seats(found) == {"net": ["A3"], "node": ["A2", "A4"], "store": ["A1", "A5"]}
    assert (found.objective_mm, found.lower_bound_mm, found.gap) == (2 * 30 * 600 + 2 * 1200, 38_400, 0)


def test_without_a_hub_racks_fill_rows_in_order(hall) -> None:
    room = hall({"id": "A", "positions": 3, "blocked": [2]}, {"id": "B", "positions": 3})
    found = place(FloorProblem(room, (node(3, AB),)))
    assert seats(found) == {"node": ["A1", "A3", "B1"]}
    assert found.objective_mm == found.lower_bound_mm == 0


def test_nothing_to_place_is_placed_even_where_existing_load_leaves_no_room(hall) -> None:
    room = hall({"id": "A", "positions": 1}, feeds={"F": 10_000, "G": 10_000})
    feeds = tuple(feed.model_copy(update={"existing_load": 9_000}) for feed in room.power.feeds)
    full = room.model_copy(update={"power": room.power.model_copy(update={"feeds": feeds})})
    assert place(FloorProblem(full, (node(0),))).placements == ()
    with pytest.raises(FloorInfeasible, match="feed G carries 18 kW with F lost, at most 10 kW"):
        place(FloorProblem(full, (node(1),)))


def test_two_position_racks_never_span_a_column(hall) -> None:
    room = hall({"id": "A", "positions": 7, "blocked": [4]})
    wide = node(2, positions=2, pattern="ultra")
    assert seats(place(FloorProblem(room, (wide, net()))))["ultra"] in (["A1+2", "A5+6"], ["A2+3", "A5+6"],
                                                                       ["A1+2", "A6+7"], ["A2+3", "A6+7"])  # fmt: skip
    with pytest.raises(FloorInfeasible, match='"ultra" need 3 pairs of adjacent positions, 2 are free') as refused:
        place(FloorProblem(room, (node(3, positions=2, pattern="ultra"),)))
    assert refused.value.limit == "pairs"


def test_reserved_positions_stay_free_and_count_as_taken(hall) -> None:
    room = hall({"id": "A", "positions": 3})
    kept = frozenset({("A", 2)})
    assert seats(place(FloorProblem(room, (node(2),), kept))) == {"node": ["A1", "A3"]}
    with pytest.raises(FloorInfeasible, match=r'rows A: racks "node" take 3 positions, 2 are free') as refused:
        place(FloorProblem(room, (node(3),), kept))
    assert refused.value.limit == "positions"


def test_the_refusal_names_the_rows_that_are_too_few(hall) -> None:
    room = hall({"id": "A", "positions": 2}, {"id": "B", "positions": 9})
    racks = (node(3, A, pattern="liquid"), node(2, AB))
    with pytest.raises(FloorInfeasible, match=r'hall hall-1, rows A: racks "liquid" take 3 positions, 2 are free'):
        place(FloorProblem(room, racks))


THREE_FEEDS = ({"id": "A", "positions": 4, "feeds": ["F", "G"]}, {"id": "B", "positions": 4, "feeds": ["G", "H"]},
               {"id": "C", "positions": 4, "feeds": ["F", "H"]})  # fmt: skip


def test_rows_are_chosen_so_that_every_feed_survives_any_loss(hall) -> None:
    """With G lost, F carries all of row A and half of row C: 20 kW for each feed lets two racks into each row."""
    room = hall(*THREE_FEEDS, feeds=dict.fromkeys("FGH", 30_000), redundancy="N+1")
    rows = frozenset("ABC")
    racks = (net(rows), node(6, rows, design_w=10_000, peak_w=10_000))
    found = place(FloorProblem(room, racks))
    per_row = [sum(r.row == row and r.pattern == "node" for r in found.placements) for row in "ABC"]
    assert per_row == [2, 2, 2]
    feeds = {row.id: row.feeds for row in room.rows}
    load = [(feeds[r.row], 10_000 * (r.pattern == "node")) for r in found.placements]
    assert max(worst_load_w(states) for states in feed_states(room.power, load).values()) == 30_000


def test_one_watt_less_per_feed_is_refused_with_the_feed_and_its_load(hall) -> None:
    room = hall(*THREE_FEEDS, feeds=dict.fromkeys("FGH", 29_999), redundancy="N+1")
    rows = frozenset("ABC")
    with pytest.raises(FloorInfeasible, match=r"feed . carries .* lost, at most 29,999 W|30 kW") as refused:
        place(FloorProblem(room, (node(6, rows, design_w=10_000, peak_w=10_000),)))
    assert refused.value.limit == "feeds"


def test_peak_is_held_against_the_nameplate_and_design_against_the_continuous_rating(hall) -> None:
    room = hall({"id": "A", "positions": 1}, feeds={"F": 10_000, "G": 10_000})
    nec = room.model_copy(update={"power": room.power.model_copy(update={"standard": "NEC"})})
    place(FloorProblem(nec, (node(1, design_w=8_000, peak_w=10_000),)))
    for design_w, peak_w in ((8_001, 8_001), (8_000, 10_001)):
        with pytest.raises(FloorInfeasible):
            place(FloorProblem(nec, (node(1, design_w=design_w, peak_w=peak_w),)))


def test_groups_cable_to_their_own_hub_and_hubs_to_the_halls(hall) -> None:
    room = hall({"id": "A", "positions": 7})
    racks = [net(pattern="spine")]
    for group in ("su-1", "su-2"):
        racks += [net(pattern="leaf", cables=100, group=group), node(2, cables=30, group=group)]
    found = place(FloorProblem(room, tuple(racks)))
    assert [(r.pattern, r.group) for r in found.placements] == [
        ("node", "su-1"), ("node", "su-1"), ("leaf", "su-1"), ("spine", ""), ("leaf", "su-2"),
        ("node", "su-2"), ("node", "su-2"),
    ]  # fmt: skip
    assert found.objective_mm == 2 * (100 * 600 + 30 * 600 + 30 * 1200) == found.lower_bound_mm


def test_bad_problems_are_refused_by_name(hall) -> None:
    room = hall({"id": "A", "positions": 2})
    for racks, words in (
        ((node(1, frozenset("Z")),), 'the row "Z"'),
        ((node(1, frozenset()),), "no row to stand in"),
        ((node(-1),), "count -1"),
        ((node(1, positions=3),), "3 positions, expected 1 or 2"),
        ((node(1), node(1, cables=5)), "5 and 4 cables"),
    ):
        with pytest.raises(InputError, match=words):
            FloorProblem(room, racks)
    with pytest.raises(InputError, match="A03"):
        FloorProblem(room, (), frozenset({("A", 3)}))


def unit_hall(hall) -> tuple[FloorProblem, FloorProblem]:
    """The same problem twice, its racks listed the other way round."""
    room = hall(*({"id": row, "positions": 12} for row in "ABCD"))
    rows = frozenset("ABCD")
    racks = [net(rows, pattern="spine")]
    for number in range(4):
        group = f"su-{number}"
        racks += [net(rows, pattern="leaf", cables=64, group=group), node(8, rows, cables=32, group=group)]
    return FloorProblem(room, tuple(racks)), FloorProblem(room, tuple(reversed(racks)))


def test_the_same_problem_gives_the_same_floor_whatever_the_order_and_hash_seed(hall) -> None:
    one, other = unit_hall(hall)
    found = place(one, deterministic_time=1.0)
    assert place(other, deterministic_time=1.0) == found
    assert objective_mm(one, found.placements) == found.objective_mm
    assert found.lower_bound_mm <= found.objective_mm
    program = (
        "from floor_halls import make_hall; import test_floor_rules as t;"
        "from planner.floor import place; print(place(t.unit_hall(make_hall)[0], deterministic_time=1.0))"
    )
    path = ":".join(entry for entry in sys.path if entry)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                         env={"PYTHONHASHSEED": "12345", "PYTHONPATH": path})  # fmt: skip
    assert run.stdout.strip() == repr(found)


def test_a_small_hall_with_one_hub_loads_no_solver() -> None:
    program = (
        "import sys; from floor_halls import make_hall; from planner.floor import FloorProblem, RackGroup, place;"
        "A = frozenset('A'); room = make_hall({'id': 'A', 'positions': 14});"
        "place(FloorProblem(room, (RackGroup('net', 1, 1, A, 1, 1, 0, True), RackGroup('node', 9, 1, A, 1, 1, 8))));"
        "print([m for m in ('ortools', 'numpy', 'pandas') if m in sys.modules])"
    )
    path = ":".join(entry for entry in sys.path if entry)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                         env={"PYTHONPATH": path})  # fmt: skip
    assert run.stdout.strip() == "[]"


def test_an_anchored_hub_stands_at_its_anchor_and_pairs_do_not_span_it(hall) -> None:
    anchors = [{"role": "network", "row": "A", "positions": [3]}]
    room = hall({"id": "A", "positions": 5}, anchors=anchors)
    anywhere = frozenset({"A:1", "A:2"})
    found = place(FloorProblem(room, (net(frozenset({"A:2"})), node(2, anywhere))))
    assert seats(found) == {"net": ["A3"], "node": ["A2", "A4"]}
    wide = node(2, anywhere, positions=2, pattern="ultra")
    assert seats(place(FloorProblem(room, (wide,)))) == {"ultra": ["A1+2", "A4+5"]}
    with pytest.raises(FloorInfeasible, match=r"rows A:2: racks .net. take 2 positions, 1 are free"):
        place(FloorProblem(room, (net(frozenset({"A:2"}), count=2),)))


def test_a_limit_of_a_row_spreads_racks_and_names_itself_where_it_cannot(hall) -> None:
    room = hall({"id": "A", "positions": 5}, {"id": "B", "positions": 5})
    spread = RowLimit("systems in row A", "systems", A, (("node", 2),), 5)
    racks = (net(), node(4, AB))
    assert all(seat.startswith("A") for seat in seats(place(FloorProblem(room, racks)))["node"])
    found = place(FloorProblem(room, racks, limits=(spread,)))
    assert sorted(seat[0] for seat in seats(found)["node"]) == ["A", "A", "B", "B"]
    tight = (spread, replace(spread, what="systems in row B", rows=frozenset("B"), most=3))
    with pytest.raises(FloorInfeasible, match=r"for one, systems in row [AB]: \d systems, at most [35]") as refused:
        place(FloorProblem(room, racks, limits=tight))
    assert refused.value.limit == "rows"


@pytest.mark.parametrize("hubs", [1, 2])
def test_racks_stand_within_reach_of_every_hub_or_the_refusal_says_by_how_much_not(hall, hubs: int) -> None:
    room = hall({"id": "A", "positions": 9})
    near = (net(count=hubs), node(2, reach_mm=1200), node(3, pattern="far", cables=30))
    found = place(FloorProblem(room, near))
    at = {p.numbers[0]: p.pattern for p in found.placements}
    switches = [n for n, pattern in at.items() if pattern == "net"]
    assert all(abs(n - s) <= 2 for n, pattern in at.items() if pattern == "node" for s in switches)
    assert found.lower_bound_mm <= found.objective_mm
    tight = (net(), node(3, reach_mm=600, cables=4))
    with pytest.raises(
        FloorInfeasible, match="reach their switches over 600 mm of tray; 600 mm are missing"
    ) as refused:
        place(FloorProblem(room, tight))
    assert refused.value.limit == "reach"
