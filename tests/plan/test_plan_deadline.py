"""A run that must end early: the best plan found till then, its gap and a warning; or nothing, where none was found."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.scale_request import scaled
from planner.cli import NO_PLAN_IN_TIME
from planner.deadline import Deadline
from planner.errors import TimeLimitReached
from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.plan.schema import Plan
from planner.request import load_request
from planner.verify.check import verify

ROOT = Path(__file__).parents[2]
CLINIC = ROOT / "examples" / "berlin-clinic.yaml"
COMMAND = (sys.executable, "-c", "from planner.cli import main; main()", "plan")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def interrupted(library: Library) -> Plan:
    deadline = Deadline(listens=True)
    return make_plan(*load_request(CLINIC), library, deadline=deadline, progress=lambda *_: deadline.interrupt())


def test_an_interrupted_run_gives_a_plan_that_verifies_and_says_so(interrupted: Plan, library: Library) -> None:
    assert interrupted.inputs.time_limited
    told = [finding for finding in interrupted.findings if finding.rule == "interrupted"]
    assert [finding.severity for finding in told] == ["warning"]
    assert not [finding for finding in verify(interrupted, library) if finding.severity == "error"]


def test_objectives_that_were_not_reached_have_their_value_and_no_bound(interrupted: Plan) -> None:
    proofs = {proof.subject: proof for proof in interrupted.proofs if proof.stage == "sizing"}
    assert {"tco", "power", "racks"} <= proofs.keys()
    assert proofs["racks"].objective >= interrupted.headline.racks > 0
    assert proofs["racks"].lower_bound == 0
    assert proofs["racks"].status == "feasible"


def test_a_limit_that_is_not_reached_changes_nothing(library: Library) -> None:
    asked = load_request(CLINIC)
    limited = make_plan(*asked, library, deadline=Deadline(3600.0))
    assert limited == make_plan(*asked, library)


def test_no_plan_before_the_limit_is_said(library: Library) -> None:
    with pytest.raises(TimeLimitReached):
        make_plan(*load_request(CLINIC), library, deadline=Deadline(0.0))


def started(folder: Path, devices: int) -> subprocess.Popen[str]:
    """The planner at work on a large request, in a process of its own."""
    request = folder / "request.yaml"
    request.write_text(json.dumps(scaled(devices)), encoding="utf-8")
    words = [*COMMAND, str(request), "-o", str(folder / "out"), "--no-reports"]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_ctrl_c_writes_the_best_plan_found_so_far(tmp_path: Path) -> None:
    process = started(tmp_path, 10_000)
    time.sleep(15)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    plan = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert any(finding["rule"] == "interrupted" for finding in plan["findings"])


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_a_second_ctrl_c_ends_at_once_and_writes_nothing(tmp_path: Path) -> None:
    process = started(tmp_path, 10_000)
    time.sleep(8)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == NO_PLAN_IN_TIME
    assert not (tmp_path / "out").exists()
