"""Field types of a request: quantities as people write them, kept as exact integers in base units."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, SerializationInfo, WithJsonSchema

from planner import quantity
from planner.errors import Expected

AS_DOCUMENT = {"written": "document"}  # the serialisation context under which a request is a request document again


# Far above anything that stands or is planned; beyond them lie slips of the pen, and integers no solver takes.
LARGEST = {
    "power": "100 GW",
    "capacity": "100 GW",
    "mass": "10000 t",
    "floor load": "100000 kPa",
    "length": "100 km",
    "flow": "1000000 m3/h",
    "air flow": "1000000000 m3/h",
    "data": "100 EB",
    "data rate": "1000 TB/s",
    "link speed": "1000 Tb/s",
    "tokens": "1000000 T tokens",
    "current": "100000 A",
    "voltage": "1000 kV",
    "time": "100 years",
    "rate": "1000000000 /s",
}


def _reader(dimension: str, rounding: Callable[[Any], int], least: int | None) -> Callable[[Any], int]:
    example, words = quantity.DIMENSIONS[dimension].example, quantity.DIMENSIONS[dimension].words

    def read(text: Any) -> int:
        if not isinstance(text, str | int | float):
            raise Expected(_kind(text), f'{words} such as "{example}"')
        exact = quantity.parse(text, dimension)
        if exact > quantity.parse(LARGEST[dimension], dimension):
            raise Expected(f'"{text}"', f'{words} of at most "{LARGEST[dimension]}"')
        if least is not None and exact < least:
            raise Expected(f'"{text}"', f"{words} that is not negative")
        return rounding(exact)

    return read


def _kind(value: Any) -> str:
    return {dict: "keys and values", list: "a list", type(None): "nothing"}.get(type(value), str(value))


def _quantity(dimension: str, rounding: Callable[[Any], int], least: int | None = 0) -> Any:
    example = quantity.DIMENSIONS[dimension].example
    return (
        quantity_schema(dimension, example),
        BeforeValidator(_reader(dimension, rounding, least)),
        written_as(dimension),
    )


def quantity_schema(dimension: str, example: str | float) -> WithJsonSchema:
    """A quantity in a JSON Schema: its dimension, and one as people write it."""
    return WithJsonSchema({"type": ["string", "number"], "x-quantity": dimension, "examples": [example]})


def written_as(dimension: str) -> PlainSerializer:
    """Written as a document, a number leaves with the unit that it needs on the way in."""
    base = quantity.DIMENSIONS[dimension].base

    def write(value: Any, info: SerializationInfo) -> Any:
        return f"{value} {base}".rstrip() if info.context == AS_DOCUMENT and value is not None else value

    return PlainSerializer(write)


def _positive(dimension: str, rounding: Callable[[Any], int]) -> Any:
    schema, _, written = _quantity(dimension, rounding)
    read = _reader(dimension, rounding, 0)

    def above_zero(text: Any) -> int:
        value = read(text)
        if value <= 0:
            raise Expected(f'"{text}"', f"{quantity.DIMENSIONS[dimension].words} above zero")
        return value

    return schema, BeforeValidator(above_zero), written


def _share(text: Any) -> float:
    if not isinstance(text, str | int | float):
        raise Expected(_kind(text), 'a share such as "85 %"')
    value = float(quantity.parse(text, "share"))
    if not 0 <= value <= 1:
        raise Expected(f'"{text}"', "a share between 0 % and 100 %")
    return value


PERCENTILE = 0.99  # of the windows of real arrivals, where the request says nothing


def percentile(text: Any) -> float:
    """The share that "99 %", 0.99 or 99 stand for.

    Raises:
        Expected: no number, or not from 50 % to 100 %.
    """
    if not isinstance(text, str | int | float) or isinstance(text, bool):
        raise Expected(_kind(text), 'a percentile such as "99 %"')
    value = float(quantity.parse(text, "share"))
    if value > 1 and not str(text).strip().endswith("%"):
        value /= 100
    if not 0.5 <= value <= 1:
        raise Expected(f'"{text}"', "a percentile between 50 % and 100 %")
    return value


def watts_of(capacity: Any, power_factor: Fraction) -> Any:
    """A capacity that is written in VA as watts at a power factor, rounded down; anything else as it is."""
    if not isinstance(capacity, str):
        return capacity
    try:
        apparent = quantity.parse(capacity, "apparent power")
    except quantity.QuantityError:
        return capacity
    return f"{quantity.supply(apparent * power_factor)} W" if apparent > 0 else capacity


def power_factor(value: Any) -> float:
    """Watts for each volt-ampere: 0.9 or "90 %".

    Raises:
        Expected: no number, or not from 0.5 to 1.
    """
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise Expected(_kind(value), "a power factor such as 0.95")
    try:
        share = float(quantity.parse(value, "share"))
    except quantity.QuantityError:
        raise Expected(f'"{value}"', "a power factor such as 0.95") from None
    if not 0.5 <= share <= 1:
        raise Expected(f'"{value}"', "a power factor between 0.5 and 1")
    return share


def _growth(text: Any) -> float:
    if not isinstance(text, str | int | float):
        raise Expected(_kind(text), 'a yearly growth such as "20 %"')
    value = float(quantity.parse(text, "share"))
    if not -1 < value <= 10:
        raise Expected(f'"{text}"', "a yearly growth between -100 % and 1000 %")
    return value


def _date(text: Any) -> str:
    if not isinstance(text, str):
        raise Expected(_kind(text), "a date such as 2027-06-30")
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        whole = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)
        raise Expected(f'"{text}"', "a day that exists" if whole else "a date such as 2027-06-30") from None


def _temperature(text: Any) -> float:
    if not isinstance(text, str | int | float):
        raise Expected(_kind(text), 'a temperature such as "27 C"')
    value = float(quantity.parse(text, "temperature"))
    if not -60 <= value <= 120:
        raise Expected(f'"{text}"', 'a temperature between "-60 C" and "120 C"')
    return value


def _rate(text: Any) -> float:
    if not isinstance(text, str | int | float):
        raise Expected(_kind(text), 'a rate such as "30 /s"')
    value = float(quantity.parse(text, "rate"))
    if not 1e-9 <= value <= quantity.parse(LARGEST["rate"], "rate"):
        raise Expected(f'"{text}"', f'a rate above zero, of at most "{LARGEST["rate"]}"')
    return value


def _seconds(text: Any) -> float:
    if not isinstance(text, str | int | float):
        raise Expected(_kind(text), 'a time such as "50 ms"')
    value = float(quantity.parse(text, "time"))
    if not 1e-6 <= value <= quantity.parse(LARGEST["time"], "time"):
        raise Expected(f'"{text}"', f'a time above zero, of at most "{LARGEST["time"]}"')
    return value


# What a site gives rounds down; what a workload needs rounds up.
SupplyW = Annotated[int, *_positive("power", quantity.supply)]
CapacityW = Annotated[int, *_positive("capacity", quantity.supply)]  # VA where a power factor is stated beside it
LoadW = Annotated[int, *_quantity("power", quantity.demand)]
SupplyKg = Annotated[int, *_positive("mass", quantity.supply)]
LoadKg = Annotated[int, *_quantity("mass", quantity.demand)]
SupplyPa = Annotated[int, *_positive("floor load", quantity.supply)]
LengthMm = Annotated[int, *_positive("length", quantity.demand)]
OffsetMm = Annotated[int, *_quantity("length", quantity.demand)]
SupplyLMin = Annotated[int, *_positive("flow", quantity.supply)]
SupplyM3H = Annotated[int, *_positive("air flow", quantity.supply)]
DataB = Annotated[int, *_positive("data", quantity.demand)]
DataRateBS = Annotated[int, *_positive("data rate", quantity.demand)]
LinkMbitS = Annotated[int, *_positive("link speed", quantity.supply)]
Tokens = Annotated[int, *_positive("tokens", quantity.demand)]
CurrentA = Annotated[int, *_positive("current", quantity.supply)]
VoltageV = Annotated[int, *_positive("voltage", quantity.supply)]
Seconds = Annotated[float, BeforeValidator(_seconds), quantity_schema("time", "50 ms"), written_as("time")]
PerSecond = Annotated[float, BeforeValidator(_rate), quantity_schema("rate", "30 /s"), written_as("rate")]
Share = Annotated[float, BeforeValidator(_share), quantity_schema("share", "85 %")]
PowerFactor = Annotated[float, BeforeValidator(power_factor), quantity_schema("power factor", 0.95)]
Percentile = Annotated[float, BeforeValidator(percentile), quantity_schema("percentile", "99 %")]
Growth = Annotated[float, BeforeValidator(_growth), quantity_schema("yearly growth", "20 %")]
Date = Annotated[
    str, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date", "examples": ["2027-06-30"]})
]
TemperatureC = Annotated[
    float,
    BeforeValidator(_temperature),
    quantity_schema("temperature", "27 C"),
    written_as("temperature"),
]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["DE"])]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$", max_length=40)]
Names = Annotated[
    tuple[Name, ...],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Title = Annotated[str, Field(min_length=1, max_length=200)]
