"""`planner frontier`: files, table and refusals."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from planner import cli

EXAMPLE = Path(__file__).parents[1] / "examples" / "berlin-clinic.yaml"


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["planner", "frontier", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_files_and_table_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (str(EXAMPLE), "--axes", "capex,power", "--points", "3", "-o", str(tmp_path / "f"))
    assert run(monkeypatch, *words) == cli.OK
    table = capsys.readouterr().out.splitlines()
    data = json.loads((tmp_path / "f" / "frontier.json").read_text())
    rows = list(csv.DictReader((tmp_path / "f" / "frontier.csv").open()))
    assert [int(row["first"]) for row in rows] == [p["first"] for p in data["points"]]
    assert [line.split()[0].replace(",", "") for line in table[1:-1]] == [row["first"] for row in rows]
    assert table[-1] == data["note"]
    svg = (tmp_path / "f" / "frontier.svg").read_text()
    assert "Capital cost, million EUR" in svg
    assert "Design power, kW" in svg


def test_the_picture_speaks_german_and_the_data_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (str(EXAMPLE), "--axes", "capex,power", "--points", "2", "-o")
    assert run(monkeypatch, *asked, str(tmp_path / "en")) == cli.OK
    assert run(monkeypatch, *asked, str(tmp_path / "de"), "--lang", "de") == cli.OK
    svg = (tmp_path / "de" / "frontier.svg").read_text(encoding="utf-8")
    assert "Anschaffungskosten, Mio. EUR" in svg and "bewiesen bester" in svg and "proven best" not in svg
    for name in ("frontier.csv", "frontier.json"):
        assert (tmp_path / "de" / name).read_bytes() == (tmp_path / "en" / name).read_bytes()


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (
            "capex,watts",
            'command line: --axes: found "watts", expected one of capex, tco, power, racks, carbon, lead-time\n',
        ),
        ("capex", 'command line: --axes: found "capex", expected two objectives, such as "capex,power"\n'),
        ("power,power", 'command line: --axes: found "power,power", expected two objectives, such as "capex,power"\n'),
    ],
)
def test_axes_that_are_none_are_refused(
    axes: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, str(EXAMPLE), "--axes", axes) == cli.BAD_INPUT
    assert capsys.readouterr().err == message


def test_a_request_without_a_plan_has_no_frontier(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(monkeypatch, str(EXAMPLE.with_name("infeasible-old-floor.yaml")), "--axes", "capex,power") == cli.INFEASIBLE
    )
    assert capsys.readouterr().err.startswith("No plan meets this request.\n")
