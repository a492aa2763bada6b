"""What a picture was like comes, goes and is kept with the references that were given in it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from tests.instrument.driven import Driven, driven, true_m
from tui.errors import StorageError
from tui.geometry.arrays import RGBImage
from tui.sight.remembered import Remembered
from tui.storage.kept import load_kept
from tui.storage.paths import profiles_dir
from tui.storage.profiles import load_profile


def remembered(start: Driven) -> Remembered | None:
    return start.instrument.session.remembered


def test_what_the_picture_was_like_comes_and_goes_with_the_references(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, list[tuple[float, float]]]] = []
    with_places = Remembered.with_places

    def spied(self: Remembered, image: RGBImage, places_px: Sequence[tuple[float, float]]) -> Remembered:
        asked.append((int(image[0, 0, 2]), list(places_px)))
        return with_places(self, image, places_px)

    monkeypatch.setattr(Remembered, "with_places", spied)
    with driven() as start:
        instrument = start.instrument
        start.pin(30)
        assert remembered(start) is None
        start.refer(10)
        first = remembered(start)
        assert first is not None
        start.pin(31)
        assert remembered(start) is first
        start.show()
        start.refer(50)
        assert asked == [(2, [(10, 20), (50, 20)])], "of the picture that is shown, for all of them in their order"
        instrument.undo()
        assert remembered(start) is first
        instrument.redo()
        start.show(128, 96)
        larger = remembered(start)
        assert larger is not None
        assert (larger.width, larger.height) == (128, 96)
        instrument.update(instrument.session.without_reference(0))
        assert asked[1:] == [(3, [(100.5, 40.5)])]
        instrument.update(instrument.session.without_reference(0))
        assert remembered(start) is None


def test_it_is_kept_on_the_disk_and_in_profiles_and_files_of_before_have_none() -> None:
    with driven() as start:
        start.refer(10)
        start.refer(50)
        given = remembered(start)
        start.instrument.memory.flush()
        start.instrument.save_profile("bench")
    assert given is not None
    for read in (load_kept("camera 0\n")[0].profile.remembered, load_profile("bench").remembered):
        assert read is not None
        assert read.to_plain() == given.to_plain()
    path = profiles_dir() / "bench.json"
    plain = json.loads(path.read_text())
    with driven(profile="bench") as start:
        assert remembered(start) is not None
    path.write_text(json.dumps(plain | {"remembered": {"width": "wide"}}))
    with pytest.raises(StorageError, match=r"bench\.json|profile bench"):
        load_profile("bench")
    path.write_text(json.dumps({key: value for key, value in plain.items() if key != "remembered"}))
    with driven(profile="bench") as start:
        assert remembered(start) is None
        assert start.instrument.reading.at((30, 20)).distance_m == pytest.approx(true_m(30), rel=0.05)
