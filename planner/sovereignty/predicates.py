"""The value of a predicate: true, false or unknown, with every fact it read and every fact it lacked."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.catalog.predicates import (
    Age,
    AreaOperand,
    FactOperand,
    GroupOperand,
    Predicate,
    Quantified,
    Total,
    Weighted,
)
from planner.errors import InputError
from planner.sovereignty.scope import Reading, Scope
from planner.sovereignty.truth import Truth, conjunction, disjunction, negation

ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


@dataclass(frozen=True)
class Outcome:
    """A truth value. `reads` are (fact, value as shown) pairs; `missing` names what an unknown value waits for;
    `blamed` are the reads that made it false.
    """

    value: Truth
    reads: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    blamed: tuple[tuple[str, str], ...] = ()


def decide(predicate: Predicate, scope: Scope) -> Outcome:
    """The outcome of a predicate.

    Raises:
        InputError: a fact that should be an ISO date is another text.
    """
    name, operand = predicate.operator, predicate.operand
    if name in ORDER:
        return _ordered(scope, operand, name)
    return _OPERATORS[name](scope, operand)


def joined(value: Truth, parts: Iterable[Outcome]) -> Outcome:
    """An outcome made of others: all that they read; what they lacked, if unknown; what is to blame, if false."""
    parts = tuple(parts)
    reads = tuple(dict.fromkeys(read for part in parts for read in part.reads))
    lacking = (name for part in parts if part.value is None for name in part.missing)
    blamed = tuple(dict.fromkeys(read for part in parts if part.value is False for read in part.blamed)) or reads
    missing = tuple(dict.fromkeys(lacking)) if value is None else ()
    return Outcome(value, reads, missing, blamed if value is False else ())


def shown(value: Any) -> str:
    """A fact's value as a person reads it."""
    if value is None or isinstance(value, bool):
        return {None: "unknown", True: "yes", False: "no"}[value]
    if lower_bound(value) is not None:
        return f"at least {shown(lower_bound(value))}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {shown(part)}" for key, part in sorted(value.items())) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(shown(part) for part in value) or "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def lower_bound(value: Any) -> float | int | None:
    """The bound of a number of which only `{at_least: n}` is known."""
    if isinstance(value, Mapping) and set(value) == {"at_least"}:
        bound: float | int = value["at_least"]
        return bound
    return None


def _leaf(value: Truth, *readings: Reading, missing: tuple[str, ...] = ()) -> Outcome:
    lacking = tuple(reading.label for reading in readings if reading.value is None) or missing
    if value is None and not lacking:
        lacking = tuple(reading.label for reading in readings)
    reads = tuple((reading.label, shown(reading.value)) for reading in readings)
    return Outcome(value, reads, lacking if value is None else (), reads if value is False else ())


def _all(scope: Scope, children: tuple[Predicate, ...]) -> Outcome:
    parts = [decide(child, scope) for child in children]
    return joined(conjunction(part.value for part in parts), parts)


def _any(scope: Scope, children: tuple[Predicate, ...]) -> Outcome:
    parts = [decide(child, scope) for child in children]
    return joined(disjunction(part.value for part in parts), parts)


def _not(scope: Scope, child: Predicate) -> Outcome:
    inner = decide(child, scope)
    return joined(negation(inner.value), [inner])


def _use(scope: Scope, name: str) -> Outcome:
    return decide(scope.book.definitions[name], scope)


def _always(_scope: Scope, _: bool) -> Outcome:
    return Outcome(True)


def _known(scope: Scope, path: str) -> Outcome:
    reading = scope.read(path)
    return _leaf(None if reading.value is None else True, reading)


def _attached(scope: Scope, path: str) -> Outcome:
    # false is someone's word that there is no such document; silence is not
    reading = scope.read(path)
    return _leaf(None if reading.value is None else reading.value is not False, reading)


def _stated(scope: Scope, path: str) -> Outcome:
    reading = scope.read(path)
    return Outcome(reading.value is not None, ((reading.label, shown(reading.value)),) if reading.value else ())


