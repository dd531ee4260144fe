"""Two catalogues that say the same: nothing missing or unused, no fixed English left, figures as each writes them."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner
from sample_plan import hostile_plan, large_plan, sample_plan

from planner.catalog.facts import Confidence
from planner.cli.draw import command as draw
from planner.cli.report import command as report
from planner.errors import InputError
from planner.money import Range
from planner.paths import data_root
from planner.plan.difference import KINDS
from planner.plan.document import plan_json
from planner.plan.schema import Alternative, BillLine, FabricPlan, Headline, Plan, Proof, SovereigntyResult, Stranded
from planner.plan.schema_balance import PatternPhases
from planner.plan.schema_base import Change, Measure, Severity
from planner.plan.schema_supplies import SupplyLoss
from planner.report import Look, drawing_of, load_brand, render_html, render_pdf, text
from planner.report.drawings.canvas import faults
from planner.report.html import _page
from planner.report.language import LANGUAGES, Language, fields, language, say, speaking
from planner.report.lookup import Lookup
from planner.report.pdf import _source
from planner.report.pictures import choices
from planner.request.electrical import Panel, Source
from planner.request.policy import OBJECTIVES
from planner.request.positions import Containment

HOUSE = Path(__file__).parents[2]
SPOKEN = re.compile(r"""say\(\s*(?:f?["']([a-z0-9.-]+)["']|["']([a-z0-9.-]+)["'] if)""")
#: Words of the plan that the reports know by a fixed meaning: any of them may come up.
TERMS = (
    "binding", "cause", "change-kind", "changed", "confidence", "containment", "cords", "cost", "count",
    "fabric-name", "fabric-short", "fact", "figure", "finding", "force", "frontier-axis", "frontier-unit",
    "group", "input", "kind", "law", "layout",
    "level", "loss", "measure", "medium", "number", "objective", "origin",
    "origin-kind", "panel-kind", "result", "role", "running", "severity",
    "short", "source-kind", "stage", "state-of", "status", "storage-pattern", "tier", "treatment", "unit", "where",
    "workload", "wrong-by",
)  # fmt: skip
UNITS = {
    "kW", "MW", "W", "kg", "kPa", "EUR", "USD", "GB", "TB", "Gb", "s", "m", "mm", "h", "L", "min", "t", "CO", "e",
    "U", "x", "p",
    "A", "B", "C", "D", "M", "N", "P", "S", "X",
}  # fmt: skip


def literals(model: type, name: str) -> tuple[str, ...]:
    return get_args(model.model_fields[name].annotation)  # type: ignore[attr-defined]


def test_both_catalogues_have_the_same_keys_forms_and_fields() -> None:
    ours = {code: language(code).entries for code in LANGUAGES}
    assert set(ours["en"]) == set(ours["de"])
    for key, entry in ours["en"].items():
        assert isinstance(entry, str) == isinstance(ours["de"][key], str), key
        assert fields(entry) == fields(ours["de"][key]), key


def test_no_text_of_a_catalogue_is_unused_and_none_is_missing() -> None:
    files = [*(HOUSE / "planner" / "report").rglob("*.py"), *(HOUSE / "templates").rglob("*.j2")]
    sources = "\n".join(file.read_text(encoding="utf-8") for file in files)
    entries = language("en").entries
    quoted = set(re.findall(r"""["']([a-z0-9-]+(?:\.[a-z0-9-]+)?)["']""", sources))
    unused = [key for key in entries if key.split(".")[0] not in TERMS and key not in quoted]
    composed = ("floor.alt-", "floor.cold-aisle", "floor.hot-aisle", "flow.")
    assert [key for key in unused if not key.startswith(composed)] == []
    said = {one or two for one, two in SPOKEN.findall(sources)} - {""}
    assert [key for key in said if key not in entries and not key.endswith((".", "-"))] == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("confidence", get_args(Confidence)),
        ("severity", get_args(Severity)),
        ("result", (*literals(SovereigntyResult, "result"), *literals(Alternative, "status"))),
        ("group", literals(BillLine, "group")),
        ("stage", literals(Proof, "stage")),
        ("status", literals(Proof, "status")),
        ("fabric-name", literals(FabricPlan, "fabric")),
        ("fabric-short", literals(FabricPlan, "fabric")),
        ("objective", OBJECTIVES),
        ("containment", get_args(Containment)),
        ("level", literals(Stranded, "level")),
        ("source-kind", literals(Source, "kind")),
        ("panel-kind", literals(Panel, "kind")),
        ("change-kind", KINDS),
        ("cords", literals(PatternPhases, "connection")),
        ("loss", literals(SupplyLoss, "lost")),
        ("running", literals(SupplyLoss, "running")),
        ("measure", get_args(Measure)),
        ("wrong-by", get_args(Change)),
        ("changed", tuple(Headline.model_fields)),
    ],
)
def test_every_word_that_a_plan_may_use_is_in_the_catalogue(kind: str, words: tuple[str, ...]) -> None:
    assert [word for word in words if f"{kind}.{word}" not in language("de").entries] == []


