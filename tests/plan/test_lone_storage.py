"""Storage without systems beside it is told: fabrics are designs around systems, so nothing joins it in the plan."""

from __future__ import annotations

from planner.plan.notes import lone_storage_findings
from planner.plan.schema import StorageChoice, SystemChoice

STORED = StorageChoice(hall="a", product="netapp-aff-a90", units=1, usable_tb=500, read_gb_s=10, write_gb_s=5)


def beside(hall: str) -> SystemChoice:
    return SystemChoice(
        hall=hall, product="nvidia-dgx-b200", count=1, spares=0, accelerators=8, workloads=("chat",),
        availability=None, spare_trays=0,
    )  # fmt: skip


def test_storage_in_a_hall_without_systems_is_a_warning() -> None:
    (found,) = lone_storage_findings([STORED], [beside("b")])
    assert (found.severity, found.rule, found.place) == ("warning", "storage-alone", "a")
    assert not list(lone_storage_findings([STORED], [beside("a")]))
