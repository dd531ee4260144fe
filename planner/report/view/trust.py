"""What a reader can check: sovereignty evidence, findings, proofs, assumptions, unknowns and sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from planner.plan.schema import Finding, Plan, SovereigntyResult
from planner.report import text
from planner.report.blocks import (
    Block,
    Callout,
    Callouts,
    Cell,
    Column,
    Facts,
    Fold,
    Pair,
    Prose,
    Row,
    Section,
    Table,
    Tone,
)
from planner.report.language import say, term
from planner.report.lookup import Lookup
from planner.report.view import provenance

_RESULTS: dict[str, Tone] = {"fail": "bad", "evidence-needed": "warn", "pass": "good", "not-applicable": ""}
_SEVERITIES: dict[str, Tone] = {"error": "bad", "warning": "warn", "information": "info"}


def sovereignty(plan: Plan) -> Section:
    """Rules that fail or need evidence first; what passes is folded."""
    counts: dict[str, int] = defaultdict(int)
    for result in plan.sovereignty:
        counts[result.result] += 1
    said = [text.counted(f"result-{key}", counts[key]) for key in _RESULTS if counts[key]]
    lead = (
        say("sovereignty.lead", n=len(plan.sovereignty), results=text.listed(said))
        if plan.sovereignty
        else say("sovereignty.none")
    )
    asking = [r for r in plan.sovereignty if r.result in ("fail", "evidence-needed")]
    rest = [r for r in plan.sovereignty if r.result not in ("fail", "evidence-needed")]
    blocks: list[Block | Fold] = []
    if asking:
        blocks.append(
            _results("sovereignty-open", say("sovereignty.open"), sorted(asking, key=lambda r: r.result != "fail"))
        )
    if rest:
        blocks.append(
            Fold(
                "sovereignty-rest",
                say("sovereignty.rest", n=len(rest)),
                (_results("sovereignty-passed", say("sovereignty.passed"), rest),),
                depth="audit" if asking else "full",
            )
        )
    shown = tuple(blocks) or (Prose(say("sovereignty.nothing")),)
    return Section("sovereignty", say("sovereignty.title"), lead, shown)


def _results(id_: str, caption: str, results: list[SovereigntyResult]) -> Table:
    columns = (
        Column(say("col.result"), weight=1),
        Column(say("col.rule"), weight=1.8),
        Column(say("col.asks"), weight=2.6),
        Column(say("col.rests-on"), weight=3),
        Column(say("col.source"), weight=2),
    )
    rows = []
    for r in results:
        word, tone = say(f"result.{r.result}"), _RESULTS[r.result]
        weight = (term("confidence", r.confidence), text.day(r.as_of), term("law", r.status))
        rests = "; ".join(f"{text.words(k)}: {v}" for k, v in sorted(r.inputs.items())) or text.DASH
        rows.append(
            Row(
                (
                    Cell(word, sub=term("force", r.severity), tone=tone),
                    Cell(
                        r.framework,
                        sub=f"{r.rule}, {r.clause}",
                        lang=text.tongue(r.framework),
                        sub_lang=text.tongue(r.clause),
                    ),
                    Cell(r.text, sub=r.subject, lang=text.tongue(r.text)),
                    Cell(rests, sub=say("sovereignty.missing", what=", ".join(r.missing)) if r.missing else ""),
                    Cell(r.source, sub=", ".join(weight), origin=(provenance.law_id(r),), lang=text.tongue(r.source)),
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
        blocks.append(
            Fold("information", text.counted("note", len(quiet)), (Callouts(_callouts(quiet)),), depth="audit")
        )
    counts = [text.counted(s, sum(f.severity == s for f in plan.findings)) for s in ("error", "warning")]
    lead = say("findings.lead", counts=text.listed(counts), notes=text.counted("note", len(quiet)))
    return Section("findings", say("findings.title"), lead, tuple(blocks) or (Prose(say("findings.nothing")),))


MOST_PLACES = 12
UNKNOWN = ("unknown",)
MOST_UNKNOWN = 3  # names of a kind in a report that is no audit


def _callouts(found: list[Finding]) -> tuple[Callout, ...]:
    together: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in sorted(found, key=lambda f: list(_SEVERITIES).index(f.severity)):
        together[finding.severity, finding.rule, finding.text].append(finding)
    return tuple(_callout(group) for group in together.values())


def _callout(group: list[Finding]) -> Callout:
    first = group[0]
    word, tone = say(f"severity.{first.severity}"), _SEVERITIES[first.severity]
    places = [finding.place for finding in group if finding.place]
    where = ", ".join(places[:MOST_PLACES])
    if len(places) > MOST_PLACES:
        where = say("decide.more", names=where, n=len(places) - MOST_PLACES)
    numbers = (
        "; ".join(f"{term('number', k)}: {_number(k, v)}" for k, v in sorted(first.numbers.items()))
        if len(group) == 1
        else ""
    )
    rule = term("finding", first.rule)
    title = (text.times(len(group), rule) if len(group) > 1 else rule) + (f", {where}" if where else "")
    return Callout(
        tone,
        word,
        title,
        first.text + (f" ({numbers})" if numbers else ""),
        id=text.anchor("finding", f"{first.rule}/{first.place}"),
        lang=text.tongue(first.text),
    )


def _number(name: str, value: float | int | str) -> str:
    """A number of a finding; the state of a system is a word."""
    return term("state-of", str(value)) if name == "state" else text.number(value)


def proofs(plan: Plan) -> Section:
    """How good each stage's answer is, by our own arithmetic."""
    columns = (
        Column(say("col.stage"), weight=2),
        Column(say("col.status"), weight=0.8),
        Column(say("col.answer"), True, 1.8, ("answer",)),
        Column(say("col.bound"), True, 1, ("bound",)),
        Column(say("col.gap"), True, 0.7, ("gap",)),
        Column(say("col.cuts"), True, 0.5, ("bound",)),
        Column(say("col.method"), weight=4.6),
    )
    rows = tuple(
        Row(
            (
                Cell(
                    term("stage", p.stage),
                    sub=term("objective", p.subject) if p.stage in ("sizing", "plan") else p.subject,
                ),
                Cell(term("status", p.status), tone="good" if p.gap == 0 else "info"),
                Cell(text.count(p.objective), sub=unit_of(p.unit, plan), sort=p.objective),
                Cell(text.count(p.lower_bound), sort=p.lower_bound),
                Cell(text.percent(p.gap, 2), sort=p.gap),
                Cell(text.count(len(p.certificates)) if p.certificates else text.DASH),
                Cell(p.method),
            )
        )
        for p in plan.proofs
    )
    note = "" if not plan.inputs.time_limited else say("proofs.time-limited")
    head = plan.headline
    return Section(
        "proofs",
        say("proofs.title"),
        say("proofs.lead", gap=text.gap(head.gap, head.status)),
        (Table("proofs-table", say("proofs.table"), columns, rows, note=note, small=True),),
    )


