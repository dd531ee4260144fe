"""Port-level cabling of large fabrics: seconds, memory, growth. `python -m benchmarks.fabric_speed [--systems N ...]`.

Each size runs in a process of its own; time is from counts to a plan with products, loading the catalog apart.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from statistics import median
from typing import Any

from planner.cabling import Inventory, Position, Products, named_devices, wire
from planner.catalog.fabrics import load_fabrics
from planner.catalog.files import catalog_roots
from planner.catalog.load import load_catalog
from planner.catalog.schema import Appliance, Cable, Module, Server, Storage, Switch, System
from planner.fabric import count_fabric

DESIGN, SYSTEM = "superpod-b300-ethernet", "nvidia-dgx-b300-busbar"
PER_RACK, RACKS_PER_ROW, RACK_PITCH_MM, ROW_PITCH_MM = 4, 40, 600.0, 3000.0


def measure(systems: int) -> dict[str, Any]:
    """One run: seconds to load, to count and to cable, links, and the process's peak memory in MB."""
    start = time.perf_counter()
    design = load_fabrics(catalog_roots())[DESIGN]
    catalog = load_catalog()
    products = Products(
        catalog.of(Switch), catalog.of(System), catalog.of(Module), catalog.of(Cable), catalog.of(Server),
        catalog.of(Storage), catalog.of(Appliance),
    )  # fmt: skip
    loaded = time.perf_counter()
    counts = count_fabric(design, systems)
    inventory = Inventory(SYSTEM)
    placement = {name: _position(i) for i, name in enumerate(named_devices(counts, inventory))}
    plan = wire(design, counts, placement, products, inventory)
    done = time.perf_counter()
    return {
        "systems": systems,
        "links": len(plan.links),
        "cables": len(plan.runs),
        "load_s": round(loaded - start, 3),
        "cable_s": round(done - loaded, 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _position(index: int) -> Position:
    rack, place = divmod(index, PER_RACK)
    row, number = divmod(rack, RACKS_PER_ROW)
    return Position("hall", f"r{row:02d}", number, number * RACK_PITCH_MM, row * ROW_PITCH_MM, 1 + 8 * place)


def main(arguments: list[str] | None = None) -> int:
    """Prints the median of the runs for each size."""
    parser = argparse.ArgumentParser(description="Port-level cabling of large fabrics.")
    parser.add_argument("--systems", type=int, nargs="+", default=[256, 512, 1024, 2048])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one is not None:
        print(json.dumps(measure(options.one)))
        return 0
    for systems in options.systems:
        command = [sys.executable, "-m", "benchmarks.fabric_speed", "--one", str(systems)]
        runs = [
            json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(options.runs)
        ]
        seconds = median(run["cable_s"] for run in runs)
        memory = max(run["peak_mb"] for run in runs)
        per_link = 1e6 * seconds / runs[0]["links"]
        print(
            f"{systems:>6,} systems: {runs[0]['links']:>8,} links named in {seconds:.2f} s "
            f"({per_link:.1f} us a link), peak memory {memory} MB"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
