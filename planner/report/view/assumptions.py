"""What was taken for granted, from where, and what each of it moves if it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from planner.plan.schema import Assumption, Effect, Plan
from planner.report import text
from planner.report.blocks import Cell, Column, Row, Section, Table
from planner.report.language import say, term


def section(plan: Plan) -> Section:
    """Assumptions of which it is known what they move; deeper, the others with the reason why it is no number."""
    columns = (
        Column(say("col.assumption"), weight=3.2),
        Column(say("col.value"), weight=1.5),
        Column(say("col.if-wrong"), weight=2),
        Column(say("col.source"), weight=2.4),
    )
    with_number = [a for a in plan.assumptions if a.if_wrong is not None]
    without = [a for a in plan.assumptions if a.if_wrong is None]
    first = Table(
        "assumptions-table", say("assumptions.table"), columns, _rows(with_number, plan), tools=len(with_number) > 20,
        small=True, note=say("assumptions.note"),
    )  # fmt: skip
    rest = Table(
        "assumptions-without", say("assumptions.without"), columns, _rows(without, plan), tools=len(without) > 20,
        small=True, depth="audit",
    )  # fmt: skip
    tables = tuple(table for table in (first, rest) if table.rows)
    lead = say("assumptions.lead", n=len(plan.assumptions), without=len(without))
    return Section("assumptions", say("assumptions.title"), lead, tables)


def _rows(assumptions: list[Assumption], plan: Plan) -> tuple[Row, ...]:
    return tuple(_row(entry, plan.cost.currency) for entry in assumptions)


def _row(a: Assumption, currency: str) -> Row:
    return Row(
        (
            Cell(a.text, sub=", ".join(a.used_by)),
            Cell(a.value),
            Cell("; ".join(in_words(a, currency))),
            Cell(f"{a.source} ({term('confidence', a.confidence)})", lang=text.tongue(a.source)),
        ),
        id=text.anchor("assumption", a.id),
    )


def _unmoved_either_way(effects: tuple[Effect, ...]) -> bool:
    return {effect.change for effect in effects} == {"times", "divided"} and not any(e.difference != 0 for e in effects)


def in_words(assumption: Assumption, currency: str) -> Iterator[str]:
    """Its effects, those of one change of one workload after the change."""
    if assumption.if_wrong is None:
        yield why_no_number(assumption.id)
        return
    if _unmoved_either_way(assumption.if_wrong):
        first = assumption.if_wrong[0]
        step = say("sensitivity.step", factor=text.figure(f"{first.factor:g}"))
        yield f"{step}: {say('if-wrong.same', what=term('measure', first.measure))}"
        return
    for (change, factor, subject), effects in groupby(
        assumption.if_wrong, key=lambda e: (e.change, e.factor, e.subject)
    ):
        step = say(f"wrong-by.{change}", factor=text.figure(f"{factor:g}") if factor is not None else "")
        moved = ", ".join(_moved(effect, currency) for effect in effects)
        yield f"{step}: {moved}" + (f" ({subject})" if subject else "")


CHOICES = ("default.redundancy", "inference.precision", "training.format", "storage.guideline", "timetable.", "tuning.")
FORMULA = ("inference.", "training.goodput", "training.memory", "retrieval.")


def why_no_number(name: str) -> str:
    """Why arithmetic on the plan does not give what an assumption moves."""
    if name.startswith(CHOICES):
        return say("if-wrong.choice")
    return say("if-wrong.formula") if name.startswith(FORMULA) else say("if-wrong.replan")


def _moved(effect: Effect, currency: str) -> str:
    more = effect.difference
    if more is None:
        return say("sensitivity.impossible")
    if more == 0:
        return say("if-wrong.same", what=term("measure", effect.measure))
    written = {
        "capex": lambda n: text.money(n, currency),
        "tco": lambda n: text.money(n, currency),
        "operational_kg": text.mass,
        "facility_w": text.power,
        "design_w": text.power,
        "peak_w": text.power,
    }.get(effect.measure, text.count)
    sign = "+" if more > 0 else "\N{MINUS SIGN}"
    return say("if-wrong.moved", what=term("measure", effect.measure), more=f"{sign}{written(abs(more))}")
