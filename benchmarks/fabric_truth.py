"""Published fabric tables against the planner: `python -m benchmarks.fabric_truth [--truth FILE] [--json]`.

Every row goes through the planner: its key columns say which design at which size, and the other columns are compared
with what the planner counts. No expected value is known to this program; a file of the same form can take its place.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fabric_forms import FORMS, Answer, Question, UnmappedError
from planner import document
from planner.catalog.fabrics import load_fabrics
from planner.catalog.files import catalog_roots
from planner.catalog.load import load_catalog
from planner.errors import InputError

HERE = Path(__file__).resolve().parent
TRUTH = HERE / "truth" / "fabric_truth.yaml"
MAP = HERE / "truth" / "fabric_map.yaml"
REMARKS = {
    "derivable", "derivation", "contradiction", "note", "source", "source_alt", "confidence", "unit", "part", "doc",
    "switch_transceiver_note", "anomaly",
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What became of one row: exact, underivable, unmapped or wrong."""

    status: str
    table: str
    key: dict[str, Any]
    reason: str = ""
    left: tuple[str, ...] = ()

    def entry(self) -> dict[str, Any]:
        """The row as JSON."""
        found: dict[str, Any] = {"table": self.table, **self.key}
        return {**found, "reason": self.reason} if self.reason else found


def judge_file(path: Path) -> list[Verdict]:
    """The verdict on every row of a table file.

    Raises:
        InputError: the file does not parse or has no tables.
    """
    truth = document.load(path, "table file").data
    if not isinstance(truth, dict) or not isinstance(truth.get("tables"), list):
        raise InputError.of("tables", "no list of tables", "tables with rows", file=str(path))
    mapping = document.load(MAP, "map").data
    designs = load_fabrics(catalog_roots())
    catalog = load_catalog()
    verdicts = []
    for table in truth["tables"]:
        _check_form(table, path)
        known = mapping["tables"].get(str(table["id"]))
        found = known or _family(mapping, table)
        for row in table["rows"]:
            form = _fitting_form(found, row)
            question = Question(
                table,
                row,
                form if known else _form_of_columns(form, row, designs),
                [(pattern, expression) for pattern, expression in mapping["items"]],
                mapping["unsupported"],
                designs,
                catalog,
            )
            verdicts.append(judge(question))
    return verdicts


def _check_form(table: Any, path: Path) -> None:
    rows = table.get("rows") if isinstance(table, dict) and "id" in table else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError.of(
            "tables", "an entry that is no table", "tables with an id and rows of columns", file=str(path)
        )


