"""What the floor asks of sizing: anchored devices at their anchors, and other mixes than those it has refused."""

from __future__ import annotations

from collections.abc import Callable

from ortools.sat.python import cp_model

from planner.sizing.data import Mix, SizingData
from planner.sizing.limits import ANCHORS, Relaxation
from planner.sizing.variables import Variables, total


def measured_anchors(model: cp_model.CpModel, data: SizingData, v: Variables, relaxation: Relaxation) -> None:
    """Where anchors are measured: how many anchored pieces stand elsewhere."""
    for measured in sorted(relaxation.measured):
        if measured.kind != ANCHORS:
            continue
        hall = next(h for h in data.halls if h.key == measured.subject)
        elsewhere = total(
            v.placed[hall.key, place.key, key]
            for place in hall.classes
            for key, item in sorted(hall.items.items())
            if item.anchor is not None and item.anchor not in place.admits
            if (hall.key, place.key, key) in v.placed
        )
        model.add(elsewhere <= v.excess[measured])


def other_mixes_than_the_floor_refused(model: cp_model.CpModel, data: SizingData, v: Variables) -> None:
    """At least one count differs from each mix that found no place."""
    for number, mix in enumerate(data.avoid):
        model.add_bool_or(differs(model, v, mix, f"avoid {number}"))


def differs(model: cp_model.CpModel, v: Variables, mix: Mix, name: str) -> list[cp_model.IntVar]:
    """Literals of which each may be true only if a count is other than that of a mix."""
    found = []
    for key, count in mix.counts:
        value = v.counts[mix.hall, key]
        for way, rule in (("more", value >= count + 1), ("fewer", value <= count - 1)):
            moved = model.new_bool_var(f"{way}[{name},{key}]")
            model.add(rule).only_enforce_if(moved)
            found.append(moved)
    return found


def certificates_of_classes_hold(
    model: cp_model.CpModel, data: SizingData, v: Variables, proves_nothing: Callable[[str], bool]
) -> None:
    """What packing class by class proved impossible stays so: sum(weight x pieces there) <= sum(z x racks there)."""
    for cut in data.part_cuts:
        if proves_nothing(cut.hall):
            continue
        packed = total(
            v.placed[cut.hall, place, key] * weight
            for place, key, weight in cut.weights
            if (cut.hall, place, key) in v.placed
        )
        model.add(packed <= total(v.racks[cut.hall, place] * z for place, z in cut.z))
