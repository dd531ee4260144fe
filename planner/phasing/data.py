"""What phasing is asked, in immutable integers. The end state is decided; only its dates are open."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stock:
    """Equal devices of one role in one rack. `above` are the stocks that its cables need: they stand before it does.

    `whole`: its pieces are installed together, as the switches of a rack are. `weight` is what one piece ties up by
    standing early: its typical price in thousands, 1 at least.
    """

    rack: int
    product: str
    role: str
    count: int
    whole: bool
    weight: int
    above: tuple[int, ...] = ()


@dataclass(frozen=True)
class RackSlot:
    """A rack of the end state. `like` is the rack before it that is the same in everything but its name."""

    name: str
    weight: int
    above: tuple[int, ...] = ()  # stocks that the rack itself needs: the switch of its PDUs
    like: int | None = None


@dataclass(frozen=True)
class Ceiling:
    """sum(coefficient x pieces of a stock) <= limit in one phase: a feed, in one state."""

    kind: str
    name: str
    terms: tuple[tuple[int, int], ...]
    limit: int


@dataclass(frozen=True)
class Carrier:
    """Units that carry a load besides `spare` of them, where there is any load: the CDUs of a loop."""

    units: tuple[int, ...]  # stocks
    unit_capacity: int
    spare: int
    loads: tuple[tuple[int, int], ...]  # (stock, load of one piece)


@dataclass(frozen=True)
class Pool:
    """Systems of one product in one hall. `steps[k]`: the most in service that k spares cover."""

    hall: str
    system: str
    stocks: tuple[int, ...]
    total: int
    accelerators: int
    steps: tuple[int, ...]
    fails_whole: bool


@dataclass(frozen=True)
class Service:
    """A workload in one phase: `units` of it wanted, at most so many at each place; `spare` of them stand by."""

    workload: str
    system: str
    units: int
    unit_accelerators: int
    spare: int
    places: tuple[tuple[str, int], ...]  # (hall or region, units there in the end state)


@dataclass(frozen=True)
class Store:
    """Storage of one site in one phase: stocks with TB, read and write MB/s of a unit; bandwidth per accelerator."""

    site: str
    halls: tuple[str, ...]
    units: tuple[tuple[int, int, int, int], ...]  # (stock, usable TB, read MB/s, write MB/s)
    usable_tb: int
    read_mb_s: int
    write_mb_s: int
    read_per_accelerator: int
    write_per_accelerator: int
    least_units: int


@dataclass(frozen=True)
class PhaseData:
    """One phase before the last: what it serves, what cannot stand yet, and what limits it."""

    id: str
    days: int  # until the next phase
    services: tuple[Service, ...]
    stores: tuple[Store, ...]
    absent_racks: tuple[tuple[int, str], ...]  # (rack, why)
    absent_stocks: tuple[tuple[int, str], ...]
    ceilings: tuple[Ceiling, ...]
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True)
class PhasingData:
    """The end state and every phase before it, earliest first. `always`: stocks that any system of a hall needs."""

    racks: tuple[RackSlot, ...]
    stocks: tuple[Stock, ...]
    pools: tuple[Pool, ...]
    always: tuple[tuple[str, tuple[int, ...]], ...]  # (hall, stocks)
    phases: tuple[PhaseData, ...]


@dataclass(frozen=True)
class PhasingResult:
    """`pieces[t][stock]` and `stands[t][rack]` in each phase before the last, `units[t]` and `service[t]` besides.

    The objective is capital x days: thousands of money that stand early, times the days they do.
    """

    stands: tuple[tuple[bool, ...], ...]
    pieces: tuple[tuple[int, ...], ...]
    units: tuple[tuple[tuple[str, str, int], ...], ...]  # (workload, place, units)
    service: tuple[tuple[tuple[str, str, int], ...], ...]  # (hall, system, in service)
    objective: int
    lower_bound: int


class PhasingInfeasible(Exception):  # noqa: N818 - an answer, not an error
    """No order of installing the end state serves the phases. `phase` is the first that cannot be, `kinds` why."""

    def __init__(self, phase: str, kinds: tuple[str, ...]) -> None:
        self.phase, self.kinds = phase, kinds
        super().__init__(phase)
