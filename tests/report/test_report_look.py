"""Single drawings, the summary, brands and a user's own templates."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_plan import sample_plan

from planner.cli.draw import command as draw
from planner.cli.report import command as report
from planner.errors import InputError
from planner.plan.document import plan_json
from planner.plan.schema import Finding
from planner.report import Look, drawing_of, drawing_png, drawing_svg, load_brand, render_html, render_pdf
from planner.report.look import contrast

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"><rect width="9" height="3"/></svg>'
PAGES = re.compile(rb"/Type/Pages/Count (\d+)")


def brand_file(folder: Path, words: str) -> Path:
    (folder / "logo.svg").write_text(SVG, encoding="utf-8")
    file = folder / "brand.yaml"
    file.write_text(words, encoding="utf-8")
    return file


def template_folder(folder: Path, name: str, words: str) -> Path:
    file = folder / "own" / name
    file.parent.mkdir(parents=True)
    file.write_text(words, encoding="utf-8")
    return folder / "own"


@pytest.mark.parametrize(
    "what",
    [
        "floor",
        "weight",
        "power",
        "fabric:compute",
        "rack:hall-1/A01",
        "rear:hall-1/A01",
        "rear:hall-1-p2",
        "flow",
        "floor:hall-1",
    ],
)
def test_each_drawing_stands_alone(what: str) -> None:
    drawing = drawing_of(sample_plan(), what)
    root = ET.fromstring(drawing_svg(drawing))
    _, _, wide, tall = map(float, root.attrib["viewBox"].split())
    assert wide > drawing.width and tall > drawing.height
    assert len(list(root.iter("{http://www.w3.org/2000/svg}text"))) == len(drawing.texts())


def test_a_drawing_is_a_picture_too() -> None:
    assert drawing_png(drawing_of(sample_plan(), "power")).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("what", "hint"), [("rack:hall-1/A1", "rack:hall-1/A01"), ("moon", "floor:hall-1"), ("rack", "which is")]
)
def test_a_drawing_that_the_plan_does_not_have_is_named_with_the_nearest(what: str, hint: str) -> None:
    with pytest.raises(InputError, match=re.escape(hint)):
        drawing_of(sample_plan(), what)


def test_the_draw_command_writes_by_the_ending_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(plan_json(sample_plan()), encoding="utf-8")
    words = [str(tmp_path / "plan.json"), "--what", "flow", "-o"]
    assert CliRunner().invoke(draw, [*words, str(tmp_path / "f.svg")]).exit_code == 0
    assert (tmp_path / "f.svg").read_text(encoding="utf-8") == drawing_svg(drawing_of(sample_plan(), "flow"))
    refused = CliRunner().invoke(draw, [*words, str(tmp_path / "f.gif")])
    assert isinstance(refused.exception, InputError) and ".png" in str(refused.exception)


def test_the_summary_is_one_page_whatever_the_findings_say() -> None:
    plan = sample_plan()
    long = tuple(Finding(severity=s, rule="r", place="p", text="very long " * 200) for s in ("error", "warning"))
    plan = plan.model_copy(update={"findings": (*plan.findings, *long)})
    made = PAGES.search(render_pdf(plan, "summary"))
    assert made and made[1] == b"1"
    page = render_html(plan, "summary")
    assert page.count("<section ") == 1 and 'id="decision"' in page and "<nav" not in page


def test_a_brand_gives_title_logo_and_colours(tmp_path: Path) -> None:
    words = 'title: "A & <B>"\nlogo: logo.svg\ncolours: {head: "#5b1a6e", accent: "#7a1f8f"}\n'
    look = Look(load_brand(brand_file(tmp_path, words)))
    page = render_html(sample_plan(), "summary", look)
    assert "A &amp; &lt;B&gt;" in page and "--link:#7a1f8f" in page
    assert 'src="data:image/svg+xml;base64,' in page
    made = render_pdf(sample_plan(), "summary", look=look)
    assert made.startswith(b"%PDF") and made != render_pdf(sample_plan(), "summary")
    assert made == render_pdf(sample_plan(), "summary", look=look)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ('colours: {accent: "#ffcc00"}', "colours.accent"),
        ('colours: {head: "red"}', "colours.head"),
        ("logo: ../logo.svg", "logo"),
        ("logo: /etc/hostname", "logo"),
        ("logo: brand.yaml", "logo"),
        ("logo: none.png", "logo"),
        ("font: Comic Sans", "font"),
    ],
)
def test_a_brand_that_cannot_be_used_is_refused_with_its_place(tmp_path: Path, words: str, place: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "logo.svg").write_text(SVG, encoding="utf-8")
    with pytest.raises(InputError, match=place.replace(".", r"\.")):
        load_brand(brand_file(inner, words + "\n"))


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#767676", "#ffffff", 4.54)])
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


def test_a_template_of_the_user_overrides_one_block(tmp_path: Path) -> None:
    footer = "{% block footer %}<footer>{{ report.title }}: ours</footer>{% endblock %}"
    words = '{% extends "base/html/report.html.j2" %}' + footer
    folder = template_folder(tmp_path, "html/report.html.j2", words)
    page = render_html(sample_plan(), "summary", Look(templates=folder))
    assert f"<footer>{sample_plan().inputs.request_name}: ours</footer>" in page and 'id="decision"' in page


@pytest.mark.parametrize(
    "words",
    [
        "{{ report.__class__.__mro__ }}",  # the sandbox refuses it
        "{{ nothing_of_this_name }}",
        "{% if %}",
        "{{ 1 / 0 }}",
        "{{ 'a' + 1 }}",
        "{% for i in range(10 ** 9) %}{% endfor %}",
        '{% include "html/report.html.j2" %}',
        '{% include "../../secret.txt" %}',
        '{% include "html/link.txt" %}',
    ],
)
def test_a_template_that_fails_or_leaves_its_folder_is_refused(tmp_path: Path, words: str) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    folder = template_folder(tmp_path, "html/report.html.j2", words)
    (folder / "html" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(InputError, match="--template"):
        render_html(sample_plan(), "summary", Look(templates=folder))


def test_a_typst_template_reads_no_file_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    secret = str(tmp_path / "secret.txt")
    folder = template_folder(tmp_path, "typst/report.typ.j2", f'#read("{secret}")')
    with pytest.raises(InputError, match="--template"):
        render_pdf(sample_plan(), "summary", look=Look(templates=folder))


def test_the_report_command_takes_a_summary_or_a_depth_not_both(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(plan_json(sample_plan()), encoding="utf-8")
    words = [str(tmp_path / "plan.json"), "--html", str(tmp_path / "r.html"), "--summary"]
    assert CliRunner().invoke(report, words).exit_code == 0
    assert (tmp_path / "r.html").read_text(encoding="utf-8") == render_html(sample_plan(), "summary")
    assert isinstance(CliRunner().invoke(report, [*words, "--depth", "full"]).exception, InputError)


def test_a_folder_may_bring_its_own_style_and_script(tmp_path: Path) -> None:
    folder = template_folder(tmp_path, "html/style.css", "body{color:#123456}DARKVARS")
    (folder / "html" / "script.js").write_text("window.ours = 1;", encoding="utf-8")
    page = render_html(sample_plan(), "summary", Look(templates=folder))
    assert "body{color:#123456}" in page and "window.ours = 1;" in page and "CHUNK" not in page
    escaping = template_folder(tmp_path / "two", "html/script.js", "</script><b>")
    with pytest.raises(InputError, match=r"script\.js"):
        render_html(sample_plan(), "summary", Look(templates=escaping))


def test_a_style_that_lies_outside_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.css").write_text("secret{}", encoding="utf-8")
    folder = template_folder(tmp_path, "html/note.txt", "")
    (folder / "html" / "style.css").symlink_to(tmp_path / "secret.css")
    assert "secret{}" not in render_html(sample_plan(), "summary", Look(templates=folder))
