"""Floor: how near to a proven bound racks are placed in synthetic halls, and how fast.

    python -m benchmarks.floor [--racks N ...] [--seed S] [--json]

Every hall has scalable units of eight compute racks (32 cables each to the unit's network rack) and one network rack
(256 cables to the hall's spine rack), about a tenth of its positions free, and some positions blocked at random by a
fixed seed. Seconds are wall time of one call in this process, the solver's import not counted.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from dataclasses import asdict, dataclass

from planner.floor import FloorProblem, RackGroup, objective_mm, place
from planner.request.site import Hall

UNIT = 9
SIZES = (20, 100, 500, 1000)


@dataclass(frozen=True)
class Measured:
    """One hall: cables x distance of the placement, the proven bound, in mm, and wall time."""

    racks: int
    objective_mm: int
    lower_bound_mm: int
    gap: float
    seconds: float


def synthetic_hall(positions: int, seed: int) -> Hall:
    """About square, rows of 600 mm positions 2.4 m apart, one position in thirty blocked."""
    rows = max(2, round(math.sqrt(positions / 4)))
    length = -(-positions * 31 // 30 // rows) + 1
    cells = [(row, number) for row in range(rows) for number in range(1, length + 1)]
    blocked = random.Random(seed).sample(cells, len(cells) - positions)
    return Hall.model_validate(
        {
            "id": "hall-1",
            "rows": [
                {
                    "id": f"r{row:02d}x",
                    "positions": length,
                    "rack_power": "50 kW",
                    "feeds": ["A", "B"],
                    "blocked": sorted(number for at, number in blocked if at == row),
                }
                for row in range(rows)
            ],
            "power": {"redundancy": "2N", "feeds": [{"id": name, "capacity": "99 MW"} for name in "AB"]},
            "cooling": {"air": "99 MW"},
        }
    )


def synthetic_problem(racks: int, seed: int = 20_240_229) -> FloorProblem:
    """Units of nine racks and one spine rack; racks left over hold storage, with 64 cables to the spine rack."""
    hall = synthetic_hall(math.ceil(racks * 1.1), seed)
    rows = frozenset(row.id for row in hall.rows)
    units = (racks - 1) // UNIT
    groups = [RackGroup("spine", 1, 1, rows, 9_000, 10_000, hub=True)]
    for number in range(units):
        unit = f"su-{number + 1:03d}"
        groups.append(RackGroup("network", 1, 1, rows, 9_000, 10_000, 256, hub=True, group=unit))
        groups.append(RackGroup("compute", UNIT - 1, 1, rows, 40_000, 44_000, 32, group=unit))
    groups.append(RackGroup("storage", racks - 1 - units * UNIT, 1, rows, 12_000, 14_000, 64))
    return FloorProblem(hall, tuple(groups))


def measure(racks: int, seed: int) -> Measured:
    """Places one hall and checks its objective by counting again."""
    problem = synthetic_problem(racks, seed)
    start = time.perf_counter()
    found = place(problem)
    seconds = time.perf_counter() - start
    if objective_mm(problem, found.placements) != found.objective_mm:
        raise AssertionError("the objective is not that of the placements")
    return Measured(racks, found.objective_mm, found.lower_bound_mm, found.gap, seconds)


def main() -> None:
    """Prints a line for each hall."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--racks", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--seed", type=int, default=20_240_229)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    place(synthetic_problem(50, arguments.seed), deterministic_time=0.01)  # loads the solver
    rows = []
    if not arguments.json:
        print(f"{'racks':>6} {'objective m':>14} {'bound m':>14} {'gap %':>7} {'seconds':>8}")
    for racks in arguments.racks:
        row = measure(racks, arguments.seed)
        rows.append(row)
        if not arguments.json:
            far, low = row.objective_mm / 1000, row.lower_bound_mm / 1000
            print(f"{racks:>6} {far:>14,.0f} {low:>14,.0f} {row.gap * 100:>7.2f} {row.seconds:>8.2f}", flush=True)
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
