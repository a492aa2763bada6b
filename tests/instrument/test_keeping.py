"""What is kept while the disk is at work is what was measured last, on the disk and for who comes back."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.storage.planted import kitchen
from tui.errors import StorageError
from tui.instrument import keeping
from tui.instrument.keeping import Keeper
from tui.instrument.scenes import Scene
from tui.storage.kept import Kept

SCENE, OTHER = Scene("camera 0", "", ""), Scene("camera 1", "", "")


def kept(number: int) -> tuple[Kept, ...]:
    return (Kept(kitchen(), ((number, 0, 0),), float(number)),)


class Disk:
    """Writes when it is let, and fails when it is told to."""

    def __init__(self) -> None:
        self.let, self.at_work = threading.Semaphore(0), threading.Event()
        self.fails = 0
        self.holds: dict[str, tuple[Kept, ...]] = {}

    def save(self, source: str, kept: tuple[Kept, ...]) -> Path:
        self.at_work.set()
        self.let.acquire()
        if self.fails:
            self.fails -= 1
            raise StorageError("the disk is full")
        self.holds[source] = kept
        return Path(source)

    def load(self, source: str) -> tuple[Kept, ...]:
        return self.holds.get(source, ())


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(keeping, "save_kept", disk.save)
    monkeypatch.setattr(keeping, "load_kept", disk.load)
    return disk


def test_who_comes_back_while_it_is_written_gets_what_was_measured_last(disk: Disk) -> None:
    keeper = Keeper(lambda _why: None)
    keeper.keep(SCENE, kept(1))
    assert disk.at_work.wait(60)
    assert keeper.load(SCENE) == kept(1)
    disk.let.release(9)
    keeper.flush(60)
    assert keeper.load(SCENE) == kept(1)


def test_who_comes_back_when_it_could_not_be_written_gets_it_all_the_same(disk: Disk) -> None:
    told = threading.Event()
    keeper = Keeper(lambda _why: told.set())
    disk.fails = 1
    disk.let.release(1)
    keeper.keep(SCENE, kept(1))
    assert told.wait(60)
    assert keeper.load(SCENE) == kept(1)


def test_what_could_not_be_written_never_takes_the_place_of_what_was_measured_after_it(disk: Disk) -> None:
    keeper = Keeper(lambda _why: None)
    disk.fails = 1
    keeper.keep(SCENE, kept(1))
    assert disk.at_work.wait(60)
    keeper.keep(SCENE, kept(2))
    disk.let.release(9)
    keeper.flush(60)
    keeper.keep(OTHER, kept(3))  # with which all that failed is tried again
    keeper.flush(60)
    assert sorted(disk.holds.values(), key=repr) == sorted((kept(2), kept(3)), key=repr)
