"""Where every number comes from: one appendix that all of them point to, each entry once.

A view names origins by id: a bare word is a rule or a part of the request that the catalogue words as `origin.WORD`;
the others have a family before a slash. What an entry rests on itself is in the appendix too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from planner.plan.schema import Plan, ProductUsed
from planner.report import text
from planner.report.blocks import (
    DEPTHS,
    Beside,
    Block,
    Depth,
    Facts,
    Figure,
    Fold,
    Gallery,
    Note,
    Origin,
    Reference,
    References,
    Report,
    Section,
    Table,
    Tiles,
)
from planner.report.language import say, term
from planner.report.lookup import Lookup
from planner.report.view import provenance

FAMILIES = ("rule", "request", "proof", "product", "price", "assumption", "design", "law")
FIRST_DEPTH: Depth = "full"  # a shorter report has no room for the appendix


@dataclass(frozen=True)
class Entry:
    """What stands behind numbers: in words, who says so and when, and what it rests on itself."""

    what: str
    source: str
    weight: tuple[str, ...] = ()
    rests_on: Origin = ()
    href: str = ""
    told: bool = False  # its source stands where it leads to, in every report with an appendix


class Origins:
    """The origins that one plan knows."""

    def __init__(self, plan: Plan, lookup: Lookup) -> None:
        self.plan = plan
        self.lookup = lookup
        self.priced = {provenance.price_id(line): line for line in plan.bill if line.unit_price is not None}
        self.assumed = dict(provenance.assumption_ids(plan))
        self.laws = {provenance.law_id(result): result for result in plan.sovereignty}

    def find(self, origin: str) -> Entry:
        """The entry of an id.

        Raises:
            KeyError: nothing in the plan or the catalogue has this id: a fault of ours.
        """
        family, _, rest = origin.partition("/")
        known = {
            "proof": self._proof,
            "product": self._product,
            "price": self._price,
            "assumption": self._assumption,
            "design": self._design,
            "law": self._law,
        }
        return known[family](rest) if family in known else self._rule(origin)

    def _rule(self, word: str) -> Entry:
        return Entry(say(f"origin.{word}"), self._request(word), rests_on=self._rests_on(word))

    def _request(self, word: str) -> str:
        return say("origins.request", hash=self.plan.inputs.request_sha256[:8]) if word.startswith("request") else ""

    def _rests_on(self, word: str) -> Origin:
        """What a rule takes its figures from, as far as the plan has it."""
        match word:
            case "capex" | "tco" | "confidence":
                return (*self.priced, *self._assumptions("money."), *(("energy-cost",) if word == "tco" else ()))
            case "energy-cost" | "carbon-operation":
                return ("request-hours", *self._assumptions("site."))
            case "spares":
                return self._assumptions("spares.", "default.spares.")
            case "storage-needs":
                return self._assumptions("storage.")
            case "ready":
                return self._with_fact("lead_time_weeks")
            case "design-load" | "typical-load" | "peak-load" | "heat":
                return self._assumptions("product.")
            case "carbon-making":
                return tuple(provenance.product_id(name) for name in self.plan.carbon.embodied_known)
        return ()

    def _assumptions(self, *starts: str) -> Origin:
        return tuple(key for key, entry in self.assumed.items() if entry.id.startswith(starts))

    def _with_fact(self, name: str) -> Origin:
        known = (p for p in self.plan.products if any(f.name == name and f.value is not None for f in p.facts))
        return tuple(provenance.product_id(p.id) for p in known)

    def _proof(self, stage: str) -> Entry:
        proofs = [proof for proof in self.plan.proofs if proof.stage == stage]
        worst = max((proof.gap for proof in proofs), default=0.0)
        what = say("origins.proof", stage=term("stage", stage), gap=text.percent(worst, 2))
        return Entry(what, "", href="#proofs")

    def _product(self, name: str) -> Entry:
        used = self.lookup.products.get(name)
        if used is None:
            return Entry(self.lookup.name(name), say("origins.no-facts"))
        unknown = sum(fact.value is None for fact in used.facts)
        what = say("origins.product", product=used.name, n=len(used.facts) - unknown, unknown=unknown)
        return Entry(what, _sources(used), _weight(used), href=f"#{text.anchor('product', name)}")

    def _price(self, name: str) -> Entry:
        line = self.priced[f"price/{name}"]
        days = sorted({text.day(e.price_as_of) for k, e in self.priced.items() if k == f"price/{name}"})
        weight = (*days, term("confidence", line.price_confidence))
        basis = line.price_basis or text.DASH
        return Entry(
            say("origins.price", basis=basis), line.price_source or say("bill.no-source"), weight, href="#bill"
        )

    def _assumption(self, name: str) -> Entry:
        found = self.assumed[f"assumption/{name}"]
        what = ": ".join(part for part in (found.text, found.value) if part)
        weight = (term("confidence", found.confidence),)
        return Entry(
            text.sentence(what),
            found.source,
            weight,
            (),
            f"#{text.anchor('assumption', found.id)}",
            told=found.if_wrong is not None,
        )

    def _design(self, name: str) -> Entry:
        fabric = next(fabric for fabric in self.plan.fabrics if fabric.design == name)
        weight = [text.day(fabric.design_as_of), term("confidence", fabric.design_confidence)]
        return Entry(
            say("origins.design", design=name),
            fabric.design_source or say("bill.no-source"),
            tuple(word for word in weight if word),
            href="#network",
        )

    def _law(self, name: str) -> Entry:
        result = self.laws[f"law/{name}"]
        weight = (text.day(result.as_of), term("confidence", result.confidence), term("law", result.status))
        what = f"{result.framework}, {result.clause}"
        return Entry(what, result.source, weight, href="#sovereignty")


def _sources(used: ProductUsed) -> str:
    """Every source of its known facts once, the most used first."""
    counts: dict[str, int] = {}
    for fact in used.facts:
        if fact.value is not None:
            counts[fact.source] = counts.get(fact.source, 0) + 1
    named = sorted((source for source in counts if source), key=lambda source: (-counts[source], source))
    return "; ".join(named) or say("bill.no-source")


def _weight(used: ProductUsed) -> tuple[str, ...]:
    known = [fact for fact in used.facts if fact.value is not None]
    days = sorted({fact.as_of for fact in known if fact.as_of})
    span = [text.day(day) for day in dict.fromkeys((days[0], days[-1]))] if days else []
    found = {fact.confidence for fact in known}
    each = [term("confidence", word) for word in ("vendor", "press", "estimate") if word in found]
    return (text.low_to_high(*span) if len(span) == 2 else "".join(span), ", ".join(each))


def noted(report: Report, plan: Plan, lookup: Lookup, depth: Depth) -> Report:
    """The report with the words of every origin that it names, and from `full` on with the appendix of them."""
    origins = Origins(plan, lookup)
    entries = _closed(_named(report), origins)
    if DEPTHS.index(depth) < DEPTHS.index(FIRST_DEPTH) or not entries:
        return replace(report, notes={key: Note(0, _words(entry)) for key, entry in entries.items()})
    ordered = sorted(entries, key=lambda key: FAMILIES.index(_family(key)))
    notes = {key: Note(n, _words(entries[key])) for n, key in enumerate(ordered, start=1)}
    return replace(report, sections=(*report.sections, _appendix(notes, entries)), notes=notes)


def _words(entry: Entry) -> str:
    return ". ".join(part for part in (entry.what.rstrip("."), _said_by(entry)) if part)


def _said_by(entry: Entry) -> str:
    """ "NVIDIA QM9700 user manual (2026-11-20, vendor)"."""
    weight = ", ".join(word for word in entry.weight if word)
    return f"{entry.source} ({weight})" if weight and entry.source else entry.source or weight


def _closed(named: Iterable[str], origins: Origins) -> dict[str, Entry]:
    """Every origin named, and all that those rest on."""
    found: dict[str, Entry] = {}
    waiting = list(dict.fromkeys(named))
    for key in waiting:
        if key not in found:
            found[key] = origins.find(key)
            waiting.extend(found[key].rests_on)
    return found


def _family(key: str) -> str:
    family, slash, _ = key.partition("/")
    if slash:
        return family
    return "request" if key.startswith("request") else "rule"


def _appendix(notes: dict[str, Note], entries: dict[str, Entry]) -> Section:
    groups = tuple(
        (
            term("origin-kind", family),
            tuple(_reference(notes[key].number, entries[key], notes) for key in keys),
        )
        for family, keys in groupby(notes, key=_family)
    )
    blocks = (References("origins-list", groups),)
    return Section("origins", say("origins.title"), say("origins.lead"), blocks, depth=FIRST_DEPTH)


def _reference(number: int, entry: Entry, notes: Mapping[str, Note]) -> Reference:
    told = "" if entry.told else _said_by(entry)
    return Reference(number, entry.what, told, _rests(entry.rests_on, notes), entry.href)


def _rests(origin: Origin, notes: Mapping[str, Note]) -> str:
    numbers = sorted(notes[key].number for key in origin)
    return say("origins.rests-on", numbers=", ".join(mark for mark, _ in marks(numbers))) if numbers else ""


def references(notes: Mapping[str, Note], origin: Origin) -> list[tuple[str, int]]:
    """What is printed behind a number, and the entry that it leads to: [("4-6", 4), ("9", 9)]; nothing without one."""
    return marks(sorted({notes[key].number for key in origin} - {0}))


def marks(numbers: Iterable[int]) -> list[tuple[str, int]]:
    """Numbers with their first; of three or more in a row the ends with a dash."""
    found: list[tuple[str, int]] = []
    for low, high in text.runs_of(list(numbers)):
        alone = [(str(n), n) for n in range(low, high + 1)]
        found += [(f"{low}{text.DASH}{high}", low)] if high - low > 1 else alone
    return found


def _named(report: Report) -> Iterator[str]:
    for section in report.sections:
        for block in section.blocks:
            yield from _of_block(block)


def _of_block(block: Block | Fold) -> Iterator[str]:
    if isinstance(block, Table):
        yield from block.origin
        for column in block.columns:
            yield from column.origin
        for row in block.rows:
            yield from row.origin
            for cell in row.cells:
                yield from cell.origin
    elif isinstance(block, Tiles | Facts):
        for item in block.items:
            yield from item.origin
    elif isinstance(block, Gallery | Beside):
        for figure in block.figures:
            yield from figure.origin
    elif isinstance(block, Fold):
        for inner in block.blocks:
            yield from _of_block(inner)
    elif isinstance(block, Figure):
        yield from block.origin
