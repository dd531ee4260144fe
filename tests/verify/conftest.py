import json
from pathlib import Path

import pytest

from planner.packing.certificate import heaviest_content
from planner.packing.data import PackingProblem
from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.plan.schema import CutCertificate, Plan
from planner.request import load_request
from planner.verify.certificates import problem_of
from planner.verify.check import request_of
from planner.verify.subject import Subject

HERE = Path(__file__).parent
REQUESTS = {
    "berlin": HERE.parents[1] / "examples" / "berlin-clinic.yaml",
    "liquid": HERE / "requests" / "liquid.yaml",
}


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="session")
def plans(library: Library) -> dict[str, Plan]:
    """Real plans, made once: an air-cooled hall of nodes, and a liquid-cooled hall of rack systems."""
    made = {name: make_plan(*load_request(path), library) for name, path in REQUESTS.items()}
    return made | {"certified": certified(made["berlin"], library)}


def certified(plan: Plan, library: Library) -> Plan:
    """The plan with a true certificate in its packing proof: height as the weight, the tallest content as the limit."""
    data = json.loads(json.dumps(plan.model_dump(mode="json", by_alias=True)))
    proof = next(proof for proof in data["proofs"] if proof["stage"] == "packing")
    hall = proof["subject"]
    rows = {f"{hall}/{rack.row}" for rack in plan.racks if rack.hall == hall}
    devices = [d for p in plan.patterns if p.hall == hall for d in p.devices]
    weights = {f"{d.role}/{d.product}": d.height_u for d in devices}
    blank = CutCertificate(hall=hall, weights=weights, z=dict.fromkeys(rows, 0))
    problem = problem_of(Subject(plan, request_of(plan), library), blank)
    assert isinstance(problem, PackingProblem)
    z = {rack.id: heaviest_content(weights, problem, rack, within_counts=True) for rack in problem.racks}
    proof["certificates"] = [{"hall": hall, "weights": weights, "z": z}]
    return Plan.model_validate(data)
