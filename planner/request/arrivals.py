"""Real arrivals as the load of a service: a CSV of (timestamp, input tokens, output tokens), sized by percentile."""

from __future__ import annotations

import csv
import io
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.document import read_text
from planner.errors import InputError, Problem

COLUMNS = ("timestamp", "input_tokens", "output_tokens")
WINDOW_S = 60.0  # arrivals are counted over windows of this length
ROWS_MOST = 2_000_000
DAYS_MOST = 400


@dataclass(frozen=True)
class Arrival:
    """One request: seconds since the first, and its lengths."""

    at_s: float
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Load:
    """What a trace asks for: the request rate that `share` of its windows stay below, and mean lengths."""

    peak_requests_s: float
    mean_requests_s: float
    input_tokens: int
    output_tokens: int
    longest_tokens: int
    requests: int


def read_trace(path: Path) -> tuple[Arrival, ...]:
    """The arrivals of a CSV with the columns timestamp (seconds), input_tokens, output_tokens, in order of time.

    Raises:
        InputError: a column is missing, a value is no number or below its least, or there are no rows.
    """
    reader = csv.reader(io.StringIO(read_text(path, "trace of arrivals")))
    header = [name.strip().lower() for name in next(reader)]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        found = ", ".join(header)
        raise InputError(Problem(str(path), 1, 1, missing[0], found, f"the columns {', '.join(COLUMNS)}"))
    places = [header.index(name) for name in COLUMNS]
    arrivals = [_arrival(path, line, row, places) for line, row in enumerate(reader, start=2) if any(row)]
    if not 0 < len(arrivals) <= ROWS_MOST:
        raise InputError(Problem(str(path), 2, 1, "", f"{len(arrivals):,} arrivals", f"1 to {ROWS_MOST:,}"))
    arrivals.sort(key=lambda arrival: arrival.at_s)
    start = arrivals[0].at_s
    days = (arrivals[-1].at_s - start) / 86_400
    if days > DAYS_MOST:
        found = f"arrivals over {days:,.0f} days"
        raise InputError(
            Problem(str(path), 2, places[0] + 1, COLUMNS[0], found, f"at most {DAYS_MOST}", "timestamps are in seconds")
        )
    return tuple(Arrival(a.at_s - start, a.input_tokens, a.output_tokens) for a in arrivals)


def _arrival(path: Path, line: int, row: Sequence[str], places: Sequence[int]) -> Arrival:
    values = []
    for name, place in zip(COLUMNS, places, strict=True):
        text = row[place].strip() if place < len(row) else ""
        try:
            value = float(text)
        except ValueError:
            raise InputError(Problem(str(path), line, place + 1, name, f'"{text}"', "a number")) from None
        least = -math.inf if name == "timestamp" else 1.0
        if not math.isfinite(value) or value < least:
            raise InputError(Problem(str(path), line, place + 1, name, f'"{text}"', "a number of at least 1"))
        values.append(value)
    return Arrival(values[0], round(values[1]), round(values[2]))


def load_of(arrivals: Sequence[Arrival], share: float = 0.99, window_s: float = WINDOW_S) -> Load:
    """The load that a service must carry so that `share` of the windows are served at their own rate.

    Raises:
        ValueError: no arrivals, or a share that is not between 0 and 1.
    """
    if not arrivals or not 0.0 < share <= 1.0:
        raise ValueError("at least one arrival, and a share above 0 up to 1")
    span = max(arrivals[-1].at_s, window_s)
    edges = [k * window_s for k in range(math.ceil(span / window_s) + 1)]
    times = [arrival.at_s for arrival in arrivals]
    places = [bisect_right(times, edge - 1e-9) for edge in edges[1:]]
    counts = sorted(after - before for before, after in zip([0, *places], [*places, len(times)], strict=False))
    peak = counts[min(len(counts) - 1, math.ceil(share * len(counts)) - 1)] / window_s
    number = len(arrivals)
    return Load(
        peak_requests_s=max(peak, number / span),
        mean_requests_s=number / span,
        input_tokens=math.ceil(sum(a.input_tokens for a in arrivals) / number),
        output_tokens=math.ceil(sum(a.output_tokens for a in arrivals) / number),
        longest_tokens=max(a.input_tokens + a.output_tokens for a in arrivals),
        requests=number,
    )
