"""The PDF as independent tools read it; each test is skipped where its tool is not installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from sample_plan import hostile_plan, sample_plan

from planner.plan.document import plan_json
from planner.report import Look, bill_csv, render_html, render_pdf, schedule
from planner.report.language import Code


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")


@pytest.fixture(scope="module", params=["en", "de"])
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    code: Code = request.param
    file = tmp_path_factory.mktemp(code) / "report.pdf"
    file.write_bytes(render_pdf(sample_plan(), "audit", (schedule("a,b\r\n"),), Look(code=code)))
    return file


def said(*words: str | Path) -> str:
    return subprocess.run([str(w) for w in words], capture_output=True, check=True, text=True).stdout


@needs("qpdf")
def test_qpdf_finds_no_fault(printed: Path) -> None:
    assert "No syntax or stream encoding errors found" in said("qpdf", "--check", printed)


@needs("pdffonts")
def test_every_font_is_ours_embedded_and_readable(printed: Path) -> None:
    rows = said("pdffonts", printed).splitlines()[2:]
    assert rows
    for row in rows:
        assert re.match(r"[A-Z]{6}\+(Inter|DejaVuSansMono|NewCM)", row), row
        assert re.search(r"\byes\s+yes\s+yes\b", row), row  # embedded, a subset, with its characters' meaning


@needs("pdftotext")
def test_the_text_comes_in_reading_order(printed: Path) -> None:
    """Chapters follow one another as their headings do on the page, and page one starts with the title."""
    german = printed.parent.name.startswith("de")
    page = render_html(sample_plan(), "audit", Look(code="de" if german else "en"))
    titles = re.findall(r'<h2[^>]*>.*?<a href="#[a-z]+">([^<]+)</a></h2>', page)
    words = " ".join(said("pdftotext", printed, "-").split())
    places, at = [], words.index(f"1 {titles[0]}")
    for number, title in enumerate(titles, 1):
        heading = re.compile(rf"\b{number} {re.escape(title)}(?! [. ]*\. )")
        found = heading.search(words, at)
        assert found, title
        places.append(found.start())
        at = found.start()
    assert places == sorted(places) and len(places) > 15
    assert words.index(sample_plan().inputs.request_name) < places[0]


@needs("pdfdetach")
def test_the_attachments_come_out_as_they_went_in(printed: Path, tmp_path: Path) -> None:
    said("pdfdetach", "-saveall", "-o", tmp_path, printed)
    found = {file.name: file.read_bytes().decode() for file in tmp_path.iterdir() if file.is_file()}
    assert set(found) == {"plan.json", "bom.csv", "cable-counts.csv", "cables.csv"}
    assert found["plan.json"] == plan_json(sample_plan()) and found["bom.csv"] == bill_csv(sample_plan())
    assert found["cables.csv"] == "a,b\r\n"


@needs("pdfinfo")
def test_the_document_is_tagged_and_names_itself(printed: Path) -> None:
    facts = dict(line.split(":", 1) for line in said("pdfinfo", printed).splitlines() if ":" in line)
    assert facts["Tagged"].strip() == "yes" and facts["JavaScript"].strip() == "no"
    assert sample_plan().inputs.request_name in facts["Title"]


@needs("pdftotext")
@pytest.mark.parametrize(
    ("name", "shown", "lost"),
    [
        ("数据中心 Mitte", "数据中心 Mitte", 0),
        ("데이터 Mitte", "□□□ Mitte", 3),
        ("Köln, Ωμέγα, Привет", "Köln, Ωμέγα, Привет", 0),
        ("rack 😀 hall", "rack □ hall", 1),
    ],
)
def test_what_no_font_has_is_a_box_and_is_counted(name: str, shown: str, lost: int, tmp_path: Path) -> None:
    file = tmp_path / "r.pdf"
    plan = hostile_plan(name)
    file.write_bytes(render_pdf(plan, "brief"))
    words = " ".join(said("pdftotext", "-l", "1", file, "-").split())
    assert shown in words
    assert ("none of the bundled fonts" in words) == bool(lost) and (not lost or f"{lost} character" in words)
    said("pdfdetach", "-save", "1", "-o", tmp_path / "first", file)
    assert name in (tmp_path / "first").read_text(encoding="utf-8")


@needs("pdftotext")
def test_arabic_names_are_printed_in_their_own_letters(tmp_path: Path) -> None:
    file, name = tmp_path / "r.pdf", "مركز البيانات"
    file.write_bytes(render_pdf(hostile_plan(name), "brief"))
    words = unicodedata.normalize("NFKC", said("pdftotext", "-l", "1", file, "-"))
    assert set(name) <= set(words) and "none of the bundled fonts" not in words
