from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.packing", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def rows_of(*arguments: str) -> list[dict[str, Any]]:
    done = run("--instances", "benchmarks/truth/vector_packing", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
    assert rows
    return rows


def assert_all_closed_at_the_published_optimum(rows: list[dict[str, Any]]) -> None:
    open_ = [row["instance"] for row in rows if row["cost"] != row["lower"]]
    other = [row["instance"] for row in rows if row["known"]["optimum"] not in (None, row["cost"])]
    worse = [row["instance"] for row in rows if row["cost"] > row["known"]["heuristic"]]
    assert (open_, other, worse) == ([], [], [])


def test_twenty_items_in_five_dimensions_are_all_packed_optimally() -> None:
    rows = rows_of("--filter", "_20_5", "--time-limit", "60")
    assert len(rows) == 15
    assert_all_closed_at_the_published_optimum(rows)


@pytest.mark.slow
@pytest.mark.parametrize("size", ["_40_", "_60_"])
def test_up_to_sixty_items_are_all_packed_optimally(size: str) -> None:
    assert_all_closed_at_the_published_optimum(rows_of("--filter", size, "--time-limit", "300"))


def test_a_bound_that_contradicts_a_published_value_is_reported(tmp_path: Path) -> None:
    (tmp_path / "Made").mkdir()
    (tmp_path / "Made" / "three.vbp").write_text("1\n10\n1\n6 3\n")
    table = tmp_path / "known.csv"
    for optimum, contradictions in ((3, 0), (2, 1)):
        table.write_text(f"family,instance,LB,OPT,best_overall\nMade,three.vbp,2,{optimum},3\n")
        done = run("--instances", str(tmp_path), "--known", str(table), "--json")
        assert done.returncode == contradictions
        assert json.loads(done.stdout)["summary"][0]["contradictions"] == contradictions


@pytest.mark.parametrize("text", ["", "2\n10\n1\n6 3\n", "one\n", "1\n10\n2\n-1 1\n-2 1\n"])
def test_a_file_that_is_no_instance_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.vbp").write_text(text)
    done = run("--instances", str(tmp_path))
    assert done.returncode == 2
    assert "broken.vbp" in done.stderr
    assert "Traceback" not in done.stderr
