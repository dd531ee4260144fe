from pathlib import Path

import pytest

from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.plan.schema import Plan
from planner.request import load_request

HERE = Path(__file__).parent
REQUESTS = {
    "berlin": HERE.parents[1] / "examples" / "berlin-clinic.yaml",
    "vienna": HERE.parents[1] / "examples" / "vienna-in-phases.yaml",
    "liquid": HERE / "requests" / "liquid.yaml",
    "shared": HERE / "requests" / "shared.yaml",
}


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="session")
def plans(library: Library) -> dict[str, Plan]:
    """Real plans, made once: an air-cooled hall of nodes, rack systems on liquid, a pool shared by the hour."""
    return {name: make_plan(*load_request(path), library) for name, path in REQUESTS.items()}
