"""Which sentences a plan holds: every text of it by its key and arguments, so that it can be said in another language.

Fields of the plan that hold sentences are `Words`, those that hold a name or a sentence are `Named`. Texts stay English
where they stand; the table `said` of the plan tells what each of them says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, WrapValidator

from planner.catalog.facts import Strict
from planner.errors import InputError
from planner.wording import CANONICAL, QUOTED, Said, wording

M = TypeVar("M", bound=BaseModel)


class Kind(Enum):
    """What a text of the plan is."""

    SENTENCE = "sentence"
    NAME = "name"


def _kept(value: Any, checked: Callable[[Any], str]) -> str:
    """A sentence stays what it is: a plain `str` would lose its key."""
    return value if isinstance(value, Said) else checked(value)


Words = Annotated[str, WrapValidator(_kept), Kind.SENTENCE]
Named = Annotated[str, WrapValidator(_kept), Kind.NAME]


class Sentence(Strict):
    """Which sentence a text is. Arguments are numbers, names, lists of them, or sentences of their own."""

    key: str
    args: dict[str, Any]


def texts_of(value: Any, kind: Kind | None = None) -> Iterator[tuple[Kind, str]]:
    """Every text of a plan that may be a sentence, in the order of the plan."""
    if isinstance(value, BaseModel):
        for name, own in _fields(type(value)):
            yield from texts_of(getattr(value, name), own)
    elif isinstance(value, str):
        if kind is not None and value:
            yield kind, value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts_of(one, kind)
    elif isinstance(value, tuple):
        for one in value:
            yield from texts_of(one, kind)


def table_of(plan: BaseModel) -> dict[str, Sentence]:
    """The table of a plan that was just made: each text once, with what it says."""
    found: dict[str, Sentence] = {}
    for _, text in texts_of(plan):
        if isinstance(text, Said) and text not in found:
            found[str(text)] = Sentence(key=text.key, args=dict(text.args))
    return found


def retold(plan: M, said: Mapping[str, Sentence], code: str) -> M:
    """The plan with its sentences in another language; what is no sentence stays.

    A text that is `Said` afterwards is in that language; others are names, or what the catalogs have in English alone.

    Raises:
        InputError: the table holds a sentence that this version does not know.
    """
    if code == CANONICAL:
        return plan
    words = {text: _in_language(text, sentence, code) for text, sentence in said.items()}
    again: M = _mapped(plan, lambda text: words.get(text, text))
    return again


def _in_language(text: str, sentence: Sentence, code: str) -> str:
    words = said_again(text, sentence, code)
    whole = not only_english({"key": sentence.key, "args": sentence.args}, code)
    return Said(words, sentence.key, sentence.args) if whole else words


def only_english(value: Any, code: str) -> bool:
    """Whether a sentence, or one among its arguments, quotes what the catalogs do not have in this language."""
    if isinstance(value, Mapping):
        if value.get("key") == QUOTED:
            return code not in value["args"]
        return any(only_english(one, code) for one in value.get("args", {}).values())
    return isinstance(value, list) and any(only_english(one, code) for one in value)


def said_again(text: str, sentence: Sentence, code: str) -> str:
    """A sentence in a language.

    Raises:
        InputError: no catalogue has it, or its arguments are not those it takes.
    """
    try:
        return wording(code).say(sentence.key, sentence.args)
    except (KeyError, ValueError, TypeError, AttributeError):
        expected = "a sentence of this version of the planner, with its arguments"
        raise InputError.of(f'said."{text}"', f'the sentence "{sentence.key}"', expected, file="plan") from None


def _mapped(value: Any, change: Callable[[str], str], kind: Kind | None = None) -> Any:
    if isinstance(value, BaseModel):
        found = {name: _mapped(getattr(value, name), change, own) for name, own in _fields(type(value))}
        return value.model_copy(update=found)
    if isinstance(value, str):
        return value if kind is None else change(value)
    if isinstance(value, Mapping):
        return {key: _mapped(one, change, kind) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(_mapped(one, change, kind) for one in value)
    return value


@cache
def _fields(model: type[BaseModel]) -> tuple[tuple[str, Kind | None], ...]:
    """The fields of a model that hold sentences or names, and those that hold models which may."""
    found: list[tuple[str, Kind | None]] = []
    for name, field in model.model_fields.items():
        kind = next((one for one in field.metadata if isinstance(one, Kind)), None) or _kind_in(field.annotation)
        if kind is not None or _holds_models(field.annotation):
            found.append((name, kind))
    return tuple(found)


def _kind_in(annotation: Any) -> Kind | None:
    own = (one for one in getattr(annotation, "__metadata__", ()) if isinstance(one, Kind))
    inner = (_kind_in(part) for part in get_args(annotation))
    return next((kind for kind in (*own, *inner) if kind is not None), None)


def _holds_models(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return bool(_fields(annotation))
    return any(_holds_models(part) for part in get_args(annotation))
