"""Published tables through the planner, and tables with other numbers to show that none is remembered."""

from __future__ import annotations

from pathlib import Path

import yaml

from benchmarks.fabric_truth import TRUTH, as_json, judge_file


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


def test_rows_that_no_published_table_of_ours_holds(tmp_path: Path) -> None:
    table = {
        "id": "superpod_h100_compute", "family": "superpod-hopper", "title": "another size",
        "rows": [{"su": 3, "nodes": 95, "gpus": 760, "leaf": 24, "spine": 16, "node_and_ufm_cables": 764,
                  "leaf_spine_cables": 768, "derivable": "exact"}],
    }  # fmt: skip
    swapped = tmp_path / "other.yaml"
    swapped.write_text(yaml.safe_dump({"tables": [table]}))
    assert as_json(judge_file(swapped)) == {"rows": 1, "exact": 1, "underivable": [], "unmapped": [], "wrong": []}
