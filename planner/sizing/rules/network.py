"""The rule that networks are as large as a cut knows: what a mix has around its systems makes them larger."""

from __future__ import annotations

from ortools.sat.python import cp_model

from planner.sizing.data import HallData, Mix, NetworkCut, SizingData
from planner.sizing.pdus import rack_pdus
from planner.sizing.rules.floor import differs
from planner.sizing.variables import MOST, Expr, Variables, total


def mixes_have_their_networks(model: cp_model.CpModel, data: SizingData, v: Variables) -> None:
    """Where a hall has the systems of a cut, and the storage, PDUs and CDUs of a step, it has the devices of it."""
    halls = {hall.key: hall for hall in data.halls}
    for number, cut in enumerate(data.networks):
        _has_its_networks(model, halls[cut.hall], v, cut, f"network {number}")


def _has_its_networks(model: cp_model.CpModel, hall: HallData, v: Variables, cut: NetworkCut, name: str) -> None:
    other = differs(model, v, Mix(cut.hall, cut.systems), name)
    pdus = rack_pdus(hall, v) + total(v.counts[hall.key, key] for key in hall.cdus)
    units = v.counts[cut.hall, cut.storage] if cut.storage else total(())
    known: dict[str, cp_model.IntVar] = {}

    def within(what: str, amount: Expr, low: int, high: int) -> list[cp_model.IntVar]:
        """What may be true only if an amount is from `low` to `high`; nothing where it never is."""
        if high < low:
            return []
        key = f"{name},{what},{low},{high}"
        if key not in known:
            known[key] = model.new_bool_var(key)
            model.add_linear_constraint(amount, low, high).only_enforce_if(known[key])
        return [known[key]]

    for step in cut.steps:
        here = model.new_bool_var(f"here[{name},{step.units},{step.pdus}]")
        elsewhere = [
            *within("units", units, 0, step.units - 1),
            *within("units", units, step.last + 1, MOST),
            *within("pdus", pdus, 0, step.pdus - 1),
        ]
        model.add_bool_or([*other, *elsewhere, here])
        for key, count in step.devices:
            model.add(v.counts[cut.hall, key] >= count).only_enforce_if(here)
