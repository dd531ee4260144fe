"""`planner frontier`: the whole trade-off between two objectives, as a table, CSV, SVG and JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.options import catalog_option, json_option, prices_option, request_argument
from planner.document import nearest
from planner.errors import Infeasible, InputError
from planner.request.policy import OBJECTIVES

if TYPE_CHECKING:
    from planner.plan.frontier import Frontier
    from planner.report.language import Code

COLUMNS = (
    "point", "first", "second", "lower_bound_of_first", "gap", "status", "systems", "capex_low", "capex_typical",
    "capex_high", "tco_low", "tco_typical", "tco_high", "power_design_w", "positions", "lines", "lines_without_price",
    "without_price", "storage", "floor",
)  # fmt: skip


@click.command("frontier")
@request_argument
@click.option("--axes", required=True, metavar="A,B", help=f"Two of {', '.join(OBJECTIVES)}.")
@click.option("--points", type=click.IntRange(2, 200), default=15, show_default=True, metavar="N",
              help="How many points to look for; fewer are told where no more exist.")  # fmt: skip
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), metavar="DIR",
              help="Where frontier.csv, frontier.svg and frontier.json go; left out: the table alone.")  # fmt: skip
@click.option("--lang", type=click.Choice(["en", "de"]), default="en", show_default=True,
              help="Language of frontier.svg.")  # fmt: skip
@catalog_option
@prices_option
@json_option
def command(
    request_file: Path, axes: str, points: int, folder: Path | None, lang: Code,
    catalogs: tuple[Path, ...], prices: tuple[Path, ...], as_json: bool,
) -> None:  # fmt: skip
    """Find plans of REQUEST between the least of one objective and the least of another, each with its proof.

    Each point is sized, packed and tried on the floor. Cables and phases are planned by `planner plan` alone.
    """
    from planner.cli.plan import refuse_unwritable

    names = read_axes(axes)
    if folder is not None:
        refuse_unwritable(folder)
    found = search(request_file, names, points, catalogs, prices)
    if folder is not None:
        write(found, folder, lang)
    click.echo(json.dumps(as_data(found), indent=2) if as_json else "\n".join(table(found)))


def read_axes(text: str) -> tuple[str, str]:
    """Two different objectives.

    Raises:
        InputError: not two, not different, or not objectives.
    """
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in OBJECTIVES:
            hint = nearest(name, list(OBJECTIVES))
            raise InputError.of("--axes", f'"{name}"', f"one of {', '.join(OBJECTIVES)}", hint, file="command line")
    if len(names) != 2 or names[0] == names[1]:
        raise InputError.of("--axes", f'"{text}"', 'two objectives, such as "capex,power"', file="command line")
    return names[0], names[1]


def search(
    request_file: Path, axes: tuple[str, str], points: int, catalogs: tuple[Path, ...], prices: tuple[Path, ...]
) -> Frontier:
    """The frontier of the request in a file.

    Raises:
        InputError, Infeasible, TimeLimitReached: as `planner plan`.
    """
    from planner.packing.data import PackingInfeasible
    from planner.plan.build import explained
    from planner.plan.frontier import frontier_of
    from planner.plan.library import check_ids, load_library
    from planner.plan.question import make_question
    from planner.plan.sketching import sketch
    from planner.plan.standing import floor_problem
    from planner.request import load_request
    from planner.sizing.model import SizingInfeasible
    from planner.sizing.settle import settle

    request, source = load_request(request_file)
    library = load_library(catalogs, prices)
    check_ids(request, source, library)
    question = make_question(request, library)
    try:
        settled = settle(question)
    except (SizingInfeasible, PackingInfeasible):
        explanation = explained(question, source, library)
        raise Infeasible(explanation.text(), explanation) from None
    return frontier_of(question, settled, axes, points, sketch, floor_problem)


def write(found: Frontier, folder: Path, lang: Code = "en") -> None:
    """The frontier for spreadsheets, for the eye, and for programs."""
    from planner import document
    from planner.report import drawing_svg
    from planner.report.csv import table_csv
    from planner.report.language import language, speaking
    from planner.report.view.frontier import drawing

    with speaking(language(lang)):
        picture = drawing_svg(drawing(found))
    document.write_whole(folder / "frontier.csv", table_csv(COLUMNS, rows(found)))
    document.write_whole(folder / "frontier.svg", picture)
    document.write_whole(folder / "frontier.json", document.canonical_json(as_data(found)))


def as_data(found: Frontier) -> dict[str, object]:
    """The frontier as JSON has it."""
    return {**asdict(found), "cautions": found.cautions(), "note": found.note()}


def rows(found: Frontier) -> list[tuple[object, ...]]:
    """One row of the CSV for each point, under `COLUMNS`; the axes are in the units of the frontier."""
    return [
        (
            number, p.first, p.second, p.lower_bound, p.gap, p.status, p.systems, *p.capex, *p.tco, p.power_design_w,
            p.racks, p.lines, p.lines_without_price, "; ".join(p.unpriced), p.storage, p.floor,
        )
        for number, p in enumerate(found.points, start=1)
    ]  # fmt: skip


def table(found: Frontier) -> list[str]:
    """The frontier on a terminal."""
    from planner.report.view.frontier import proof_words

    heads = tuple(f"{axis} ({unit})" for axis, unit in zip(found.axes, found.units, strict=True))
    cells = [
        (f"{p.first:,}", f"{p.second:,}", proof_words(p.gap), "; ".join(filter(None, (p.systems, p.storage))))
        for p in found.points
    ]
    wide = [max(len(row[n]) for row in (*cells, heads)) for n in range(2)]
    proof = max(len(row[2]) for row in cells)
    lines = [f"{heads[0]:>{wide[0]}}  {heads[1]:>{wide[1]}}  {'proof':<{proof}}  systems; storage"]
    lines += [f"{a:>{wide[0]}}  {b:>{wide[1]}}  {c:<{proof}}  {d}" for a, b, c, d in cells]
    unpriced = sorted({name for p in found.points for name in p.unpriced})
    if unpriced:
        lines.append(f"no price is published for {', '.join(unpriced)}: their cost is in no sum")
    return [*lines, *found.cautions(), found.note()]
