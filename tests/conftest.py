"""The running stack that tests from outside share, on the embedded broker or, where asked for, on Apache Kafka."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.driving.local import running

settings.register_profile("same_every_time", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("further", settings.get_profile("same_every_time"), max_examples=250)
settings.load_profile("same_every_time")
"""A run says the same as the one before it. `make test-kafka` goes further; --hypothesis-profile=default elsewhere."""

pytest_plugins = tuple(f"tests.harness.{name}" for name in ("servers", "databases", "engines", "deployment"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share the running stack come last: it turns beside nothing else."""
    items.sort(key=lambda item: "stack" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, bootstrap: str | None) -> Iterator[Path]:
    """The data folder of a stack under the default policy; its clock starts in 2023 and only moves forward."""
    with running(tmp_path_factory.mktemp("stack"), "2023-02-01T00:00:00Z", bootstrap) as data:
        yield data
