"""What every group of rules of sizing has: the model, its variables, and limits that may be dropped or measured."""

from __future__ import annotations

from ortools.sat.python import cp_model

from planner.sizing.data import SizingData
from planner.sizing.limits import Limit, Relaxation
from planner.sizing.variables import Expr, Variables


class Rules:
    """Rules that are added to a model, one short method each."""

    def __init__(self, model: cp_model.CpModel, data: SizingData, v: Variables, relaxation: Relaxation) -> None:
        self.model, self.data, self.v, self.relaxation = model, data, v, relaxation

    def limit(self, expression: Expr, bound: int, kind: str, subject: str = "") -> None:
        """expression <= bound, unless the limit is dropped; where it is measured, the excess takes the difference."""
        wanted = Limit(kind, subject)
        if wanted in self.relaxation.dropped:
            return
        if wanted in self.relaxation.measured:
            self.model.add(expression <= bound + self.v.excess[wanted])
        else:
            self.model.add(expression <= bound)
