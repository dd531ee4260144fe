from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.plan.library import Library, load_library
from planner.plan.question import make_question
from planner.request import load_request, read_request
from planner.sizing.question import Question

HERE = Path(__file__).parent
Change = Callable[[Any], object]


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="session")
def asked(library: Library) -> Callable[..., Question]:
    """The question of a request in `requests`, after a change to its text as data."""

    def ask(name: str, change: Change | None = None) -> Question:
        _, source = load_request(HERE / "requests" / f"{name}.yaml")
        data = read_again(source.data)
        if change is not None:
            change(data)
        request, _ = read_request(replace(source, data=data))
        return make_question(request, library)

    return ask


def read_again(data: Any) -> Any:
    """A copy that may be changed."""
    if isinstance(data, dict):
        return {key: read_again(value) for key, value in data.items()}
    return [read_again(value) for value in data] if isinstance(data, list) else data