def unit_of(unit: str, plan: Plan) -> str:
    """The unit of a proof; money is in the plan's currency."""
    return plan.cost.currency if unit == "money" else term("unit", unit)


def unknowns(plan: Plan, lookup: Lookup) -> Section:
    """Everything that nobody has published or told us."""
    items = _unknown_items(plan, lookup)
    facts: dict[str, list[str]] = defaultdict(list)
    for product in plan.products:
        for fact in product.facts:
            if fact.value is None:
                facts[term("fact", fact.name)].append(product.name)
    blocks: list[Block | Fold] = []
    if items:
        blocks.append(Facts(tuple(Pair(name, text.some(words, MOST_UNKNOWN), UNKNOWN) for name, words in items)))
    if any(len(words) > MOST_UNKNOWN for _, words in items):
        every = Facts(tuple(Pair(name, "; ".join(words), UNKNOWN) for name, words in items))
        blocks.append(Fold("unknown-items", say("unknowns.every"), (every,), depth="audit"))
    if facts:
        blocks.append(Prose(say("unknowns.kinds", n=len(facts))))
        columns = (
            Column(say("col.fact"), weight=1.2),
            Column(say("col.products"), True, 0.6, ("not-published",)),
            Column(say("col.not-published-for"), weight=5),
        )
        rows = tuple(
            Row(
                (Cell(name), Cell(say("of", part=len(of), whole=len(plan.products)), sort=len(of)), Cell("; ".join(of)))
            )
            for name, of in sorted(facts.items())
        )
        caption = say("unknowns.table")
        blocks.append(Table("unknown-facts", caption, columns, rows, tools=True, small=True, depth="audit"))
    nothing: tuple[Block | Fold, ...] = (Prose(say("unknowns.nothing")),)
    return Section("unknowns", say("unknowns.title"), say("unknowns.lead"), tuple(blocks) or nothing)


