"""Scale: time, memory and gaps of whole plans against size, without reports.

    python -m benchmarks.scale [--sizes 64,256,1024,4096,10000] [--runs 3] [--solvers] [--json]

Each plan is made in a process of its own from a request of `benchmarks.scale_request`: reading the catalog, sizing,
packing, floor, cabling and the plan document. Seconds are medians of wall time, with the processor's time beside them;
sizes of 10,000 and more run once. Gaps are those of the plan's own proofs. `--solvers` adds the sizing model in the
other solvers and the monolithic model.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks import brownfield, explanation, frontier
from benchmarks.scale_request import scaled

SIZES = (64, 256, 1024, 4096, 10_000)
ONCE = 10_000
AIMS = {"seconds": 60.0, "peak MB": 2048.0, "largest floor gap": 0.02}
STAGES = ("sizing", "packing", "floor", "cabling")


@dataclass(frozen=True)
class Measured:
    """One plan: what it holds, what it took, and the largest gap of each stage."""

    size: int
    devices: int
    racks: int
    seconds: float
    cpu_seconds: float
    peak_mb: int
    shares: dict[str, float]
    gaps: dict[str, float]


class Stopwatch:
    """Seconds of stages, each without those of the stages inside it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open: list[str] = []
        self._since = time.perf_counter()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Books what happens inside to a stage."""
        self._book()
        self._open.append(name)
        try:
            yield
        finally:
            self._book()
            self._open.pop()

    def _book(self) -> None:
        now = time.perf_counter()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def watched(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its seconds booked to a stage."""

        def timed(*arguments: Any, **named: Any) -> Any:
            with self.stage(name):
                return function(*arguments, **named)

        return timed


def plan_once(size: int) -> Measured:
    """Plans one request in this process."""
    watch = Stopwatch()
    with watch.stage("assembly"), tempfile.TemporaryDirectory() as folder:
        request_file = Path(folder) / "request.yaml"
        request_file.write_text(json.dumps(scaled(size)), encoding="utf-8")
        plan = _plan(request_file, watch)
    gaps: dict[str, float] = {}
    for proof in plan.proofs:
        gaps[proof.stage] = max(gaps.get(proof.stage, 0.0), proof.gap)
    seconds = sum(watch.seconds.values())
    devices = [*(c.count for c in plan.systems), *(c.units for c in plan.storage), *(d.count for d in plan.devices)]
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Measured(
        size=size,
        devices=sum(devices),
        racks=plan.headline.racks,
        seconds=round(seconds, 2),
        cpu_seconds=round(time.process_time(), 2),
        peak_mb=used.ru_maxrss // 1024,
        shares={name: round(spent / seconds, 3) for name, spent in sorted(watch.seconds.items())},
        gaps=gaps,
    )


def _plan(request_file: Path, watch: Stopwatch) -> Any:
    """The plan, with the stages of planning watched."""
    from planner.plan import build, sketching, standing
    from planner.plan.library import load_library
    from planner.request import load_request
    from planner.sizing import rounds

    with ExitStack() as watched:
        for module, name, stage in (
            (standing, "settle", "sizing"),
            (rounds, "pack_all", "packing"),
            (standing, "place_hall", "floor"),
            (sketching, "wire_halls", "cabling"),
        ):
            watched.enter_context(patch.object(module, name, watch.watched(stage, getattr(module, name))))
        request, source = load_request(request_file)
        return build.make_plan(request, source, load_library((), ()))


def measure(size: int, runs: int) -> Measured:
    """The run of median wall time among several processes; raises CalledProcessError when one fails."""
    found = []
    for _ in range(1 if size >= ONCE else runs):
        words = [sys.executable, "-m", "benchmarks.scale", "--one", str(size)]
        text = subprocess.run(words, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1]).stdout
        found.append(Measured(**json.loads(text)))
    middle = statistics.median_low(row.seconds for row in found)
    return next(row for row in found if row.seconds == middle)


def missed(row: Measured) -> list[str]:
    """The aims that a plan of the largest size misses."""
    got = {"seconds": row.seconds, "peak MB": float(row.peak_mb), "largest floor gap": row.gaps.get("floor", 0.0)}
    return [f"{name} {value:g}, aim {AIMS[name]:g}" for name, value in got.items() if value > AIMS[name]]


def show(row: Measured) -> str:
    """One line of the table."""
    shares = " ".join(f"{row.shares.get(name, 0.0):>8.0%}" for name in (*STAGES, "assembly"))
    gaps = " ".join(f"{row.gaps.get(name, 0.0):>8.3%}" for name in ("sizing", "packing", "floor", "plan"))
    head = f"{row.size:>7,} {row.devices:>8,} {row.racks:>6,} {row.seconds:>8.2f} {row.cpu_seconds:>8.2f}"
    return f"{head} {row.peak_mb:>6,} {shares} {gaps}"


def main() -> None:
    """Prints the tables; exits with 1 when the largest size misses an aim."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(str(size) for size in SIZES), help="devices, separated by commas")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--solvers", action="store_true", help="the sizing model in other solvers, and the monolith")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        print(json.dumps(asdict(plan_once(options.one))))
        return
    try:
        sizes = [int(text) for text in options.sizes.split(",")]
    except ValueError:
        parser.error(f"--sizes: {options.sizes!r} is no list of numbers")
    if options.runs < 1 or min(sizes) < 1:
        parser.error("sizes and --runs must be 1 or more")
    if not options.json:
        names = " ".join(f"{name:>8}" for name in (*STAGES, "assembly", "gap size", "gap pack", "gap flo.", "gap plan"))
        print(f"{'size':>7} {'devices':>8} {'racks':>6} {'wall s':>8} {'cpu s':>8} {'MB':>6} {names}")
    rows = []
    for size in sizes:
        rows.append(measure(size, options.runs))
        if not options.json:
            print(show(rows[-1]), flush=True)
    more = others(solvers=options.solvers)
    if options.json:
        print(json.dumps({"scale": [asdict(row) for row in rows], **more}, indent=1))
    else:
        for name, found in more.items():
            print(f"{name}: {json.dumps(found)}")
    faults = missed(rows[-1]) if sizes[-1] >= ONCE else []
    for fault in faults:
        print(f"missed at {sizes[-1]:,} devices: {fault}", file=sys.stderr)
    sys.exit(bool(faults))


def others(*, solvers: bool) -> dict[str, Any]:
    """The other speed figures, each from its own module."""
    found: dict[str, Any] = {
        "brownfield": brownfield.run(),
        "explanation": explanation.run(),
        "frontier": frontier.run(),
    }
    if solvers:
        from benchmarks.monolithic import run as run_monolith
        from benchmarks.solvers import run as run_solvers

        found |= {"solvers": run_solvers(), "monolithic": run_monolith()}
    return found


if __name__ == "__main__":
    main()
