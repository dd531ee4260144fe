"""Mutants of one test file: changes of a plan, each by its name with the rule that is to catch it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planner.plan.library import Library
from planner.plan.schema import Plan
from planner.verify import verify

Change = Callable[[dict[str, Any]], None]
Mutants = dict[str, tuple[str, Change]]


def caught_by(rule: str, mutants: Mutants) -> Callable[[Change], Change]:
    """Adds a change to the mutants that a rule is to catch."""

    def keep(change: Change) -> Change:
        mutants[change.__name__.replace("_", " ")] = (rule, change)
        return change

    return keep


def rules(plan: Plan, library: Library) -> set[str]:
    """The rules of the errors that verify finds."""
    return {finding.rule for finding in verify(plan, library) if finding.severity == "error"}
