"""A compose project for a module's tests, where an engine answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.containers.compose import Project, engine


@pytest.fixture(scope="module")
def project(request: pytest.FixtureRequest) -> Iterator[Project]:
    """Up and healthy; the module's `FILES` are laid over each other."""
    if (why := engine()) is not None:
        pytest.skip(f"containers cannot run here: {why}")
    made = Project(*getattr(request.module, "FILES", ()))
    try:
        made.up()
        yield made
    finally:
        made.end()
