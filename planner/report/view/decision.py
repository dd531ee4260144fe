"""Page one: what to buy, where it stands, what it costs, when it can run, how sure this is, what people must decide."""

from __future__ import annotations

from planner.plan.schema import Plan
from planner.report import text
from planner.report.blocks import Callout, Callouts, Figure, Prose, Section, Tile, Tiles, Tone
from planner.report.drawings import charts
from planner.report.lookup import Lookup
from planner.report.view import margins

MOST_LETTERS = 240  # of one point to decide, so that the decision stays on one page


def section(plan: Plan, lookup: Lookup) -> Section:
    """The decision page."""
    return Section(
        "decision",
        "Decision",
        "",
        (
            Callouts((verdict(plan),), depth="summary"),
            Prose(in_words(plan, lookup), depth="summary"),
            tiles(plan, lookup),
            Callouts(to_decide(plan, lookup), depth="summary"),
            margins.figure(plan),
            *confidence(plan),
        ),
        depth="summary",
    )


def verdict(plan: Plan) -> Callout:
    """The one sentence that also decides the exit code: never "no problems" while a finding stands."""
    head = plan.headline
    first = plan.inputs.objective[0] if plan.inputs.objective else "its objective"
    proof = f"By {first}, the plan is {text.gap(head.gap, head.status)}."
    errors, warnings = (
        max(stated, _found(plan, kind)) for stated, kind in ((head.errors, "error"), (head.warnings, "warning"))
    )
    if errors:
        return Callout("bad", "Not ready", f"{text.plural(errors, 'error')} must be resolved first", proof, "#findings")
    still = [
        text.plural(head.lines_without_price, "line without a price", "lines without a price")
        if head.lines_without_price
        else "",
        text.plural(warnings, "warning") if warnings else "",
        text.plural(head.evidence_needed, "piece of evidence needed", "pieces of evidence needed")
        if head.evidence_needed
        else "",
    ]
    left = [entry for entry in still if entry]
    if left:
        return Callout("warn", "Feasible", f"Meets every limit; open: {text.listed(left)}", proof, "#findings")
    return Callout("good", "Feasible", "Meets every limit, with nothing left open", proof, "#proofs")


def _found(plan: Plan, severity: str) -> int:
    """Findings that stand, whatever the headline says."""
    return sum(finding.severity == severity for finding in plan.findings)


def in_words(plan: Plan, lookup: Lookup) -> str:
    """What to buy and where, in two sentences."""
    head = plan.headline
    halls = text.listed([lookup.hall_name(hall) for hall in lookup.hall_ids], "no hall")
    bought = (
        f"{_bought(plan, lookup)} with network, storage, racks and software" if head.system_count else "Buy no system"
    )
    quotes = (
        f" {text.plural(head.lines_without_price, 'line')} of {head.lines:,} need a quote and are in neither sum."
        if head.lines_without_price
        else ""
    )
    return (
        f"{bought}, in {text.plural(head.racks, 'rack')} in {halls}. "
        f"Equipment costs {text.span(head.capex, head.currency)}, "
        f"typically {text.money(head.capex.typical, head.currency)}; "
        f"over {text.plural(plan.cost.horizon_years, 'year')} the total is {text.span(head.tco, head.currency)}."
        f"{quotes}{_when(plan, lookup)}"
    )


def _bought(plan: Plan, lookup: Lookup) -> str:
    """One kind of system by its name, several after their number."""
    kinds = {choice.product for choice in plan.systems}
    if len(kinds) == 1:
        return f"Buy {lookup.systems()}"
    return f"Buy {text.plural(plan.headline.system_count, 'accelerator system')} ({lookup.systems()})"


def _when(plan: Plan, lookup: Lookup) -> str:
    ready, wanted = plan.headline.ready_by, lookup.request.policy.in_service_by
    said = f" By the longest known lead time it can run on {ready}" if ready else " When it can run is unknown"
    return said + (f"; it is wanted by {wanted}." if wanted else ".")


def tiles(plan: Plan, lookup: Lookup) -> Tiles:
    """The headline numbers."""
    head = plan.headline
    peak = f"{text.power(head.power_peak_w)} peak"
    ready = head.ready_by or text.UNKNOWN
    return Tiles(
        (
            Tile(
                "Capital cost, typical",
                text.money(head.capex.typical, head.currency),
                _quotes(text.span(head.capex, head.currency), head.lines_without_price),
            ),
            Tile(
                f"Total over {text.plural(plan.cost.horizon_years, 'year')}, typical",
                text.money(head.tco.typical, head.currency),
                _quotes(text.span(head.tco, head.currency), head.lines_without_price),
            ),
            Tile("Systems", f"{head.system_count:,}", _systems(plan, lookup)),
            Tile("Accelerators", f"{head.accelerators:,}", "spares included"),
            Tile("Racks", f"{head.racks:,}", _positions(plan)),
            Tile("Design power", text.power(head.power_design_w), peak),
            Tile("Can run", ready, _lead(plan), "warn" if head.ready_by is None else ""),
            Tile(
                "Proof",
                "optimal" if head.gap == 0 and head.status == "optimal" else f"gap {text.percent(head.gap, 2)}",
                "no plan is better by the first objective" if head.gap == 0 else text.gap(head.gap, head.status),
                "good" if head.gap == 0 else "",
            ),
        )
    )


