"""Re-checks a plan from its request and the catalog alone. Imports nothing that solves."""

from planner.verify.check import RULES, verify

__all__ = ["RULES", "verify"]
