"""The decision variables of phasing, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from planner.phasing.data import PhasingData, PhasingResult

Var = cp_model.IntVar


@dataclass
class Variables:
    """By phase t: `stands[t, rack]`, `pieces[t, stock]`, `units[t, workload, place]`, `service[t, hall, system]`,
    `spares[t, hall, system]`. A whole stock has one Boolean, `whole[t, stock]`: its pieces are all there or none."""

    stands: dict[tuple[int, int], Var] = field(default_factory=dict)
    pieces: dict[tuple[int, int], Var] = field(default_factory=dict)
    whole: dict[tuple[int, int], Var] = field(default_factory=dict)
    units: dict[tuple[int, str, str], Var] = field(default_factory=dict)
    service: dict[tuple[int, str, str], Var] = field(default_factory=dict)
    spares: dict[tuple[int, str, str], Var] = field(default_factory=dict)

    def count(self, data: PhasingData, t: int, stock: int) -> cp_model.LinearExprT:
        """Pieces of a stock that stand in a phase."""
        if data.stocks[stock].whole:
            return self.whole[t, stock] * data.stocks[stock].count
        return self.pieces[t, stock]

    def minimise_early_capital(self, model: cp_model.CpModel, data: PhasingData) -> None:
        """Capital that stands in a phase, times the days to the next one; what comes later costs nothing here."""
        terms: list[cp_model.LinearExprT] = []
        for t, phase in enumerate(data.phases):
            terms += [self.count(data, t, n) * (s.weight * phase.days) for n, s in enumerate(data.stocks)]
            terms += [self.stands[t, n] * (r.weight * phase.days) for n, r in enumerate(data.racks)]
        model.minimize(cp_model.LinearExpr.sum(terms))

    def read(self, run: cp_model.CpSolver, data: PhasingData, value: int, bound: int) -> PhasingResult:
        """The answer as plain numbers."""
        phases = range(len(data.phases))
        return PhasingResult(
            stands=tuple(tuple(bool(run.value(self.stands[t, n])) for n in range(len(data.racks))) for t in phases),
            pieces=tuple(
                tuple(int(run.value(self.count(data, t, n))) for n in range(len(data.stocks))) for t in phases
            ),
            units=tuple(
                tuple((w, p, n) for (at, w, p), var in sorted(self.units.items()) if at == t and (n := run.value(var)))
                for t in phases
            ),
            service=tuple(
                tuple((h, s, run.value(var)) for (at, h, s), var in sorted(self.service.items()) if at == t)
                for t in phases
            ),
            objective=value,
            lower_bound=bound,
        )


def create(model: cp_model.CpModel, data: PhasingData) -> Variables:
    """Every variable with its domain."""
    v = Variables()
    for t, phase in enumerate(data.phases):
        for n, _ in enumerate(data.racks):
            v.stands[t, n] = model.new_bool_var(f"stands[{t},{n}]")
        for n, stock in enumerate(data.stocks):
            if stock.whole:
                v.whole[t, n] = model.new_bool_var(f"whole[{t},{n}]")
            else:
                v.pieces[t, n] = model.new_int_var(0, stock.count, f"pieces[{t},{n}]")
        for service in phase.services:
            for place, most in service.places:
                v.units[t, service.workload, place] = model.new_int_var(0, most, f"units[{t},{service.workload}]")
        for pool in data.pools:
            key = (t, pool.hall, pool.system)
            v.service[key] = model.new_int_var(0, pool.total, f"service{key}")
            v.spares[key] = model.new_int_var(0, len(pool.steps) - 1, f"spares{key}")
    return v
