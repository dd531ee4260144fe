"""Plans to and from files: canonical bytes, checked on the way in."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from planner import document
from planner.plan.schema import Plan


def plan_json(plan: Plan) -> str:
    """The one JSON text of a plan, keys sorted: equal plans are equal bytes."""
    return document.canonical_json(plan.model_dump(mode="json", by_alias=True))


def load_plan(path: Path) -> Plan:
    """Reads a plan file.

    Raises:
        InputError: unreadable, no plan, or one that breaks the schema, with line and column.
    """
    text = document.read_text(path, "plan")
    try:
        return Plan.model_validate(document.parse_plain_json(text))
    except ValidationError:
        # Faulty, or not plain JSON: the reader that notes places takes longer, and says where.
        return document.build(Plan, document.parse(text, str(path), "plan"))
