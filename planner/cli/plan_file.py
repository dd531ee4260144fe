"""A plan file for the commands that render, draw and export: one whose parts fit together."""

from __future__ import annotations

from pathlib import Path

from planner.errors import InputError, Problem
from planner.plan.document import load_plan
from planner.plan.schema import Plan
from planner.verify.check import request_of
from planner.verify.foundation import parts_fit


def load_fitting_plan(path: Path) -> Plan:
    """Reads a plan file whose racks, patterns, halls, phases and workloads are those that it names.

    Raises:
        InputError: unreadable, no plan, no valid request in it, or a name that nothing in it has.
    """
    plan = load_plan(path)
    faults = [fault for _, fault in parts_fit(plan, request_of(plan))]
    if faults:
        hint = "take the file as `planner plan` wrote it"
        raise InputError(
            Problem(str(path), 0, 0, fault.place, fault.text, "a plan whose parts fit together", hint)
            for fault in faults
        )
    return plan
