"""What sizing returns: whole numbers to plan with, the figures behind them, and every assumption made."""

from __future__ import annotations

from dataclasses import dataclass

Figure = tuple[str, float, str]


@dataclass(frozen=True)
class Assumption:
    """Something taken as true that the request does not say."""

    id: str
    text: str
    value: str
    source: str
    confidence: str


@dataclass(frozen=True)
class AcceleratorNeed:
    """What one workload needs on one system product.

    `accelerators` is the number to plan with: throughput at the 25th percentile of the error band. `accelerators_p10`
    and `_p90` are the counts if measurements turn out as good as one in ten, and as bad as one in ten. The workload
    comes in `units` of `unit_accelerators` that stand together; `indivisible` says that all must share one fabric.
    When not feasible, `reason` names the limit and the nearest value that would work, and the counts are 0.
    """

    workload: str
    system: str
    feasible: bool
    reason: str = ""
    accelerators: int = 0
    accelerators_p10: int = 0
    accelerators_p90: int = 0
    unit_accelerators: int = 0
    units: int = 0
    indivisible: bool = False
    binding: str = ""  # compute, bandwidth, memory, latency, deadline, people, batch
    layout: tuple[tuple[str, int], ...] = ()
    figures: tuple[Figure, ...] = ()
    calibrated: bool = False
    assumptions: tuple[Assumption, ...] = ()
    unit_seconds_per_day: int = 0  # of work that may run at any time of its hours; 0: it holds its units throughout
    units_most: int = 0  # that such work can use at once
    shortfall: float | None = None  # of a need not met: nearest value that works over the one asked for; None: no value

    def figure(self, name: str) -> float:
        """The value of a figure.

        Raises:
            KeyError: there is none of that name.
        """
        return {name: value for name, value, _ in self.figures}[name]


@dataclass(frozen=True)
class StorageNeed:
    """What the storage must give, in whole TB and GB/s, for a number of accelerators.

    The same as linear rules for a solver: read >= (read_milli_gb_s x accelerators) / 1000 + read_base_gb_s, write
    alike; `usable_tb` does not depend on the accelerators.
    """

    usable_tb: int
    fast_tb: int
    capacity_tb: int
    read_gb_s: int
    write_gb_s: int
    read_milli_gb_s: int
    write_milli_gb_s: int
    read_base_gb_s: int
    write_base_gb_s: int
    binding: str
    figures: tuple[Figure, ...] = ()
    assumptions: tuple[Assumption, ...] = ()

    @property
    def keeps_data(self) -> bool:
        """Whether any data is kept: the bandwidth that accelerators ask for follows data, it does not come alone."""
        return bool(self.usable_tb or self.read_base_gb_s or self.write_base_gb_s)


def infeasible(
    workload: str,
    system: str,
    reason: str,
    assumptions: tuple[Assumption, ...] = (),
    shortfall: float | None = None,
) -> AcceleratorNeed:
    """A need that the system cannot meet, why, and by what factor where a nearest value is known."""
    return AcceleratorNeed(
        workload, system, feasible=False, reason=reason, assumptions=assumptions, shortfall=shortfall
    )
