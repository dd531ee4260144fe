"""Sentences: every text of the plan says what its key and arguments say, and the table holds no other."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import InputError
from planner.plan.said import Kind, said_again, texts_of
from planner.verify.subject import Broken, Rule, Subject, differs
from planner.wording import CANONICAL


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


RULES: tuple[Rule, ...] = (sentences_say_what_they_tell,)
