"""One plan, one set of numbers: HTML, PDF and CSV agree, say what is unknown, and carry any text unharmed."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typst
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_plan import hostile_plan, large_plan, sample_plan

from planner.catalog.facts import Confidence
from planner.cli.report import command
from planner.errors import InputError
from planner.money import Range
from planner.plan.document import plan_json
from planner.plan.schema import Finding, Plan
from planner.report import bill_csv, cables_csv, render_html, render_pdf, render_typst, schedule, templating, text
from planner.report.csv import safe
from planner.report.view import decision, site

HOSTILE = 'A<b>"q"\'& #[x] {{ y }} {% z %} <% w %> << v >> \\ $z$ *s* _u_ `c` @r <lab> ~ // /* */ |-- x'
VOID = {"meta", "link", "input", "br", "img", "hr"}
SHAPES = {"rect", "polyline", "path"}


class Page(HTMLParser):
    """Reads a page: its text, ids, links, open tags; fails on tags that do not close."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.links: list[str] = []
        self.outside: list[str] = []
        self.words: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.stack: list[str] = []
        self.feed(source)
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if "id" in named:
            self.ids.append(str(named["id"]))
        href = named.get("href") or ""
        if href.startswith("#"):
            self.links.append(href[1:])
        self.outside += [
            v for k, v in attrs if k in ("src", "href", "action", "srcset") and v and not v.startswith(("#", "data:"))
        ]
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SHAPES | VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.stack[-1:]):
            self.words.append(data)

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.words).split())


def headline_figures(plan: Plan) -> list[str]:
    head, money = plan.headline, plan.headline.currency
    figures = [
        f"{money} {head.capex.typical:,}",
        f"{money} {head.tco.typical:,}",
        f"{head.capex.low:,} to {head.capex.high:,}",
        f"{head.tco.low:,} to {head.tco.high:,}",
        head.systems,
        text.power(head.power_design_w),
        text.power(head.power_peak_w),
        f"{head.racks:,} racks",
        str(head.ready_by),
        text.percent(head.gap, 2),
    ]
    return [*figures, f"{head.lines_without_price} lines"]


def test_every_headline_number_stands_on_the_page_and_in_print() -> None:
    plan = sample_plan()
    page, source = Page(render_html(plan)).said, render_typst(plan)
    for figure in headline_figures(plan):
        assert figure in page, figure
        assert figure in source, figure
    embedded = json.loads(html.unescape(re.findall(r'id="headline">(.*?)</script>', render_html(plan))[0]))
    assert embedded == plan.headline.model_dump(mode="json")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_headline_numbers_and_hostile_text_read_back_from_the_pdf(tmp_path: Path) -> None:
    name = 'Plan <b>"Ü"</b> #[x] {{ y }} $z$ *s* _u_ @r \\ `c`'
    plan = hostile_plan(name)
    plan = plan.model_copy(update={"headline": plan.headline.model_copy(update={"systems": "6 x DGX"})})
    (tmp_path / "r.pdf").write_bytes(render_pdf(plan, "brief"))
    done = subprocess.run(["pdftotext", "-layout", str(tmp_path / "r.pdf"), "-"], capture_output=True, check=True)
    said = " ".join(done.stdout.decode().split())
    assert name in said
    assert f"EUR {plan.headline.capex.typical:,}" in said and f"EUR {plan.headline.tco.typical:,}" in said
    assert "page 1 of" in said


def test_the_bill_adds_up_to_the_same_sums_in_every_output() -> None:
    plan = sample_plan()
    rows = list(csv.DictReader(io.StringIO(bill_csv(plan))))
    typical = sum(int(row["extended_typical"]) for row in rows if row["extended_typical"].isdigit())
    assert [row["line"] for row in rows] == [str(line.line) for line in plan.bill]
    assert sum(row["extended_typical"] == text.QUOTE for row in rows) == plan.headline.lines_without_price
    assert f"EUR {typical:,}" in Page(render_html(plan)).said
    assert f"EUR {typical:,}" in render_typst(plan)


