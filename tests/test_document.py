"""Laws of documents: JSON out and in again, places of values, files written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from planner import document
from planner.errors import MAX_PROBLEMS, InputError, Problem

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\x85\u2028\u2029\ufeff")
)
NUMBERS = st.one_of(st.integers(-(10**18), 10**18), st.floats(allow_nan=False, allow_infinity=False))
DATA = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, WORDS),
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(WORDS, below, max_size=4)),
    max_leaves=20,
)


@given(DATA)
def test_what_is_written_is_read_again(data: Any) -> None:
    text = document.canonical_json(data)
    assert document.parse(text, "x").data == data
    assert document.parse_plain_json(text) == data
    assert document.canonical_json(json.loads(text)) == text


@given(st.dictionaries(WORDS, NUMBERS, max_size=6))
def test_order_of_keys_changes_neither_text_nor_hash(data: dict[str, Any]) -> None:
    turned = dict(reversed(data.items()))
    assert document.canonical_json(turned) == document.canonical_json(data)
    assert document.sha256(turned) == document.sha256(data)


@given(st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=8, unique=True))
def test_places_are_those_of_the_text(words: list[str]) -> None:
    text = "list:\n" + "".join(f"  -{' ' * (1 + number)}{word}\n" for number, word in enumerate(words))
    parsed = document.parse(text, "x")
    for number, word in enumerate(words):
        mark = parsed.mark(("list", number))
        assert text.splitlines()[mark.line - 1][mark.column - 1 :] == word


def test_a_place_without_a_mark_is_that_of_its_parent() -> None:
    parsed = document.parse("a:\n  - b: 1\n", "x")
    assert parsed.mark(("a", 0, "c", "d")) == document.Mark(2, 5)
    assert parsed.mark(("a", 0, "b"), key=True) == document.Mark(2, 5)
    assert parsed.mark(("a", 0, "b")) == document.Mark(2, 8)
    assert parsed.mark(("z",)) == document.Mark(1, 1)


def test_words_that_older_yaml_turns_into_something_else() -> None:
    text = "a: no\nb: 12:30\nc: 2026-11-21\nd: 010\ne: 1_000\nf: on\ng: 0x1F\n<<: x\n"
    assert document.parse(text, "x").data == {
        "a": "no", "b": "12:30", "c": "2026-11-21", "d": "010", "e": "1_000", "f": "on", "g": "0x1F", "<<": "x",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', '{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}', "[" * 5000, "a: 1", '{"a": Infinity}'],
)
def test_json_that_is_not_plain_goes_to_the_careful_reader(text: str) -> None:
    assert document.parse_plain_json(text) is None


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int = Field(ge=1, le=9)
    colour: Literal["red", "blue"] = "red"


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    parts: tuple[Inner, ...] = Field(min_length=1)


def faults(text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        document.build(Outer, document.parse(text, "x"))
    return [str(problem) for problem in error.value.problems]


def test_a_fault_names_its_place_and_nothing_above_it() -> None:
    assert faults("name: n\nparts:\n  - {size: 0}\n") == ["x:3:12: parts[0].size: found 0, expected at least 1"]
    assert faults("name: n\nparts: []\n") == ["x:2:8: parts: found a list of 0, expected at least 1 of them"]


def test_an_unknown_key_is_compared_with_the_keys_of_its_own_place() -> None:
    near, far = faults("name: n\nparts:\n  - {size: 1, color: red}\n"), faults("nme: n\nname: n\nparts: [{size: 1}]\n")
    assert near == [
        'x:3:15: parts[0].color: found the unknown key "color", expected a known key; did you mean "colour"?'
    ]
    assert far == ['x:1:1: nme: found the unknown key "nme", expected a known key; did you mean "name"?']
    assert faults("name: n\nparts: [{size: 1, name: m}]\n")[0].endswith("; known here: colour, size")


def test_twenty_problems_at_most_in_the_order_of_the_file() -> None:
    found = [Problem("f", line, 1, "", "x", "y") for line in range(30, 0, -1)]
    error = InputError([*found, found[0]])
    assert [problem.line for problem in error.problems] == list(range(1, MAX_PROBLEMS + 1))
    assert str(error).splitlines()[-1] == "and 10 more"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file.txt"
    document.write_whole(target, "old")

    def fail(temporary: Path) -> None:
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="found No space left on device, expected a file that can be written"):
        document.write_with(target, fail)
    assert [path.read_text() for path in target.parent.iterdir()] == ["old"]


def test_line_ends_and_byte_order_marks_change_nothing(tmp_path: Path) -> None:
    plain, windows = tmp_path / "a.yaml", tmp_path / "b.yaml"
    plain.write_bytes("a: ä\nb: 2\n".encode())
    windows.write_bytes("\ufeffa: ä\r\nb: 2\r\n".encode())
    assert document.load(plain).data == document.load(windows).data
    assert document.load(plain).sha256 == document.load(windows).sha256
