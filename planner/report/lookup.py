"""Finding things of a plan by their ids."""

from __future__ import annotations

from functools import cached_property

from pydantic import ValidationError

from planner.document import nearest
from planner.errors import InputError
from planner.plan.schema import Pattern, Plan, Rack
from planner.report import text
from planner.report.drawings import palette
from planner.report.language import say
from planner.request import Request
from planner.request.site import Hall


class Lookup:
    """Names, kinds, patterns and halls of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.currency = plan.cost.currency
        self.patterns = {pattern.id: pattern for pattern in plan.patterns}
        self._names = {line.product: line.name for line in plan.bill}
        self._names |= {need.system: need.name for workload in plan.demand for need in workload.needs if need.name}
        self._names |= {product.id: product.name for product in plan.products}
        self._names |= {alternative.system: alternative.name for alternative in plan.alternatives if alternative.name}
        self._kinds = {product.id: product.kind for product in plan.products}
        self.products = {product.id: product for product in plan.products}
        self.workload_names = {workload.id: workload.name for workload in plan.demand}

    @property
    def product_names(self) -> dict[str, str]:
        """Names by product id."""
        return dict(self._names)

    def name(self, product: str | None) -> str:
        """The product's name, or its id when the plan does not name it."""
        return say("list.none") if product is None else self._names.get(product, product)

    def names(self, product: str) -> tuple[str, ...]:
        """The name, then shorter ones: without its maker, without what stands after a comma, without both."""
        used = self.products.get(product)
        whole = self.name(product)
        bare = (whole.removeprefix(used.vendor).strip() or whole) if used else whole
        return whole, bare, whole.split(",")[0], bare.split(",")[0]

    def systems(self) -> str:
        """ "13 x DGX B200; 7 x HGX B300, liquid": names may hold commas, so a semicolon parts them."""
        counts: dict[str, int] = {}
        for choice in self.plan.systems:
            counts[choice.product] = counts.get(choice.product, 0) + choice.count
        return "; ".join(text.times(count, self.name(product)) for product, count in sorted(counts.items()))

    def kind(self, product: str) -> str:
        """The kind of a product; nothing where the plan does not say."""
        return self._kinds.get(product, "")

    def height_u(self, product: str) -> int:
        """The height of a product in U, 1 where the plan does not say."""
        used = self.products.get(product)
        value = next((f.value for f in used.facts if f.name == "height_u"), None) if used is not None else None
        return int(value) if isinstance(value, int | float) else 1

    def look(self, product: str, role: str = "") -> str:
        """The look of a device in drawings."""
        return palette.kind_of(self._kinds.get(product, ""), role)

    @cached_property
    def request(self) -> Request:
        """The request that the plan carries.

        Raises:
            InputError: it is no request any more.
        """
        try:
            return Request.model_validate(self.plan.request)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(("request", *map(str, first["loc"])))
            raise InputError.of(where, str(first["msg"]), "the request as it was planned", file="plan") from None

    @cached_property
    def halls(self) -> dict[str, Hall]:
        """The halls as the request describes them."""
        return {hall.id: hall for _, hall in self.request.halls()}

    @cached_property
    def hall_ids(self) -> tuple[str, ...]:
        """Halls that hold racks, in the order of the plan."""
        return tuple(dict.fromkeys(rack.hall for rack in self.plan.racks))

    def hall_name(self, hall: str) -> str:
        """ "Hall 1 (hall-1)" or the id alone."""
        found = self.halls.get(hall)
        return f"{found.name} ({hall})" if found and found.name and found.name != hall else hall

    def racks_of(self, hall: str) -> list[Rack]:
        """Racks of one hall, in the order of the plan."""
        return [rack for rack in self.plan.racks if rack.hall == hall]

    def pattern_of(self, rack: Rack) -> Pattern:
        """What stands in a rack.

        Raises:
            InputError: the plan describes no such pattern.
        """
        if rack.pattern not in self.patterns:
            hint = nearest(rack.pattern, list(self.patterns))
            raise InputError.of(
                f"racks.{rack.id}", f'the pattern "{rack.pattern}"', "a pattern of the plan", hint, "plan"
            )
        return self.patterns[rack.pattern]
