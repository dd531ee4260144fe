"""Open designs rebuilt from their topology maps: `python -m benchmarks.ocp_cabling [--dir DIR] [--json]`.

For each folder with a `topology-map.yaml` the planner names every link; quantities are compared with `bom.csv`, links
with `connectivity-map.csv`: role to role, ports in use on each switch, no port twice, and the very same port pairs.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from planner import document
from planner.cabling.open_design import OpenBill, OpenLink, open_bill, open_links, read_open_design
from planner.errors import InputError

DESIGNS = Path(__file__).resolve().parent / "truth" / "ocp_training_fabric"
SWITCH_NUMBER = re.compile(r"[-_]?\d+$")


def compare(folder: Path) -> dict[str, Any]:
    """What agrees and what does not for one design; a map that contradicts itself is a fault of its own."""
    try:
        design = read_open_design(document.load(folder / "topology-map.yaml", "topology map").data)
        links = list(open_links(design))
    except InputError as error:
        return {"design": folder.name, "links": 0, "faults": [f"not rebuilt: {error}"]}
    result: dict[str, Any] = {"design": folder.name, "links": len(links), "faults": _used_twice(links)}
    bill_file, map_file = folder / "bom.csv", folder / "connectivity-map.csv"
    if bill_file.is_file():
        result["faults"] += _bill_faults(open_bill(design, links), _rows(bill_file))
    if map_file.is_file():
        published = _rows(map_file)
        result["faults"] += _link_faults(links, published)
        mine = {frozenset({(k.a_device, k.a_interface), (k.b_device, k.b_interface)}) for k in links}
        theirs = {frozenset({(r["a_device"], r["a_interface"]), (r["b_device"], r["b_interface"])}) for r in published}
        result["same_port_pairs"] = len(mine & theirs)
        result["published_links"] = len(published)
    return result


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _used_twice(links: Iterable[OpenLink]) -> list[str]:
    ends = Counter(end for k in links for end in ((k.a_device, k.a_interface), (k.b_device, k.b_interface)))
    return [f"{device} {interface} is used {times} times" for (device, interface), times in ends.items() if times > 1]


def _bill_faults(bill: OpenBill, rows: list[dict[str, str]]) -> list[str]:
    printed: dict[str, Counter[str]] = {}
    for row in rows:
        section = row["section"]
        key = row["hedgehog_class"] if section in ("server", "switch") else row["module_type_model"]
        key = "modules" if section.endswith("_transceiver") else key
        printed.setdefault(section, Counter())[key] += int(row["quantity"])
    ours: Mapping[str, Mapping[str, int]] = {
        "server": bill.servers,
        "switch": bill.switches,
        "nic": bill.nics,
        "server_transceiver": {"modules": bill.server_modules},
        "switch_transceiver": {"modules": bill.switch_modules},
    }
    return [
        f"bill: {section} {name}: printed {count}, rebuilt {ours.get(section, {}).get(name)}"
        for section, counts in printed.items()
        for name, count in counts.items()
        if ours.get(section, {}).get(name) != count
    ]


def _link_faults(links: list[OpenLink], published: list[dict[str, str]]) -> list[str]:
    mine = Counter((k.a_class, k.b_class) for k in links)
    theirs = Counter((_class(row["a_device"]), _class(row["b_device"])) for row in published)
    faults = [
        f"links {a} to {b}: published {theirs[a, b]}, rebuilt {mine[a, b]}"
        for a, b in sorted(mine.keys() | theirs.keys())
        if mine[a, b] != theirs[a, b]
    ]
    used = Counter(name for k in links for name in (k.a_device, k.b_device))
    printed = Counter(name for row in published for name in (row["a_device"], row["b_device"]))
    faults += [
        f"ports of {name}: published {printed[name]}, rebuilt {used[name]}"
        for name in sorted(used.keys() | printed.keys())
        if used[name] != printed[name]
    ]
    return faults


def _class(device: str) -> str:
    return SWITCH_NUMBER.sub("", device)


def main(arguments: list[str] | None = None) -> int:
    """Prints the comparison; 1 when a design differs, 2 when one cannot be read."""
    parser = argparse.ArgumentParser(description="Open designs rebuilt from their topology maps.")
    parser.add_argument("--dir", type=Path, default=DESIGNS, help="a folder of designs")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args(arguments)
    folders = sorted(path.parent for path in options.dir.rglob("topology-map.yaml"))
    if not folders:
        print(f"{options.dir}: found no topology-map.yaml, expected one in each design's folder", file=sys.stderr)
        return 2
    results = [compare(folder) for folder in folders]
    print(json.dumps(results, indent=2, ensure_ascii=False) if options.json else _text(results))
    return 1 if any(result["faults"] for result in results) else 0


def _text(results: list[dict[str, Any]]) -> str:
    lines = []
    for result in results:
        verdict = "differs" if result["faults"] else "agrees"
        same = ""
        if "published_links" in result:
            same = f", {result['same_port_pairs']:,} of {result['published_links']:,} links on the very same ports"
        lines.append(f"{result['design']}: {verdict}, {result['links']:,} links rebuilt{same}")
        lines += [f"  {fault}" for fault in result["faults"]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
