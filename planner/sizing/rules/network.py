"""The rule that networks are as large as a cut knows: what a mix has around its systems makes them larger."""

from __future__ import annotations

from ortools.sat.python import cp_model

from planner.sizing.data import HallData, Mix, NetworkCut, SizingData
from planner.sizing.pdus import rack_pdus
from planner.sizing.rules.floor import differs
from planner.sizing.variables import Expr, Variables, total


def mixes_have_their_networks(model: cp_model.CpModel, data: SizingData, v: Variables) -> None:
    """Where a hall has the systems of a cut, and the storage, PDUs and CDUs of a step, it has the devices of it."""
    halls = {hall.key: hall for hall in data.halls}
    for number, cut in enumerate(data.networks):
        _has_its_networks(model, halls[cut.hall], v, cut, f"network {number}")


def _has_its_networks(model: cp_model.CpModel, hall: HallData, v: Variables, cut: NetworkCut, name: str) -> None:
    other = differs(model, v, Mix(cut.hall, cut.systems), name)
    pdus = rack_pdus(hall, v) + cdus(hall, v)
    units = v.counts[cut.hall, cut.storage] if cut.storage else total(())
    fewer = {
        (what, least): _fewer(model, amount, least, f"{name},{what}")
        for what, amount in (("units", units), ("pdus", pdus))
        for least in sorted({getattr(step, what) for step in cut.steps} - {0})
    }
    for step in cut.steps:
        here = model.new_bool_var(f"here[{name},{step.units},{step.pdus}]")
        not_yet = [fewer[at] for at in (("units", step.units), ("pdus", step.pdus)) if at in fewer]
        model.add_bool_or([*other, *not_yet, here])
        for key, count in step.devices:
            model.add(v.counts[cut.hall, key] >= count).only_enforce_if(here)


def _fewer(model: cp_model.CpModel, amount: Expr, least: int, name: str) -> cp_model.IntVar:
    """What may be true only if an amount is below a number."""
    found = model.new_bool_var(f"fewer[{name},{least}]")
    model.add(amount <= least - 1).only_enforce_if(found)
    return found


def cdus(hall: HallData, v: Variables) -> Expr:
    """CDUs of all loops of a hall."""
    return total(v.counts[hall.key, key] for key in cdu_items(hall))


def cdu_items(hall: HallData) -> list[str]:
    """The items that are CDUs of the hall's loops."""
    return sorted({loop.cdu for loop in hall.loops if loop.cdu is not None})
