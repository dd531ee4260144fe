"""The plan document from what was settled, placed and priced, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from importlib import metadata
from math import ceil

from planner import document
from planner.document import Document
from planner.plan.cost import carbon_of
from planner.plan.demands import demand_of, storage_demand_of
from planner.plan.evidence import evidence_of
from planner.plan.existing import existing_findings, standing_plans
from planner.plan.if_wrong import Planned, with_effects
from planner.plan.joins import join_findings
from planner.plan.library import Library
from planner.plan.network import fabric_plans
from planner.plan.notes import (
    assumptions_of,
    expired_findings,
    findings_of,
    lone_storage_findings,
    products_used,
    tray_findings,
    with_accelerators,
    worst_first,
)
from planner.plan.phase_balance import hall_phases, phase_findings
from planner.plan.phase_question import EndState
from planner.plan.phases import PhasesOfAPlan
from planner.plan.power import hall_power
from planner.plan.proofs import plan_gap, proofs_of, proven
from planner.plan.said import table_of
from planner.plan.schema import (
    Assumption,
    Excluded,
    Finding,
    HallCooling,
    HallPower,
    Headline,
    Inputs,
    PhaseBalance,
    Plan,
    Severity,
    SovereigntyResult,
    StandingRackPlan,
    WorkloadDemand,
)
from planner.plan.site import PlacedHall, hall_cooling, hall_floor, racks_of
from planner.plan.sketching import sketch, typical_by_site
from planner.plan.storage_patterns import storage_patterns
from planner.plan.supplies import supplies_of_hall
from planner.plan.timetable import timetable_plan
from planner.plan.why import Sketch, alternatives_of, decisions_of
from planner.plan.wiring import cable_lines, switch_ports
from planner.request.schema import Request
from planner.sizing.question import Question
from planner.wording import sentence

TO_SEE = ("airflow", "R5")  # cabling notes that tell what to order, not what is missing


class Assembly:
    """The parts of the plan document, each from what came before it."""

    def __init__(
        self, question: Question, library: Library, source: Document, sketched: Sketch, halls: list[PlacedHall]
    ) -> None:
        self.question, self.library, self.source, self.sketched = question, library, source, sketched
        self.halls = halls
        self.request = question.request
        self.settled = sketched.settled
        self.contents = sketched.contents
        self.racks = {placed.hall.id: racks_of(placed) for placed in halls}
        self.all_racks = [rack for racks in self.racks.values() for rack in racks]
        self.bill = list(sketched.bill)
        self.decisions = decisions_of(question, self.settled)

    def plan(self) -> Plan:
        """The whole document."""
        contents, question = self.contents, self.question
        alternatives = tuple(
            alternatives_of(question, self.library, self.sketched, lambda s: sketch(question, s))
        )  # before the findings: a deadline may come here
        built = self._phases()
        findings = self._findings()
        names = sorted({line.product for line in self.bill})
        plan = Plan(
            inputs=self._inputs(),
            headline=self._headline(findings),
            request=self.source.data,
            demand=self.demand,
            storage_demand=tuple(storage_demand_of(question, self.sketched)),
            storage_patterns=storage_patterns(self.request, self.library, contents.storage),
            decisions=tuple(self.decisions),
            timetable=timetable_plan(question, self.settled),
            alternatives=alternatives,
            excluded=tuple(
                Excluded(kind=r.kind, id=r.id, workload=r.workload, rule=r.rule, reason=r.reason)
                for r in question.rulings
            ),
            systems=contents.systems,
            storage=contents.storage,
            devices=contents.devices,
            fabrics=tuple(fabric_plans(list(contents.fabrics))),
            patterns=contents.patterns,
            racks=tuple(self.all_racks),
            power=tuple(self.power),
            phase_balance=tuple(self.balance),
            supplies=tuple(entry for placed in self.halls for entry in supplies_of_hall(question, placed)),
            cooling=tuple(self.cooling),
            floor=tuple(hall_floor(question, placed, self.racks[placed.hall.id]) for placed in self.halls),
            existing=self.existing,
            phases=tuple(built.plans()) if built is not None else (),
            cables=tuple(cable_lines(contents.wired or ())),
            bill=tuple(self.bill),
            cost=self.sketched.cost,
            carbon=carbon_of(question, self.bill, self.typical),
            sovereignty=tuple(self.evidence),
            assumptions=tuple(self.assumptions),
            findings=tuple(findings),
            proofs=(
                *proofs_of(self.settled, self.halls, self.sketched.cost),
                *((built.proof(),) if built is not None else ()),
            ),
            products=tuple(products_used(question, with_accelerators(question, names))),
        )
        return plan.model_copy(update={"said": table_of(plan)})

    @cached_property
    def demand(self) -> tuple[WorkloadDemand, ...]:
        """What each workload needs."""
        return tuple(demand_of(self.question, self.library, self.decisions))

    @cached_property
    def typical(self) -> dict[str, int]:
        """Typical power in W, by site."""
        return typical_by_site(self.question, self.settled)

    @cached_property
    def cooling(self) -> list[HallCooling]:
        """The cooling of each hall."""
        return [hall_cooling(self.question, placed, self.racks[placed.hall.id]) for placed in self.halls]

    @cached_property
    def power(self) -> list[HallPower]:
        """The power of each hall."""
        return [
            hall_power(placed, self.racks[placed.hall.id], air)
            for placed, air in zip(self.halls, self.cooling, strict=True)
        ]

    @cached_property
    def balance(self) -> list[PhaseBalance]:
        """How each hall loads the phases of its feeds."""
        return [hall_phases(self.question, placed, self.racks[placed.hall.id]) for placed in self.halls]

    @cached_property
    def existing(self) -> tuple[StandingRackPlan, ...]:
        """Racks that stand already."""
        return tuple(
            standing_plans(
                self.question,
                self.all_racks,
                switch_ports(self.request, self.question.catalog, self.contents.wired or ()),
            )
        )

    @cached_property
    def evidence(self) -> list[SovereigntyResult]:
        """Each sovereignty rule and what came of it."""
        facility = self._facility_w(self.typical, power=sum(p.design_w for p in self.power))
        return evidence_of(self.request, self.library, self.bill, self.decisions, facility)

    @cached_property
    def assumptions(self) -> list[Assumption]:
        """What the plan takes for granted, with what it would change."""
        taken = assumptions_of(self.question, self.decisions, self.bill)
        planned = Planned(self.bill, self.typical, list(self.demand), self.decisions, self.contents.systems)
        return with_effects(self.question, taken, planned)

    def _findings(self) -> list[Finding]:
        """Every finding, the worst first."""
        placed = findings_of(self.question, self.settled, self.halls, self.all_racks, self.sketched.cost, self.bill)
        return worst_first(
            [
                *placed,
                *existing_findings(self.question, self.existing),
                *join_findings(self.request, self.question.catalog, self.contents.fabrics),
                *expired_findings(self.request, self.library.priors, self.assumptions),
                *phase_findings(self.power, self.balance),
                *tray_findings(self.contents.systems, self.question),
                *lone_storage_findings(self.contents.storage, self.contents.systems),
                *_evidence_findings(self.evidence),
                *self._limit_findings(),
                *self._cabling_findings(),
            ]
        )

    def _phases(self) -> PhasesOfAPlan | None:
        """The build-out, where the request asks for one."""
        if not self.request.phases:
            return None
        patterns = {pattern.id: pattern for pattern in self.contents.patterns}
        end = EndState(self.settled, tuple(self.all_racks), patterns, self.contents.wired or ())
        return PhasesOfAPlan(self.question, self.source, end, self.bill)

    def _cabling_findings(self) -> Iterator[Finding]:
        """What cabling could not do, or wants a person to see, once for each hall."""
        seen: set[tuple[str, str, str]] = set()
        for entry in self.sketched.contents.wired or ():
            for note in entry.cables.notes:
                key = (entry.fabric.hall, note.rule, note.text)
                if key not in seen:
                    seen.add(key)
                    severity: Severity = "information" if note.rule in TO_SEE else "warning"
                    yield Finding(
                        severity=severity, rule=f"cabling-{note.rule}", place=entry.fabric.hall, text=note.text
                    )

    def _limit_findings(self) -> Iterator[Finding]:
        """What ended the run before it was done: another run may differ."""
        deadline = self.question.deadline
        if deadline.stopped:
            limit = sentence("finding.time-limit", seconds=deadline.seconds or 0)
            yield Finding(
                severity="warning",
                rule="interrupted" if deadline.interrupted else "time-limit",
                place=sentence("place.solving"),
                text=sentence(
                    "finding.stopped", why=sentence("finding.interrupted") if deadline.interrupted else limit
                ),
            )

    def _facility_w(self, typical: Mapping[str, int], *, power: int) -> dict[str, int]:
        load = sum(ceil(watts * self.question.rates[site].pue) for site, watts in typical.items())
        return {"it_w": power, "facility_w": max(power, load)}

    def _inputs(self) -> Inputs:
        return Inputs(
            request_name=self.request.name,
            request_sha256=document.sha256(self.source.data),
            catalog_sha256=self.library.sha256,
            prices_sha256=self.library.catalog.prices_sha256,
            planner_version=metadata.version("ai-factory-planner"),
            solver_version=f"ortools {metadata.version('ortools')}",
            objective=self.request.policy.objective,
            date=self.request.date,
            time_limited=self.question.deadline.stopped,
        )

    def _headline(self, findings: list[Finding]) -> Headline:
        contents, cost = self.sketched.contents, self.sketched.cost
        counts: dict[str, int] = {}
        for choice in contents.systems:
            counts[choice.product] = counts.get(choice.product, 0) + choice.count
        products = self.question.catalog.products
        leads = [line.lead_time_weeks for line in self.bill if line.lead_time_weeks is not None]
        weeks = max(leads, default=None)
        gap = plan_gap(self.settled, cost)
        return Headline(
            systems=", ".join(f"{n} x {products[name].name}" for name, n in sorted(counts.items()))
            or sentence("name.no-system"),
            system_count=sum(counts.values()),
            accelerators=sum(c.accelerators for c in contents.systems),
            racks=sum(p.count for p in contents.patterns if not p.in_standing_rack),
            power_design_w=self.sketched.design_w,
            power_peak_w=sum((p.power_peak_w or 0) * p.count for p in contents.patterns),
            capex=cost.capex,
            tco=cost.tco,
            currency=cost.currency,
            lines=cost.lines_total,
            lines_without_price=cost.lines_without_price,
            lead_time_weeks=weeks,
            ready_by=_ready_by(self.request, weeks),
            status="optimal" if proven(self.settled, self.halls, cost) else "feasible",
            gap=gap,
            errors=sum(f.severity == "error" for f in findings),
            warnings=sum(f.severity == "warning" for f in findings),
            evidence_needed=sum(r.result == "evidence-needed" for r in self.evidence),
        )


def _ready_by(request: Request, weeks: float | None) -> str | None:
    if weeks is None:
        return None
    ordered = date.fromisoformat(request.policy.order_date or request.date)
    return (ordered + timedelta(weeks=ceil(weeks))).isoformat()


def _evidence_findings(evidence: list[SovereigntyResult]) -> list[Finding]:
    """Rules that the plan fails: an error where the rule blocks, else a warning."""
    return [
        Finding(severity="error" if r.severity == "block" else "warning", rule=r.rule, place=r.subject, text=r.text)
        for r in evidence
        if r.result == "fail"
    ]
