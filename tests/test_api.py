"""The Python interface: values in, values out, and nothing loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import planner

GOOD = Path(__file__).parent / "bad" / "good.yaml"


@pytest.fixture(scope="module")
def catalog() -> planner.Catalog:
    return planner.load_catalog()


@pytest.fixture(scope="module")
def made(catalog: planner.Catalog) -> planner.Plan:
    return planner.plan(GOOD, catalog)


def test_import_loads_nothing_heavy() -> None:
    code = "import sys, planner; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"ortools", "pandas", "typst", "pydantic", "yaml", "click", "jinja2"}


def test_every_public_name_is_there() -> None:
    assert all(getattr(planner, name) is not None for name in planner.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'plans'"):
        planner.plans  # noqa: B018


def test_a_function_stays_callable_beside_the_room_of_its_name(made: planner.Plan, catalog: planner.Catalog) -> None:
    import planner.plan.document
    import planner.verify.check

    assert planner.plan.document.plan_json(made).startswith("{")  # type: ignore[attr-defined]
    assert planner.verify(made, catalog) == ()


def test_a_request_value_gives_the_plan_of_its_file(made: planner.Plan, catalog: planner.Catalog) -> None:
    """All but the echo of the request, which a value writes in base units, and its hash."""
    request = planner.load_request(GOOD)
    again = planner.plan(request, catalog)
    left, right = made.model_dump(), again.model_dump()
    assert {key for key in left if left[key] != right[key]} == {"inputs", "request"}
    assert {key for key in left["inputs"] if left["inputs"][key] != right["inputs"][key]} == {"request_sha256"}
    assert planner.verify(again, catalog) == ()


def test_a_changed_request_is_checked_again(catalog: planner.Catalog) -> None:
    request = planner.load_request(GOOD)
    broken = request.model_copy(update={"policy": request.policy.model_copy(update={"budget": -1})})
    with pytest.raises(planner.InputError, match=r"policy\.budget: found -1, expected more than 0"):
        planner.plan(broken, catalog)


def test_bad_input_and_infeasible_are_exceptions(tmp_path: Path, catalog: planner.Catalog) -> None:
    with pytest.raises(planner.InputError) as fault:
        planner.load_request(tmp_path)
    assert fault.value.problems[0].found == "a directory"
    small = tmp_path / "small.yaml"
    small.write_text(GOOD.read_text().replace("capacity: 200 kW", "capacity: 1 kW"))
    with pytest.raises(planner.Infeasible) as refusal:
        planner.plan(small, catalog)
    why = planner.explain(small, catalog)
    assert why is not None
    assert why == refusal.value.explanation
    assert {entry.line for entry in why.conflict} - {0}
    assert planner.explain(GOOD, catalog) is None


def test_reports_come_from_the_plan_alone(made: planner.Plan) -> None:
    page = planner.render_html(made)
    assert made.inputs.request_name in page
    assert planner.render_html(made) == page


def test_your_prices_come_first(tmp_path: Path, made: planner.Plan) -> None:
    line = next(line for line in made.bill if line.unit_price is not None and line.unit == "each")
    quotes = tmp_path / "quotes.csv"
    quotes.write_text(f"product,typical,currency,source,as_of\n{line.product},1,EUR,quote 4711,2026-11-01\n")
    own = planner.plan(GOOD, planner.load_catalog(prices=[quotes]))
    priced = [entry for entry in own.bill if entry.product == line.product and entry.unit == "each"]
    assert all(entry.unit_price is not None and entry.unit_price.typical == 1 for entry in priced)
    assert own.headline.capex.typical < made.headline.capex.typical
