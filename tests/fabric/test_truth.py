"""Published tables through the planner, and tables with other numbers to show that none is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from benchmarks.fabric_truth import TRUTH, as_json, judge_file
from planner.errors import InputError


def test_every_row_that_should_follow_from_the_rules_does() -> None:
    verdicts = judge_file(TRUTH)
    summary = as_json(verdicts)
    assert summary["wrong"] == summary["unmapped"] == []
    assert summary["exact"] >= 139


def test_a_changed_number_is_found(tmp_path: Path) -> None:
    truth = yaml.safe_load(TRUTH.read_text())
    rows = 0
    for table in truth["tables"]:
        for row in table["rows"]:
            if row.get("derivable") == "exact" and isinstance(row.get("leaf"), int):
                row["leaf"] += 1
                rows += 1
    swapped = tmp_path / "swapped.yaml"
    swapped.write_text(yaml.safe_dump(truth))
    assert len(as_json(judge_file(swapped))["wrong"]) == rows


def test_tables_of_other_names_are_read_by_family_and_columns(tmp_path: Path) -> None:
    truth = yaml.safe_load(TRUTH.read_text())
    for table in truth["tables"]:
        if table["family"] != "ocp-open":
            table["id"] = f"other_{table['id']}"
    renamed = tmp_path / "renamed.yaml"
    renamed.write_text(yaml.safe_dump(truth))
    summary = as_json(judge_file(renamed))
    assert summary["wrong"] == summary["unmapped"] == []


@pytest.mark.parametrize("bad", [None, "x", -1, 2.5, True])
def test_garbled_rows_are_never_a_crash(tmp_path: Path, bad: object) -> None:
    tables = [
        {"id": "superpod_h100_compute", "rows": [{"su": bad, "leaf": 8, "derivable": "exact"}]},
        {"id": "ocp_ocdai_training", "rows": [{"path": "a/mesh", "nodes": 4, "servers": bad, "switches": bad}]},
    ]
    garbled = tmp_path / "garbled.yaml"
    garbled.write_text(yaml.safe_dump({"tables": tables}))
    verdicts = judge_file(garbled)
    assert verdicts[0].status == "unmapped"
    assert verdicts[1].status in ("unmapped", "underivable")


@pytest.mark.parametrize("tables", [["x"], [{"rows": []}], [{"id": "a", "rows": None}], [{"id": "a", "rows": ["x"]}]])
def test_a_file_of_another_form_is_refused(tmp_path: Path, tables: object) -> None:
    odd = tmp_path / "odd.yaml"
    odd.write_text(yaml.safe_dump({"tables": tables}))
    with pytest.raises(InputError, match="found an entry that is no table"):
        judge_file(odd)


def test_rows_that_no_published_table_of_ours_holds(tmp_path: Path) -> None:
    table = {
        "id": "superpod_h100_compute", "family": "superpod-hopper", "title": "another size",
        "rows": [{"su": 3, "nodes": 95, "gpus": 760, "leaf": 24, "spine": 16, "node_and_ufm_cables": 764,
                  "leaf_spine_cables": 768, "derivable": "exact"}],
    }  # fmt: skip
    swapped = tmp_path / "other.yaml"
    swapped.write_text(yaml.safe_dump({"tables": [table]}))
    assert as_json(judge_file(swapped)) == {"rows": 1, "exact": 1, "underivable": [], "unmapped": [], "wrong": []}