def _unknown_items(plan: Plan, lookup: Lookup) -> list[tuple[str, list[str]]]:
    def names(products: Iterable[str]) -> list[str]:
        return [lookup.name(p) for p in products]

    late = dict.fromkeys(line.product for line in plan.bill if line.lead_time_weeks is None)
    items = [(say("unknowns.price"), names(plan.cost.without_price)), (say("unknowns.lead-time"), names(late))]
    items += [(say("unknowns.power", hall=power.hall), names(power.unknown_power)) for power in plan.power]
    items += [(say("unknowns.weight", hall=floor.hall), names(floor.unknown_weight)) for floor in plan.floor]
    items.append((say("unknowns.carbon"), names(plan.carbon.embodied_unknown)))
    items += [
        (say("unknowns.network"), [f"{term('fabric-name', f.fabric)}, {f.hall}"])
        for f in plan.fabrics
        if not f.counts_known
    ]
    items += [
        (
            say("unknowns.cable"),
            [f"{term('fabric-short', c.fabric)}, {term('tier', c.tier)}, {text.length(c.length_m)}: {c.note}"],
        )
        for c in plan.cables
        if c.product is None
    ]
    undetermined = sum(c.cables for c in plan.cables if c.length_m is None)
    if undetermined:
        whole = text.counted("cable", sum(c.cables for c in plan.cables))
        items.append((say("unknowns.lengths"), [say("of", part=undetermined, whole=whole)]))
    return [item for item in items if item[1]]


def sources(plan: Plan) -> Section:
    """Every fact the plan rests on, by product."""
    columns = (
        Column(say("col.fact"), weight=1.8),
        Column(say("col.value"), True, 1.2),
        Column(say("col.confidence"), weight=0.9),
        Column(say("col.as-of"), weight=0.9),
        Column(say("col.source"), weight=4),
    )
    rows: list[Row] = []
    for product in plan.products:
        part = product.part_number or say("no-part-number")
        for index, fact in enumerate(product.facts):
            value = text.unknown() if fact.value is None else f"{text.number(fact.value)} {fact.unit}".strip()
            rows.append(
                Row(
                    (
                        Cell(term("fact", fact.name)),
                        Cell(value),
                        Cell(term("confidence", fact.confidence), tone="warn" if fact.value is None else ""),
                        Cell(text.day(fact.as_of) or text.DASH),
                        Cell(
                            fact.source or text.DASH,
                            sub=fact.note,
                            lang=text.tongue(fact.source) if fact.source else "",
                            sub_lang=text.tongue(fact.note),
                        ),
                    ),
                    origin=provenance.products([product.id]),
                    id="" if index else text.anchor("product", product.id),
                    group=f"{product.name}, {product.vendor}, {part} ({product.id})",
                )
            )
        if not product.facts:
            rows.append(
                Row(
                    (Cell(say("sources.no-fact")), Cell(text.DASH), Cell(text.DASH), Cell(text.DASH), Cell(text.DASH)),
                    id=text.anchor("product", product.id),
                    group=f"{product.name}, {product.vendor}, {part} ({product.id})",
                )
            )
    return Section(
        "sources",
        say("sources.title"),
        say("sources.lead"),
        (Table("sources-table", say("sources.table"), columns, tuple(rows), tools=True, small=True),),
        depth="audit",
    )


def inputs(plan: Plan) -> Section:
    """What the plan was made from, by content."""
    i = plan.inputs
    items = (
        (say("inputs.language"), say("inputs.language-plan")),
        (say("inputs.request"), i.request_name),
        (say("inputs.request-sha"), i.request_sha256),
        (say("inputs.catalog-sha"), i.catalog_sha256),
        (say("inputs.prices-sha"), i.prices_sha256),
        (say("inputs.planner"), i.planner_version),
        (say("inputs.solver"), i.solver_version),
        (say("inputs.objective"), ", ".join(term("objective", name) for name in i.objective)),
        (say("inputs.date"), text.day(i.date)),
        (
            say("inputs.reproducible"),
            say("inputs.not-equal") if i.time_limited else say("inputs.equal"),
        ),
    )
    return Section("inputs", say("inputs.title"), "", (Facts(tuple(Pair(*item) for item in items)),))
