"""Fabrics: a design and a number of systems give exact switches, links, modules and cables. Pure functions."""

from planner.fabric.counts import CableCount, FabricCounts, FabricNote, LinkCount, ModuleCount, SwitchCount
from planner.fabric.design import count_fabric, design_applies, limits, nearest_design, su_table
from planner.fabric.generic import FatTree, check_against_catalog, fat_tree, fitted, ports_at
from planner.fabric.growth import GrowthSaving, Saved, SavedMoney, growth_saving, priced
from planner.fabric.site import Endpoints, count_site_fabrics

__all__ = [
    "CableCount",
    "Endpoints",
    "FabricCounts",
    "FabricNote",
    "FatTree",
    "GrowthSaving",
    "LinkCount",
    "ModuleCount",
    "Saved",
    "SavedMoney",
    "SwitchCount",
    "check_against_catalog",
    "count_fabric",
    "count_site_fabrics",
    "design_applies",
    "fat_tree",
    "fitted",
    "growth_saving",
    "limits",
    "nearest_design",
    "ports_at",
    "priced",
    "su_table",
]
