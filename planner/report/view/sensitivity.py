"""Which inputs move the count of a workload most: a drawing and a table, the same figures in both."""

from __future__ import annotations

from planner.plan.schema import Sensitivity, WorkloadDemand
from planner.report import text
from planner.report.blocks import Cell, Column, Figure, Row, Table
from planner.report.drawings import charts
from planner.report.language import say, term
from planner.report.lookup import Lookup

MOST = 3  # inputs that a drawing shows


def blocks(workload: WorkloadDemand, lookup: Lookup) -> list[Figure | Table]:
    """What the inputs of one workload do to its accelerators; nothing where none was varied."""
    moved = workload.sensitivities[:MOST]
    if not moved:
        return []
    first = moved[0]
    name = workload.name or workload.id
    title = say("sensitivity.title", workload=name, input=said(first.input), n=first.accelerators)
    alt = say("sensitivity.alt", workload=name, each="; ".join(_sentence(s) for s in moved))
    entries = [(_label(s), *_ends(s), _figures(s)) for s in moved]
    note = say("sensitivity.note", system=lookup.name(first.system))
    drawing = Figure(
        text.anchor("sensitivity", workload.id), title, charts.tornado(entries, alt), note, origin=("sensitivity",)
    )
    return [drawing, _table(workload, lookup)]


def _label(moved: Sensitivity) -> str:
    return f"{text.sentence(said(moved.input))} {step(moved.factor)}"


def said(name: str) -> str:
    """An input of the request in words."""
    return term("input", name)


def step(factor: float) -> str:
    """How far an input was moved either way: times or divided by it."""
    return say("sensitivity.step", factor=text.figure(f"{factor:g}"))


def _ends(moved: Sensitivity) -> tuple[float, float]:
    """(down, up) from the planned count; an end that is not possible has no length, its words tell."""
    ends = [n - moved.accelerators for n in (moved.if_larger, moved.if_smaller) if n is not None]
    return min(0, *ends, 0), max(0, *ends, 0)


def _count(count: int | None) -> str:
    return say("sensitivity.impossible") if count is None else text.count(count)


def _figures(moved: Sensitivity) -> str:
    return say("sensitivity.ends", larger=_count(moved.if_larger), smaller=_count(moved.if_smaller))


def _sentence(moved: Sensitivity) -> str:
    planned = say("sensitivity.planned", n=moved.accelerators)
    return f"{said(moved.input)} {step(moved.factor)}: {_figures(moved)}, {planned}"


def _table(workload: WorkloadDemand, lookup: Lookup) -> Table:
    columns = (
        Column(say("col.input"), weight=2),
        Column(say("col.changed-by"), weight=1),
        Column(say("col.planned"), True, 1),
        Column(say("col.if-larger"), True, 1),
        Column(say("col.if-smaller"), True, 1),
    )
    rows = tuple(
        Row(
            (
                Cell(text.sentence(said(s.input)), sub=lookup.name(s.system)),
                Cell(step(s.factor)),
                Cell(text.count(s.accelerators), sort=s.accelerators),
                *(Cell(_count(n), sort=n, tone="bad" if n is None else "") for n in (s.if_larger, s.if_smaller)),
            )
        )
        for s in workload.sensitivities
    )
    caption = say("sensitivity.table", workload=workload.name)
    return Table(
        text.anchor("sensitivities", workload.id),
        caption,
        columns,
        rows,
        small=True,
        depth="audit",
        origin=("sensitivity",),
    )
