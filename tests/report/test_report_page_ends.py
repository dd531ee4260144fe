"""How printed pages read: page one alone is short, and nothing that belongs to what follows ends a page."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from planner.plan.build import make_plan
from planner.plan.library import load_library
from planner.plan.schema import Plan
from planner.report import render_pdf
from planner.report.blocks import Depth, Figure, Fold, Heading, Section, Table, at_depth
from planner.report.view.whole import report_of
from planner.request import load_request

EXAMPLES = Path(__file__).parents[2] / "examples"
MOST_WORDS = 200
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    library = load_library()
    names = ("berlin-clinic", "paris-sovereign-cloud", "vienna-in-phases", "leeds-brownfield")
    return {name: make_plan(*load_request(EXAMPLES / f"{name}.yaml"), library) for name in names}


def printed(plan: Plan, folder: Path, depth: Depth, *options: str) -> str:
    file = folder / "report.pdf"
    file.write_bytes(render_pdf(plan, depth))
    return subprocess.run(["pdftotext", *options, str(file), "-"], capture_output=True, text=True, check=True).stdout


@needs_poppler
def test_page_one_is_under_two_hundred_words_beside_its_figure(plans: dict[str, Plan], tmp_path: Path) -> None:
    for name, plan in plans.items():
        page = printed(plan, tmp_path, "full", "-f", "1", "-l", "1")
        prose, figure = re.split(r"(?=The tightest limit is )", page)
        footer = " ".join(re.findall(rf"^(?:{plan.inputs.date}; request|page 1 of ).*$", figure, re.MULTILINE))
        assert footer.count("page 1 of ") == 1 and len(f"{prose} {footer}".split()) < MOST_WORDS, name
        assert not re.search(r"\w\[|\w_\w", prose), f"{name}: a name of the request, not a word"


FOOT = 46.0  # points at the bottom of a page that hold nothing but the footer
XHTML = "{http://www.w3.org/1999/xhtml}"


def leads(section: Section | Fold) -> Iterator[str]:
    """Texts that belong to what follows them: headings, captions with their notes, groups of tables."""
    for block in section.blocks:
        if isinstance(block, Heading):
            yield block.text
        elif isinstance(block, Figure):
            yield from (block.title, block.note)
        elif isinstance(block, Table):
            yield block.caption
            yield from (row.group for row in block.rows)
        elif isinstance(block, Fold):
            yield block.title
            yield from leads(block)


def heads(section: Section | Fold) -> Iterator[set[str]]:
    """The words of the head of every table."""
    for block in section.blocks:
        if isinstance(block, Table):
            yield {word for column in block.columns for word in column.title.split()}
        elif isinstance(block, Fold):
            yield from heads(block)


def lines_of_pages(xml: str) -> Iterator[list[list[str]]]:
    """The lines of every page from top to bottom, each from left to right; footers apart."""
    for page in ElementTree.fromstring(xml).iter(f"{XHTML}page"):
        ends = float(page.attrib["height"]) - FOOT
        words = [(float(w.attrib["yMax"]), float(w.attrib["xMin"]), str(w.text)) for w in page.iter(f"{XHTML}word")]
        lines: list[list[tuple[float, float, str]]] = []
        for word in sorted(word for word in words if word[0] <= ends):
            if lines and word[0] - lines[-1][0][0] < 2:
                lines[-1].append(word)
            else:
                lines.append([word])
        yield [[text for _, _, text in sorted(line, key=lambda word: word[1])] for line in lines]


@needs_poppler
@pytest.mark.parametrize("name", ["berlin-clinic", "paris-sovereign-cloud"])
@pytest.mark.parametrize("depth", ["full", "audit"])
def test_no_heading_caption_or_head_of_a_table_ends_a_page(
    plans: dict[str, Plan], tmp_path: Path, name: str, depth: Depth
) -> None:
    sections = at_depth(report_of(plans[name]), depth).sections
    told = {" ".join(text.split()) for section in sections for text in leads(section)} - {""}
    told |= {f"{number} {section.title}" for number, section in enumerate(sections, start=1)}
    columns = [words for section in sections for words in heads(section)]
    pages = list(lines_of_pages(printed(plans[name], tmp_path, depth, "-bbox")))

    def opens(line: list[str]) -> bool:
        return " ".join(line) in told or (len(line) > 2 and any(set(line) <= words for words in columns))

    assert sum(opens(line) for lines in pages for line in lines) > 50  # they are found where they do not end a page
    assert [(number, lines[-1]) for number, lines in enumerate(pages, start=1) if opens(lines[-1])] == []