FIXED = re.compile(r"[a-z]{2,} [A-Za-z]|^[A-Z][a-z]{2,}|[a-z]{3,}[:,;.] |^ [a-z]{2,}|[a-z]{2,} $")


def written_in(source: str) -> list[str]:
    """Texts for people in a module, save its documentation, what it raises, and what it says from the catalogue."""
    tree = ast.parse(source)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and isinstance(node.body[0], ast.Expr):
            skipped.add(id(node.body[0].value))
        if isinstance(node, ast.Raise):
            skipped.update(map(id, ast.walk(node)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("say", "term"):
            skipped.update(map(id, ast.walk(node.args[0])))
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [str(node.value) for node in constants if id(node) not in skipped and FIXED.search(str(node.value))]


def test_no_module_of_the_views_and_drawings_has_texts_of_its_own() -> None:
    """What no sample plan shows is caught here."""
    own = {"canvas.py": 4, "metrics.py": 3, "frontier.py": 1}  # what a check of drawings finds; names of fonts; a unit
    found = {}
    for file in sorted((HOUSE / "planner" / "report").glob("[vd]*/*.py")):
        texts = written_in(file.read_text(encoding="utf-8"))
        if len(texts) > own.get(file.name, 0):
            found[file.name] = texts
    assert found == {}
    assert written_in('Column("Feed"); f"{n} racks in a row"; say("power.feed")') == ["Feed", " racks in a row"]


class Texts(HTMLParser):
    """The texts of a page and those of its attributes that people hear or see."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        self.found += [
            re.sub(r"\{\w+\}", "", v)
            for k, v in attrs
            if v and k in ("aria-label", "title", "alt", "data-says", "data-dark")
        ]

    def handle_data(self, data: str) -> None:
        if self.inside not in ("script", "style"):
            self.found.append(data)


def masked() -> Language:
    """A language whose every fixed letter is Greek: what is Latin in a report then comes from the plan."""

    def mask(words: str) -> str:
        parts = re.split(r"(\{\w+\})", words)
        return "".join(p if p.startswith("{") else re.sub(r"[A-Za-z]", "ξ", p) for p in parts)

    entries = {
        key: mask(entry) if isinstance(entry, str) else {form: mask(words) for form, words in entry.items()}
        for key, entry in language("en").entries.items()
    }
    return Language("en", entries)


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (str(key), *strings(inner))]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


def plain(words: str) -> str:
    return " ".join(re.sub(r"[^a-z]+", " ", words.lower()).split())


def fixed_words(said: list[str], plan: Plan) -> list[str]:
    """Runs of Latin words that stand in no string of the plan."""
    carried = f" {' | '.join(plain(s) for s in strings(plan.model_dump(mode='json')))} "
    found = []
    for words in said:
        for run in re.split(r"[^A-Za-z ]+", words):
            kept = " ".join(word for word in run.split() if word not in UNITS)
            if kept and f" {plain(kept)} " not in carried and plain(kept) not in carried:
                found.append(f"{run} (in: {words[:80]})")
    return found


def test_no_fixed_text_bypasses_the_catalogue_in_html() -> None:
    plan = sample_plan()
    with speaking(masked()):
        page = _page(plan, "audit", Look())
    assert fixed_words(Texts(page).found, plan) == []


def test_no_fixed_text_bypasses_the_catalogue_in_print() -> None:
    plan = sample_plan()
    with speaking(masked()):
        source = _source(plan, "audit", Look(), ())
    body = source[source.index("#heading(level: 1") :]
    body = re.sub(r'drawing\("(?:[^"\\]|\\.)*"', "drawing(", body)  # drawings are read in the page
    texts = [words.replace("\u200b", "") for words in re.findall(r'"((?:[^"\\]|\\.)*)"', body)]
    ids = re.compile(r"^[a-z][A-Za-z0-9-]*$")  # labels, tones
    assert fixed_words([words for words in texts if not ids.match(words)], plan) == []


@pytest.mark.parametrize("plan", [sample_plan(), large_plan(300, 20), hostile_plan("Donaudampfschifffahrt" * 3)])
def test_german_drawings_keep_to_their_room(plan: Plan) -> None:
    with speaking(language("de")):
        for name, drawing in choices(plan, Lookup(plan)).items():
            assert faults(drawing()) == [], name


def test_figures_money_and_dates_as_each_language_writes_them() -> None:
    money = Range(low=1_000, typical=12_000, high=1_234_567)
    with speaking(language("de")):
        assert text.money(12_000, "EUR") == "12.000 EUR"
        assert text.span(money, "EUR") == "1.000 bis 1.234.567 EUR"
        assert text.power(1_234_500) == "1,234 MW" or text.power(14_300) == "14,3 kW"
        assert text.percent(0.1234) == "12,3 %" and text.count(1234) == "1.234"
        assert text.day("2027-06-30") == "30.06.2027" and text.day("soon") == "soon"
        assert text.weeks(1) == "1 Woche" and text.weeks(2.5) == "2,5 Wochen"
        assert text.counted("rack", 1) == "1 Rack" and text.counted("rack", 1234) == "1.234 Racks"
    assert text.money(12_000, "EUR") == "EUR 12,000" and text.day("2027-06-30") == "2027-06-30"


def test_the_page_and_the_print_say_which_language_they_are_in() -> None:
    german = Look(code="de")
    page = render_html(sample_plan(), "audit", german)
    assert page.count('<html lang="de">') == 1 and "Stückliste" in page and say("bill.title") not in page
    assert "2.728.300 EUR" in page and "13.03.2027" in page
    assert b"/Lang(de)" in render_pdf(sample_plan(), "summary", look=german)
    assert "auf Englisch" in page  # which part is in the plan's words


def test_the_option_goes_before_the_brand_and_the_brand_before_english(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(plan_json(sample_plan()), encoding="utf-8")
    (tmp_path / "brand.yaml").write_text("language: de\n", encoding="utf-8")
    brand = load_brand(tmp_path / "brand.yaml")
    assert Look(brand).language.code == "de" and Look(brand, code="en").language.code == "en"
    words = [str(tmp_path / "plan.json"), "--html", str(tmp_path / "r.html"), "--brand", str(tmp_path / "brand.yaml")]
    for more, code in (([], "de"), (["--lang", "en"], "en")):
        assert CliRunner().invoke(report, [*words, *more]).exit_code == 0
        assert f'<html lang="{code}">' in (tmp_path / "r.html").read_text(encoding="utf-8")
    drawn = [str(tmp_path / "plan.json"), "--what", "flow", "--lang", "de", "-o", str(tmp_path / "f.svg")]
    assert CliRunner().invoke(draw, drawn).exit_code == 0
    assert "Aufgaben" in (tmp_path / "f.svg").read_text(encoding="utf-8")
    assert "Aufgaben" in {t.content for t in drawing_of(sample_plan(), "flow", "de").texts()}


def test_a_folder_may_bring_its_own_words(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    (folder / "locale").mkdir(parents=True)
    words = folder / "locale" / "de.yaml"
    words.write_text("bill: {title: Leistungsverzeichnis}\n", encoding="utf-8")
    assert "Leistungsverzeichnis" in render_html(sample_plan(), "full", Look(templates=folder, code="de"))
    for wrong in ("bill: {titel: x}", 'of: "{path}"', "count: {rack: Rack}"):
        words.write_text(wrong + "\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"de\.yaml"):
            render_html(sample_plan(), "full", Look(templates=folder, code="de"))


def test_both_catalogues_ship() -> None:
    assert sorted(f.stem for f in (data_root() / "templates" / "locale").glob("*.yaml")) == sorted(LANGUAGES)
