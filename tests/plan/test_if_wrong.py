"""What a wrong assumption moves is what a plan made with the changed value says, where the systems stay the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.plan.build import make_plan
from planner.plan.library import Library, load_library
from planner.plan.schema import Effect, Plan
from planner.request import load_request

BERLIN = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def planned(library: Library) -> Plan:
    return make_plan(*load_request(BERLIN), library)


def effects(plan: Plan, name: str) -> dict[str, Effect]:
    (found,) = [a for a in plan.assumptions if a.id == name]
    assert found.if_wrong is not None
    return {effect.measure: effect for effect in found.if_wrong}


@pytest.mark.parametrize(
    ("name", "was", "becomes"),
    [
        ("site.energy price", "price_per_kwh: 0.19", "price_per_kwh: 0.209"),
        ("site.PUE", "pue: 1.4", "pue: 1.54"),
        ("money.rate", "rate: 0.87", "rate: 0.957"),
    ],
)
def test_the_plan_with_the_other_value_differs_by_what_was_said(
    planned: Plan, library: Library, tmp_path: Path, name: str, was: str, becomes: str
) -> None:
    changed = tmp_path / "request.yaml"
    text = BERLIN.read_text(encoding="utf-8")
    assert text.count(was) == 1
    changed.write_text(text.replace(was, becomes), encoding="utf-8")
    other = make_plan(*load_request(changed), library)
    assert other.systems == planned.systems
    moved = effects(planned, name)
    now = {"capex": (planned.cost.capex.typical, other.cost.capex.typical)}
    now["tco"] = planned.cost.tco.typical, other.cost.tco.typical
    now["operational_kg"] = planned.carbon.operational_kg or 0, other.carbon.operational_kg or 0
    for measure, (before, after) in now.items():
        said = moved[measure].difference if measure in moved else 0
        assert after - before == pytest.approx(said, abs=2)  # each line is rounded on its own


def test_a_band_says_the_accelerators_at_its_ends_and_what_is_not_known_is_not_said(planned: Plan) -> None:
    (need,) = [
        n for w in planned.demand for n in w.needs
        if (w.id, n.system) == ("clinical-assistant", planned.decisions[0].system)
    ]  # fmt: skip
    (band,) = [a for a in planned.assumptions if a.id == "prior.inference-nvidia"]
    ends = [(e.change, e.difference) for e in band.if_wrong or ()]
    assert ends == [
        ("optimistic", need.accelerators_p10 - need.accelerators),
        ("pessimistic", need.accelerators_p90 - need.accelerators),
    ]
    assert {a.id for a in planned.assumptions if a.if_wrong is None} >= {"storage.fill"}
