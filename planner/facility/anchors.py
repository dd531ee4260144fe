"""Which racks a hall may bind to places: those with network switches, and those with storage."""

from __future__ import annotations

from planner.catalog.schema import Product, Storage, Switch
from planner.request.positions import Role

OUT_OF_BAND = "out-of-band"
"""Switches of the out-of-band network stand beside what they manage and are bound to no place."""


def anchored_role(product: Product, role: str) -> Role | None:
    """The role by which a hall may anchor a device that is used as `role`; None: it may stand anywhere."""
    if isinstance(product, Storage):
        return "storage"
    if isinstance(product, Switch) and not role.startswith(OUT_OF_BAND):
        return "network"
    return None
