"""A server that does as it is told, and models that are closed after the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.depth.remote.asking import Load
from tests.depth.remote.fake import FakeServer
from tui.depth.estimator import DepthEstimator
from tui.depth.loader import ModelRequest, load_estimator


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as running:
        yield running


@pytest.fixture
def load() -> Iterator[Load]:
    """Loads a model, and closes it after the test."""
    loaded: list[DepthEstimator] = []

    def load_it(server: FakeServer, more: str = "", **changes: object) -> DepthEstimator:
        loaded.append(load_estimator(ModelRequest(server.model + more, **changes)))  # type: ignore[arg-type]  # by name
        return loaded[-1]

    yield load_it
    for each in loaded:
        each.close()
