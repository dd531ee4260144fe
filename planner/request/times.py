"""When a workload runs: hours of the day on the clock of the site, and what share of its peak it then needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, SerializationInfo, WithJsonSchema

from planner.document import Document
from planner.errors import Expected, Problem
from planner.request.units import AS_DOCUMENT, Share

HOURS_OF_A_DAY = 24
DAY_S = 86_400
EXPECTED = 'hours such as "08-20", or a list of such'
RANGE = re.compile(r"(\d{1,2})\s*-\s*(\d{1,2})")


def _hours(value: Any) -> tuple[int, ...]:
    ranges = value if isinstance(value, list | tuple) else [value]
    found: set[int] = set()
    for text in ranges:
        found |= _range(text)
    if not found:
        raise Expected("no hours", EXPECTED)
    return tuple(sorted(found))


def _range(text: Any) -> set[int]:
    """The hours of "08-20": from 8 to before 20; one that ends before it starts goes on past midnight."""
    match = RANGE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        shown = f'"{text}"' if isinstance(text, str | int | float) else "keys and values"
        raise Expected(shown, EXPECTED)
    start, end = int(match[1]), int(match[2])
    if start >= HOURS_OF_A_DAY or end > HOURS_OF_A_DAY:
        raise Expected(f'"{text}"', "hours from 00 to 24")
    if start == end:
        raise Expected(f'"{text}"', "an end that is not the start", 'leave "hours" out for a workload that always runs')
    length = (end - start) % HOURS_OF_A_DAY or HOURS_OF_A_DAY
    return {(start + hour) % HOURS_OF_A_DAY for hour in range(length)}


def ranges_of(hours: tuple[int, ...]) -> list[str]:
    """Hours as ranges of a day: (0, 1, 22, 23) is 00-02 and 22-24."""
    found: list[tuple[int, int]] = []
    for hour in sorted(hours):
        if found and found[-1][1] == hour:
            found[-1] = (found[-1][0], hour + 1)
        else:
            found.append((hour, hour + 1))
    return [f"{start:02d}-{end:02d}" for start, end in found]


def _written(value: Any, info: SerializationInfo) -> Any:
    return ranges_of(value) if info.context == AS_DOCUMENT and value is not None else value


Hours = Annotated[
    tuple[int, ...],
    BeforeValidator(_hours),
    PlainSerializer(_written),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "x-quantity": "hours of the day",
            "examples": ["08-20"],
        }
    ),
]
Profile = Annotated[tuple[Share, ...], Field(min_length=HOURS_OF_A_DAY, max_length=HOURS_OF_A_DAY)]


def answers_have_a_length(workloads: tuple[Any, ...], source: Document) -> Iterator[Problem]:
    """Reinforcement says how long its prompts and answers are; nothing else writes any."""
    for i, workload in enumerate(workloads):
        tuning = getattr(workload, "tuning", None)
        for key in ("prompt_tokens", "answer_tokens") if tuning is not None else ():
            stated = getattr(workload, key) is not None
            if tuning == "reinforcement" and not stated:
                yield source.problem(
                    ("workloads", i, "tuning"), f"reinforcement without {key}", f'the key "{key}"',
                    "state how many tokens one sample has: the time to write answers depends on it",
                )  # fmt: skip
            elif tuning != "reinforcement" and stated:
                yield source.problem(
                    ("workloads", i, key), f"{key} of {tuning} tuning", "no such key", "only reinforcement writes",
                    key=True,
                )  # fmt: skip


def times_can_be_kept(workloads: tuple[Any, ...], source: Document, *, phased: bool) -> Iterator[Problem]:
    """A profile reaches the peak and stands alone; work of some hours a day has a day or more; phases have no hours."""
    for i, workload in enumerate(workloads):
        place = ("workloads", i)
        profile, hours = getattr(workload, "profile", None), getattr(workload, "hours", None)
        low = getattr(workload, "priority", "normal") == "low"
        key = "profile" if profile is not None else "hours" if hours is not None else "priority" if low else None
        if phased and key is not None:
            yield source.problem(
                (*place, key), f"{key} beside phases", "one of them: phases count what runs at all times",
                "leave the phases out, or state the workload as if it always ran", key=True,
            )  # fmt: skip
        if profile is not None and hours is not None:
            yield source.problem(
                (*place, "hours"),
                "hours and a profile",
                "one of them",
                "a share of 0 in the profile says that it does not run",
                key=True,
            )
        if profile is not None and max(profile) < 1:
            most = f"a largest share of {100 * max(profile):g} %"
            yield source.problem((*place, "profile"), most, "one hour of 100 % at least", "shares are of the peak")
        if (hours is not None or low) and getattr(workload, "within", DAY_S) < DAY_S:
            yield source.problem(
                (*place, "within"), f"{workload.within / 3600:g} hours for work that runs at some hours of the day",
                "1 day or more", 'state at least "1 day", or leave out hours and priority',
            )  # fmt: skip
