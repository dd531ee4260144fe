"""How much of a workload runs in a phase of the build-out."""

from __future__ import annotations

import math
from fractions import Fraction


def units_in_phase(units: int, spare: int, share: float) -> int:
    """Units of a workload for a share of it: the share of those that work, rounded up, and all that stand by.

    Nothing runs at a share of 0, and nothing stands by then.
    """
    if share == 0:
        return 0
    return math.ceil(Fraction(str(share)) * (units - spare)) + spare
