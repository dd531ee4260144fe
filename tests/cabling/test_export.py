"""The fabric in other tools' formats: every device, port and link once, and nothing that a format would misread."""

from __future__ import annotations

import csv
import io
import json
import re

from planner.export.dot import dot
from planner.export.infragraph import infragraph_json
from planner.export.netbox import netbox_files
from tests.cabling.conftest import PRODUCTS, Cabler


def test_netbox_files_refer_only_to_what_earlier_files_define(cabled: Cabler) -> None:
    plan, _, _ = cabled("era-2-8-9-400", 12, "nvidia-dgx-b200")
    files = {name: list(csv.DictReader(io.StringIO(text))) for name, text in netbox_files(plan, PRODUCTS).items()}
    devices = {row["name"]: row for row in files["5-devices.csv"]}
    types = {(row["manufacturer"], row["model"]) for row in files["3-device-types.csv"]}
    assert {(row["manufacturer"], row["device_type"]) for row in devices.values()} <= types
    assert {row["rack"] for row in devices.values()} <= {row["name"] for row in files["4-racks.csv"]}
    assert {row["role"] for row in devices.values()} <= {row["name"] for row in files["2-device-roles.csv"]}
    interfaces = {(row["device"], row["name"]) for row in files["6-interfaces.csv"]}
    cables = files["7-cables.csv"]
    ends = [(row[f"side_{s}_device"], row[f"side_{s}_name"]) for row in cables for s in "ab"]
    assert len(cables) == len(plan.links)
    assert len(set(ends)) == len(ends)
    assert set(ends) == interfaces


def test_netbox_ports_of_an_infiniband_fabric_are_infiniband(cabled: Cabler) -> None:
    kinds = {}
    for design, systems, product in (("superpod-b200", 8, "nvidia-dgx-b200"), ("era-2-8-9-400", 8, "nvidia-dgx-b200")):
        plan, _, _ = cabled(design, systems, product)
        rows = csv.DictReader(io.StringIO(netbox_files(plan, PRODUCTS)["6-interfaces.csv"]))
        kinds[design] = {row["type"] for row in rows if row["device"].startswith("compute-leaf")}
    assert "infiniband-ndr" in kinds["superpod-b200"]
    assert not any("infiniband" in kind for kind in kinds["era-2-8-9-400"])


def test_infragraph_edges_point_at_instances_and_ports_that_exist(cabled: Cabler) -> None:
    plan, _, _ = cabled("superpod-b300-xdr", 8, "nvidia-dgx-b300-ac")
    graph = json.loads(infragraph_json(plan))
    counts = {instance["name"]: instance["count"] for instance in graph["instances"]}
    ports = {d["name"]: next(c["count"] for c in d["components"] if c["name"] == "port") for d in graph["devices"]}
    names = re.compile(r"^[\sa-zA-Z0-9-_()><\[\]]+$")
    ends = []
    for edge in graph["edges"]:
        for end in (edge["ep1"], edge["ep2"]):
            kind, index = re.fullmatch(r"(.*)\[(\d+)\]", end["instance"]).groups()
            port = int(re.fullmatch(r"port\[(\d+)\]", end["component"])[1])
            assert int(index) < counts[kind]
            assert port < ports[kind]
            ends.append((kind, index, port))
    assert len(graph["edges"]) == len(plan.links)
    assert len(set(ends)) == len(ends)
    assert all(names.match(name) for name in (*counts, *(link["name"] for link in graph["links"])))


def test_dot_names_each_port_once(cabled: Cabler) -> None:
    plan, _, _ = cabled("basepod", 4, "nvidia-dgx-h100")
    lines = dot(plan, 'a "quoted" name').splitlines()
    assert lines[0] == 'graph "a \\"quoted\\" name" {'
    edges = [re.fullmatch(r'  ("[^"]+":"[^"]+") -- ("[^"]+":"[^"]+")', line) for line in lines]
    ends = [end for edge in edges if edge for end in edge.groups()]
    assert len(ends) == 2 * len(plan.links) == len(set(ends))
    assert '"compute-leaf-0001":"swp1s0"' in ends
