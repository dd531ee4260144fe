"""Sizing and packing in one CP-SAT model, as one would first write it, against sizing and packing in turn.

    python -m benchmarks.monolithic [--sizes 64,256] [--time-limit S] [--json]

The monolith has a variable for the pieces of each device in each rack and one for each rack that is opened. Both
minimise the first objective of the same question with networks at their least, so their optima are the same number.
Seconds are wall time in this process; the ratio is the monolith's time over the planner's.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass
from itertools import pairwise

from ortools.sat.python import cp_model

from benchmarks.solvers import question_of, sizing_model
from planner.sizing.data import HallData, PositionClass
from planner.sizing.limits import NOTHING
from planner.sizing.model import Model, solver
from planner.sizing.settle import first_look
from planner.sizing.variables import fits

SIZES = (64, 256)
LIMIT_S = 30.0


@dataclass(frozen=True)
class Compared:
    """The same question both ways; None: the monolith found nothing."""

    size: int
    racks_at_most: int
    planner_s: float
    planner_value: int
    planner_bound: int
    monolith_s: float
    monolith_value: int | None
    monolith_bound: int
    monolith_gap: float | None
    ratio: float


def monolith(size: int) -> Model:
    """The sizing model with every rack's content decided too."""
    built = sizing_model(question_of(size))
    for hall in built.data.halls:
        for place in hall.classes:
            _racks(built, hall, place)
    return built


def _racks(built: Model, hall: HallData, place: PositionClass) -> None:
    """Each rack of a class opened or not, with so many pieces of each device, within the rack's limits."""
    model, room = built.model, dict(place.outlets)
    nodes = [item for _, item in sorted(hall.items.items()) if item.form == "node"]
    nodes = [item for item in nodes if fits(hall, place, item.key, NOTHING)]
    opened = [model.new_bool_var("") for _ in range(place.positions)]
    model.add(sum(opened) == built.v.racks[hall.key, place.key])
    pieces = {item.key: [model.new_int_var(0, place.height_u, "") for _ in opened] for item in nodes}
    for item in nodes:
        model.add(sum(pieces[item.key]) == built.v.placed[hall.key, place.key, item.key])
    for rack, used in enumerate(opened):
        limits = [
            ({i.key: i.height_u for i in nodes}, place.height_u),
            ({i.key: i.design_w for i in nodes}, place.design_w),
            ({i.key: i.peak_w for i in nodes}, place.peak_w),
            *(({i.key: dict(i.outlets).get(kind, 0) for i in nodes}, given) for kind, given in room.items()),
        ]
        if place.air_w is not None:
            limits.append(({i.key: i.air_w for i in nodes}, place.air_w))
        if place.weight_kg is not None:
            limits.append(({i.key: i.weight_kg for i in nodes}, place.weight_kg - place.rack.weight_kg))
        for each, most in limits:
            model.add(sum(pieces[key][rack] * amount for key, amount in each.items() if amount) <= most * used)
    for one, other in pairwise(opened):
        model.add(one >= other)


def compare(size: int, limit_s: float) -> Compared:
    """Both ways, the planner's first."""
    question = question_of(size)
    start = time.perf_counter()
    stages = first_look(question).stages
    planned_s = time.perf_counter() - start
    stage = stages[-1]
    built = monolith(size)
    run = solver(10 * limit_s)
    run.parameters.max_time_in_seconds = limit_s
    start = time.perf_counter()
    status = run.solve(built.model)
    spent = time.perf_counter() - start
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    value = round(run.objective_value) if found else None
    bound = math.ceil(run.best_objective_bound - 1e-6)
    return Compared(
        size=size,
        racks_at_most=sum(place.positions for hall in built.data.halls for place in hall.classes),
        planner_s=round(planned_s, 3),
        planner_value=stage.value,
        planner_bound=stage.lower_bound,
        monolith_s=round(spent, 3),
        monolith_value=value,
        monolith_bound=bound,
        monolith_gap=round((value - bound) / value, 6) if value else None,
        ratio=round(spent / planned_s, 1),
    )


def run(sizes: tuple[int, ...] = SIZES, limit_s: float = LIMIT_S) -> list[dict[str, object]]:
    """Every size both ways."""
    return [asdict(compare(size, limit_s)) for size in sizes]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(str(size) for size in SIZES))
    parser.add_argument("--time-limit", type=float, default=LIMIT_S)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = run(tuple(int(text) for text in options.sizes.split(",")), options.time_limit)
    if options.json:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            print(" ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
