"""The registry and the table of types speak of the same models."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.depth.reference import official_keys
from tui.depth.midas.types import MIDAS_TYPES
from tui.depth.registry import FIRST_TO_FETCH, MODELS, find_spec


def test_every_type_can_be_asked_for_by_upstreams_name() -> None:
    names = [spec.name for spec in MODELS]
    assert set(MIDAS_TYPES) <= set(names)
    for name in MIDAS_TYPES:
        assert find_spec(name.replace("-", "_")).name == name
        assert find_spec(name).file_name == name.replace("-", "_") + ".pt"


@pytest.mark.parametrize("name", MIDAS_TYPES)
def test_the_size_is_that_of_the_official_tensors(name: str, reference: Path) -> None:
    spec = find_spec(name)
    tensors = official_keys(reference, name.replace("-", "_"))
    tensor_bytes = sum(math.prod(shape) * (8 if dtype == "int64" else 4) for _, shape, dtype in tensors)
    assert tensor_bytes < spec.size_bytes < tensor_bytes * 1.004
    assert spec.smallest_bytes < tensor_bytes * 1.002 < spec.largest_bytes


def test_better_ones_come_first_and_the_small_one_is_recommended() -> None:
    names = [spec.name for spec in MODELS]
    by_accuracy = ["dpt-beit-large-512", "dpt-swin2-base-384", "dpt-large-384", "dpt-hybrid-384", "midas-v21-small-256"]
    assert sorted(by_accuracy, key=names.index) == by_accuracy
    assert find_spec(FIRST_TO_FETCH).name == "midas-v21-small-256"
