"""Which inputs move the count of a workload most: a drawing and a table, the same figures in both."""

from __future__ import annotations

from planner.plan.schema import Sensitivity, WorkloadDemand
from planner.report import text
from planner.report.blocks import Cell, Column, Figure, Row, Table
from planner.report.drawings import charts
from planner.report.lookup import Lookup

IMPOSSIBLE = "not possible"
SAID = {
    "tpot": "time per output token",
    "ttft": "time to first token",
    "within": "time allowed",
    "sequence": "sequence length",
    "tokens_each": "tokens of a text",
}


def blocks(workload: WorkloadDemand, lookup: Lookup) -> list[Figure | Table]:
    """What the inputs of one workload do to its accelerators; nothing where none was varied."""
    moved = workload.sensitivities
    if not moved:
        return []
    first = moved[0]
    name = workload.name or workload.id
    title = f"{name}: {said(first.input)} moves the {text.plural(first.accelerators, 'accelerator')} most"
    alt = f"Accelerators of {name} when one input changes: " + "; ".join(_sentence(s) for s in moved)
    entries = [(_label(s), *_ends(s), _figures(s)) for s in moved]
    note = f"Accelerators of {lookup.name(first.system)} above and below the plan when one input changes and no other."
    drawing = Figure(text.anchor("sensitivity", workload.id), title, charts.tornado(entries, alt), note)
    return [drawing, _table(workload, lookup)]


def _label(moved: Sensitivity) -> str:
    return f"{text.sentence(said(moved.input))} {step(moved.factor)}"


def said(name: str) -> str:
    """An input of the request in words."""
    return SAID.get(name, text.words(name))


def step(factor: float) -> str:
    """How far an input was moved either way: times or divided by it."""
    return f"× or ÷ {factor:g}"


def _ends(moved: Sensitivity) -> tuple[float, float]:
    """(down, up) from the planned count; an end that is not possible has no length, its words tell."""
    ends = [n - moved.accelerators for n in (moved.if_larger, moved.if_smaller) if n is not None]
    return min(0, *ends, 0), max(0, *ends, 0)


def _count(count: int | None) -> str:
    return IMPOSSIBLE if count is None else f"{count:,}"


def _figures(moved: Sensitivity) -> str:
    return f"{_count(moved.if_larger)} if larger, {_count(moved.if_smaller)} if smaller"


def _sentence(moved: Sensitivity) -> str:
    return f"{said(moved.input)} {step(moved.factor)}: {_figures(moved)}, planned {moved.accelerators:,}"


def _table(workload: WorkloadDemand, lookup: Lookup) -> Table:
    columns = (
        Column("Input", weight=2),
        Column("Changed by", weight=1),
        Column("Planned", True, 1),
        Column("If larger", True, 1),
        Column("If smaller", True, 1),
    )
    rows = tuple(
        Row(
            (
                Cell(text.sentence(said(s.input)), sub=lookup.name(s.system)),
                Cell(step(s.factor)),
                Cell(f"{s.accelerators:,}", sort=s.accelerators),
                *(Cell(_count(n), sort=n, tone="bad" if n is None else "") for n in (s.if_larger, s.if_smaller)),
            )
        )
        for s in workload.sensitivities
    )
    caption = f"{workload.name}: accelerators when one input changes"
    return Table(text.anchor("sensitivities", workload.id), caption, columns, rows, small=True, depth="audit")
