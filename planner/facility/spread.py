"""The largest sum of non-negative amounts under linear limits, exactly: a small simplex in fractions.

Used where an answer must be exact and no solver may be loaded; a handful of amounts, a few hundred limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction


def most_in_total(rows: Sequence[Sequence[Fraction]], limits: Sequence[Fraction]) -> Fraction:
    """max sum(x) with sum(row * x) <= limit for every row and x >= 0; every limit is at least 0.

    Primal simplex from x = 0 with Bland's rule, which cannot cycle.

    Raises:
        ValueError: nothing limits the sum.
    """
    amounts = len(rows[0])
    tableau = [
        [*row, *(Fraction(int(i == j)) for j in range(len(rows))), limit]
        for i, (row, limit) in enumerate(zip(rows, limits, strict=True))
    ]
    reduced = [Fraction(-1)] * amounts + [Fraction(0)] * (len(rows) + 1)
    basis = [amounts + i for i in range(len(rows))]
    while (entering := next((j for j, cost in enumerate(reduced[:-1]) if cost < 0), None)) is not None:
        ratios = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(tableau) if row[entering] > 0]
        if not ratios:
            raise ValueError("nothing limits the sum")
        _pivot(tableau, reduced, basis, min(ratios)[2], entering)
    return reduced[-1]


def most_under(limits: Iterable[tuple[Sequence[Fraction], Fraction]]) -> Fraction:
    """As `most_in_total`, of many limits and amounts of few kinds.

    Of limits that say the same the tightest is enough. Amounts that all other limits treat alike are one amount, up to
    the sum of what each of them may be by itself.
    """
    shared, own = _tightest(limits)
    alike: dict[tuple[Fraction, ...], list[Fraction | None]] = {}
    for amount, cap in enumerate(own):
        alike.setdefault(tuple(row[amount] for row, _ in shared), []).append(cap)
    rows = [list(parts) for parts in zip(*alike, strict=True)]
    most = [limit for _, limit in shared]
    for place, caps in enumerate(alike.values()):
        known = [cap for cap in caps if cap is not None]
        if len(known) == len(caps):
            rows.append([Fraction(int(place == other)) for other in range(len(alike))])
            most.append(sum(known, Fraction(0)))
    return most_in_total(rows, most)


def _tightest(
    limits: Iterable[tuple[Sequence[Fraction], Fraction]],
) -> tuple[list[tuple[tuple[Fraction, ...], Fraction]], list[Fraction | None]]:
    """Limits of several amounts, each kind once, and what each amount may be by itself (None: not limited alone)."""
    tightest: dict[tuple[Fraction, ...], Fraction] = {}
    amounts = 0
    for row, limit in limits:
        amounts, largest = len(row), max(row)
        if largest:
            scaled = tuple(part / largest for part in row)
            tightest[scaled] = min(limit / largest, tightest.get(scaled, limit / largest))
    own: list[Fraction | None] = [None] * amounts
    for row, limit in tightest.items():
        if sum(1 for part in row if part) == 1:
            own[row.index(Fraction(1))] = limit
    return [(row, limit) for row, limit in tightest.items() if sum(1 for part in row if part) > 1], own


def _pivot(
    tableau: list[list[Fraction]], reduced: list[Fraction], basis: list[int], leaving: int, entering: int
) -> None:
    scale = tableau[leaving][entering]
    tableau[leaving] = [value / scale for value in tableau[leaving]]
    pivot = tableau[leaving]
    for index, row in enumerate(tableau):
        if index != leaving and row[entering]:
            tableau[index] = [a - row[entering] * b for a, b in zip(row, pivot, strict=True)]
    reduced[:] = [a - reduced[entering] * b for a, b in zip(reduced, pivot, strict=True)]
    basis[leaving] = entering
