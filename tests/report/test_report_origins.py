"""Every number of the report leads to the appendix: in the page by pointer and key, in print by numbered notes."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sample_plan import large_plan, sample_plan

from planner.plan.build import make_plan
from planner.plan.library import load_library
from planner.plan.schema import Plan
from planner.report import Look, render_html, render_typst
from planner.report.blocks import References
from planner.report.language import language, say
from planner.report.lookup import Lookup
from planner.report.view.origins import Origins, marks
from planner.report.view.whole import report_at
from planner.request import load_request

EXAMPLES = Path(__file__).parents[2] / "examples"
NUMBER = re.compile(r"\d")
NAMES = ("inputs", "changes")  # which documents these are: versions, days and hashes


class Numbers(HTMLParser):
    """Reads the number cells, tiles and facts of a page with the notes that a reader is shown for each."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str, set[str]]] = []  # table or kind of block, text, places of its notes
        self.ids: set[str] = set()
        self.table = self.section = ""
        self.heads: list[set[str]] = []
        self.row: set[str] = set()
        self.column = 0
        self.cell: list[str] | None = None
        self.own: set[str] = set()
        self.right = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {k: v or "" for k, v in attrs}
        notes = set(named.get("data-w", "").split())
        self.ids.add(named.get("id", ""))
        match tag:
            case "section":
                self.section = named["id"]
            case "table":
                self.table, self.heads = named["aria-labelledby"], []
            case "th":
                self.heads.append(set())
            case "tr":
                self.row, self.column = notes, 0
            case "td" | "dd":
                self.cell, self.own, self.right = [], set(), tag == "dd" or "r" in named.get("class", "").split()
        if self.cell is not None:
            self.own |= notes
        elif self.heads and tag == "button":
            self.heads[-1] |= notes

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "dd") and self.cell is not None:
            said = " ".join("".join(self.cell).split())
            inherited = self.row | self.heads[self.column] if tag == "td" else set()
            if self.right:
                self.found.append((self.table if tag == "td" else self.section, said, self.own | inherited))
            self.cell, self.column = None, self.column + 1

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def untraced(plan: Plan, look: Look) -> tuple[list[tuple[str, str]], int]:
    """Numbers whose notes do not lead to an entry of the appendix, and how many there are in all."""
    page = render_html(plan, "audit", look)
    notes = json.loads(re.findall(r'id="notes">(.*?)</script>', page, re.DOTALL)[0])
    read = Numbers(page)
    lost = []
    for where, said, places in read.found:
        targets = {f"origin-{n}" for place in places for n in re.findall(r"^\[(\d+)\] ", notes[int(place)])}
        if where not in NAMES and NUMBER.search(said) and (not targets or not targets <= read.ids):
            lost.append((where, said))
    return lost, len(read.found)


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    library = load_library()
    names = ("leeds-brownfield", "vienna-in-phases", "distributed-redundant-hall", "graz-shared-pool")
    return {name: make_plan(*load_request(EXAMPLES / f"{name}.yaml"), library) for name in names}


@pytest.mark.parametrize("code", ["en", "de"])
def test_every_number_of_the_page_leads_to_an_entry_of_the_appendix(plans: dict[str, Plan], code: str) -> None:
    for name, plan in {**plans, "sample": sample_plan()}.items():
        lost, every = untraced(plan, Look(code=code))  # type: ignore[arg-type]
        assert lost == [], name
        assert every > 300, name


def test_notes_in_print_lead_to_the_appendix_which_has_each_entry_once() -> None:
    source = render_typst(sample_plan(), "full")
    pointed = {int(n) for n in re.findall(r'"origin-(\d+)"', source)}
    entries = [int(n) for n in re.findall(r"^  reference\((\d+),", source, re.MULTILINE)]
    assert entries == list(range(1, len(entries) + 1))
    assert len(entries) > 50 and pointed <= set(entries)


def test_a_report_without_room_for_the_appendix_points_nowhere() -> None:
    plan = sample_plan()
    assert "origin-" not in render_typst(plan, "brief")
    assert say("origin.capex") in render_html(plan, "brief")  # the words are there all the same


def test_what_an_entry_rests_on_is_an_entry_too() -> None:
    report = report_at(sample_plan(), "full")
    (appendix,) = (block for section in report.sections for block in section.blocks if isinstance(block, References))
    entries = {entry.number: entry for _, group in appendix.groups for entry in group}
    total = entries[report.notes["tco"].number]
    assert {report.notes["energy-cost"].number} <= {int(n) for n in re.findall(r"\d+", total.rests)} <= set(entries)


def test_every_rule_that_a_view_names_is_worded_and_every_worded_rule_is_named() -> None:
    folder = Path(__file__).parents[2] / "planner" / "report" / "view"
    sources = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    words = [key.removeprefix("origin.") for key in language("en").entries if key.startswith("origin.")]
    composed = ("quantity-", "demand-")
    assert [word for word in words if f'"{word}"' not in sources and not word.startswith(composed)] == []
    known = Origins(sample_plan(), Lookup(sample_plan()))
    for kind in ("training", "fine-tuning", "inference", "batch", "embedding", "notebooks", "retrieval", "storage"):
        assert known.find(f"demand-{kind}").what == say(f"origin.demand-{kind}")
    with pytest.raises(KeyError):
        known.find("no-such-rule")


def test_notes_of_one_number_are_printed_as_runs() -> None:
    assert marks([4, 5, 6, 9]) == [("4–6", 4), ("9", 9)]
    assert marks([7, 8]) == [("7", 7), ("8", 8)]


def test_the_page_stays_small_with_the_origin_of_every_number() -> None:
    assert len(render_html(large_plan(60, 1500)).encode()) < 1_500_000


def test_every_figure_says_where_it_comes_from() -> None:
    report = report_at(sample_plan(), "audit")
    without = [
        block.id
        for section in report.sections
        for block in section.blocks
        if block.kind == "figure" and not block.origin
    ]  # type: ignore[union-attr]
    assert without == []
