"""Phases: which phase every single-phase cord of a rack loads, what each phase carries, and how feeds balance.

Sources. Outlets of a three-phase rack PDU are single-phase, and one phase may be over its limit while the PDU as a
whole is not: worked example at http://datacentermd.com (208 V, 30 A, nine servers). Percent unbalance is the largest
distance of a phase from the mean over the mean, as rack PDUs report it: Raritan PXE online help, "Unbalanced Current
Calculation", and http://www.servertechblog.com/pages/2009/09/ask-the-engineer-3phase-cdu-out-of-balance-condition-explained.html.
Cords take 200 to 240 V (NVIDIA DGX B200 User Guide; HP, "Power level and phase"): they hang between a line and neutral
where that voltage is 200 V or more (400 V gives 231 V), else between two lines (208 V). A line then carries the
currents of two pairs, 120 degrees apart: (a^2 + ab + b^2) / V^2 is its square at power factor 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Literal, TypeVar

from planner.catalog.facts import floor
from planner.catalog.schema import Device, Pdu, PowerShelf, Product, System
from planner.request.site import Circuit, Standard

PHASES = ("L1", "L2", "L3")
LEAST_CORD_V = 200  # line to neutral; below it cords hang between two lines
NO_CORD = "busbar"

Connection = Literal["line-neutral", "line-line", "single-phase"]
Three = tuple[int, int, int]
Load = int | Fraction
Number = TypeVar("Number", int, Fraction)


@dataclass(frozen=True)
class Wiring:
    """The circuits of a rack on one feed side: `units` rack PDUs or single-phase circuits of `rated_w` each.

    A branch is what one cord can plug into: a phase (or pair of lines) of a three-phase unit, or a whole single-phase
    circuit. Branch b of a three-phase unit is phase b % 3 of unit b // 3; single-phase circuit b is on phase b % 3.
    """

    connection: Connection
    units: int
    rated_w: int  # line voltage x current x power factor, of one unit
    standard: Standard

    @property
    def branches(self) -> int:
        """How many branches there are."""
        return self.units if self.connection == "single-phase" else 3 * self.units

    def branch_w(self, *, continuous: bool) -> int:
        """W that one branch carries whatever the others do, rounded down.

        A pair of lines may carry more where its neighbours carry less: `overloaded` is exact.
        """
        fifths = 4 if continuous and self.standard == "NEC" else 5
        rated = fifths * self.rated_w
        return rated // 5 if self.connection == "single-phase" else isqrt(rated**2 // 75)


@dataclass(frozen=True)
class Cords:
    """The cords of one device on one feed side, and the W that each carries."""

    count: int
    design_w: int
    peak_w: int


def pdu_continuous_w(pdu: Pdu) -> int | None:
    """What a rack PDU carries all the time, in W; None while its label is not known.

    A label is printed in round figures: where it is within 1 % of what voltage and current give, the larger holds, so
    that a PDU carries the circuit it is made for.
    """
    label = floor(pdu.continuous_w)
    volts, amperes = pdu.voltage_v.value, pdu.current_a.value
    if label is None or volts is None or amperes is None or pdu.phases.value is None:
        return label
    fifths = 4 if pdu.standard == "NEC" else 5
    exact = isqrt((3 if pdu.phases.value == 3 else 1) * (fifths * int(volts * amperes)) ** 2) // 5
    return max(label, exact) if 100 * abs(exact - label) <= label else label


def wiring_of(pdu: Pdu | PowerShelf, circuit: Circuit | None, units: int, power_factor: float = 1.0) -> Wiring | None:
    """The circuits of a rack on one feed side; None where neither the request nor the PDU states voltage
    and current, and for power shelves, which have no cords.

    The smaller current of circuit and PDU holds. `power_factor` is the hall's; the circuit's own comes before it.
    """
    if isinstance(pdu, PowerShelf):
        return None
    volts, amperes, phases = pdu.voltage_v.value, pdu.current_a.value, pdu.phases.value
    if circuit is not None:
        amperes = circuit.current if amperes is None else min(circuit.current, int(amperes))
        volts, phases = circuit.voltage, circuit.phases
    if volts is None or amperes is None or phases is None:
        return None
    if phases == 1:
        connection: Connection = "single-phase"
    else:
        connection = "line-neutral" if volts**2 >= 3 * LEAST_CORD_V**2 else "line-line"
    own = circuit.power_factor if circuit is not None else None
    factor = Fraction(str(power_factor if own is None else own))
    return Wiring(connection, units, int(int(volts * amperes) * factor), pdu.standard)


def cords_of(device: Device) -> int | None:
    """AC cords of one device: its inlets, else one for each power supply; None where neither is published."""
    if device.inlets:
        return sum(inlet.count for inlet in device.inlets if inlet.outlet != NO_CORD)
    return device.psu_count.value or None


def cords_on_a_side(device: Device, sides: int) -> int | None:
    """Cords of one device on the feed side that has the most of them, spread evenly over `sides`."""
    cords = cords_of(device)
    return None if cords is None else -(-cords // sides)


def cord_w(watts: int, cords: int, left: int) -> int:
    """W of each of the `cords` of a device on one side when `left` sides share it equally, rounded up."""
    return -(-watts // (cords * left))


def cords_of_load(device: Device, design_w: int, peak_w: int, sides: int, left: int) -> Cords | None:
    """A device's cords on one of `sides` feed sides when `left` of them carry it; None where they are not published."""
    count = cords_on_a_side(device, sides)
    return None if not count else Cords(count, cord_w(design_w, count, left), cord_w(peak_w, count, left))