def equal(left: Any, right: Any) -> bool:
    """Equality of two scalars: case does not matter in words, and true is not 1."""
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _eq(scope: Scope, operand: tuple[str, Any]) -> Outcome:
    left, right = scope.read(operand[0]), _right(scope, operand[1])
    readings = (left, right) if isinstance(operand[1], FactOperand) else (left,)
    if left.value is None or right.value is None or lower_bound(left.value) is not None:
        return _leaf(None, *readings)
    return _leaf(equal(left.value, right.value), *readings)


def _ne(scope: Scope, operand: tuple[str, Any]) -> Outcome:
    inner = _eq(scope, operand)
    return joined(negation(inner.value), [inner])


def _right(scope: Scope, operand: Any) -> Reading:
    return scope.read(operand.fact) if isinstance(operand, FactOperand) else Reading("", operand)


def _ordered(scope: Scope, operand: tuple[str, Any], name: str) -> Outcome:
    left, right = scope.read(operand[0]), _right(scope, operand[1])
    readings = (left, right) if isinstance(operand[1], FactOperand) else (left,)
    return _leaf(_in_order(left.value, right.value, name), *readings)


def _in_order(left: Any, right: Any, name: str) -> Truth:
    bound = lower_bound(left)
    if bound is not None and is_number(right):
        certain = bound >= right if name in ("ge", "lt") else bound > right
        return (name in ("ge", "gt")) if certain else None
    if (is_number(left) and is_number(right)) or (as_date(left) is not None and as_date(right) is not None):
        return ORDER[name](left, right)
    return None


def is_number(value: Any) -> bool:
    """True for a number, which a truth value is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_date(value: Any) -> date | None:
    """An ISO date (2026-11-21), or None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


@dataclass(frozen=True)
class _Set:
    """The right side of a membership test: whether it has a value, and what is missing where that is unknown."""

    has: Callable[[Any], Truth]
    words: str
    reading: Reading | None = None


def _set_of(scope: Scope, operand: Any) -> _Set:
    if isinstance(operand, GroupOperand):
        group = scope.book.groups[operand.group]
        return _Set(lambda value: group.has(str(value).upper()), f"membership in {group.name}")
    if isinstance(operand, AreaOperand):
        reading = scope.read(operand.area)
        return _Set(lambda value: _in_area(scope, reading.value, value), f"membership in {operand.area}", reading)
    reading = _right(scope, operand)
    fact = reading if isinstance(operand, FactOperand) else None
    return _Set(lambda value: _in_list(reading.value, value), "membership", fact)


def _in_list(members: Any, value: Any) -> Truth:
    return None if members is None else any(equal(member, value) for member in as_list(members))


def _in_area(scope: Scope, area: Any, country: Any) -> Truth:
    if area is None:
        return None
    groups = {name.casefold(): group for name, group in scope.book.groups.items()}
    answers: list[Truth] = []
    for word in as_list(area):
        group = groups.get(str(word).casefold())
        answers.append(group.has(str(country).upper()) if group is not None else equal(word, country))
    return disjunction(answers)


