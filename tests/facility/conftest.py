from collections.abc import Callable
from typing import Any

import pytest

from planner.catalog.schema import System

Maker = Callable[..., System]


@pytest.fixture
def system() -> Maker:
    """Makes an air-cooled node of eight accelerators; keywords add or replace facts."""

    def make(**facts: Any) -> System:
        base = {
            "schema": "catalog/v1", "kind": "system", "id": "acme-node", "name": "Node", "vendor": "Acme",
            "source": "data sheet", "as_of": "2026-01-01", "family": "node", "form": "node", "cooling": "air",
            "accelerator": "acme-chip", "accelerators": 8, "scale_up_accelerators": 8,
        }  # fmt: skip
        return System.model_validate(base | facts)

    return make
