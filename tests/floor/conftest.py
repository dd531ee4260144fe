from collections.abc import Callable

import pytest
from floor_halls import make_hall

from planner.request.site import Hall


@pytest.fixture
def hall() -> Callable[..., Hall]:
    return make_hall
