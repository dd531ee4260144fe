from __future__ import annotations

import pytest

from planner.catalog.models import Models, load_models
from planner.catalog.priors import Priors, load_priors


@pytest.fixture(scope="session")
def models() -> Models:
    return load_models()


@pytest.fixture(scope="session")
def priors() -> Priors:
    return load_priors()
