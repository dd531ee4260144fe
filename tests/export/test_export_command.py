"""`planner export` on a plan with two fabrics in one hall, read back as the other tools read it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from click.testing import CliRunner

import planner
from planner.cli.export import command
from planner.errors import InputError
from planner.plan.document import plan_json
from planner.plan.library import load_library
from planner.plan.wiring import Wired, wire_plan
from planner.verify.check import request_of

PARIS = Path(__file__).parents[2] / "examples" / "paris-sovereign-cloud.yaml"
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def plan() -> planner.Plan:
    return planner.plan(planner.load_request(PARIS))


@pytest.fixture(scope="module")
def plan_file(plan: planner.Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("export") / "plan.json"
    found.write_text(plan_json(plan), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def wired(plan: planner.Plan) -> list[Wired]:
    return wire_plan(plan, request_of(plan), load_library())


def export(*words: object) -> str:
    result = CliRunner().invoke(command, [str(word) for word in words])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def rows(text: str) -> Rows:
    return list(csv.DictReader(io.StringIO(text)))


def test_two_fabrics_of_a_hall_share_no_port_and_nothing_but_storage(wired: list[Wired]) -> None:
    assert len(wired) == 2
    ends: Counter[tuple[object, ...]] = Counter()
    names: Counter[str] = Counter()
    for entry in wired:
        cables = entry.cables
        names.update(list(cables.devices))
        reached = {link.a for link in cables.links if cables.devices[link.a].role == "storage"}
        assert reached == {name for name, device in cables.devices.items() if device.role == "storage"} != set()
        for link in cables.links:
            for name, cage, lane in ((link.a, link.a_cage, link.a_lane), (link.b, link.b_cage, link.b_lane)):
                role, at = cables.devices[name].role, cables.placement[name]
                switch = role.endswith(("-leaf", "-spine"))
                management = link.fabric == "out-of-band" and link.speed_gbit_s == 1
                if role != "pdu":  # several hang beside the units of one rack
                    ends[at.rack, at.u, role, management, "" if switch else link.fabric, cage, lane] += 1
    assert max(ends.values()) == 1
    assert {name.rpartition("-")[0] for name, times in names.items() if times > 1} == {"storage"}


def test_schedule_has_one_row_for_each_cable_with_both_ends_labelled(plan_file: Path, wired: list[Wired]) -> None:
    found = rows(export(plan_file, "--to", "cables"))
    assert len({row["cable_id"] for row in found}) == len(found) == sum(len(entry.cables.runs) for entry in wired)
    for row in found:
        ends = [" ".join((row[f"{end}_rack"], f"U{row[f'{end}_u']}", row[f"{end}_device"], row[f"{end}_port"]))
                for end in ("from", "to")]  # fmt: skip
        assert (row["label_from"], row["label_to"]) == (" > ".join(ends), " > ".join(reversed(ends)))


def test_same_plan_same_bytes(plan_file: Path) -> None:
    assert export(plan_file, "--to", "cables") == export(plan_file, "--to", "cables")


def test_netbox_imports_one_set_in_order(plan_file: Path, tmp_path: Path, wired: list[Wired]) -> None:
    export(plan_file, "--to", "netbox", "-o", tmp_path)
    sites, makers, roles, types, racks, devices, interfaces, cables = (
        rows(file.read_text()) for file in sorted(tmp_path.iterdir())
    )
    for table, key in ((sites, "name"), (makers, "name"), (roles, "name"), (types, "model"), (racks, "name"),
                       (devices, "name")):  # fmt: skip
        assert len({row[key] for row in table}) == len(table)
    assert {row["site"] for row in racks + devices} == {row["name"] for row in sites} == {"paris"}
    assert {row["manufacturer"] for row in types} <= {row["name"] for row in makers}
    heights = {row["model"]: float(row["u_height"]) for row in types}
    tops = {row["name"]: int(row["u_height"]) for row in racks}
    taken: dict[str, set[int]] = defaultdict(set)
    for row in devices:
        units = range(int(row["position"] or 0), int(row["position"] or 0) + int(heights[row["device_type"]]))
        assert bool(row["position"]) == bool(row["face"]) == (len(units) > 0)
        assert not taken[row["rack"]] & set(units)
        taken[row["rack"]] |= set(units)
        assert all(1 <= unit <= tops[row["rack"]] for unit in units)
        assert len(row["name"]) <= 64
    ends = [(row[f"side_{side}_device"], row[f"side_{side}_name"]) for row in cables for side in "ab"]
    assert sorted(ends) == sorted((row["device"], row["name"]) for row in interfaces)
    assert len(cables) == sum(len(entry.cables.links) for entry in wired)
    assert all(len(row["label"]) <= 100 and row["length_unit"] == "m" for row in cables)


@pytest.mark.parametrize(("to", "end"), [("dot", ".dot"), ("infragraph", ".json")])
def test_one_file_for_each_fabric_named_after_hall_and_system(
    to: str, end: str, plan_file: Path, tmp_path: Path, wired: list[Wired]
) -> None:
    export(plan_file, "--to", to, "-o", tmp_path / "new")
    for entry in wired:
        text = (tmp_path / "new" / f"{entry.fabric.hall}-{entry.fabric.system}{end}").read_text()
        edges = len(json.loads(text)["edges"]) if to == "infragraph" else len(re.findall(r'":".*" -- ".*":"', text))
        assert edges == len(entry.cables.links)
        if to == "dot":
            assert set(re.findall(r'function="([^"]+)" os="[^"]+"', text)) == {"leaf", "oob-switch", "server"}


def test_bill_is_that_of_the_plan(plan_file: Path, plan: planner.Plan) -> None:
    assert len(rows(export(plan_file, "--to", "bom"))) >= len(plan.bill)


def test_several_files_want_a_folder(plan_file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"found 2 files and no folder, .* add -o DIR"):
        export(plan_file, "--to", "dot")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="name a folder"):
        export(plan_file, "--to", "dot", "-o", tmp_path / "file")
