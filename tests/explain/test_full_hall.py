"""A hall whose every position is taken: the explanation asks for positions, and what stands stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.document import parse
from planner.errors import Infeasible
from planner.plan.build import make_plan
from planner.plan.library import load_library
from planner.request import read_request

EXAMPLE = Path(__file__).parents[2] / "examples" / "leeds-brownfield.yaml"


def test_a_full_hall_asks_for_positions() -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("{id: B, positions: 12,", "{id: B, positions: 8,")
    text = text.replace("decision: retire\n", "decision: keep\n              load: 3 kW\n")
    with pytest.raises(Infeasible) as refusal:
        make_plan(*read_request(parse(text, "full")), load_library())
    said = str(refusal.value)
    assert "positions in hall hall-4: 0" in said
    assert "0 to 2 positions in hall hall-4" in said
