"""What a rule can see: facts by path, members of collections, and who operates what. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.catalog.rules import Record, RuleBook

Facts = Mapping[str, Any]
SINGULAR = {
    "sites": "site",
    "home_sites": "home_site",
    "workloads": "workload",
    "operators": "operator",
    "options": "option",
    "bom_lines": "bom_line",
    "placements": "placement",
}
OWN_STAFF = ("owned", "site")  # words for an option that the site's own operator runs


@dataclass(frozen=True)
class Reading:
    """One fact as read: its label ("site[berlin].country") and value; None when missing."""

    label: str
    value: Any


@dataclass(frozen=True)
class Scope:
    """The facts bound at one point of a predicate: plan, evidence, profile, and the subject with what belongs to it."""

    book: RuleBook
    bound: Facts
    collections: Facts

    def read(self, path: str) -> Reading:
        """The value at a path. `unknown`, an empty text and a missing key are all missing: value None."""
        root, *parts = path.split(".")
        value = self.bound.get(root)
        label = _label(root, value, parts)
        for part in parts:
            value = value.get(part) if isinstance(value, Mapping) else None
        return Reading(label, None if is_missing(value) else value)

    def members(self, collection: str) -> tuple[Facts, ...] | None:
        """The members of a collection in their order; None when the collection is missing."""
        members = self.collections.get(collection)
        return None if members is None else tuple(members)

    def bind(self, collection: str, member: Facts) -> Scope:
        """The scope in which the singular of a collection, and what belongs to the member, is bound."""
        root = SINGULAR[collection]
        if root == "placement":
            return self._bind_placement(member)
        bound = {**self.bound, root: member}
        if root == "site" or (root == "option" and not _run_by_site(member)):
            bound["operator"] = self.operator(member.get("operator"))
        return replace(self, bound=bound)

    def _bind_placement(self, placement: Facts) -> Scope:
        scope = self
        for collection in ("sites", "workloads", "options"):
            root = SINGULAR[collection]
            found = by_id(self.members(collection) or (), placement.get(root))
            scope = scope.bind(collection, found if found is not None else self._delivery(root, placement))
        return scope

    def _delivery(self, root: str, placement: Facts) -> Facts:
        record = record_of(str(placement.get(root, "")), self.book.deliveries) if root == "option" else None
        return record_facts(record) if record is not None else {}

    def operator(self, reference: Any) -> Facts:
        """The operator that a site or option names, from the plan's operators and then from the catalog's."""
        if isinstance(reference, Mapping):
            return reference
        if not isinstance(reference, str) or is_missing(reference):
            return {}
        known = by_id(self.members("operators") or (), reference)
        if known is not None:
            return known
        record = record_of(reference, self.book.operators)
        return record_facts(record) if record is not None else {"id": reference}


def is_missing(value: Any) -> bool:
    """True for a value that nobody gave."""
    return value is None or value in ("", "unknown")


def by_id(members: Sequence[Facts], wanted: Any) -> Facts | None:
    """The member with an id."""
    return next((member for member in members if wanted is not None and member.get("id") == wanted), None)


def record_of(name: str, records: Mapping[str, Record]) -> Record | None:
    """The catalog's record of an operator or delivery, by id, name or alias, whatever the case."""
    for record in records.values():
        if name.casefold() in {word.casefold() for word in (record.id, record.name, *record.aliases)}:
            return record
    return None


def record_facts(record: Record) -> Facts:
    """A record in the words rules use."""
    return {"id": record.id, **record.facts}


def _run_by_site(option: Facts) -> bool:
    operator = option.get("operator")
    return operator == "site" or (is_missing(operator) and option.get("delivery") in OWN_STAFF)


def _label(root: str, value: Any, parts: Sequence[str]) -> str:
    name = value.get("id") if isinstance(value, Mapping) and root not in ("plan", "evidence", "profile") else None
    return ".".join([f"{root}[{name}]" if name else root, *parts])
