"""`verify`: every rule in turn, on a plan whose references hold."""

from __future__ import annotations

from planner import document
from planner.document import Document, Mark
from planner.errors import InputError
from planner.facility.standing import with_what_stands
from planner.plan.library import Library
from planner.plan.power_caps import with_power_caps
from planner.plan.schema import Finding, Plan
from planner.request.check import read_request
from planner.request.schema import Request
from planner.verify import (
    air,
    apart,
    bill,
    busbar,
    cabling,
    certificates,
    cooling,
    demand,
    exclusions,
    existing,
    headline,
    if_wrong,
    inputs,
    needs,
    network,
    phase_balance,
    phases,
    power,
    proofs,
    racks,
    running,
    sentences,
    sources,
    supplies,
    timetable,
    weight,
)
from planner.verify.foundation import references_hold
from planner.verify.subject import Broken, Rule, Subject

RULES: tuple[Rule, ...] = (
    *inputs.RULES,
    *racks.RULES,
    *power.RULES,
    *phase_balance.RULES,
    *supplies.RULES,
    *cooling.RULES,
    *air.RULES,
    *weight.RULES,
    *existing.RULES,
    *apart.RULES,
    *demand.RULES,
    *timetable.RULES,
    *needs.RULES,
    *exclusions.RULES,
    *network.RULES,
    *bill.RULES,
    *busbar.RULES,
    *running.RULES,
    *headline.RULES,
    *sources.RULES,
    *sentences.RULES,
    *if_wrong.RULES,
    *proofs.RULES,
    *certificates.RULES,
    *cabling.RULES,
    *phases.RULES,
)


def verify(plan: Plan, library: Library) -> tuple[Finding, ...]:
    """Recomputes a plan from the request inside it and the catalog; one error for every promise that does not hold.

    When the plan names things that its request or the catalog does not have, only those faults are returned: what rests
    on them cannot be computed. Loads no solver.
    """
    try:
        request = request_of(plan)
    except InputError as error:
        return tuple(
            Finding(severity="error", rule="request-is-valid", place=problem.where, text=str(problem))
            for problem in error.problems
        )
    library = with_power_caps(library, request)
    broken = [_finding(rule, fault) for rule, fault in references_hold(plan, request, library.catalog)]
    if broken:
        return tuple(broken)
    subject = Subject(plan, with_what_stands(request, library.catalog), library)
    return tuple(_finding(name_of(rule), fault) for rule in RULES for fault in rule(subject))


def request_of(plan: Plan) -> Request:
    """The request inside a plan, checked as if it came from a file.

    Raises:
        InputError: it is no valid request.
    """
    source = Document("request in the plan", plan.request, {(): Mark(1, 1)}, {}, document.sha256(plan.request))
    return read_request(source)[0]


def name_of(rule: Rule) -> str:
    """A rule is named after its function."""
    return getattr(rule, "__name__", "rule").replace("_", "-")


def _finding(rule: str, fault: Broken) -> Finding:
    return Finding(severity=fault.severity, rule=rule, place=fault.place, text=fault.text, numbers=dict(fault.numbers))
