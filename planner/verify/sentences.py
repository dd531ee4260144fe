"""Sentences: every text of the plan says what its key and arguments say, and the table holds no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planner.catalog.rules import Rule as CatalogRule
from planner.errors import InputError
from planner.plan.said import Kind, said_again, texts_of
from planner.verify.subject import Broken, Rule, Subject, differs
from planner.wording import CANONICAL, QUOTED, wanted, wording


def sentences_say_what_they_tell(subject: Subject) -> Iterator[Broken]:
    """Every sentence is in the table by its text, and its key and arguments give that text again."""
    said = subject.plan.said
    texts = list(texts_of(subject.plan))
    for text in sorted({text for kind, text in texts if kind is Kind.SENTENCE} - said.keys()):
        yield Broken("said", f'the table of sentences lacks "{text}"')
    held = {text for _, text in texts}
    for text, sentence in said.items():
        if text not in held:
            yield Broken("said", f'no text of the plan reads "{text}"')
        try:
            yield from differs("said", f'"{sentence.key}"', text, said_again(text, sentence, CANONICAL))
        except InputError as error:
            yield Broken("said", str(error))


def sentences_hold_what_they_say(subject: Subject) -> Iterator[Broken]:
    """A sentence has the arguments that its text wants and no other; what it quotes is what the catalogs have."""
    translations = {text: own for rule in subject.library.rules.rules.values() for text, own in _in_german(rule)}
    for text, sentence in subject.plan.said.items():
        for key, args in _parts({"key": sentence.key, "args": sentence.args}):
            if key == QUOTED:
                german = translations.get(args.get("text", ""), "")
                yield from differs("said", f'German of "{args.get("text", "")}"', args.get("de", ""), german)
                continue
            entry = wording(CANONICAL).entries.get(key)
            for name in sorted(args.keys() - wanted(entry) if entry is not None else ()):
                yield Broken("said", f'"{text}" has an argument "{name}" that it does not say')


def _in_german(rule: CatalogRule) -> Iterator[tuple[str, str]]:
    if rule.german is not None:
        yield rule.text, rule.german.text
        yield rule.notice, rule.german.notice


def _parts(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A sentence and those among its arguments, by key and arguments."""
    if isinstance(value, Mapping) and "key" in value:
        yield value["key"], value["args"]
        for one in value["args"].values():
            yield from _parts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _parts(one)


RULES: tuple[Rule, ...] = (sentences_say_what_they_tell, sentences_hold_what_they_say)
