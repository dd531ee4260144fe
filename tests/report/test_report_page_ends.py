"""How printed pages read: page one alone is short, and nothing that belongs to what follows ends a page."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from planner.plan.build import make_plan
from planner.plan.library import load_library
from planner.plan.schema import Plan
from planner.report import render_pdf
from planner.report.blocks import Depth
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