def equal_by_shelves(boxes: Iterable[Product]) -> bool:
    """Whether a rack takes all its power through power shelves with three-phase input."""
    shelves = [box for box in boxes if isinstance(box, PowerShelf)]
    return bool(shelves) and all(shelf.input_phases.value == len(PHASES) for shelf in shelves)


def three_phase_shelves(device: Device) -> bool:
    """Whether a rack system takes three-phase power, equal on all phases by itself."""
    return isinstance(device, System) and device.shelf_phases.value == len(PHASES)


def overloaded(wiring: Wiring, loads: Sequence[Load], *, continuous: bool) -> bool:
    """Whether any line of any unit carries more than its rating; exact where all loads have the same power factor."""
    fifths = 4 if continuous and wiring.standard == "NEC" else 5
    limit = (fifths * wiring.rated_w) ** 2
    if wiring.connection == "single-phase":
        return any((5 * load) ** 2 > limit for load in loads)
    if wiring.connection == "line-neutral":
        return any(3 * (5 * load) ** 2 > limit for load in loads)
    units = [loads[start : start + 3] for start in range(0, len(loads), 3)]
    lines = [(unit[i], unit[i - 1]) for unit in units for i in range(3)]
    return any(25 * (a * a + a * b + b * b) > limit for a, b in lines)


def imbalance(loads: Sequence[Load]) -> Fraction:
    """Largest distance of a phase from the mean, over the mean; 0 without load."""
    total = Fraction(sum(loads))
    return max(abs(len(loads) * load - total) for load in loads) / total if total else total


def rotated(loads: Sequence[Number], by: int) -> tuple[Number, Number, Number]:
    """A rack wired with its phases rotated: what loaded L1 loads L(1 + by)."""
    return (loads[-by % 3], loads[(1 - by) % 3], loads[(2 - by) % 3])


def phase_rotations(racks: Sequence[tuple[tuple[str, ...], Three]]) -> list[int]:
    """A rotation (0, 1, 2) for every rack so that its feeds balance. `racks` gives (feeds, W by phase on each of them).

    The most uneven racks first, each turned so that the squares of all loads add up to the least, then turned again one
    by one while that helps. Equal racks stay in their order; the result is the same on every run.
    """
    feeds: dict[str, list[int]] = {feed: [0, 0, 0] for of, _ in racks for feed in of}
    chosen = [0] * len(racks)

    def turn(rack: int, sign: int) -> None:
        names, loads = racks[rack]
        for phase, load in enumerate(rotated(loads, chosen[rack])):
            for feed in names:
                feeds[feed][phase] += sign * load

    def best(rack: int) -> int:
        names, loads = racks[rack]
        return min(
            range(3), key=lambda by: sum(feeds[f][p] * load for f in names for p, load in enumerate(rotated(loads, by)))
        )

    uneven = [n for n, (_, loads) in enumerate(racks) if max(loads) > min(loads)]
    order = sorted(uneven, key=lambda n: (min(racks[n][1]) - max(racks[n][1]), n))
    for n in (n for n in range(len(racks)) if n not in set(uneven)):
        turn(n, 1)
    for rack in order:
        chosen[rack] = best(rack)
        turn(rack, 1)
    for _ in range(3):
        before = list(chosen)
        for rack in order:
            turn(rack, -1)
            chosen[rack] = best(rack)
            turn(rack, 1)
        if chosen == before:
            break
    return chosen


def branch_loads(wiring: Wiring, cords: Iterable[tuple[Sequence[int], int]]) -> list[int]:
    """W on every branch. `cords` gives for each device the branches of its cords and the W of each of them."""
    loads = [0] * wiring.branches
    for branches, watts in cords:
        for branch in branches:
            loads[branch] += watts
    return loads
