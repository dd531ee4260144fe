"""Speed: medians of whole processes, as a user would wait for them.

    python -m benchmarks.speed [--runs 5] [--json]

Plans two examples with all their reports (HTML, PDF, CSV), starts `planner --help` beside `python -c "import click"`,
and packs a synthetic hall of 10,000 devices. Wall time of a fresh process each, one after the other.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
PLANNER = "from planner.cli import main; main()"
PACK = "from benchmarks.packing import synthetic_hall; from planner.packing import pack; r = pack(synthetic_hall()); " \
       "assert r.cost == r.lower_bound"  # fmt: skip
REPORTS = ("bom.csv", "plan.json", "report.html", "report.pdf")


@dataclass(frozen=True)
class Timing:
    """One measurement: seconds of every run and their median; the aim in the unit of the median, if there is one."""

    name: str
    median: float
    runs: tuple[float, ...]
    aim: float | None
    unit: str = "s"


def seconds(*words: str) -> float:
    """Wall time of one Python process; raises CalledProcessError when it fails."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL, cwd=EXAMPLES.parent)
    return time.perf_counter() - start


def timed(name: str, runs: int, aim: float | None, *words: str) -> Timing:
    """The median of several processes."""
    found = tuple(seconds(*words) for _ in range(runs))
    return Timing(name, statistics.median(found), found, aim)


def planned(name: str, runs: int, aim: float) -> Timing:
    """`planner plan` of an example with every report; raises RuntimeError when one is missing."""
    with tempfile.TemporaryDirectory() as folder:
        timing = timed(
            f"planner plan {name}.yaml", runs, aim, "-c", PLANNER, "plan", str(EXAMPLES / f"{name}.yaml"), "-o", folder
        )
        missing = [report for report in REPORTS if not (Path(folder) / report).is_file()]
        if missing:
            raise RuntimeError(f"{name}: not written: {', '.join(missing)}")
    return timing


def measurements(runs: int) -> Iterator[Timing]:
    """Everything in turn."""
    yield planned("berlin-clinic", runs, 5.0)
    yield planned("riyadh-ai-zone", runs, 20.0)
    shown = timed("planner --help", runs, None, "-c", PLANNER, "--help")
    click = timed('python -c "import click"', runs, None, "-c", "import click")
    yield shown
    yield click
    ratios = tuple(one / other for one, other in zip(shown.runs, click.runs, strict=True))
    yield Timing("planner --help against import click", shown.median / click.median, ratios, 3.0, "x")
    yield timed("packing 10,000 devices, whole process", runs, 2.0, "-c", PACK)


def main() -> None:
    """Prints the medians; exits with 1 when an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs must be 1 or more")
    timings = list(measurements(options.runs))
    if options.json:
        print(json.dumps([asdict(timing) for timing in timings], indent=2))
    else:
        for timing in timings:
            aim = f"aim {timing.aim:g} {timing.unit}" if timing.aim is not None else ""
            print(f"{timing.name:42} {timing.median:8.2f} {timing.unit}  {aim}")
    sys.exit(any(timing.aim is not None and timing.median > timing.aim for timing in timings))


if __name__ == "__main__":
    main()
