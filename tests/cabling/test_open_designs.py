"""Open designs rebuilt port by port, and a design that cannot be told from the published one by number alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.ocp_cabling import DESIGNS, compare, main

FOLDERS = sorted(path.parent for path in DESIGNS.rglob("topology-map.yaml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_rebuilt_on_the_very_same_ports(folder: Path) -> None:
    result = compare(folder)
    assert result["faults"] == []
    assert result["same_port_pairs"] == result["published_links"] == result["links"]


def test_a_missing_cable_and_a_wrong_quantity_are_found(tmp_path: Path) -> None:
    copy = shutil.copytree(FOLDERS[0], tmp_path / "copy")
    lines = (copy / "connectivity-map.csv").read_text().splitlines()
    (copy / "connectivity-map.csv").write_text("\n".join(lines[:-1]) + "\n")
    bill = (copy / "bom.csv").read_text()
    (copy / "bom.csv").write_text(bill.replace("be-spine,Celestica,1", "be-spine,Celestica,2"))
    faults = compare(copy)["faults"]
    assert "bill: switch be-spine: printed 2, rebuilt 1" in faults
    assert any(fault.startswith("links fe-leaf to fe-spine: published 63, rebuilt 64") for fault in faults)


def test_an_empty_folder_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--dir", str(tmp_path)]) == 2
    assert "found no topology-map.yaml" in capsys.readouterr().err
