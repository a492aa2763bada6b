from __future__ import annotations

import hashlib
import json
import threading

import numpy as np
import pytest

from tui.depth.remote.fingerprint import Fingerprint, fingerprints_path, identify, picture
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap
from tui.storage.atomic import alone_with

PICTURE_SHA256 = "aa78dad9c5e3fd25ba34e3372f6c3487ff6610037d45a11cba2fc868c0063f97"


def scene(seed: int = 0, height: int = 96, width: int = 128) -> FloatMap:
    rng = np.random.default_rng(seed)
    return np.kron(rng.random((12, 16)), np.ones((height // 12, width // 16))).astype(np.float32) + 1


def test_the_test_picture_is_the_same_everywhere_and_for_ever() -> None:
    """Another picture would be another fingerprint of every network that a profile was made with."""
    assert hashlib.sha256(picture(320, 224).tobytes()).hexdigest() == PICTURE_SHA256
    for width, height in ((320, 224), (7, 5), (1024, 768)):
        found = picture(width, height)
        assert found.shape == (height, width, 3)
        assert found.dtype == np.uint8
    assert int(np.ptp(picture(320, 224))) > 150, "it has something to be seen"


@pytest.mark.parametrize("noise", [1e-6, 1e-4, 2e-3])
def test_engines_differ_a_little_and_the_network_keeps_its_name(noise: float) -> None:
    rng = np.random.default_rng(1)
    name = identify(Fingerprint.of(scene()))
    for _ in range(20):
        values = scene() * (1 + noise * rng.standard_normal(scene().shape)).astype(np.float32)
        assert identify(Fingerprint.of(values)) == name


@pytest.mark.parametrize(
    "other",
    [
        scene(1),
        scene() * np.float32(1.03),
        scene() + np.float32(0.03),
        scene()[:, ::-1].copy(),
        scene()[::-1].copy(),
        1 / scene(),
        np.where(scene() > 1.5, scene(), np.nan).astype(np.float32),
    ],
)
def test_another_map_is_another_network(other: FloatMap) -> None:
    """One cell that is off is enough, and a map of another scale or shift is another's too."""
    first = Fingerprint.of(scene())
    second = Fingerprint.of(other)
    assert not first.same(second)
    assert not second.same(first)
    assert identify(first) != identify(second)
    assert (identify(first), identify(second)) == (first.name, second.name)


def test_a_single_place_that_is_off_is_another_network() -> None:
    other = scene()
    other[:8, :8] += 0.05
    assert not Fingerprint.of(scene()).same(Fingerprint.of(other))


def test_sides_of_any_size_make_a_fingerprint() -> None:
    for height, width in ((12, 16), (1, 1), (240, 320), (7, 500)):
        values = np.random.default_rng(0).random((height, width)).astype(np.float32)
        if (height, width) == (1, 1):
            with pytest.raises(ModelError, match="same number"):
                Fingerprint.of(values)
        else:
            assert len(Fingerprint.of(values).name) == 64


@pytest.mark.parametrize("value", [np.nan, 0.0, 3.0, np.inf])
def test_a_map_that_says_nothing_has_none(value: float) -> None:
    with pytest.raises(ModelError, match="number"):
        Fingerprint.of(np.full((24, 32), value, np.float32))


def test_a_network_that_another_program_names_meanwhile_keeps_its_name() -> None:
    names = [identify(Fingerprint.of(scene()))]
    with alone_with(fingerprints_path()):  # as that program does
        maps = json.loads(fingerprints_path().read_text())["maps"]
        ours = threading.Thread(target=lambda: names.append(identify(Fingerprint.of(scene(1)))))
        ours.start()
        ours.join(0.2)  # what does not wait for its turn has written by now
        maps.append(["theirs", maps[0][1]])
        fingerprints_path().write_text(json.dumps({"maps": maps}))
    ours.join()
    known = [name for name, _ in json.loads(fingerprints_path().read_text())["maps"]]
    assert known == [names[0], "theirs", names[1]]