def as_list(value: Any) -> tuple[Any, ...]:
    """A list as it is, a single value as a list of one."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _membership(scope: Scope, operand: tuple[str, Any], combine: Callable[[Iterable[Truth]], Truth]) -> Outcome:
    left, right = scope.read(operand[0]), _set_of(scope, operand[1])
    readings = (left, right.reading) if right.reading is not None else (left,)
    if any(reading.value is None for reading in readings):
        return _leaf(None, *readings)
    answers = [(value, right.has(value)) for value in as_list(left.value)]
    unsure = tuple(f"{right.words} of {shown(value)} ({left.label})" for value, answer in answers if answer is None)
    return _leaf(combine(answer for _, answer in answers), *readings, missing=unsure)


def _in(scope: Scope, operand: tuple[str, Any]) -> Outcome:
    return _membership(scope, operand, conjunction)


def _not_in(scope: Scope, operand: tuple[str, Any]) -> Outcome:
    inner = _membership(scope, operand, disjunction)
    return joined(negation(inner.value), [inner])


def _intersects(scope: Scope, operand: tuple[str, Any]) -> Outcome:
    return _membership(scope, operand, disjunction)


def _contains(scope: Scope, operand: tuple[str, Any]) -> Outcome:
    left, right = scope.read(operand[0]), _right(scope, operand[1])
    readings = (left, right) if isinstance(operand[1], FactOperand) else (left,)
    if left.value is None or right.value is None:
        return _leaf(None, *readings)
    return _leaf(_in_list(left.value, right.value), *readings)


def _for_each(scope: Scope, operand: Quantified) -> Outcome:
    return _quantified(scope, operand, conjunction, lambda chosen, must: disjunction([negation(chosen), must]))


def _for_some(scope: Scope, operand: Quantified) -> Outcome:
    return _quantified(scope, operand, disjunction, lambda chosen, must: conjunction([chosen, must]))


def _quantified(
    scope: Scope,
    operand: Quantified,
    combine: Callable[[Iterable[Truth]], Truth],
    judge: Callable[[Truth, Truth], Truth],
) -> Outcome:
    members = scope.members(operand.over)
    if not members:  # an empty list proves nothing: a rule about sites has not been met because no site was named
        return Outcome(None, ((operand.over, "unknown" if members is None else "none"),), (operand.over,))
    parts = []
    for member in members:
        inner = scope.bind(operand.over, member)
        chosen = decide(operand.where, inner) if operand.where is not None else Outcome(True)
        must = decide(operand.must, inner) if chosen.value is not False else Outcome(True)
        parts.append(joined(judge(chosen.value, must.value), [chosen, must]))
    return joined(combine(part.value for part in parts), parts)


def _total(scope: Scope, operand: Total) -> Outcome:
    members = scope.members(operand.over)
    if members is None:
        return Outcome(None, ((operand.over, "unknown"),), (operand.over,))
    certain, open_parts, reads = 0.0, [], []
    for member in members:
        inner = scope.bind(operand.over, member)
        chosen, amount = decide(operand.where, inner), inner.read(operand.of)
        reads.append(joined(chosen.value, [chosen]))
        if chosen.value is True and is_number(amount.value):
            certain += amount.value
        elif chosen.value is not False:
            open_parts.append(joined(None, [chosen, _leaf(True if is_number(amount.value) else None, amount)]))
    if certain >= operand.at_least:
        return joined(True, reads)
    return joined(None if open_parts else False, open_parts or reads)


def _weighted(scope: Scope, operand: Weighted) -> Outcome:
    reading = scope.read(operand.of)
    least = _right(scope, operand.at_least)
    shares = reading.value if isinstance(reading.value, Mapping) else {}
    lacking = tuple(f"{reading.label}.{key}" for key in sorted(operand.weights) if not is_number(shares.get(key)))
    if lacking or not is_number(least.value):
        names = lacking or (least.label,)
        return Outcome(None, ((reading.label, shown(reading.value)),), names)
    score = sum(weight * shares[key] for key, weight in sorted(operand.weights.items()))
    reads = ((reading.label, shown(reading.value)), ("weighted score", f"{score:.6g} of {_sum(operand.weights):.6g}"))
    met = score >= least.value
    return Outcome(met, reads, (), () if met else reads[1:])


def _sum(weights: Mapping[str, float]) -> float:
    return sum(weights[key] for key in sorted(weights))


def _not_older(scope: Scope, operand: Age) -> Outcome:
    made, at = scope.read(operand.date), scope.read(operand.at)
    if made.value is None or at.value is None:
        return _leaf(None, made, at)
    start, end = (need_date(reading) for reading in (made, at))
    return _leaf(start <= end <= _years_later(start, operand.years), made, at)


def need_date(reading: Reading) -> date:
    """The date of a reading.

    Raises:
        InputError: it is not an ISO date.
    """
    day = as_date(reading.value)
    if day is None:
        raise InputError.of(reading.label, f'"{reading.value}"', "an ISO date, for example 2026-11-21")
    return day


def _years_later(day: date, years: int) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap_day else day.day)


_OPERATORS: dict[str, Callable[[Scope, Any], Outcome]] = {
    "all": _all,
    "any": _any,
    "not_": _not,
    "eq": _eq,
    "ne": _ne,
    "in_": _in,
    "not_in": _not_in,
    "subset": _in,
    "intersects": _intersects,
    "contains": _contains,
    "known": _known,
    "attached": _attached,
    "stated": _stated,
    "for_each": _for_each,
    "for_some": _for_some,
    "total": _total,
    "weighted": _weighted,
    "not_older": _not_older,
    "use": _use,
    "always": _always,
}