def _family(mapping: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """The family's mapping, with the variant that the table's name or title speaks of."""
    family, words = str(table.get("family")), f"{table['id']} {table.get('title', '')}"
    found = dict(mapping["families"].get(family) or {})
    for of, pattern, changes in mapping["variants"]:
        if of == family and re.search(pattern, words, re.I):
            found.update(changes)
    return found


COLUMNS_OF_FORMS = (
    ({"from_rack", "to_rack"}, "rack-distance"),
    ({"path", "switches"}, "composition"),
    ({"max_supported_su"}, "pattern-limits"),
    ({"node_cables", "storage_cables"}, "storage"),
)


def _form_of_columns(found: Mapping[str, Any], row: Mapping[str, Any], designs: Mapping[str, Any]) -> dict[str, Any]:
    """The family's mapping, with the form and the convention that the columns of a table of unknown name show.

    A table that prints full units of systems leaves the fabric manager out.
    """
    form = next((form for columns, form in COLUMNS_OF_FORMS if columns <= set(row)), found.get("form"))
    if form == "pattern" and "item" in row:
        form = "pattern-limits"
    mapping = {**found, "form": form}
    design = designs.get(str(found.get("design")))
    units, nodes = row.get("su"), row.get("nodes")
    if form == "units" and design is not None and isinstance(units, int) and nodes is not None:
        mapping["manager"] = nodes != units * design.unit_systems
    return mapping


def _fitting_form(found: Mapping[str, Any] | None, row: Mapping[str, Any]) -> dict[str, Any]:
    """The table's mapping; a row with an item in a table by units is read as an item."""
    mapping = dict(found or {})
    if mapping.get("form") in ("units", "storage-block") and "item" in row:
        mapping["form"] = "items"
    return mapping


def judge(question: Question) -> Verdict:
    """Compares one row with the planner's answer."""
    table, row = str(question.table["id"]), question.row
    form = FORMS.get(str(question.mapping.get("form")))
    plain = {name: value for name, value in row.items() if name not in REMARKS and not isinstance(value, dict)}
    if form is None:
        return Verdict("unmapped", table, plain, "no form of the map fits this table")
    try:
        answer = form(question)
    except UnmappedError as error:
        return Verdict("unmapped", table, plain, str(error))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return Verdict("unmapped", table, plain, f"the row lacks or garbles a key column: {error}")
    except InputError as error:
        return Verdict("underivable", table, plain, str(error))
    return _compared(table, row, answer)


def _compared(table: str, row: Mapping[str, Any], answer: Answer) -> Verdict:
    differences, compared, left = [], 0, []
    for column, printed in row.items():
        if column in REMARKS or column in answer.key:
            continue
        if printed is None or printed == {}:
            continue
        if column not in answer.values or _unanswered(answer.values[column]):
            left.append(column)
        elif _same(printed, answer.values[column]):
            compared += 1
        else:
            differences.append(f"{column} printed {printed}, arithmetic {answer.values[column]}")
    if differences:
        status = "wrong" if row.get("derivable", "exact") == "exact" else "underivable"
        why = str(row.get("contradiction") or row.get("derivation") or "")
        reason = "; ".join(differences) + (f" ({why})" if why and status == "underivable" else "")
        return Verdict(status, table, answer.key, reason)
    if not compared or (left and row.get("derivable", "exact") != "exact"):
        reason = "; ".join(sorted(set(answer.left.values()))) or f"no rule gives {', '.join(left) or 'a column'}"
        return Verdict("underivable", table, answer.key, reason)
    return Verdict("exact", table, answer.key, left=tuple(left))


def _unanswered(value: Any) -> bool:
    """True for no answer, or one that leaves an entry open."""
    return value is None or value == {} or (isinstance(value, dict) and None in value.values())


def _same(printed: Any, value: Any) -> bool:
    if isinstance(printed, dict) and isinstance(value, dict):
        return set(printed) == set(value) and all(_same(printed[name], value[name]) for name in printed)
    if isinstance(printed, int | float) and isinstance(value, int | float):
        return float(printed) == float(value)
    return bool(printed == value)


def as_json(verdicts: list[Verdict]) -> dict[str, Any]:
    """The summary for programs."""
    return {
        "rows": len(verdicts),
        "exact": sum(verdict.status == "exact" for verdict in verdicts),
        **{
            status: [verdict.entry() for verdict in verdicts if verdict.status == status]
            for status in ("underivable", "unmapped", "wrong")
        },
    }


def as_text(verdicts: list[Verdict]) -> str:
    """One line for each table, then every row that is not exact and why."""
    lines = [f"{'table':<28} {'rows':>5} {'exact':>6} {'underivable':>12} {'unmapped':>9} {'wrong':>6}"]
    for table in dict.fromkeys(verdict.table for verdict in verdicts):
        rows = [verdict for verdict in verdicts if verdict.table == table]
        tally = [sum(v.status == status for v in rows) for status in ("exact", "underivable", "unmapped", "wrong")]
        lines.append(f"{table:<28} {len(rows):>5} {tally[0]:>6} {tally[1]:>12} {tally[2]:>9} {tally[3]:>6}")
    for verdict in verdicts:
        key = ", ".join(f"{name} {value}" for name, value in verdict.key.items())
        if verdict.status != "exact":
            lines.append(f"{verdict.status}: {verdict.table}: {key}: {verdict.reason}")
        elif verdict.left:
            lines.append(f"exact but for what no rule gives: {verdict.table}: {key}: {', '.join(verdict.left)}")
    total = as_json(verdicts)
    lines.append(f"{total['exact']} of {total['rows']} rows exact, {len(total['wrong'])} wrong")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Prints the comparison; 1 when a row that should follow from the rules does not, 2 for a bad file."""
    parser = argparse.ArgumentParser(description="Published fabric tables against the planner.")
    parser.add_argument("--truth", type=Path, default=TRUTH, help="a table file of the same form")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args(arguments)
    try:
        verdicts = judge_file(options.truth)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(as_json(verdicts), indent=2, ensure_ascii=False) if options.json else as_text(verdicts))
    return 1 if any(verdict.status == "wrong" for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
