"""Speed of a frontier: up to fifteen points between the least of two objectives, beyond the first plan.

    python -m benchmarks.frontier [--runs 3] [--json]

Two requests: the Berlin example, and the hall of the Paris example with six workloads of which each may run on
air-cooled B200 or on liquid-cooled B300 systems, so that cost and power pull apart. The first plan is solved before
the clock starts. Seconds are told for each solve too, since a frontier that has fewer points needs fewer of them.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from planner.document import Document
from planner.plan.build import sketch
from planner.plan.frontier import Frontier, frontier_of
from planner.plan.library import Library, load_library
from planner.plan.question import make_question
from planner.request import load_request, read_request
from planner.sizing.settle import settle

EXAMPLES = Path(__file__).parents[1] / "examples"
AIM_S = 2.0
POINTS = 15
AXES = ("capex", "power")
ON_SITE = {"residency": "site"}


def berlin() -> Document:
    """The example as it is."""
    return load_request(EXAMPLES / "berlin-clinic.yaml")[1]


def mixed() -> Document:
    """The hall of the Paris example with three services and three fine-tunes."""
    _, source = load_request(EXAMPLES / "paris-sovereign-cloud.yaml")
    data: Any = copy.deepcopy(source.data)
    services = (("chat", "llama-3.1-70b", 90), ("long", "deepseek-v3", 40), ("small", "llama-3.1-8b", 500))
    tunes = (("first", "1 B tokens", "24 h"), ("second", "2 B tokens", "20 h"), ("third", "4 B tokens", "48 h"))
    data["workloads"] = [
        {"id": name, "kind": "inference", "model": model, "precision": "fp8", "peak_requests": f"{rate} /s",
         "input_tokens": 1500, "output_tokens": 250, "ttft": "2 s", "tpot": "50 ms", "data": ON_SITE}
        for name, model, rate in services
    ] + [
        {"id": name, "kind": "fine-tuning", "method": "full", "model": "llama-3.1-70b", "tokens": tokens,
         "every": "7 days", "within": within, "data": ON_SITE}
        for name, tokens, within in tunes
    ]  # fmt: skip
    data["datasets"] = []
    return replace(source, data=data)


def timed(source: Document, library: Library) -> tuple[float, float, Frontier, int]:
    """Wall and processor seconds of one search, what it found, and the devices in racks of the first plan."""
    question = make_question(read_request(source)[0], library)
    settled = settle(question)
    wall, cpu = time.perf_counter(), time.process_time()
    found = frontier_of(question, settled, AXES, POINTS, sketch)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    halls = settled.prepared.data.halls
    devices = sum(n for h in halls for key, n in settled.sizing.counts[h.key].items() if h.items[key].form != "loose")
    return wall, cpu, found, devices


def run(runs: int = 3) -> dict[str, Any]:
    """For each request the medians of wall and processor time in seconds, the points and the solves."""
    library = load_library()
    figures: dict[str, Any] = {"case": "frontier capex,power", "points_wanted": POINTS, "aim_s": AIM_S}
    for name, source in (("berlin", berlin()), ("mixed", mixed())):
        measured = [timed(source, library) for _ in range(runs)]
        _, _, found, devices = measured[-1]
        wall, cpu = statistics.median(m[0] for m in measured), statistics.median(m[1] for m in measured)
        figures[name] = {
            "devices": devices, "points": len(found.points), "complete": found.complete, "solves": found.solves,
            "worst_gap": max(p.gap for p in found.points), "wall_s": round(wall, 3), "cpu_s": round(cpu, 3),
            "cpu_s_per_solve": round(cpu / found.solves, 3),
        }  # fmt: skip
    return figures


def main(words: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 when the aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(words)
    figures = run(given.runs)
    print(json.dumps(figures, indent=2) if given.json else "\n".join(f"{k}: {v}" for k, v in figures.items()))
    return int(any(figures[name]["wall_s"] > AIM_S for name in ("berlin", "mixed")))


if __name__ == "__main__":
    raise SystemExit(main())
