"""Sources and panels in every state, and where the power of every level goes."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.schema import HallPower, NodePlan, NodeState, Stranded
from planner.report import text
from planner.report.blocks import Cell, Column, Row, Table
from planner.report.language import say
from planner.report.view.power_words import state_name


def tables(power: HallPower) -> Iterator[Table]:
    """One table of the sources and panels that the request lists, and one of stranded power, where there are any."""
    if power.nodes:
        yield _nodes(power)
    if power.stranded:
        yield _stranded(power)


def notes(power: HallPower) -> list[str]:
    """What the one-line diagram shows above the feeds."""
    return [say("power.takes-over")] if any(len(node.upstream) > 1 for node in power.nodes) else []


def _nodes(power: HallPower) -> Table:
    columns = (
        Column(say("col.node"), weight=1.4),
        Column(say("col.hangs-on"), weight=1.2),
        Column(say("col.state"), weight=1.2),
        Column(say("col.design-load"), True, 1, ("load",)),
        Column(say("col.continuous-limit"), True, 1, ("continuous",)),
        Column(say("col.used"), True, 0.7, ("used",)),
        Column(say("col.peak-worst"), True, 1.2, ("peak-load",)),
    )
    rows = tuple(_node_row(node, state) for node in power.nodes for state in node.states)
    return Table(text.anchor("tree", power.hall), say("power.nodes"), columns, rows, depth="audit")


def _node_row(node: NodePlan, state: NodeState) -> Row:
    limit = state.continuous_w
    share = state.load_w / limit if limit else None
    over = limit is not None and state.load_w > limit
    kind = say(f"{node.level}-kind.{node.kind}")
    return Row(
        (
            Cell(f"{kind} {node.node}"),
            Cell(" / ".join(node.upstream) or text.DASH),
            Cell(state_name(state.lost)),
            Cell(text.power(state.load_w), sort=state.load_w),
            Cell(say("power.not-stated") if limit is None else text.power(limit), sort=limit),
            Cell(text.DASH if share is None else text.percent(share, 0), sort=share, tone="bad" if over else ""),
            Cell(text.power(node.peak_w) if state.lost == "" else text.DASH, sort=node.peak_w),
        )
    )


def _stranded(power: HallPower) -> Table:
    columns = (
        Column(say("col.node"), weight=1.4),
        Column(say("col.may-carry"), True),
        Column(say("col.drawn"), True),
        Column(say("col.held"), True),
        Column(say("col.open"), True),
        Column(say("col.stranded"), True),
        Column(say("col.stopped-by"), weight=2),
    )
    rows = tuple(_stranded_row(entry) for entry in power.stranded)
    return Table(text.anchor("stranded", power.hall), say("power.stranded-table"), columns, rows, origin=("stranded",))


def _stranded_row(entry: Stranded) -> Row:
    watts = (entry.continuous_w, entry.load_w, entry.held_w, entry.open_w, entry.stranded_w)
    name = say(f"level.{entry.level}", node=entry.node)
    return Row((Cell(name), *(Cell(text.power(w), sort=w) for w in watts), Cell(entry.reason)))
