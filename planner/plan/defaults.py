"""What sizing takes for granted where a request keeps a default: the keys of a workload that move its count."""

from __future__ import annotations

from collections.abc import Iterator

from planner.demand.results import Assumption
from planner.request.workload import Workload
from planner.wording import sentence

# Keys whose default moves a count; why each is what it is stands among the sentences.
KEYS = (
    "ttft", "tpot", "redundancy", "prefix_cache_hit", "sequence", "every", "active_share", "accelerators_each",
    "tokens_each", "dimensions", "bytes_per_number", "growth",
)  # fmt: skip


def default_assumptions(workload: Workload) -> Iterator[Assumption]:
    """Every key of a workload that moves its count and has its default, whether or not the request writes it."""
    for key in KEYS:
        field = type(workload).model_fields.get(key)
        value = getattr(workload, key, None)
        if field is not None and value == field.default:
            shown = sentence("figure.plain", value=value) if isinstance(value, int | float) else str(value)
            yield Assumption(
                f"default.{key}",
                sentence("default.workload", kind=workload.kind, key=key, why=sentence(f"default.{key}")), shown,
                sentence("source.default"), "estimate",
            )  # fmt: skip
