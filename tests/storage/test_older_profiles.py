"""Profiles of before, which know less, are read as they were meant."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.storage.planted import kitchen
from tui.calibration.beliefs import MapKind
from tui.calibration.fit import typed
from tui.calibration.trend import Trend
from tui.errors import StorageError
from tui.storage.profiles import (
    load_profile,
    save_profile,
)


def test_markers_and_shared_errors_come_back_and_profiles_of_before_still_load() -> None:
    sample = replace(kitchen().references[0], reference=replace(kitchen().references[0].reference, shared=0.01))
    profile = replace(
        kitchen(),
        references=(sample, *kitchen().references[1:]),
        markers=("DICT_4X4_50:0=80mm±0.3mm", "DICT_6X6_250:5x7=40mm±0.1mm/20mm"),
    )
    path = save_profile(profile)
    loaded = load_profile(path)
    assert (loaded.markers, loaded.references[0].reference.shared) == (profile.markers, 0.01)
    old = json.loads(path.read_text())
    del old["markers"]
    for each in old["references"]:
        del each["shared"]
    path.write_text(json.dumps(old))
    assert load_profile(path).markers == ()
    assert load_profile(path).references[0].reference.shared == 0.0
    path.write_text(json.dumps({**old, "markers": [7]}))
    with pytest.raises(StorageError, match="markers is not a list of texts"):
        load_profile(path)


def test_profiles_of_before_know_no_exponent_and_a_power_has_no_shift() -> None:
    path = save_profile(replace(kitchen(), references=(), calibration=typed(2.5, -0.04)))
    plain = json.loads(path.read_text())
    assert plain["calibration"]["exponent"] == 1.0
    del plain["calibration"]["exponent"]
    plain["calibration"]["covariance"] = [1e-4, 0.0, 1e-4]
    path.write_text(json.dumps(plain))
    found = load_profile(path).calibration
    assert found is not None
    assert found.trend == Trend(2.5, -0.04)
    for exponent in (1.2, 0.0, -1.0, "x"):
        path.write_text(json.dumps({**plain, "calibration": {**plain["calibration"], "exponent": exponent}}))
        with pytest.raises(StorageError, match=r"exponent|a power"):
            load_profile(path)


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ({"is_network": False}, MapKind.EXACT),
        ({"is_network": True}, MapKind.RELATIVE),
        ({"is_network": True, "metric": True}, MapKind.METRIC),
        ({"kind": "proportional"}, MapKind.PROPORTIONAL),
    ],
)
def test_profiles_of_before_say_the_kind_of_maps_in_their_own_way(flags: dict[str, object], kind: MapKind) -> None:
    path = save_profile(replace(kitchen(), references=(), calibration=None))
    plain = json.loads(path.read_text())
    plain["model"] = {"name": "pocket", "sha256": "ab" * 32, **flags}
    path.write_text(json.dumps(plain))

    assert load_profile(kitchen().name).map_kind is kind
