"""The worlds that cases are played in, and what became of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.cases import Verdicts, played
from tests.driving.local import running

POLICY = {
    "calendar.working_days": ["mon", "tue", "wed", "thu", "fri"],
    "grading.month_mode": "calendar",
    "channels": {"line": {"capability": "write", "consent_purpose": "service", "cost": 0}},
}
"""Of the cases that need a policy of their own."""


@pytest.fixture(scope="session")
def verdicts(request: pytest.FixtureRequest, stack: Path) -> Verdicts:
    return played(stack, request.session.items, "world")


@pytest.fixture(scope="session")
def own_verdicts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, bootstrap: str | None
) -> Verdicts:
    data = tmp_path_factory.mktemp("own-policy")
    with running(data, "2025-02-28T00:00:00Z", bootstrap, POLICY) as stack:
        return played(stack, request.session.items, "own_world")


@pytest.fixture
def world(request: pytest.FixtureRequest, verdicts: Verdicts) -> BaseException | None:
    """What the case raised when it was played under the default policy."""
    return verdicts[request.node.nodeid]


@pytest.fixture
def own_world(request: pytest.FixtureRequest, own_verdicts: Verdicts) -> BaseException | None:
    """What the case raised when it was played under `POLICY`."""
    return own_verdicts[request.node.nodeid]
