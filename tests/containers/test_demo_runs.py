"""The profile `demo`: real orders become grades, journals and work in containers, and all of it adds up."""

from __future__ import annotations

import pytest

from tests.containers.compose import ROOT, START_SECONDS, Project, engine

pytestmark = [pytest.mark.compose, pytest.mark.slow]
PRINTED = (
    "holds  one open follow-up for each of 20 customers",
    "holds  every customer has one grade",
    "Work list of 1998-06-30",
    "Throughput 14 days lived",
)


@pytest.fixture
def project():
    if (why := engine()) is not None:
        pytest.skip(f"containers cannot run here: {why}")
    made = Project()
    lines = (ROOT / "deploy" / "compose" / "demo.env").read_text().splitlines()
    told = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    made.environment |= told | {"COMPOSE_PROJECT_NAME": made.name}
    made.environment |= {"HOLDFAST_DEMO_CUSTOMERS": "20", "HOLDFAST_DEMO_LIVED": "14"}
    yield made
    made.end()


def test_the_demo_is_played_in_containers(project):
    printed = project.compose("--profile", "demo", "run", "--build", "--rm", "-T", "demo", seconds=START_SECONDS)
    assert [line for line in PRINTED if line not in printed] == []
    assert "FAILS" not in printed
