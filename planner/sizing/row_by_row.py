"""Position classes row by row: what the floor is asked, as a question of sizing.

Sizing counts rows that are alike together and leaves it to the floor to share them out, which the floor may find
impossible: two rows of 20 kW of air take 40 kW in all, and never three servers of 12 kW. With every stretch a class of
its own, the rules of the floor are linear in counts, but for the reach of cables. No counts then means no layout,
whatever the mix and however it is packed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planner.packing.data import Certificate
from planner.sizing.apart_racks import PART
from planner.sizing.data import HallData, NodeLimit, PartCut, PositionClass, SizingData

Shares = dict[str, list[str]]
"""The classes that each class was divided into."""


def row_by_row(data: SizingData, halls: frozenset[str]) -> SizingData:
    """The same question with each stretch of some halls as a position class of its own."""
    divided = tuple(_divided(hall) if hall.key in halls else hall for hall in data.halls)
    return replace(data, halls=divided, by_row=halls)


def _divided(hall: HallData) -> HallData:
    parts = {place.key: tuple(_parts_of(hall, place)) for place in hall.classes}
    shares = {key: [part.key for part in found] for key, found in parts.items()}
    classes = [part for found in parts.values() for part in found]  # in this order their kinds keep their names
    nodes = tuple(_node_of_parts(node, shares) for node in hall.nodes)
    return replace(hall, classes=tuple(classes), nodes=nodes)


def _parts_of(hall: HallData, place: PositionClass) -> Iterator[PositionClass]:
    """A class by its stretches. Racks that stand stay together: each of them is a place of its own anyway."""
    if place.standing or len(place.parts) < 2:
        yield place
        return
    rows = len(place.rows)
    for part in place.parts:
        yield replace(
            place,
            key=f"{hall.key}/{part.stretch}",
            rows=(row_of(hall, part.domains["row"]),),
            positions=part.positions,
            pairs=part.pairs,
            parts=(part,),
            row_air_w=None if place.row_air_w is None else place.row_air_w // rows,
            row_airflow_m3_h=None if place.row_airflow_m3_h is None else place.row_airflow_m3_h // rows,
        )


def row_of(hall: HallData, domain: str) -> str:
    """The row that a failure domain of the kind "row" is."""
    return domain.removeprefix(f"{hall.key}/")


def _node_of_parts(node: NodeLimit, shares: Shares) -> NodeLimit:
    return replace(node, parts=tuple((own, part) for key, part in node.parts for own in shares[key]))


def cut_of_parts(hall: HallData, certificate: Certificate) -> PartCut:
    """What a packing class by class has proven, as a cut on what stands in each class.

    Its devices and racks are named by the number of their class.
    """
    return PartCut(
        hall.key,
        tuple((*_class_and_name(hall, key), weight) for key, weight in certificate.weights),
        tuple((_class_and_name(hall, key)[0], z) for key, z in certificate.z),
    )


def _class_and_name(hall: HallData, key: str) -> tuple[str, str]:
    name, _, number = key.rpartition(PART)
    return hall.classes[int(number)].key, name
