"""Speed and memory of the reports, after the plan is loaded: medians of fresh processes.

    python -m benchmarks.report_speed [--runs 5] [--plan out/plan.json] [--json]

Renders HTML (depth audit) and PDF (depth full) of the Berlin example, planned here unless a plan is named, and of the
same plan blown up to 1,000 racks and 5,000 lines. The exit code is 1 when an aim is missed.
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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from planner.document import write_whole
from planner.plan.build import make_plan
from planner.plan.document import load_plan, plan_json
from planner.plan.library import load_library
from planner.plan.schema import Plan
from planner.report import render_html, render_pdf
from planner.request import load_request

EXAMPLE = Path(__file__).parents[1] / "examples" / "berlin-clinic.yaml"
RACKS, LINES, ROW = 1000, 5000, 50
MEGABYTE = 1_000_000
AIMS = {("berlin", "html"): 0.3, ("berlin", "pdf"): 1.5, ("large", "html"): 3.0, ("large", "pdf"): 15.0}
MOST_MEMORY_MB = 1500


@dataclass(frozen=True)
class Timing:
    """One report: median seconds with its aim, size of the file, and the largest resident memory of a run."""

    plan: str
    report: str
    median_s: float
    aim_s: float
    runs_s: tuple[float, ...]
    size_mb: float
    memory_mb: float

    @property
    def met(self) -> bool:
        """Whether time and memory keep to their aims."""
        return self.median_s <= self.aim_s and self.memory_mb <= MOST_MEMORY_MB


def berlin() -> Plan:
    """The plan of the Berlin example."""
    request, source = load_request(EXAMPLE)
    return make_plan(request, source, load_library((), ()))


def blown_up(plan: Plan, racks: int = RACKS, lines: int = LINES) -> Plan:
    """The same plan with `racks` racks in rows of fifty and a bill of `lines` lines: to draw, not to build."""
    request: dict[str, Any] = json.loads(json.dumps(plan.request))
    hall = request["sites"][0]["halls"][0]
    ids = [f"R{n:02d}" for n in range(-(-racks // ROW))]
    feeds = [feed["id"] for feed in hall["power"]["feeds"]]
    hall["rows"] = [{"id": row, "positions": ROW, "rack_power": "20 kW", "feeds": feeds} for row in ids]
    hall.pop("columns", None)
    placed = tuple(
        plan.racks[n % len(plan.racks)].model_copy(
            update={
                "id": f"{hall['id']}/{ids[n // ROW]}{n % ROW + 1:02d}",
                "row": ids[n // ROW],
                "positions": (n % ROW + 1,),
                "x_mm": n % ROW * 600,
                "y_mm": n // ROW * 2400,
            }
        )
        for n in range(racks)
    )
    bill = tuple(plan.bill[n % len(plan.bill)].model_copy(update={"line": n + 1}) for n in range(lines))
    grouped = tuple(sorted(bill, key=lambda line: (line.group, line.line)))
    return plan.model_copy(update={"request": request, "racks": placed, "bill": grouped})


def measure(plan_file: Path, report: str) -> dict[str, float]:
    """One rendering in this process."""
    plan = load_plan(plan_file)
    start = time.perf_counter()
    made = render_html(plan).encode() if report == "html" else render_pdf(plan)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # kB on Linux
    return {"seconds": seconds, "size": len(made), "memory": memory}


def timed(name: str, plan_file: Path, report: str, runs: int) -> Timing:
    """Medians of several fresh processes, one after the other."""
    words = [sys.executable, "-m", "benchmarks.report_speed", "--plan", str(plan_file), "--once", report]
    found = [
        json.loads(subprocess.run(words, check=True, capture_output=True, cwd=EXAMPLE.parents[1]).stdout)
        for _ in range(runs)
    ]
    return Timing(
        plan=name,
        report=report,
        median_s=round(statistics.median(run["seconds"] for run in found), 3),
        aim_s=AIMS[name, report],
        runs_s=tuple(round(run["seconds"], 3) for run in found),
        size_mb=round(found[0]["size"] / MEGABYTE, 2),
        memory_mb=round(max(run["memory"] for run in found) / MEGABYTE, 1),
    )


def main() -> int:
    """Measures, prints, and tells whether every aim is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--plan", type=Path)
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--once", choices=("html", "pdf"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(measure(options.plan, options.once)))
        return 0
    plan = load_plan(options.plan) if options.plan else berlin()
    with tempfile.TemporaryDirectory() as folder:
        files = {"berlin": Path(folder) / "berlin.json", "large": Path(folder) / "large.json"}
        write_whole(files["berlin"], plan_json(plan))
        write_whole(files["large"], plan_json(blown_up(plan)))
        timings = [timed(name, files[name], report, options.runs) for name, report in AIMS]
    if options.as_json:
        print(json.dumps([asdict(timing) for timing in timings], indent=2))
    else:
        for t in timings:
            mark = "" if t.met else "  MISSED"
            figures = f"{t.median_s:7.2f} s  (aim {t.aim_s:g} s)  {t.size_mb:6.2f} MB  memory {t.memory_mb:7.1f} MB"
            print(f"{t.plan:7} {t.report:5}{figures}{mark}")
    return 0 if all(timing.met for timing in timings) else 1


if __name__ == "__main__":
    sys.exit(main())
