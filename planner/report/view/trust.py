"""What a reader can check: sovereignty evidence, findings, proofs, assumptions, unknowns and sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from planner.plan.schema import Finding, Plan, SovereigntyResult
from planner.report import text
from planner.report.blocks import Block, Callout, Callouts, Cell, Column, Facts, Fold, Prose, Row, Section, Table, Tone
from planner.report.lookup import Lookup

_RESULTS: dict[str, tuple[str, Tone]] = {
    "fail": ("fail", "bad"),
    "evidence-needed": ("evidence needed", "warn"),
    "pass": ("pass", "good"),
    "not-applicable": ("not applicable", ""),
}
_SEVERITIES: dict[str, tuple[str, Tone]] = {
    "error": ("Error", "bad"),
    "warning": ("Warning", "warn"),
    "information": ("Information", "info"),
}


def sovereignty(plan: Plan) -> Section:
    """Rules that fail or need evidence first; what passes is folded."""
    counts: dict[str, int] = defaultdict(int)
    for result in plan.sovereignty:
        counts[result.result] += 1
    said = [f"{counts[key]:,} {word}" for key, (word, _) in _RESULTS.items() if counts[key]]
    lead = (
        f"{text.plural(len(plan.sovereignty), 'check')}: {text.listed(said)}."
        if plan.sovereignty
        else "No profile was asked for."
    )
    asking = [r for r in plan.sovereignty if r.result in ("fail", "evidence-needed")]
    rest = [r for r in plan.sovereignty if r.result not in ("fail", "evidence-needed")]
    blocks: list[Block | Fold] = []
    if asking:
        blocks.append(
            _results(
                "sovereignty-open", "Rules that fail or need evidence", sorted(asking, key=lambda r: r.result != "fail")
            )
        )
    if rest:
        blocks.append(
            Fold(
                "sovereignty-rest",
                f"Passed or not applicable: {text.plural(len(rest), 'check')}",
                (_results("sovereignty-passed", "Rules passed or not applicable", rest),),
            )
        )
    return Section(
        "sovereignty", "Sovereignty evidence", lead, tuple(blocks) or (Prose("Nothing to show."),), wide=bool(blocks)
    )


def _results(id_: str, caption: str, results: list[SovereigntyResult]) -> Table:
    columns = (
        Column("Result", weight=1),
        Column("Rule", weight=1.6),
        Column("What it asks", weight=3),
        Column("About", weight=1.2),
        Column("Rests on", weight=1.8),
        Column("Missing", weight=1.6),
        Column("Source", weight=2),
    )
    rows = []
    for r in results:
        word, tone = _RESULTS[r.result]
        rests = "; ".join(f"{text.words(k)}: {v}" for k, v in sorted(r.inputs.items())) or text.DASH
        rows.append(
            Row(
                (
                    Cell(word, sub=r.severity, tone=tone),
                    Cell(r.framework, sub=f"{r.rule}, {r.clause}"),
                    Cell(r.text),
                    Cell(r.subject),
                    Cell(rests),
                    Cell(", ".join(r.missing) or text.DASH),
                    Cell(r.source, sub=f"{r.confidence}, {r.as_of}, {r.status}"),
                )
            )
        )
    return Table(id_, caption, columns, tuple(rows), small=True)


def findings(plan: Plan) -> Section:
    """Errors, then warnings; findings of one rule stand together; information is folded."""
    blocks: list[Block | Fold] = []
    loud = [f for f in plan.findings if f.severity != "information"]
    quiet = [f for f in plan.findings if f.severity == "information"]
    if loud:
        blocks.append(Callouts(_callouts(loud)))
    if quiet:
        blocks.append(Fold("information", text.plural(len(quiet), "note", "notes"), (Callouts(_callouts(quiet)),)))
    counts = [text.plural(sum(f.severity == s for f in plan.findings), s) for s in ("error", "warning")]
    lead = f"{text.listed(counts)}; {text.plural(len(quiet), 'note')} for information."
    return Section("findings", "Findings", lead, tuple(blocks) or (Prose("The checks found nothing to say."),))


MOST_PLACES = 12


def _callouts(found: list[Finding]) -> tuple[Callout, ...]:
    together: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in sorted(found, key=lambda f: list(_SEVERITIES).index(f.severity)):
        together[finding.severity, finding.rule, finding.text].append(finding)
    return tuple(_callout(group) for group in together.values())


def _callout(group: list[Finding]) -> Callout:
    first = group[0]
    word, tone = _SEVERITIES[first.severity]
    places = [finding.place for finding in group if finding.place]
    more = f" and {len(places) - MOST_PLACES:,} more" if len(places) > MOST_PLACES else ""
    where = ", ".join(places[:MOST_PLACES]) + more
    numbers = (
        "; ".join(f"{text.words(k)}: {text.number(v)}" for k, v in sorted(first.numbers.items()))
        if len(group) == 1
        else ""
    )
    many = f"{len(group):,} x " if len(group) > 1 else ""
    title = f"{many}{text.words(first.rule)}" + (f", {where}" if where else "")
    return Callout(
        tone,
        word,
        title,
        first.text + (f" ({numbers})" if numbers else ""),
        id=text.anchor("finding", f"{first.rule}/{first.place}"),
    )


def proofs(plan: Plan) -> Section:
    """How good each stage's answer is, by our own arithmetic."""
    columns = (
        Column("Stage", weight=1),
        Column("Subject", weight=1.4),
        Column("Status", weight=1),
        Column("Answer", True, 1),
        Column("Proven bound", True, 1),
        Column("Unit", weight=1.7),
        Column("Gap", True, 0.8),
        Column("Cuts", True, 0.5),
        Column("Method", weight=2.6),
    )
    rows = tuple(
        Row(
            (
                Cell(p.stage),
                Cell(p.subject),
                Cell(p.status, tone="good" if p.gap == 0 else "info"),
                Cell(f"{p.objective:,}", sort=p.objective),
                Cell(f"{p.lower_bound:,}", sort=p.lower_bound),
                Cell(unit_of(p.unit, plan)),
                Cell(text.percent(p.gap, 2), sort=p.gap),
                Cell(f"{len(p.certificates):,}" if p.certificates else text.DASH),
                Cell(p.method),
            )
        )
        for p in plan.proofs
    )
    note = "" if not plan.inputs.time_limited else "A wall-clock limit stopped a stage: another run may differ."
    head = plan.headline
    return Section(
        "proofs",
        "Proofs",
        f"The plan as a whole: {text.gap(head.gap, head.status)}.",
        (Table("proofs-table", "Each stage with its bound", columns, rows, note=note),),
    )


