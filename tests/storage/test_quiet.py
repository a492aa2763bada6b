"""What a library writes to the error stream by itself."""

from __future__ import annotations

import os
import threading

import pytest

from tui.storage.quiet import quiet_libraries


def test_it_is_not_seen_and_what_comes_after_is(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_libraries():
        os.write(2, b"libtiff: oh\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_of_two_threads_the_last_one_puts_it_back(capfd: pytest.CaptureFixture[str]) -> None:
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with quiet_libraries():
            inside.set()
            leave.wait()

    thread = threading.Thread(target=other)
    with quiet_libraries():
        thread.start()
        inside.wait()
    os.write(2, b"still quiet\n")
    leave.set()
    thread.join()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"