def _quotes(words: str, lines: int) -> str:
    return f"{words}, plus {text.plural(lines, 'quote')}" if lines else words


def _systems(plan: Plan, lookup: Lookup) -> str:
    """The systems where they fit a tile; how many kinds where they do not."""
    kinds = len({choice.product for choice in plan.systems})
    named = lookup.systems()
    return named if len(named) <= 60 else f"of {text.plural(kinds, 'product')}, named above"


def _positions(plan: Plan) -> str:
    return f"{sum(f.used for f in plan.floor):,} of {sum(f.positions for f in plan.floor):,} positions"


def _lead(plan: Plan) -> str:
    unknown = sum(line.lead_time_weeks is None for line in plan.bill)
    longest = f"longest known lead time {text.weeks(plan.headline.lead_time_weeks)}"
    return longest + (f"; unknown for {unknown:,} of {len(plan.bill):,} lines" if unknown else "")


def to_decide(plan: Plan, lookup: Lookup) -> tuple[Callout, ...]:
    """What the plan cannot decide for people."""
    cost, head = plan.cost, plan.headline
    found: list[Callout] = []
    errors = [finding for finding in plan.findings if finding.severity == "error"]
    if errors:
        found.append(
            _decide(
                "bad",
                "Resolve",
                text.plural(len(errors), "error"),
                text.start(errors[0].text, MOST_LETTERS),
                "#findings",
            )
        )
    if cost.lines_without_price:
        what = f"{text.plural(cost.lines_without_price, 'line')} of {cost.lines_total:,}"
        words = f"Not in any sum of this report: {_some(_names(cost.without_price, lookup))}."
        found.append(_decide("warn", "Ask for quotes", what, words, "#bill"))
    if cost.expired_prices:
        found.append(
            _decide(
                "warn",
                "Renew prices",
                _some(_names(cost.expired_prices, lookup)),
                "These prices are past their date.",
                "#bill",
            )
        )
    if head.evidence_needed:
        missing = [m for r in plan.sovereignty if r.result == "evidence-needed" for m in r.missing]
        what = text.plural(head.evidence_needed, "sovereignty rule")
        found.append(_decide("warn", "Supply evidence", what, _some(tuple(dict.fromkeys(missing))), "#sovereignty"))
    warnings = [finding for finding in plan.findings if finding.severity == "warning"]
    if warnings:
        more = f"; and {text.plural(len(warnings) - 1, 'more warning')}" if len(warnings) > 1 else ""
        found.append(
            _decide(
                "warn",
                "Accept or act on",
                text.plural(len(warnings), "warning"),
                text.start(warnings[0].text.rstrip("."), MOST_LETTERS) + more + ".",
                "#findings",
            )
        )
    return tuple(found)


def _decide(tone: Tone, label: str, title: str, words: str, href: str) -> Callout:
    return Callout(tone, label, title, words, href)


def _names(products: tuple[str, ...], lookup: Lookup) -> tuple[str, ...]:
    return tuple(lookup.name(product) for product in products)


def _some(names: tuple[str, ...], most: int = 4) -> str:
    shown = text.start(", ".join(names[:most]), MOST_LETTERS)
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown


def confidence(plan: Plan) -> tuple[Figure, ...]:
    """How good the money is."""
    names = {"vendor": "vendor", "press": "press", "estimate": "estimate", "unknown": "unknown"}
    share = plan.cost.confidence_share
    if not any(share.values()):
        return ()
    entries = [(key, name, share.get(key, 0.0), text.percent(share.get(key, 0.0))) for key, name in names.items()]
    good = share.get("vendor", 0.0) + share.get("press", 0.0)
    words = "; ".join(f"{name} {percent}" for _, name, _, percent in entries)
    title = f"{text.percent(good)} of the typical capital cost rests on vendor or published prices"
    note = "Share of the priced lines by confidence of their price."
    if plan.cost.lines_without_price:
        note += f" {text.plural(plan.cost.lines_without_price, 'line')} without a price are outside this bar."
    return (
        Figure("confidence", title, charts.shares(entries, f"Confidence of the money: {words}"), note, depth="summary"),
    )
