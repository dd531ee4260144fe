"""A fact: a value with its unit, source, date and confidence. Unknown is a value of its own, never zero."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from planner import quantity
from planner.errors import Expected, InputError

Confidence = Literal["vendor", "press", "estimate", "unknown"]
CONFIDENCES: tuple[Confidence, ...] = ("vendor", "press", "estimate", "unknown")

T = TypeVar("T")


class Strict(BaseModel):
    """Immutable, no unknown keys, no number without a value (NaN, infinity)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Fact(Strict, Generic[T]):
    """A sourced value in the base unit that the field's name ends in.

    In a file a fact is a bare value (the file's source, date and confidence hold), the word `unknown`, or
    `{value, unit, source, as_of, confidence, note}`. `unit` is only needed where it differs from the field's own.
    `superseded` keeps a value that a better source replaced.
    """

    value: T | None = None
    unit: str = ""
    source: str = ""
    as_of: str = ""
    confidence: Confidence = "unknown"
    note: str = ""
    superseded: str = ""

    @property
    def known(self) -> bool:
        """True when there is a value."""
        return self.value is not None

    def need(self, what: str) -> T:
        """The value.

        Raises:
            InputError: the fact is unknown; `what` names it ("weight_kg of nvidia-gb200-nvl72").
        """
        if self.value is None:
            raise InputError.of(
                what, "unknown", "a known fact", "add the fact with its source in a folder given by --catalog"
            )
        return self.value


def ceiling(fact: Fact[float]) -> int | None:
    """A number that something needs, rounded up to the base unit; None while unknown."""
    return None if fact.value is None else math.ceil(Fraction(str(fact.value)))


def floor(fact: Fact[float]) -> int | None:
    """A number that something gives, rounded down to the base unit; None while unknown."""
    return None if fact.value is None else math.floor(Fraction(str(fact.value)))


# The suffix of a fact's name says its base unit; a file may write any unit of that dimension.
SUFFIXES: tuple[tuple[str, str, str], ...] = (
    ("_gb_s", "data rate", "GB/s"),
    ("_tb_s", "data rate", "TB/s"),
    ("_gbit_s", "link speed", "Gb/s"),
    ("_tflops", "compute rate", "TFLOP/s"),
    ("_l_min", "flow", "L/min"),
    ("_m3_h", "air flow", "m3/h"),
    ("_bytes", "data", "B"),
    ("_tb", "data", "TB"),
    ("_gb", "data", "GB"),
    ("_kwh", "energy", "kWh"),
    ("_mm", "length", "mm"),
    ("_m", "length", "m"),
    ("_kg", "mass", "kg"),
    ("_pa", "floor load", "Pa"),
    ("_w", "power", "W"),
    ("_c", "temperature", "C"),
    ("_v", "voltage", "V"),
    ("_a", "current", "A"),
    ("_weeks", "time", "weeks"),
    ("_s", "time", "s"),
    ("_share", "share", ""),
)


def base_unit(name: str) -> tuple[str, str] | None:
    """(dimension, base unit) that the suffix of a fact's name fixes, or None. A rate (`carbon_g_per_kwh`) has none."""
    if "_per_" in name:
        return None
    for suffix, dimension, unit in SUFFIXES:
        if name.endswith(suffix):
            return dimension, unit
    return None


def read_fact(name: str, raw: Any, defaults: dict[str, Any]) -> dict[str, Any]:
    """A fact as written in a file, as the fields of `Fact` in the base unit of its name.

    Raises:
        Expected: no value, or a unit that is unknown or of another dimension.
    """
    if isinstance(raw, dict) and raw and "value" not in raw and set(raw) <= set(Fact.model_fields):
        raise Expected('no "value"', "a value", "write value: unknown where it is not known", at=(name,))
    fact = dict(raw) if isinstance(raw, dict) and "value" in raw else {"value": raw}
    value = fact.get("value")
    if value == "unknown" or value is None:
        return {**fact, "value": None, "confidence": "unknown", "unit": "", "as_of": fact.get("as_of", "")}
    for key, default in defaults.items():
        fact.setdefault(key, default)
    known = base_unit(name)
    if known is None:
        return fact
    dimension, unit = known
    try:
        fact["value"] = _in_base(value, str(fact.get("unit") or ""), dimension, unit)
    except quantity.QuantityError as error:
        raise Expected(error.found, error.expected, error.hint, at=(name, "value")) from None
    fact["unit"] = unit
    return fact


def _in_base(value: Any, unit: str, dimension: str, base: str) -> Any:
    if isinstance(value, dict):
        return {key: _in_base(part, unit, dimension, base) for key, part in value.items()}
    if isinstance(value, list):
        return [_in_base(part, unit, dimension, base) for part in value]
    if isinstance(value, str):
        exact = quantity.parse(value, dimension)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if unit in ("", base):
            return value
        exact = quantity.parse(f"{value} {unit}", dimension)
    else:
        return value
    ratio = exact / (quantity.parse(f"1 {base}", dimension) if base else Fraction(1))
    return int(ratio) if ratio.denominator == 1 else float(ratio)
