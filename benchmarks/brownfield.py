"""Brownfield: new devices into the free gaps of standing racks, and into as few new racks as can be, with a proof.

    python -m benchmarks.brownfield [--racks N] [--devices N] [--runs N] [--json]

The halls are synthetic: standing racks with devices at drawn heights, and drawn power, weight and sockets left over; a
fixed seed makes them the same on every machine. The certificate of each answer is checked again without a solver.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import sys
import time
from typing import Any

from planner.facility.standing import free_gaps
from planner.packing import DeviceClass, PackingProblem, RackClass, bound_from_certificate, check_certificate, pack

RESOURCES = ("units", "power_w", "weight_kg", "c19", "c13")
NEW_RACK = (48, 44_000, 1_400, 36, 24)
HEIGHTS = (1, 1, 2, 2, 4, 6, 8, 10)
SEED = 20_240_229


def synthetic_brownfield(racks: int = 1_000, devices: int = 5_000, types: int = 12, seed: int = SEED) -> PackingProblem:
    """Devices of 1 to 10 units into the gaps of standing racks, which are free, and new racks, which cost 1."""
    draw = random.Random(seed)
    classes = []
    for number in range(types):
        height = draw.choice(HEIGHTS)
        size = (
            height, height * draw.randint(150, 1_400), height * draw.randint(8, 16), draw.randint(0, 4),
            draw.randint(0, 4),
        )  # fmt: skip
        count = devices // types + (number < devices % types)
        classes.append(DeviceClass(f"type-{number:02}", size, count))
    standing = [_standing_rack(f"standing-{number:04}", draw) for number in range(racks)]
    return PackingProblem(RESOURCES, tuple(classes), (*standing, RackClass("new", NEW_RACK)))


def _standing_rack(name: str, draw: random.Random) -> RackClass:
    """A rack of 48U with three to eight devices at drawn places; it holds about as much of the rest as of its units."""
    taken: set[int] = set()
    for _ in range(draw.randint(3, 8)):
        height = draw.choice(HEIGHTS)
        lowest = draw.randint(1, 49 - height)
        taken.update(range(lowest, lowest + height))
    gaps = free_gaps(48, taken)
    free = sum(gaps)
    left = tuple(int(most * min(1.0, free / 48 * draw.uniform(0.4, 1.2))) for most in NEW_RACK[1:])
    return RackClass(name, (free, *left), 0, 1, gaps)


def run(racks: int = 1_000, devices: int = 5_000) -> dict[str, Any]:
    """One hall packed and its certificate checked: cost in new racks, bound, seconds, and memory in MB."""
    problem = synthetic_brownfield(racks, devices)
    start = time.perf_counter()
    result = pack(problem)
    packed = time.perf_counter() - start
    start = time.perf_counter()
    counts = {device.id: device.count for device in problem.devices}
    holds = all(check_certificate(c, problem, within_counts=True) for c in result.mix_certificates)
    proven = max((bound_from_certificate(c, counts, problem.racks) for c in result.mix_certificates), default=0)
    return {
        "case": "brownfield, synthetic",
        "standing_racks": racks,
        "devices": devices,
        "new_racks": result.cost,
        "lower_bound": result.lower_bound,
        "proven": result.cost == result.lower_bound,
        "certificate_holds": holds,
        "certificate_bound": proven,
        "pack_s": round(packed, 3),
        "check_s": round(time.perf_counter() - start, 3),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> int:
    """Prints the rows; exit code 1 when a certificate fails or a bound is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--racks", type=int)
    parser.add_argument("--devices", type=int)
    parser.add_argument("--runs", type=int, default=3, help="runs of each size; the median is shown")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    sizes = [(10, 100), (50, 500), (200, 1_000), (200, 3_000), (1_000, 5_000)]
    if args.racks or args.devices:
        sizes = [(args.racks or 1_000, args.devices or 5_000)]
    rows = []
    for racks, devices in sizes:
        found = [run(racks, devices) for _ in range(max(1, args.runs))]
        medians = {key: statistics.median(row[key] for row in found) for key in ("pack_s", "check_s")}
        rows.append(found[-1] | medians)
    if args.json:
        print(json.dumps(rows, indent=2))
    else:
        for row in rows:
            print("  ".join(f"{key}={value}" for key, value in row.items() if key != "case"))
    return 0 if all(row["certificate_holds"] and row["proven"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
