"""The verifier on its own: it loads no solver, never falls over, and its command answers with the right code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_mutants import MUTANTS
from pydantic import ValidationError
from test_verify_mutants import data_of

from planner.cli.verify import command
from planner.packing.certificate import heaviest_content
from planner.packing.data import PackingProblem
from planner.plan.document import plan_json
from planner.plan.library import Library
from planner.plan.schema import CutCertificate, Plan
from planner.verify import RULES, verify
from planner.verify.certificates import certificates_hold, problem_of
from planner.verify.check import name_of, request_of
from planner.verify.subject import Subject


def test_verifying_loads_no_solver() -> None:
    code = "import sys, planner.verify, planner.cli.verify; print(sorted(m for m in sys.modules if 'ortools' in m))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_rule_has_a_name_and_a_reason() -> None:
    names = [name_of(rule) for rule in RULES]
    assert len(names) == len(set(names))
    assert all(rule.__doc__ for rule in RULES)


def test_the_command_passes_a_good_plan_and_fails_a_bad_one(plans: dict[str, Plan], tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(plan_json(plans["berlin"]))
    broken = data_of(plans["berlin"])
    broken["headline"]["racks"] += 1
    bad.write_text(json.dumps(broken))
    passed = CliRunner().invoke(command, [str(good)])
    assert (passed.exit_code, passed.output.splitlines()[-1].endswith("0 errors, 0 others")) == (0, True)
    failed = CliRunner().invoke(command, [str(bad), "--json"])
    assert failed.exit_code == 5
    answer = json.loads(failed.output)
    assert (answer["errors"], answer["findings"][0]["rule"]) == (1, "headline-repeats-the-plan")
    assert answer["findings"][0]["numbers"] == {"found": len(broken["racks"]) + 1, "expected": len(broken["racks"])}


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "plan/v1"}', "{"])
def test_what_is_no_plan_is_bad_input(text: str, tmp_path: Path) -> None:
    from planner.errors import InputError

    file = tmp_path / "no-plan.json"
    file.write_text(text)
    with pytest.raises(InputError):
        CliRunner().invoke(command, [str(file)], catch_exceptions=False)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(MUTANTS)), min_size=2, max_size=5, unique=True))
def test_a_plan_broken_in_many_ways_is_refused_and_never_trips_the_verifier(
    plans: dict[str, Plan], library: Library, names: list[str]
) -> None:
    data = data_of(plans["liquid"])
    for name in names:
        try:
            MUTANTS[name](data)
        except (IndexError, KeyError, StopIteration, TypeError):
            continue  # an earlier mutant took away what this one changes
    if data == data_of(plans["liquid"]):
        return
    try:
        broken = Plan.model_validate(data)
    except ValidationError:
        return
    assert any(finding.severity == "error" for finding in verify(broken, library))


@pytest.mark.parametrize("resource", range(8))
def test_the_heaviest_content_is_the_least_that_a_certificate_may_promise(
    plans: dict[str, Plan], library: Library, resource: int
) -> None:
    """Each resource as the weights: the checker takes the true limit of a rack and refuses one less."""
    plan = plans["berlin"]
    subject = Subject(plan, request_of(plan), library)
    hall = plan.racks[0].hall
    keys = {f"{d.role}/{d.product}" for p in plan.patterns for d in p.devices}
    rows = {f"{hall}/{rack.row}" for rack in plan.racks}
    blank = CutCertificate(hall=hall, weights=dict.fromkeys(keys, 0), z=dict.fromkeys(rows, 0))
    problem = problem_of(subject, blank)
    assert isinstance(problem, PackingProblem)
    weights = {device.id: device.size[resource] for device in problem.devices}
    if not any(weights.values()):
        return
    z = {rack.id: heaviest_content(weights, problem, rack, within_counts=True) for rack in problem.racks}
    for less in (0, 1):
        stated = {name: limit - less for name, limit in z.items()}
        proofs = [
            proof.model_copy(update={"certificates": (CutCertificate(hall=hall, weights=weights, z=stated),)})
            for proof in plan.proofs
            if proof.stage == "packing"
        ]
        forged = Subject(plan.model_copy(update={"proofs": tuple(proofs)}), subject.request, library)
        assert len(list(certificates_hold(forged))) == less


# What a plan says in prose, what only a solver can know, and where a device stands among free units.
NOT_RECOMPUTED = (
    "alternatives.", "request.", "bill.*.cause", "cables.*.note", "carbon.basis", ".note",
    "cost.lines.*.basis", "cost.lines.*.name", "cost.rates", "decisions.*.headroom", "decisions.*.why",
    "devices.*.cause", "fabrics.*.notes", "findings.", "inputs.catalog_sha256", "inputs.prices_sha256",
    "inputs.planner_version", "inputs.solver_version", "inputs.time_limited", "patterns.*.title",
    "patterns.*.devices.*.u", "proofs.*.method", "proofs.*.unit",
    "proofs.*.certificates", "storage_demand.*.causes", "assumptions.",
    "bill.*.price_basis",
)  # fmt: skip


@pytest.mark.slow
def test_every_other_number_and_word_of_a_plan_is_recomputed(plans: dict[str, Plan], library: Library) -> None:
    plan = plans["berlin"]
    unnoticed = []
    for key, path, value in one_of_each(data_of(plan)):
        if any(part in key for part in NOT_RECOMPUTED):
            continue
        data = data_of(plan)
        node = data
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = other(value) if path[0] != "said" else far_from(value)
        try:
            broken = Plan.model_validate(data)
        except ValidationError:
            continue
        if not any(finding.severity == "error" for finding in verify(broken, library)):
            unnoticed.append(key)
    assert unnoticed == []


def one_of_each(data: object) -> list[tuple[str, tuple[int | str, ...], object]]:
    """One leaf of every kind: its path without list positions, its path, its value."""
    found: dict[str, tuple[str, tuple[int | str, ...], object]] = {}
    waiting: list[tuple[tuple[int | str, ...], object]] = [((), data)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(((*path, key), value) for key, value in node.items())
        elif isinstance(node, list):
            waiting.extend(((*path, index), value) for index, value in enumerate(node))
        else:
            key = ".".join("*" if isinstance(step, int) else step for step in path)
            found.setdefault(key, (key, path, node))
    return sorted(found.values(), key=lambda leaf: leaf[0])


def far_from(value: object) -> object:
    """A value that reads otherwise in a sentence, where numbers are rounded."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return 2 * value + 1 if number else other(value)  # type: ignore[operator]


def other(value: object) -> object:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return 7 if value is None else f"{value}x"
