"""Failure domains: what is lost together, and how much of a system may stand in one of them.

A service that is kept apart by rows stays up with any one row lost: the systems in the other rows carry what it needs
without its spare replicas. Losing a row also loses a part of a pod, of the rows with the same feeds, and of a hall;
so whoever asks to survive the loss of one of those must survive the loss of a row within it.
"""

from __future__ import annotations

from planner.request.site import Hall, Row
from planner.request.workload import Domain

CONTAINED_IN: dict[Domain, tuple[Domain, ...]] = {
    "row": ("row", "pod", "feeds", "hall"),
    "pod": ("pod", "hall"),
    "feeds": ("feeds", "hall"),
    "hall": ("hall",),
}
"""The kinds of domain that contain one of this kind, itself first."""


def domain_of(hall: str, row: Row, kind: Domain) -> str:
    """The name of the domain that a row of a hall belongs to. A row without a pod is a pod of its own."""
    if kind == "hall":
        return hall
    own = {"row": row.id, "pod": row.pod or row.id, "feeds": "+".join(sorted(row.feeds))}[kind]
    return f"{hall}/{own}"


def domains_of(hall: Hall, kind: Domain) -> dict[str, tuple[Row, ...]]:
    """The domains of a hall and their rows, in the order of the rows."""
    found: dict[str, tuple[Row, ...]] = {}
    for row in hall.rows:
        name = domain_of(hall.id, row, kind)
        found[name] = (*found.get(name, ()), row)
    return found


def most_in_a_domain(in_service: int, working: int, accelerators: int) -> int:
    """The most systems of `accelerators` each that one domain may hold, so that `working` accelerators are left.

    `in_service` accelerators run in all. Negative where even nothing in a domain leaves too little.
    """
    return (in_service - working) // accelerators
