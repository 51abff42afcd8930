"""What the tests of the scheduler are given."""

from __future__ import annotations

from typing import Any

import pytest

from shared.contracts.policy import default_policy, overlay
from tests.scheduler.database import client, engine, stack
from tests.scheduler.desk import Desk
from tests.scheduler.telling import Teller

__all__ = ["client", "engine", "stack"]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def new_desk():
    """A desk under the default policy with these values laid over it."""

    def make(**values: Any) -> Desk:
        return Desk(overlay(default_policy(), {"values": values}))

    return make


@pytest.fixture
def new_teller():
    """A teller under the default policy with these values laid over it."""

    def make(**values: Any) -> Teller:
        return Teller(overlay(default_policy(), {"values": values}))

    return make
