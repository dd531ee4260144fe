"""A report says every sentence of the plan in its own language, and marks what it can only quote."""

from __future__ import annotations

import re

import pytest
from sample_plan import sample_plan

from planner.errors import InputError
from planner.plan.document import plan_json
from planner.plan.said import Kind, Sentence, retold, table_of, texts_of
from planner.plan.schema import Plan
from planner.report import Look, render_html, render_typst
from planner.wording import QUOTED, Said, quoted, sentence

GERMAN = Look(code="de")


def in_two_languages(plan: Plan) -> tuple[Plan, dict[str, str]]:
    """The plan with a German form of every sentence that its fields hold, and these by the English."""
    forms = {text: f"«{n}»" for n, text in enumerate(dict.fromkeys(text for _, text in texts_of(plan)))}
    said = {text: Sentence(key=QUOTED, args={"text": text, "de": form}) for text, form in forms.items()}
    return plan.model_copy(update={"said": said}), forms


def test_every_sentence_of_the_plan_that_a_report_prints_is_said_in_its_language() -> None:
    """Whatever it says: each field that may hold a sentence is said again, and none is printed past that."""
    plan, forms = in_two_languages(sample_plan())
    sentences = {text for kind, text in texts_of(plan) if kind is Kind.SENTENCE}
    page, source = render_html(plan, "audit", GERMAN), render_typst(plan, "audit", GERMAN)
    english = render_html(plan, "audit")
    shown = {text for text in sentences if text in english}
    assert len(shown) > 30
    assert [text for text in shown if forms[text] not in page or forms[text] not in source] == []
    unspoken = [text for text in sentences if len(text) > 12 and (text in page or text in source)]
    assert unspoken == []


def test_the_english_report_does_not_ask_the_table() -> None:
    plan, _ = in_two_languages(sample_plan())
    assert render_html(plan) == render_html(sample_plan())


def test_what_only_the_catalogs_english_has_is_marked_for_readers_aloud() -> None:
    own = quoted("Ask the operator.")
    result = sample_plan().sovereignty[0].model_copy(update={"text": own, "source": "a law", "clause": "seat"})
    finding = sample_plan().findings[0].model_copy(update={"text": own})
    plan = sample_plan().model_copy(update={"sovereignty": (result,), "findings": (finding,)})
    plan = plan.model_copy(update={"said": table_of(plan)})
    page = render_html(plan, "audit", GERMAN)
    assert '<span lang="en">Ask the operator.</span>' in page and '<span lang="en">a law</span>' in page
    assert '<span class="tx" lang="en">Ask the operator.' in page
    assert re.search(r'<span class="sub" lang="en">[^<]*seat</span>', page)
    assert 'lang="en"' not in render_html(plan, "audit").split("<body", 1)[1]


def test_a_plan_keeps_its_table_and_says_it_again() -> None:
    words = sentence("finding.quote-required", open=30, lines=1034)
    plan = sample_plan()
    finding = plan.findings[0].model_copy(update={"text": words, "place": sentence("place.bill")})
    plan = plan.model_copy(update={"findings": (finding,)})
    plan = plan.model_copy(update={"said": table_of(plan)})
    again = Plan.model_validate_json(plan_json(plan))
    assert again == plan and type(again.findings[0].text) is str
    told = retold(again, again.said, "de").findings[0]
    assert told.place == "Stückliste" and isinstance(told.text, Said)
    assert told.text == "30 von 1.034 Zeilen haben keinen Preis und sind in keiner Summe"
    assert retold(again, again.said, "en") is again


@pytest.mark.parametrize(
    "wrong",
    [
        Sentence(key="no.such", args={}),
        Sentence(key="finding.quote-required", args={"open": 1}),
        Sentence(key="finding.unknown-phases", args={"power": "much"}),
        Sentence(key="state.lost", args={"node": {"key": "no.such"}}),
    ],
)
def test_a_sentence_that_this_version_does_not_know_is_refused_by_name(wrong: Sentence) -> None:
    plan = sample_plan().model_copy(update={"said": {"x y": wrong}})
    with pytest.raises(InputError, match="x y"):
        render_html(plan, "summary", GERMAN)