def test_unknown_is_said_and_never_a_zero() -> None:
    plan = sample_plan()
    nothing = plan.headline.model_copy(update={"power_peak_w": None, "lead_time_weeks": None, "ready_by": None})
    said = Page(render_html(plan.model_copy(update={"headline": nothing}))).said
    assert "unknown peak" in said and "lead time unknown" in said
    assert (
        text.money(None, "EUR") == text.QUOTE
        and text.power(None) == text.mass(None) == text.weeks(None) == text.UNKNOWN
    )
    assert text.percent(0.0000001, 2) == "under 0.01 %"
    netapp = next(row for row in csv.DictReader(io.StringIO(bill_csv(plan))) if row["product"] == "netapp-aff-a90")
    assert netapp["unit_price_low"] == netapp["extended_high"] == text.QUOTE
    assert netapp["lead_time_weeks"] == netapp["part_number"] == text.UNKNOWN


def test_no_report_says_all_is_well_while_something_is_open() -> None:
    plan = sample_plan()
    assert decision.verdict(plan).tone == "warn"
    plan = plan.model_copy(update={"findings": ()})
    clean = plan.headline.model_copy(update={"lines_without_price": 0, "warnings": 0, "evidence_needed": 0})
    assert decision.verdict(plan.model_copy(update={"headline": clean})).tone == "good"
    for field in ("lines_without_price", "warnings", "evidence_needed"):
        again = decision.verdict(plan.model_copy(update={"headline": clean.model_copy(update={field: 1})}))
        assert again.tone == "warn" and again.title.endswith(("quote", "warning", "needed"))
    failing = decision.verdict(plan.model_copy(update={"headline": clean.model_copy(update={"errors": 2})}))
    assert failing.tone == "bad" and "2 errors" in failing.title


def test_the_page_is_whole_asks_nothing_of_the_network_and_links_inside_itself() -> None:
    for plan in (sample_plan(), hostile_plan(HOSTILE)):
        page = Page(render_html(plan))
        assert page.outside == []
        assert len(page.ids) == len(set(page.ids))
        assert set(page.links) - set(page.ids) == set()
    source = render_html(sample_plan())
    assert not re.search(r"url\((?!data:)|@import|https?://[^\"<]*\.(js|css|woff)", source.split("<body>")[0])


def test_any_text_passes_the_page_unharmed() -> None:
    page = Page(render_html(hostile_plan(HOSTILE)))
    wanted = " ".join(HOSTILE.split())
    assert page.said.count(wanted) > 20
    assert "<b>" not in render_html(hostile_plan(HOSTILE)).split("</style>")[1]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_is_the_same_after_typst_has_read_it(words: str) -> None:
    assert json.loads(typst.eval(b"", templating.literal(words))) == words


def test_a_hostile_plan_compiles() -> None:
    assert render_pdf(hostile_plan(HOSTILE), "audit").startswith(b"%PDF-1.7")


def test_equal_plans_are_equal_bytes() -> None:
    again = Plan.model_validate(json.loads(plan_json(sample_plan())))
    assert render_html(sample_plan()) == render_html(again)
    assert render_pdf(sample_plan()) == render_pdf(again)
    assert bill_csv(sample_plan()) == bill_csv(again)


def test_the_pdf_is_archival_tagged_and_carries_its_data(tmp_path: Path) -> None:
    made = render_pdf(sample_plan(), more=(schedule("from,to\r\n"),))
    for mark in (
        b"pdfaid:part>3",
        b"pdfuaid:part>1",
        b"/StructTreeRoot",
        b"(plan.json)",
        b"(bom.csv)",
        b"(cable-counts.csv)",
        b"(cables.csv)",
    ):
        assert mark in made or mark.replace(b"(", b"").replace(b")", b"") in made, mark


def test_depth_leaves_out_what_is_deeper_and_no_link_dangles() -> None:
    plan = sample_plan()
    brief, full, audit = (Page(render_html(plan, depth)) for depth in ("brief", "full", "audit"))
    assert len(brief.said) < len(full.said) < len(audit.said)
    assert "sources-table" in audit.ids and "sources-table" not in full.ids
    assert "decision" in brief.ids and "bill" not in brief.ids


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"])
def test_no_spreadsheet_runs_a_cell(start: str) -> None:
    plan = hostile_plan(start)
    for row in csv.DictReader(io.StringIO(bill_csv(plan), newline="")):
        assert row["name"] == row["vendor"] == row["cause"] == f"'{start}"
    assert all(not row["name"].startswith(start) for row in csv.DictReader(io.StringIO(cables_csv(plan), newline="")))


def test_numbers_stay_numbers_in_csv() -> None:
    assert (safe(-5), safe(2.5), safe(True), safe("plain")) == ("-5", "2.5", "yes", "plain")


