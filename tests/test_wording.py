"""Sentences of plans: every one that the code says stands in both catalogues, with the same arguments."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from planner.paths import data_root
from planner.report.language import LANGUAGES
from planner.wording import CANONICAL, Said, _catalogue, _parts, fields, quoted, sentence, wording

HOUSE = Path(__file__).parents[1]
OWN = {code: _catalogue("sentences", code) for code in LANGUAGES}


def said_in(file: Path) -> Iterator[tuple[str, set[str] | None]]:
    """Every sentence that a module says: its key (a pattern where it is composed) and the names of its arguments."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sentence":
            names = {keyword.arg for keyword in node.keywords}
            for key in keys_of(node.args[0]):
                yield key, None if None in names else {name for name in names if name is not None}


def keys_of(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(key)):
            yield re.escape(key)
        case ast.IfExp(body=first, orelse=second):
            yield from (*keys_of(first), *keys_of(second))
        case ast.JoinedStr(values=parts):
            yield "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in parts)  # type: ignore[arg-type]


def test_every_sentence_that_the_code_says_is_in_the_catalogue_with_its_arguments() -> None:
    entries, faults, used = OWN[CANONICAL], [], set()
    for file in sorted((HOUSE / "planner").rglob("*.py")):
        for pattern, names in said_in(file):
            keys = [key for key in entries if re.fullmatch(pattern, key)]
            used.update(keys)
            if not keys:
                faults.append(f"{file.name}: {pattern} is no sentence")
            elif names is not None and all(fields(entries[key]) - {"n"} - names for key in keys):
                faults.append(f"{file.name}: {keys[0]} lacks {sorted(fields(entries[keys[0]]) - names)}")
    assert faults == []
    forms = {form for entry in entries.values() for one in texts(entry) for _, _, form in _parts(one)}
    words = {key for key in entries if key.split(".")[0] in {*forms, "joined"}}
    assert sorted(set(entries) - used - words) == []


def texts(entry: object) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry.values())  # type: ignore[attr-defined]


def test_both_catalogues_have_the_same_sentences_with_the_same_arguments() -> None:
    english, german = OWN["en"], OWN["de"]
    assert set(english) == set(german)
    assert [key for key, entry in english.items() if fields(entry) != fields(german[key])] == []
    assert sorted(f.stem for f in (data_root() / "templates" / "sentences").glob("*.yaml")) == sorted(LANGUAGES)


def test_a_sentence_is_english_text_that_knows_what_it_says() -> None:
    lost = sentence("state.lost", node=sentence("state.source", source="grid-1"))
    said = sentence("finding.phase-rating", when=lost, found=12_345, limit=Fraction(12_000))
    assert said == "with source grid-1 lost a phase carries 12,345 W, at most 12,000 W continuously"
    again = pickle.loads(pickle.dumps(said))
    assert isinstance(again, Said) and (again.key, again.args) == (said.key, said.args)  # type: ignore[attr-defined]
    assert again.args["when"] == {
        "key": "state.lost",
        "args": {"node": {"key": "state.source", "args": {"source": "grid-1"}}},
    }
    german = "bei Ausfall von Quelle grid-1 trägt eine Phase 12.345 W, dauernd zulässig sind höchstens 12.000 W"
    assert wording("de").say(again.key, again.args) == german


@pytest.mark.parametrize(
    ("key", "args", "english", "german"),
    [
        ("figure.power", {"value": 1_234_500}, "1.234 MW", "1,234 MW"),
        ("figure.share-exact", {"value": 0.125}, "12.5%", "12,5 %"),
        ("source.prior", {"source": "x", "until": "2026-06-26", "software": ["a", "b"]},
         "x; measured until 2026-06-26; a, b", "x; gemessen bis 26.06.2026; a, b"),
        ("why-not.more-positions", {"n": 1}, "1 more position", "1 Stellplatz mehr"),
        ("name.and", {"names": ["a", "b"]}, "a and b", "a und b"),
        ("name.and", {"names": ["a", "b", "c"]}, "a, b and c", "a, b und c"),
        ("cause.tier", {"fabric": "compute", "tier": "node-leaf", "hall": "h"}, "compute node-leaf in h",
         "System–Leaf (Rechennetz) in h"),
    ],
)  # fmt: skip
def test_figures_dates_and_words_as_each_language_writes_them(
    key: str, args: dict[str, object], english: str, german: str
) -> None:
    assert (wording("en").say(key, args), wording("de").say(key, args)) == (english, german)


def test_what_the_catalogs_say_is_quoted_in_the_language_that_they_have() -> None:
    own = quoted("Ask the operator.", de="Den Betreiber fragen.")
    only = quoted("Ask AWS.")
    assert own == "Ask the operator." and isinstance(own, Said) and isinstance(only, Said)
    assert wording("de").say(own.key, own.args) == "Den Betreiber fragen."
    assert wording("de").say(only.key, only.args) == "Ask AWS."
