"""The chart, installed for a module's tests, where a cluster answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.cluster import CHART, OLD_IMAGE, RELEASE, Cluster, missing, values


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Servers, and a release that is ready: of the old image where there is one."""
    if (why := missing()) is not None:
        pytest.skip(f"the chart cannot be run here: {why}")
    made = Cluster()
    try:
        made.up()
        made.helm("install", RELEASE, str(CHART), given=values(OLD_IMAGE))
        made.say(f"{OLD_IMAGE} is installed")
        yield made
    finally:
        made.end()