def test_findings_of_one_rule_stand_together() -> None:
    plan = sample_plan()
    many = tuple(Finding(severity="warning", rule="lead", place=f"line {n}", text="No lead time.") for n in range(40))
    said = Page(render_html(plan.model_copy(update={"findings": many}))).said
    assert "40 x lead" in said and "and 28 more" in said and said.count("No lead time.") <= 2


@pytest.mark.parametrize(
    ("share", "status", "words"),
    [
        (0.0, "optimal", "proven optimal"),
        (0.0, "feasible", "within 0 % of the proven bound"),
        (0.0123, "feasible", "within 1.23 % of the proven bound"),
    ],
)
def test_quality_in_words(share: float, status: str, words: str) -> None:
    assert text.gap(share, status) == words


def test_ranges_print_low_to_high() -> None:
    assert text.span(Range(low=1000, typical=2000, high=3000), "EUR") == "EUR 1,000 to 3,000"
    assert text.span(Range(low=5, typical=5, high=5), "EUR") == "EUR 5"
    assert text.runs([3, 1, 2, 7]) == "01 to 03, 07"


def test_the_command_writes_what_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(plan_json(sample_plan()), encoding="utf-8")
    files = {option: tmp_path / f"r{option}" for option in ("html", "pdf", "csv", "cables")}
    words = [str(tmp_path / "plan.json")]
    for option, path in files.items():
        words += [f"--{option}", str(path)]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    assert files["html"].read_text(encoding="utf-8") == render_html(sample_plan())
    assert files["pdf"].read_bytes() == render_pdf(sample_plan())
    assert files["csv"].read_bytes().decode() == bill_csv(sample_plan())
    assert files["cables"].read_bytes().decode() == cables_csv(sample_plan())


def test_the_command_without_a_file_says_what_to_add(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, [str(tmp_path / "plan.json")])
    assert isinstance(done.exception, InputError) and "--html" in str(done.exception)


def test_a_plan_whose_request_was_damaged_is_refused_with_its_place() -> None:
    plan = sample_plan()
    broken = plan.model_copy(update={"request": {**plan.request, "currency": 5}})
    with pytest.raises(InputError, match=r"request\.currency"):
        render_html(broken)
    lost = plan.model_copy(update={"racks": (plan.racks[0].model_copy(update={"pattern": "hall-1-p9"}),)})
    with pytest.raises(InputError, match="hall-1-p9"):
        render_html(lost)


def test_a_large_plan_draws_each_rack_once() -> None:
    page = render_html(large_plan(200, 60), "full")
    assert page.count('class="gallery"') == 1
    assert page.count('<figure id="pattern-') == 2
    assert len(page) < 1_500_000


def test_sixty_racks_and_1500_lines_stay_below_the_size_of_a_mail() -> None:
    assert len(render_html(large_plan(60, 1500)).encode()) < 1_500_000


def test_confidences_have_a_look_each() -> None:
    shares: dict[str, float] = dict.fromkeys(("vendor", "press", "estimate", "unknown"), 0.25)
    names: tuple[Confidence, ...] = ("vendor", "press", "estimate", "unknown")
    plan = sample_plan()
    (figure,) = decision.confidence(
        plan.model_copy(update={"cost": plan.cost.model_copy(update={"confidence_share": shares})})
    )
    said = " ".join(entry.content for entry in figure.drawing.texts())
    assert all(f"{name} 25 %" in said for name in names)


def test_positions_are_listed_as_runs_and_long_lists_end_with_a_count() -> None:
    assert site.places(list(sample_plan().racks)) == "hall-1: A01 to A05, B01"
    scattered = list(large_plan(1000, 1).racks)[::2]
    said = site.places(scattered)
    assert said.count(",") == site.MOST_RUNS - 1 and said.endswith(f"and {500 - site.MOST_RUNS} racks more")


def test_the_decision_says_when_it_can_run_and_when_it_is_wanted() -> None:
    said = Page(render_html(sample_plan(), "brief")).said
    assert "Can run 2027-03-13" in said and "Wanted by 2027-12-31." in said


def test_rows_that_wait_for_the_script_are_a_second_table_without_it() -> None:
    page = render_html(large_plan(60, 700))
    Page(page)  # well-formed
    rest = "".join(re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL))
    assert page.count('<tr id="line-') == 700 and rest.count('<tr id="line-') == 500
    assert "Continued after the first 200 rows." in rest and "<thead>" in rest
    assert "<noscript>" not in render_html(large_plan(60, 250))
