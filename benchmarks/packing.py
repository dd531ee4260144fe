"""Packing: speed on a synthetic data hall, and agreement with published vector-packing optima.

    python -m benchmarks.packing [--instances DIR --known FILE] [--time-limit S] [--filter TEXT] [--json]

Without `--instances` it packs a synthetic hall (10,000 devices of 12 types, five resources) five times and then runs
the instances carried in `benchmarks/truth/vector_packing` with a short limit. Instance files (`.vbp`): number of
dimensions, capacities, number of item lines, then a line per item with its sizes and its count. The file of known
values is a CSV with family, instance, LB, OPT (-1: unknown) and best_overall (the best published heuristic).
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from planner.packing import (
    DeviceClass,
    PackingProblem,
    RackClass,
    bound_from_certificate,
    check_certificate,
    pack,
)

CARRIED = Path(__file__).parent / "truth" / "vector_packing"
SHORT_LIMIT_S = 5.0


@dataclass(frozen=True)
class Known:
    """Published values; None where nothing is published."""

    lower: int | None
    optimum: int | None
    heuristic: int | None


@dataclass(frozen=True)
class Row:
    """Our result on one instance beside the published values."""

    family: str
    instance: str
    items: int
    dimensions: int
    cost: int
    lower: int
    seconds: float
    reproducible: bool
    known: Known

    @property
    def closed(self) -> bool:
        """Whether our bounds meet."""
        return self.cost == self.lower

    @property
    def contradicts(self) -> bool:
        """Whether our bounds and the published ones cannot both be right."""
        best = [value for value in (self.known.optimum, self.known.heuristic) if value is not None]
        published = [value for value in (self.known.lower, self.known.optimum) if value is not None]
        return self.lower > min(best, default=self.lower) or self.cost < max(published, default=self.cost)


def synthetic_hall(devices: int = 10_000, types: int = 12, seed: int = 20_240_229) -> PackingProblem:
    """Devices of 1 to 10 rack units with plausible power, weight and cords; racks of 48U, 44 kW, 1 400 kg."""
    draw = random.Random(seed)
    classes = []
    for number in range(types):
        height = draw.choice((1, 1, 2, 2, 4, 6, 8, 10))
        size = (
            height,
            height * draw.randint(150, 1400),
            height * draw.randint(8, 16),
            draw.randint(0, 4),
            draw.randint(0, 4),
        )
        count = devices // types + (number < devices % types)
        classes.append(DeviceClass(f"type-{number:02}", size, count))
    rack = RackClass("rack-48u", (48, 44_000, 1_400, 36, 24))
    return PackingProblem(("units", "power_w", "weight_kg", "c19", "c13"), tuple(classes), (rack,))


def read_vbp(path: Path) -> PackingProblem:
    """One vector-packing instance as a packing problem; raises ValueError with the file's name.

    Some published instances have one item with a negative size: it gives the bin it is in more room. That is stated
    exactly by a second class of bin, one of them, with that much more room, and the item, of size 0 there, in it.
    """
    try:
        dimensions, *numbers = [int(word) for word in path.read_text(encoding="utf-8").split()]
        capacity, lines = tuple(numbers[:dimensions]), numbers[dimensions]
        items = [
            (tuple(numbers[at : at + dimensions]), numbers[at + dimensions])
            for at in range(dimensions + 1, dimensions + 1 + lines * (dimensions + 1), dimensions + 1)
        ]
    except (ValueError, IndexError, UnicodeDecodeError) as fault:
        expected = "integers: dimensions, capacities, lines, then sizes and count per line"
        raise ValueError(f"{path}: not a .vbp instance ({expected})") from fault
    racks = [RackClass("bin", capacity)]
    giving = [size for size, count in items for _ in range(count) if min(size) < 0]
    if len(giving) > 1:
        raise ValueError(f"{path}: {len(giving)} items with a negative size; one can be stated exactly")
    for size in giving:
        racks.append(
            RackClass("bin-with-giver", tuple(c - min(a, 0) for c, a in zip(capacity, size, strict=True)), 1, 1)
        )
    devices = [
        DeviceClass(
            f"item-{line:05}",
            tuple(max(a, 0) for a in size),
            count,
            frozenset({"bin-with-giver"}) if min(size) < 0 else None,
        )
        for line, (size, count) in enumerate(items)
    ]
    return PackingProblem(tuple(f"d{d}" for d in range(dimensions)), tuple(devices), tuple(racks))


class _Clock:
    """Says stop after so many seconds of processor time, which other work on the machine does not stretch."""

    def __init__(self, limit_s: float) -> None:
        self._start = time.process_time()
        self._limit_s = limit_s

    def seconds(self) -> float:
        return time.process_time() - self._start

    def over(self) -> bool:
        return self.seconds() > self._limit_s


def read_known(path: Path) -> dict[tuple[str, str], Known]:
    """Published values by family and instance file name."""
    with path.open(newline="", encoding="utf-8") as stream:
        return {
            (row["family"], row["instance"]): Known(_value(row["LB"]), _value(row["OPT"]), _value(row["best_overall"]))
            for row in csv.DictReader(stream)
        }


def run(folder: Path, known: dict[tuple[str, str], Known], limit_s: float, text: str) -> Iterator[Row]:
    """Pack every instance below the folder whose path contains `text`, at most `limit_s` processor seconds each."""
    for path in sorted(folder.rglob("*.vbp")):
        if text not in path.relative_to(folder).as_posix():
            continue
        problem = read_vbp(path)
        clock = _Clock(limit_s)
        result = pack(problem, deterministic_time=10 * limit_s, stop=clock.over)
        yield Row(
            family=path.parent.name,
            instance=path.name,
            items=sum(device.count for device in problem.devices),
            dimensions=len(problem.resources),
            cost=result.cost,
            lower=result.lower_bound,
            seconds=round(clock.seconds(), 3),
            reproducible=result.reproducible,
            known=known.get((path.parent.name, path.name), Known(None, None, None)),
        )


def summary(rows: Iterable[Row]) -> list[dict[str, object]]:
    """One line per family and size class (the number in the instance's name)."""
    groups: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        groups[(row.family, _size_class(row))].append(row)
    lines: list[dict[str, object]] = []
    for (family, items), group in sorted(groups.items()):
        optimum = [row for row in group if row.known.optimum is not None]
        heuristic = [row for row in group if row.known.heuristic is not None]
        lines.append(
            {
                "set": family,
                "n": items,
                "instances": len(group),
                "closed": sum(row.closed for row in group),
                "known optimum": len(optimum),
                "matched": sum(row.cost == row.known.optimum for row in optimum),
                "equal": sum(row.cost == row.known.heuristic for row in heuristic),
                "better": sum(row.cost < (row.known.heuristic or 0) for row in heuristic),
                "worse": sum(row.cost > (row.known.heuristic or 0) for row in heuristic),
                "largest gap": max(row.cost - row.lower for row in group),
                "median s": statistics.median(row.seconds for row in group),
                "longest s": max(row.seconds for row in group),
                "contradictions": sum(row.contradicts for row in group),
            }
        )
    return lines


def time_synthetic(runs: int = 5) -> dict[str, object]:
    """Median wall time of packing the synthetic hall, and its bounds; the certificate is checked without the solver."""
    problem = synthetic_hall()
    seconds, costs = [], set()
    for _ in range(runs):
        start = time.perf_counter()
        result = pack(problem)
        seconds.append(time.perf_counter() - start)
        costs.add((result.cost, result.lower_bound, result.patterns))
    counts = {device.id: device.count for device in problem.devices}
    start = time.perf_counter()
    proven = [bound_from_certificate(c, counts) for c in result.certificates if check_certificate(c, problem)]
    return {
        "devices": sum(counts.values()),
        "racks": result.cost,
        "lower bound": result.lower_bound,
        "status": result.status,
        "median s": round(statistics.median(seconds), 3),
        "identical runs": len(costs) == 1,
        "bound by certificate": max(proven, default=0),
        "certificate check s": round(time.perf_counter() - start, 3),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run and print; returns 1 when a bound contradicts a published value."""
    parser = argparse.ArgumentParser(prog="benchmarks.packing", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--instances", type=Path, help="folder with .vbp files (default: the carried set)")
    parser.add_argument("--known", type=Path, help="CSV of published values (default: known.csv in the folder)")
    parser.add_argument("--time-limit", type=float, default=SHORT_LIMIT_S, help="processor seconds per instance")
    parser.add_argument("--filter", default="", help="only instances whose path contains this")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    options = parser.parse_args(arguments)
    folder = options.instances or CARRIED
    if not folder.is_dir():
        parser.error(f"--instances: no folder {folder}")
    table = options.known or folder / "known.csv"
    if options.known and not table.is_file():
        parser.error(f"--known: no file {table}")
    synthetic = None if options.instances else time_synthetic()
    try:
        known = read_known(table) if table.is_file() else {}
        rows = []
        for row in run(folder, known, options.time_limit, options.filter):
            rows.append(row)
            print(_progress(row), file=sys.stderr)
    except (ValueError, KeyError) as fault:
        parser.error(str(fault))
    lines = summary(rows)
    if options.json:
        print(json.dumps({"synthetic": synthetic, "summary": lines, "rows": [asdict(r) for r in rows]}, indent=1))
    else:
        _print_tables(synthetic, lines)
    return int(any(row.contradicts for row in rows))


def _value(text: str) -> int | None:
    value = int(text) if text.strip() else -1
    return value if value >= 0 else None


def _size_class(row: Row) -> int:
    parts = [int(part) for part in row.instance.removesuffix(".vbp").split("_")[1:2] if part.isdigit()]
    return parts[0] if parts else row.items


def _progress(row: Row) -> str:
    state = "closed" if row.closed else f"gap {row.cost - row.lower}"
    known = f"published {row.known.lower}..{row.known.optimum or '?'} heuristic {row.known.heuristic}"
    return f"{row.family}/{row.instance}: {row.lower}..{row.cost} {state}, {row.seconds:.2f} s; {known}"


def _print_tables(synthetic: dict[str, object] | None, lines: list[dict[str, object]]) -> None:
    if synthetic:
        print(", ".join(f"{name} {value}" for name, value in synthetic.items()))
    if lines:
        print(" | ".join(lines[0]))
    for line in lines:
        print(" | ".join(f"{value:.2f}" if isinstance(value, float) else str(value) for value in line.values()))


if __name__ == "__main__":
    sys.exit(main())