def unit_of(unit: str, plan: Plan) -> str:
    """The unit of a proof; money is in the plan's currency."""
    return plan.cost.currency if unit == "money" else unit


def assumptions(plan: Plan) -> Section:
    """What was taken for granted, and from where."""
    columns = (
        Column("Assumption", weight=3),
        Column("Value", weight=1.2),
        Column("Source", weight=2.4),
        Column("Confidence", weight=0.9),
        Column("Used by", weight=1.4),
    )
    rows = tuple(
        Row(
            (
                Cell(a.text, sub=a.id),
                Cell(a.value),
                Cell(a.source),
                Cell(a.confidence, tone="warn" if a.confidence == "unknown" else ""),
                Cell(", ".join(a.used_by) or text.DASH),
            ),
            id=text.anchor("assumption", a.id),
        )
        for a in plan.assumptions
    )
    return Section(
        "assumptions",
        "Assumptions",
        f"{text.plural(len(rows), 'assumption')}; each changes the plan if it is wrong.",
        (
            Table(
                "assumptions-table", "Assumptions with their sources", columns, rows, tools=len(rows) > 20, small=True
            ),
        ),
    )


def unknowns(plan: Plan, lookup: Lookup) -> Section:
    """Everything that nobody has published or told us."""
    items = _unknown_items(plan, lookup)
    facts: dict[str, list[str]] = defaultdict(list)
    for product in plan.products:
        for fact in product.facts:
            if fact.value is None:
                facts[text.words(fact.name)].append(product.name)
    blocks: list[Block] = [Facts(tuple(items))] if items else []
    if facts:
        named = f"{text.plural(len(facts), 'kind')} of facts are not published for some of the products."
        blocks.append(Prose(named))
        columns = (Column("Fact", weight=1.2), Column("Products", True, 0.6), Column("Not published for", weight=5))
        rows = tuple(
            Row((Cell(name), Cell(f"{len(of)} of {len(plan.products)}", sort=len(of)), Cell("; ".join(of))))
            for name, of in sorted(facts.items())
        )
        caption = "Facts that no source gives"
        blocks.append(Table("unknown-facts", caption, columns, rows, tools=True, small=True, depth="audit"))
    lead = "Unknown is not zero: what stands here is in no sum, and the plan says where it matters."
    nothing: tuple[Block, ...] = (Prose("Every price, lead time and fact that the plan uses is known."),)
    return Section("unknowns", "Unknowns", lead, tuple(blocks) or nothing)


