"""What it costs to move a limit of the site, as its owner knows it: the price of relief that an explanation tells."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from planner import quantity
from planner.catalog.facts import Strict
from planner.errors import Expected
from planner.request.units import Currency, Date, quantity_schema, written_as

LARGEST = 10**9  # of money for one unit


def _rate(dimension: str) -> Any:
    example, words = quantity.DIMENSIONS[dimension].example, quantity.DIMENSIONS[dimension].words

    def read(text: Any) -> float:
        if not isinstance(text, str | int | float):
            raise Expected("no price", f'{words} such as "{example}"')
        value = float(quantity.parse(text, dimension))
        if not 0 <= value <= LARGEST:
            raise Expected(f'"{text}"', f"{words} from 0 to {LARGEST:,}")
        return value

    return BeforeValidator(read), quantity_schema(dimension, example), written_as(dimension)


PerKw = Annotated[float, *_rate("price per power")]
PerKg = Annotated[float, *_rate("price per mass")]
PerPiece = Annotated[float, *_rate("price of a piece")]


class ReliefCosts(Strict):
    """Money for moving a limit by one unit. What is left out has no known price, and explanations say so.

    Power, air and liquid are paid for what the limit grows by: design load that survives the worst loss, heat. Power
    per rack and weight are paid at each position of the plan that needs more than the site gives now.
    """

    as_of: Date = Field(description="The day of the prices.")
    source: str = Field(min_length=1, description="Where the prices come from.")
    currency: Currency | None = Field(default=None, description="Currency of the prices; left out: the request's.")
    power: PerKw | None = Field(default=None, description="Price of design load that survives the worst loss.")
    air: PerKw | None = Field(default=None, description="Price of heat to air that the hall takes.")
    liquid: PerKw | None = Field(default=None, description="Price of heat that the loops take.")
    positions: PerPiece | None = Field(default=None, description="Price of one more position.")
    rack_power: PerKw | None = Field(
        default=None, description="Price of power per rack, at each position of the plan that needs more."
    )
    weight: PerKg | None = Field(
        default=None, description="Price of weight carried, at each position of the plan that needs more."
    )
