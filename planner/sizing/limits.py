"""The limits of a request by name: what may be dropped to explain a refusal, or measured to say how much is missing."""

from __future__ import annotations

from dataclasses import dataclass

POWER, PEAK, AIR, LIQUID, FLOW, POSITIONS = "power", "peak", "air", "liquid", "flow", "positions"
RACK_POWER, WEIGHT, COOLING_KIND, BUDGET, LEAD = "rack-power", "weight", "cooling-kind", "budget", "lead-time"
RULES, WORKLOAD, STORAGE, HEIGHT = "rules", "workload", "storage", "rack-height"
ANCHORS, APART = "anchors", "keep-apart"
AIRFLOW, ROW_AIR, ROW_AIRFLOW = "airflow", "row-air", "row-airflow"
FIRST_PHASE = "first-phase"  # of a workload: the weeks from the order to it


@dataclass(frozen=True, order=True)
class Limit:
    """A kind of limit and what it belongs to: a hall, a hall/loop, a workload, or nothing."""

    kind: str
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.subject}" if self.subject else self.kind


@dataclass(frozen=True)
class Relaxation:
    """Limits that do not hold, and limits whose excess is measured instead."""

    dropped: frozenset[Limit] = frozenset()
    measured: frozenset[Limit] = frozenset()

    def free(self, kind: str, subject: str = "") -> bool:
        """True when the limit does not bind."""
        limit = Limit(kind, subject)
        return limit in self.dropped or limit in self.measured


def measuring(*limits: Limit, dropped: frozenset[Limit] = frozenset()) -> Relaxation:
    """Some limits measured, and those in `dropped` left out."""
    return Relaxation(dropped, frozenset(limits))


NOTHING = Relaxation()
