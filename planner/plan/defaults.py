"""What sizing takes for granted where a request keeps a default: the keys of a workload that move its count."""

from __future__ import annotations

from collections.abc import Iterator

from planner.demand.results import Assumption
from planner.request.workload import Workload

# Keys whose default moves a count, with why it is what it is.
WHY = {
    "ttft": "usual target of interactive services",
    "tpot": "50 ms is 20 tokens a second for one reader",
    "redundancy": "one replica may fail unnoticed",
    "prefix_cache_hit": "no text is taken to be shared between requests",
    "sequence": "usual in published runs",
    "every": "once a week",
    "active_share": "share of users who hold accelerators at one time; no published figure, so measure it",
    "accelerators_each": "one accelerator each",
    "tokens_each": "a paragraph of text",
    "dimensions": "usual width of embeddings",
    "bytes_per_number": "32-bit numbers",
    "growth": "no growth",
}


def default_assumptions(workload: Workload) -> Iterator[Assumption]:
    """Every key of a workload that moves its count and has its default, whether or not the request writes it."""
    for key, why in WHY.items():
        field = type(workload).model_fields.get(key)
        value = getattr(workload, key, None)
        if field is not None and value == field.default:
            shown = f"{value:g}" if isinstance(value, int | float) else str(value)
            yield Assumption(
                f"default.{key}", f"{workload.kind}: {key} at its default; {why}", shown,
                "request/v1, default of the key", "estimate",
            )  # fmt: skip
