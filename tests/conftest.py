"""What all tests share: a machine without peculiarities, the reference data beside the project's root, own homes."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import settings

from tests.environment import make_plain
from tui.depth.engines.openvino_import import leave_out

make_plain(os.environ)
leave_out()  # before any test imports openvino by itself

# Property tests try the same examples everywhere, so that a change passes or fails for what it is; those who look for
# what was never tried run them with --hypothesis-profile=search, again and again.
settings.register_profile("alike", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=400)
settings.load_profile("alike")

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Workers for whole folders only: for a file or a test they take longer to start than it takes to run.

    One more than there are cores, as tests wait for terminals, servers and timers a fifth of their time.

    Snapshots are taken anew by one process, which alone can tell those that no test uses any more; and what is not
    captured comes to the terminal only from there.
    """
    option = config.option
    by_hand = option.update_snapshots or option.capture == "no" or option.collectonly
    if by_hand or not any(Path(each).is_dir() for each in config.args):
        return 0
    return 1 + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


_KEPT_APPS = 50
_freeze = gc.freeze
_frozen = 0
"""How often, since what had died by then was let go."""


def _counted_freeze() -> None:
    global _frozen  # noqa: PLW0603 - as there is one collector
    _frozen += 1
    _freeze()


def pytest_collection_finish() -> None:
    """What has been imported stays: full collections need not go through it again and again while tests run."""
    gc.collect()
    _freeze()
    gc.set_threshold(10_000, 20, 20)
    patch.object(gc, "freeze", _counted_freeze).start()


def pytest_runtest_logfinish() -> None:
    """An app has what there is kept, itself included: now and then those of tests long over are let go."""
    global _frozen  # noqa: PLW0603 - the same
    if _frozen >= _KEPT_APPS:
        _frozen = 0
        gc.unfreeze()
        gc.collect()
        _freeze()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no reference data: ../shared is absent")
    return SHARED


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path) -> Iterator[Path]:
    """Every test has its own home, so that none reads or writes the user's settings, profiles or weights.

    What the program writes into the environment is gone after the test.
    """
    home = tmp_path / "home"
    kinds = ("CONFIG", "CACHE", "DATA", "STATE")
    folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in kinds}
    # Models of tests are read at once: a process for each, as none has been read before, would take minutes.
    with patch.dict(os.environ, HOME=str(home), **folders), patch("tui.depth.file_model.check_readable"):
        yield home