def _unknown_items(plan: Plan, lookup: Lookup) -> list[tuple[str, str]]:
    def names(products: Iterable[str]) -> str:
        return "; ".join(lookup.name(p) for p in products)

    late = dict.fromkeys(line.product for line in plan.bill if line.lead_time_weeks is None)
    items = [("price", names(plan.cost.without_price)), ("lead time", names(late))]
    items += [(f"power, {power.hall}", names(power.unknown_power)) for power in plan.power]
    items += [(f"weight, {floor.hall}", names(floor.unknown_weight)) for floor in plan.floor]
    items.append(("carbon of making", names(plan.carbon.embodied_unknown)))
    items += [("network counts", f"{f.fabric} fabric of {f.hall}") for f in plan.fabrics if not f.counts_known]
    items += [
        ("cable", f"{c.fabric} {text.words(c.tier)}, {text.length(c.length_m)}: {c.note}")
        for c in plan.cables
        if c.product is None
    ]
    undetermined = sum(c.cables for c in plan.cables if c.length_m is None)
    if undetermined:
        items.append(("length of cables", f"{undetermined:,} of {sum(c.cables for c in plan.cables):,} cables"))
    return [item for item in items if item[1]]


def sources(plan: Plan) -> Section:
    """Every fact the plan rests on, by product."""
    columns = (
        Column("Fact", weight=1.8),
        Column("Value", True, 1.2),
        Column("Confidence", weight=0.9),
        Column("As of", weight=0.9),
        Column("Source", weight=4),
    )
    rows: list[Row] = []
    for product in plan.products:
        part = product.part_number or "no part number yet"
        for index, fact in enumerate(product.facts):
            value = text.UNKNOWN if fact.value is None else f"{text.number(fact.value)} {fact.unit}".strip()
            rows.append(
                Row(
                    (
                        Cell(text.words(fact.name)),
                        Cell(value),
                        Cell(fact.confidence, tone="warn" if fact.value is None else ""),
                        Cell(fact.as_of or text.DASH),
                        Cell(fact.source or text.DASH, sub=fact.note),
                    ),
                    id="" if index else text.anchor("product", product.id),
                    group=f"{product.name}, {product.vendor}, {part} ({product.id})",
                )
            )
        if not product.facts:
            rows.append(
                Row(
                    (Cell("no fact used"), Cell(text.DASH), Cell(text.DASH), Cell(text.DASH), Cell(text.DASH)),
                    id=text.anchor("product", product.id),
                    group=f"{product.name}, {product.vendor}, {part} ({product.id})",
                )
            )
    return Section(
        "sources",
        "Sources",
        "Every catalog fact used, with its date and confidence.",
        (Table("sources-table", "Facts by product", columns, tuple(rows), tools=True, small=True),),
        depth="audit",
    )


def inputs(plan: Plan) -> Section:
    """What the plan was made from, by content."""
    i = plan.inputs
    items = (
        ("request", i.request_name),
        ("request sha256", i.request_sha256),
        ("catalog sha256", i.catalog_sha256),
        ("prices sha256", i.prices_sha256),
        ("planner", i.planner_version),
        ("solver", i.solver_version),
        ("objective, in order", ", ".join(i.objective)),
        ("date of the plan", i.date),
        (
            "reproducible",
            "no: a wall-clock limit stopped a stage" if i.time_limited else "yes: equal inputs give equal bytes",
        ),
    )
    return Section("inputs", "Inputs of this plan", "", (Facts(items),))
