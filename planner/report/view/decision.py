"""Page one: what to buy, where it stands, what it costs, when it can run, how sure this is, what people must decide."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.schema import Plan, Severity
from planner.report import text
from planner.report.blocks import Callout, Callouts, Figure, Prose, Section, Tile, Tiles, Tone
from planner.report.drawings import charts
from planner.report.language import say, term
from planner.report.lookup import Lookup
from planner.report.view import margins, provenance

MOST_LETTERS = 70  # of one point to decide, so that the decision stays on one page


def section(plan: Plan, lookup: Lookup) -> Section:
    """The decision page."""
    return Section(
        "decision",
        say("decision.title"),
        "",
        (
            Callouts((verdict(plan),), depth="summary"),
            Prose(in_words(plan, lookup), depth="summary"),
            tiles(plan, lookup),
            Callouts(to_decide(plan, lookup), depth="summary"),
            margins.figure(plan),
        ),
        depth="summary",
    )


def verdict(plan: Plan) -> Callout:
    """The one sentence that also decides the exit code: never "no problems" while a finding stands."""
    head = plan.headline
    first = plan.inputs.objective[0] if plan.inputs.objective else "none"
    aim = text.sentence(term("objective", first))
    proof = say("decision.proof", objective=aim, gap=text.gap(head.gap, head.status))
    errors, warnings = (
        max(stated, _found(plan, kind)) for stated, kind in ((head.errors, "error"), (head.warnings, "warning"))
    )
    if errors:
        return Callout("bad", say("decision.not-ready"), say("decision.errors-first", n=errors), proof, "#findings")
    still = [
        text.counted("quote", head.lines_without_price) if head.lines_without_price else "",
        text.counted("warning", warnings) if warnings else "",
        text.counted("evidence", head.evidence_needed) if head.evidence_needed else "",
    ]
    left = [entry for entry in still if entry]
    if left:
        still_open = say("decision.open", what=text.listed(left))
        return Callout("warn", say("decision.feasible"), still_open, proof, "#findings")
    return Callout("good", say("decision.feasible"), say("decision.nothing-open"), proof, "#proofs")


def _found(plan: Plan, severity: str) -> int:
    """Findings that stand, whatever the headline says."""
    return sum(finding.severity == severity for finding in plan.findings)


def in_words(plan: Plan, lookup: Lookup) -> str:
    """What to buy, where it stands and when it is wanted; the tiles below have the rest."""
    head = plan.headline
    halls = text.listed([lookup.hall_name(hall) for hall in lookup.hall_ids], say("decision.no-hall"))
    bought = say("decision.buy", systems=lookup.systems()) if head.system_count else say("decision.buy-none")
    where = say("decision.where", bought=bought, halls=halls)
    wanted = lookup.request.service_date
    return f"{where} {say('decision.wanted', day=text.day(str(wanted)))}" if wanted else where


def tiles(plan: Plan, lookup: Lookup) -> Tiles:
    """The headline numbers."""
    head = plan.headline
    peak = say("rack.peak", power=text.power(head.power_peak_w))
    ready = text.day(head.ready_by) if head.ready_by else text.unknown()
    racks = ("racks", "proof/packing", "weight") if plan.patterns else ("racks",)
    return Tiles(
        (
            Tile(
                say("tile.capex"),
                text.money(head.capex.typical, head.currency),
                _quotes(text.span(head.capex, head.currency), head.lines_without_price),
                why=provenance.of_money(plan),
                origin=("capex",),
            ),
            Tile(
                say("tile.tco", horizon=text.counted("year", plan.cost.horizon_years)),
                text.money(head.tco.typical, head.currency),
                text.span(head.tco, head.currency),
                origin=("tco",),
            ),
            Tile(
                say("tile.systems"), text.count(head.system_count), _systems(plan), origin=("systems", "proof/sizing")
            ),
            Tile(
                say("tile.accelerators"),
                text.count(head.accelerators),
                say("tile.with-spares"),
                origin=("accelerators", *provenance.products(choice.product for choice in plan.systems)),
            ),
            Tile(say("tile.racks"), text.count(head.racks), _burden(plan, lookup), origin=racks),
            Tile(say("tile.power"), text.power(head.power_design_w), peak, origin=("design-load",)),
            Tile(say("tile.ready"), ready, _lead(plan), "warn" if head.ready_by is None else "", origin=("ready",)),
            Tile(
                say("tile.confidence"),
                _sure(plan),
                _shares(plan),
                why=provenance.of_money(plan),
                origin=("confidence",),
            ),
        )
    )


def _sure(plan: Plan) -> str:
    """The share of the typical capital cost that a vendor or the press has named a price for."""
    share = plan.cost.confidence_share
    return text.percent(share.get("vendor", 0.0) + share.get("press", 0.0)) if any(share.values()) else text.unknown()


def _shares(plan: Plan) -> str:
    """The rest of that cost by confidence."""
    rest = ((key, plan.cost.confidence_share.get(key, 0.0)) for key in ("estimate", "unknown"))
    return ", ".join(f"{term('confidence', key)} {text.percent(share)}" for key, share in rest if share)


def _quotes(words: str, lines: int) -> str:
    return say("tile.plus-quotes", money=words, n=lines) if lines else words


def _systems(plan: Plan) -> str:
    """How many kinds; which they are is said above."""
    kinds = len({choice.product for choice in plan.systems})
    return say("tile.of-products", n=kinds) if kinds > 1 else ""


def _burden(plan: Plan, lookup: Lookup) -> str:
    """What the racks weigh and cover."""
    known = [p for p in plan.patterns if p.weight_kg is not None]
    weight = sum((p.weight_kg or 0) * p.count for p in known) if known else None
    whole = len(known) == len(plan.patterns) and all(p.weight_known for p in known)
    return f"{text.tonnes(weight, known=whole)}, {_area(plan, lookup)}"


def _area(plan: Plan, lookup: Lookup) -> str:
    """The floor under the racks, from the pitch and depth of their rows."""
    rows = {(hall.id, row.id): row for hall in lookup.halls.values() for row in hall.rows}
    places = [(rows.get((rack.hall, rack.row)), len(rack.positions)) for rack in plan.racks]
    if any(row is None for row, _ in places):
        return text.unknown()
    covered = sum(row.pitch * row.rack_depth * many for row, many in places if row) / 1e6
    return text.figure(f"{covered:,.1f} m²")


def _lead(plan: Plan) -> str:
    unknown = sum(line.lead_time_weeks is None for line in plan.bill)
    longest = say("tile.longest", weeks=text.weeks(plan.headline.lead_time_weeks))
    return longest + (f"; {say('tile.lead-unknown', unknown=unknown, n=len(plan.bill))}" if unknown else "")


def to_decide(plan: Plan, lookup: Lookup) -> tuple[Callout, ...]:
    """What the plan cannot decide for people."""
    cost, head = plan.cost, plan.headline
    found: list[Callout] = []
    found.extend(_of_findings(plan, "error", "bad", say("decide.resolve")))
    if cost.lines_without_price:
        what = say("of", part=text.counted("line", cost.lines_without_price), whole=cost.lines_total)
        found.append(_decide("warn", say("decide.quotes"), what, say("decide.in-no-sum"), "#bill"))
    if cost.expired_prices:
        found.append(
            _decide(
                "warn",
                say("decide.renew"),
                _some(_names(cost.expired_prices, lookup)),
                say("decide.past"),
                "#bill",
            )
        )
    if head.evidence_needed:
        what = text.counted("sovereignty-rule", head.evidence_needed)
        found.append(_decide("warn", say("decide.evidence"), what, _frameworks(plan), "#sovereignty"))
    found.extend(_of_findings(plan, "warning", "warn", say("decide.accept")))
    return tuple(found)


def _of_findings(plan: Plan, severity: Severity, tone: Tone, what: str) -> Iterator[Callout]:
    """Findings of one severity, with the first of them, where there are any."""
    texts = [finding.text for finding in plan.findings if finding.severity == severity]
    if texts:
        first = text.start(texts[0], MOST_LETTERS)
        yield _decide(tone, what, text.counted(severity, len(texts)), first, "#findings")


def _frameworks(plan: Plan) -> str:
    """How many laws and standards ask for evidence; what each of them misses stands in its own chapter."""
    return say("decide.asked-by", n=len({r.framework for r in plan.sovereignty if r.result == "evidence-needed"}))


def _decide(tone: Tone, label: str, title: str, words: str, href: str) -> Callout:
    return Callout(tone, label, title, words, href)


def _names(products: tuple[str, ...], lookup: Lookup) -> tuple[str, ...]:
    return tuple(lookup.name(product) for product in products)


def _some(names: tuple[str, ...], most: int = 4) -> str:
    shown = text.start(", ".join(names[:most]), MOST_LETTERS)
    return say("decide.more", names=shown, n=len(names) - most) if len(names) > most else shown


def confidence(plan: Plan) -> tuple[Figure, ...]:
    """How good the money is."""
    names = {key: term("confidence", key) for key in ("vendor", "press", "estimate", "unknown")}
    share = plan.cost.confidence_share
    if not any(share.values()):
        return ()
    entries = [(key, name, share.get(key, 0.0), text.percent(share.get(key, 0.0))) for key, name in names.items()]
    good = share.get("vendor", 0.0) + share.get("press", 0.0)
    words = "; ".join(f"{name} {percent}" for _, name, _, percent in entries)
    title = say("confidence-bar.title", share=text.percent(good))
    note = say("confidence-bar.note")
    if plan.cost.lines_without_price:
        note += " " + say("confidence-bar.outside", n=plan.cost.lines_without_price)
    return (
        Figure(
            "confidence",
            title,
            charts.shares(entries, say("confidence-bar.alt", each=words)),
            note,
            depth="audit",
            origin=("confidence",),
        ),
    )
