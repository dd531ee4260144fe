"""Workloads over the slots of a day: what each holds in a slot, and what must go on when a node is lost."""

from __future__ import annotations

from ortools.sat.python import cp_model

from planner.sizing.data import WorkloadOption
from planner.sizing.variables import Var, Variables, most_at_once, total


def hold_over_the_day(model: cp_model.CpModel, v: Variables, workload: str, option: WorkloadOption) -> None:
    """In every slot a workload holds its load, or, where it is flexible, units whose time makes up its volume."""
    assert option.spread is not None
    uses = v.uses[workload, option.system]
    places = sorted(place for key, place, system in v.units if (key, system) == (workload, option.system))
    slots = range(len(option.spread.load))
    held = {(place, slot): v.held[workload, place, option.system, slot] for place in places for slot in slots}
    for place in places:
        units = v.units[workload, place, option.system]
        model.add_max_equality(units, [held[place, slot] for slot in slots])
    if option.indivisible:
        _in_one_place(model, held, places, option, uses, workload)
    if option.spread.flexible:
        _make_up_the_volume(model, held, places, option, uses, workload)
        return
    for slot, load in enumerate(option.spread.load):
        model.add(total(held[place, slot] for place in places) == load * uses)


def _make_up_the_volume(
    model: cp_model.CpModel,
    held: dict[tuple[str, int], Var],
    places: list[str],
    option: WorkloadOption,
    uses: Var,
    workload: str,
) -> None:
    """Either the load throughout its hours, or any units in them whose working time is the day's volume."""
    spread = option.spread
    assert spread is not None
    throughout = model.new_bool_var(f"throughout[{workload},{option.system}]")
    model.add_implication(throughout, uses)
    for slot, load in enumerate(spread.load):
        here = total(held[place, slot] for place in places)
        model.add(here <= (spread.most if load else 0) * uses)
        model.add(here == load).only_enforce_if(throughout)
    worked = total(held[place, slot] * spread.seconds[slot] for place, slot in sorted(held))
    model.add(worked >= spread.volume_s).only_enforce_if([uses, throughout.negated()])
    if not option.indivisible:
        return
    for place, slot in sorted(held):  # a job that must share one fabric runs with its least units or not at all
        runs = model.new_bool_var(f"runs[{workload},{option.system},{place},{slot}]")
        model.add(held[place, slot] >= option.units * runs)
        model.add(held[place, slot] <= most_at_once(option) * runs)


def _in_one_place(
    model: cp_model.CpModel,
    held: dict[tuple[str, int], Var],
    places: list[str],
    option: WorkloadOption,
    uses: Var,
    workload: str,
) -> None:
    """All units of a job stand in one location in all slots: its data and its fabric do not leave the hall."""
    here = {place: model.new_bool_var(f"here[{workload},{option.system},{place}]") for place in places}
    model.add(total(here.values()) == uses)
    for place, slot in sorted(held):
        model.add(held[place, slot] <= most_at_once(option) * here[place])


def must_work(option: WorkloadOption, slot: int) -> int:
    """Units that must go on in a slot when nodes fail: spares left out, and work that may wait."""
    if option.spread is None:
        return option.units - option.spare_units
    if option.spread.flexible or not option.spread.load[slot]:
        return 0
    return option.spread.load[slot] - option.spare_units
