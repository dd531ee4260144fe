"""What sizing and packing answer: counts and racks that fit together, and what is proven of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.packing.data import PackingProblem, PackingResult
from planner.sizing.data import Cut, SizingResult
from planner.sizing.network import Surroundings
from planner.sizing.prepare import Prepared


@dataclass(frozen=True)
class Bound:
    """What no plan is below in an objective, and the certificates of packing that it rests on."""

    objective: str
    value: int
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True)
class Settled:
    """Counts and racks that fit together. `bound` is the first objective's bound, valid for every plan."""

    prepared: Prepared
    sizing: SizingResult
    packing: Mapping[str, PackingResult]  # by hall; halls without nodes are left out
    problems: Mapping[str, PackingProblem]
    around: Mapping[str, Surroundings]
    cuts: tuple[Cut, ...]
    bounds: Mapping[str, int]  # objective -> lower bound
    rounds: int
    agreed: bool
    whole: Bound | None = None  # with all that is bought; None: not looked for
