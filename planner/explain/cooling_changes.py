"""More air, more coolant, liquid for more rows, and racks of any kind at any position."""

from __future__ import annotations

from collections.abc import Iterator

from planner.explain.edits import Edit, Place, span, with_rows
from planner.request.site import Loop
from planner.wording import sentence


def more_air(place: Place) -> Iterator[Edit]:
    """Air cooling of the hall that takes more heat."""
    cooling = place.hall.cooling
    needed = place.before_share(place.data.air_w + place.by + cooling.existing_air_load)
    words = sentence("change.air", hall=place.hall.id, span=span("power", cooling.air, needed))
    yield words, place.hall.model_copy(update={"cooling": cooling.model_copy(update={"air": needed})})


def more_airflow(place: Place) -> Iterator[Edit]:
    """A hall that moves more air."""
    then = place.before_share((place.data.airflow_m3_h or 0) + place.by, 2)
    cooling = place.hall.cooling.model_copy(update={"airflow": then})
    words = sentence("change.airflow", hall=place.hall.id, span=span("airflow", place.hall.cooling.airflow or 0, then))
    yield words, place.hall.model_copy(update={"cooling": cooling})


def larger_loop(place: Place) -> Iterator[Edit]:
    """A loop that takes more heat."""
    now = next(loop for loop in place.data.loops if loop.key == place.loop)
    yield _loop_change(place, "capacity", "power", place.before_share(now.capacity_w + place.by))


def more_flow(place: Place) -> Iterator[Edit]:
    """A loop that moves more coolant."""
    now = next(loop for loop in place.data.loops if loop.key == place.loop)
    needed = place.before_share(-(-((now.flow_ml_min or 0) + place.by) // 1000))
    yield _loop_change(place, "flow", "flow", needed)


def _loop_change(place: Place, key: str, unit: str, needed: int) -> Edit:
    def changed(loop: Loop) -> Loop:
        return loop.model_copy(update={key: needed}) if loop.id == place.loop else loop

    cooling = place.hall.cooling
    before = next(getattr(loop, key) for loop in cooling.loops if loop.id == place.loop)
    words = sentence(f"change.loop-{key}", loop=f"{place.hall.id}/{place.loop}", span=span(unit, before, needed))
    loops = tuple(changed(loop) for loop in cooling.loops)
    return words, place.hall.model_copy(update={"cooling": cooling.model_copy(update={"loops": loops})})


def liquid_everywhere(place: Place) -> Iterator[Edit]:
    """The first loop of the hall reaches every row; a hall without a loop has none that could."""
    loops = place.hall.cooling.loops
    dry = [row.id for row in place.hall.rows if "liquid" not in row.cooling]
    if not loops or not dry:
        return
    changed = with_rows(
        place.hall, lambda row: {"cooling": (*row.cooling, "liquid"), "loop": loops[0].id} if row.id in dry else {}
    )
    yield sentence("change.liquid", n=len(dry), loop=loops[0].id, rows=dry, hall=place.hall.id), changed


def no_anchors(place: Place) -> Iterator[Edit]:
    """Network and storage may stand anywhere."""
    yield sentence("change.anchors", hall=place.hall.id), place.hall.model_copy(update={"anchors": ()})
