from __future__ import annotations

import pytest

from tui.depth.registry import MODELS, find_spec, is_known
from tui.errors import ModelError


@pytest.mark.parametrize("name", ["midas-small", "midas-v21-small-256", "MiDaS_small", " midas_v21_small_256 "])
def test_names_and_aliases_find_the_model(name: str) -> None:
    assert find_spec(name).name == "midas-v21-small-256"
    assert is_known(name)


def test_an_unknown_name_lists_those_there_are() -> None:
    assert not is_known("midas-huge")
    with pytest.raises(ModelError) as caught:
        find_spec("midas-huge")
    message = str(caught.value)
    assert caught.value.exit_code == 3
    assert "midas-huge" in message
    assert all(spec.short_name in message for spec in MODELS)
    assert "\n" not in message


def test_every_entry_can_be_used() -> None:
    names = [name for spec in MODELS for name in (spec.name, *spec.aliases)]
    assert len(names) == len(set(names))
    for spec in MODELS:
        assert spec.bundled or spec.url.startswith("https://github.com/isl-org/MiDaS/releases/download/")
        assert spec.smallest_bytes <= spec.size_bytes <= spec.largest_bytes
        assert len(spec.sha256) in (0, 64)
        assert spec.licence
        assert spec.use
        assert spec.description


def test_the_size_of_midas_small_holds_its_tensors() -> None:
    spec = find_spec("midas-small")
    tensors_bytes = 4 * 21_320_545
    assert spec.smallest_bytes < tensors_bytes * 1.003 < spec.largest_bytes
    assert spec.file_name == "midas_v21_small_256.pt"
