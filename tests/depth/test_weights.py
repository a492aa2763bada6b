from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from tui.depth.registry import find_spec
from tui.depth.weights import WeightsMissing, cached_path, find_weights, hash_file, installed, record, recorded_hash
from tui.errors import ModelError

SPEC = find_spec("midas-small")
CONTENT = b"weights" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def cached() -> Path:
    path = cached_path(SPEC)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


def test_missing_weights_say_how_to_get_them() -> None:
    assert [spec.name for spec in installed()] == ["pocket"]
    with pytest.raises(WeightsMissing) as caught:
        find_weights(SPEC)
    assert caught.value.spec is SPEC
    assert caught.value.exit_code == 3
    assert "depth-tui models fetch midas-small" in str(caught.value)
    assert "--weights FILE" in str(caught.value)
    assert "86 MB" in str(caught.value)


def test_a_given_file_wins_over_the_cache(cached: Path, tmp_path: Path) -> None:
    given = tmp_path / "mine.pt"
    given.write_bytes(b"mine")
    assert find_weights(SPEC, given).path == given
    assert find_weights(SPEC, given).sha256 == hashlib.sha256(b"mine").hexdigest()
    assert find_weights(SPEC).path == cached


def test_a_given_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.pt: there is no such file"):
        find_weights(SPEC, tmp_path / "nowhere.pt")
    with pytest.raises(ModelError, match="a folder, not a model file"):
        find_weights(SPEC, tmp_path)


def test_the_first_sight_is_trusted_and_a_later_change_is_noticed(cached: Path) -> None:
    assert installed()[0] == SPEC
    assert find_weights(SPEC).sha256 == SHA256
    assert recorded_hash(cached) == SHA256
    cached.write_bytes(CONTENT + b"!")
    with pytest.raises(ModelError, match=r"has changed since it was fetched.*models fetch midas-small"):
        find_weights(SPEC)
    record(cached, hash_file(cached), source="fetched again")
    assert find_weights(SPEC).sha256 == hash_file(cached)


def test_a_known_hash_is_a_gate(cached: Path) -> None:
    right = replace(SPEC, sha256=SHA256)
    assert find_weights(right).sha256 == SHA256
    with pytest.raises(ModelError, match="has changed"):
        find_weights(replace(SPEC, sha256="0" * 64))
    assert cached.exists()


def test_a_hash_unlike_the_makers_prefix_is_noted_in_full(cached: Path) -> None:
    note = find_weights(SPEC).note
    assert note is not None
    assert SHA256 in note
    assert "70d6b9c8" in note
    assert find_weights(replace(SPEC, sha256_prefix=SHA256[:8])).note is None
    assert cached.exists()


def test_a_broken_record_counts_as_none(cached: Path) -> None:
    cached.with_name(cached.name + ".json").write_text("{")
    assert recorded_hash(cached) is None
    assert find_weights(SPEC).sha256 == SHA256


def test_several_files_are_hashed_as_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(CONTENT[:10])
    (tmp_path / "b").write_bytes(CONTENT[10:])
    assert hash_file(tmp_path / "a", tmp_path / "b") == SHA256
