"""What every source owes: `close`, from another thread, wakes a blocked `read`."""

from __future__ import annotations

import threading

import pytest

from tui.camera.frame import FrameSource
from tui.errors import SourceEnded


def assert_close_wakes_the_read(source: FrameSource) -> None:
    """Read in a thread, close twice, and wait until the read has ended as it should."""
    ended = threading.Event()

    def read() -> None:
        with pytest.raises(SourceEnded):
            source.read()
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    source.close()
    source.close()
    assert ended.wait(5)
