"""From a request to a plan: ask, settle, place, count, price, and say why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from importlib import metadata
from math import ceil

from planner import document
from planner.deadline import Deadline
from planner.document import Document
from planner.errors import Infeasible
from planner.explain.explanation import Explanation, explain
from planner.explain.floor import FloorExplanation
from planner.packing.data import PackingInfeasible
from planner.plan.cost import carbon_of
from planner.plan.evidence import evidence_of
from planner.plan.existing import existing_findings, standing_plans
from planner.plan.if_wrong import Planned, with_effects
from planner.plan.joins import join_findings
from planner.plan.library import Library, check_ids
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
from planner.plan.phase_refusal import PhaseExplanation
from planner.plan.phases import PhasesOfAPlan
from planner.plan.power import hall_power
from planner.plan.power_caps import with_power_caps
from planner.plan.proofs import plan_gap, proofs_of, proven
from planner.plan.question import make_question, sensitivities_on
from planner.plan.reach import wired_within_reach
from planner.plan.said import table_of
from planner.plan.schema import (
    Excluded,
    Finding,
    Headline,
    Inputs,
    Need,
    Plan,
    Rack,
    Severity,
    SovereigntyResult,
    StorageDemand,
    WorkloadDemand,
)
from planner.plan.site import PlacedHall, hall_cooling, hall_floor, racks_of
from planner.plan.sketching import sketch, typical_by_site
from planner.plan.standing import floor_problem, stand
from planner.plan.storage_patterns import storage_patterns
from planner.plan.supplies import supplies_of_hall
from planner.plan.timetable import timetable_plan
from planner.plan.trials import Trials
from planner.plan.why import Sketch, alternatives_of, decisions_of
from planner.plan.wiring import cable_lines, switch_ports
from planner.plan.words import summary_of
from planner.request.schema import Request
from planner.sizing.model import Progress, SizingInfeasible
from planner.sizing.question import Question
from planner.wording import sentence

TO_SEE = ("airflow", "R5")  # cabling notes that tell what to order, not what is missing


def make_plan(
    request: Request, source: Document, library: Library, *, deadline: Deadline | None = None,
    progress: Progress | None = None,
) -> Plan:  # fmt: skip
    """The plan of a request; the best found till the `deadline`, where that comes first.

    Raises:
        InputError: an id that the library does not have.
        Infeasible: no plan meets the request; carries the explanation.
        TimeLimitReached: the limit came before a first plan.
    """
    check_ids(request, source, library)
    library = with_power_caps(library, request)
    question = replace(make_question(request, library), deadline=deadline or Deadline())
    try:
        settled, halls = stand(question, source, trials_of(library), progress=progress)
    except (SizingInfeasible, PackingInfeasible):
        explanation = explained(question, source, library)
        raise Infeasible(explanation.text(), explanation) from None
    halls, sketched = wired_within_reach(question, source, settled, halls, sketch)
    return _Assembly(question, library, source, sketched, halls).plan()


def refusal_of(
    request: Request, source: Document, library: Library
) -> Explanation | FloorExplanation | PhaseExplanation | None:
    """Why no plan meets the request; None when one does. The whole way is tried: counts, racks, positions, phases.

    Raises:
        InputError, TimeLimitReached: as `make_plan`.
    """
    try:
        make_plan(request, source, library)
    except Infeasible as refusal:
        explanation = refusal.explanation
        assert isinstance(explanation, Explanation | FloorExplanation | PhaseExplanation), "every refusal is explained"
        return explanation
    return None


def explained(question: Question, source: Document | None, library: Library) -> Explanation:
    """Why a question has no answer, each way out with the plan that it leads to."""
    return explain(question, source, trials_of(library))


def trials_of(library: Library) -> Trials:
    """What solves changed requests for explanations."""
    return Trials(library, sketch, floor_problem)


class _Assembly:
    """The parts of the plan document, each from what came before it."""

    def __init__(
        self, question: Question, library: Library, source: Document, sketched: Sketch, halls: list[PlacedHall]
    ) -> None:
        self.question, self.library, self.source, self.sketched = question, library, source, sketched
        self.halls = halls
        self.request = question.request
        self.settled = sketched.settled
        self.racks = {placed.hall.id: racks_of(placed) for placed in halls}
        self.bill = list(sketched.bill)
        self.decisions = decisions_of(question, self.settled)

    def plan(self) -> Plan:
        """The whole document."""
        contents, question = self.sketched.contents, self.question
        alternatives = tuple(
            alternatives_of(question, self.library, self.sketched, lambda s: sketch(question, s))
        )  # before the findings: a deadline may come here
        typical = typical_by_site(question, self.settled)
        cooling = [hall_cooling(question, placed, self.racks[placed.hall.id]) for placed in self.halls]
        power = [
            hall_power(placed, self.racks[placed.hall.id], air) for placed, air in zip(self.halls, cooling, strict=True)
        ]
        balance = [hall_phases(question, placed, self.racks[placed.hall.id]) for placed in self.halls]
        all_racks = [rack for racks in self.racks.values() for rack in racks]
        built = self._phases(all_racks)
        existing = tuple(
            standing_plans(question, all_racks, switch_ports(self.request, question.catalog, contents.wired or ()))
        )
        findings = findings_of(question, self.settled, self.halls, all_racks, self.sketched.cost, self.bill)
        findings += existing_findings(question, existing)
        findings += join_findings(self.request, question.catalog, contents.fabrics)
        facility = self._facility_w(typical, power=sum(p.design_w for p in power))
        evidence = evidence_of(self.request, self.library, self.bill, self.decisions, facility)
        demand = self._demand()
        taken = assumptions_of(question, self.decisions, self.bill)
        assumptions = with_effects(
            question, taken, Planned(self.bill, typical, demand, self.decisions, contents.systems)
        )
        expired = expired_findings(self.request, self.library.priors, assumptions)
        findings = worst_first(
            [
                *findings,
                *expired,
                *phase_findings(power, balance),
                *tray_findings(contents.systems, question),
                *lone_storage_findings(contents.storage, contents.systems),
                *_evidence_findings(evidence),
                *self._limit_findings(),
                *self._cabling_findings(),
            ]
        )
        names = {line.product for line in self.bill}
        plan = Plan(
            inputs=self._inputs(),
            headline=self._headline(findings, evidence_needed=sum(r.result == "evidence-needed" for r in evidence)),
            request=self.source.data,
            demand=tuple(demand),
            storage_demand=tuple(self._storage_demand()),
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
            racks=tuple(all_racks),
            power=tuple(power),
            phase_balance=tuple(balance),
            supplies=tuple(entry for placed in self.halls for entry in supplies_of_hall(question, placed)),
            cooling=tuple(cooling),
            floor=tuple(hall_floor(question, placed, self.racks[placed.hall.id]) for placed in self.halls),
            existing=existing,
            phases=tuple(built.plans()) if built is not None else (),
            cables=tuple(cable_lines(contents.wired or ())),
            bill=tuple(self.bill),
            cost=self.sketched.cost,
            carbon=carbon_of(question, self.bill, typical),
            sovereignty=tuple(evidence),
            assumptions=tuple(assumptions),
            findings=tuple(findings),
            proofs=(
                *proofs_of(self.settled, self.halls, self.sketched.cost),
                *((built.proof(),) if built is not None else ()),
            ),
            products=tuple(products_used(question, with_accelerators(question, sorted(names)))),
        )
        return plan.model_copy(update={"said": table_of(plan)})

    def _phases(self, racks: list[Rack]) -> PhasesOfAPlan | None:
        """The build-out, where the request asks for one."""
        if not self.request.phases:
            return None
        patterns = {pattern.id: pattern for pattern in self.sketched.contents.patterns}
        end = EndState(self.settled, tuple(racks), patterns, self.sketched.contents.wired or ())
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

    def _demand(self) -> list[WorkloadDemand]:
        products = self.question.catalog.products
        return [
            WorkloadDemand(
                id=workload.id,
                name=workload.name or workload.id,
                kind=workload.kind,
                summary=summary_of(workload),
                needs=tuple(
                    Need(
                        workload=n.workload,
                        system=n.system,
                        name=products[n.system].name if n.system in products else n.system,
                        feasible=n.feasible,
                        reason=n.reason,
                        accelerators=n.accelerators,
                        accelerators_p10=n.accelerators_p10,
                        accelerators_p90=n.accelerators_p90,
                        unit_accelerators=n.unit_accelerators,
                        units=n.units,
                        indivisible=n.indivisible,
                        binding=n.binding,
                        calibrated=n.calibrated,
                        layout=dict(n.layout),
                        unit_seconds_per_day=n.unit_seconds_per_day,
                        units_most=n.units_most,
                        figures={
                            f"{name} ({unit})" if unit else name: _round(value) for name, value, unit in n.figures
                        },
                    )
                    for n in self.question.needs
                    if n.workload == workload.id
                ),
                sensitivities=tuple(
                    moved
                    for decision in self.decisions
                    if decision.workload == workload.id
                    for moved in sensitivities_on(decision.system, workload, self.request, self.library)
                ),
            )
            for workload in self.request.workloads
        ]

    def _storage_demand(self) -> list[StorageDemand]:
        """What each site must store and move, for the accelerators that stand there in service."""
        found = []
        for demand in self.settled.prepared.data.storage:
            serving = sum(
                (c.count - c.spares) * (c.accelerators // c.count)
                for c in self.sketched.contents.systems
                for hall in self.settled.prepared.data.halls
                if hall.key == c.hall and hall.site == demand.site
            )
            read = demand.read_mb_s + demand.read_mb_s_per_accelerator * serving
            write = demand.write_mb_s + demand.write_mb_s_per_accelerator * serving
            need = self.question.storage[demand.site]
            found.append(
                StorageDemand(
                    site=demand.site,
                    usable_tb=demand.usable_tb,
                    read_gb_s=-(-read // 1000),
                    write_gb_s=-(-write // 1000),
                    causes={
                        "capacity": sentence("storage.capacity", fast=need.fast_tb, capacity=need.capacity_tb),
                        "bandwidth": sentence("storage.bandwidth", accelerators=serving, rule=need.binding),
                    },
                )
            )
        return found

    def _headline(self, findings: list[Finding], *, evidence_needed: int) -> Headline:
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
            evidence_needed=evidence_needed,
        )


def _round(value: float) -> float:
    return float(f"{value:.6g}")


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
