"""Commands as sources come to an end, whatever they do, with all that they started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.camera.closing import assert_close_wakes_the_read
from tests.camera.stand_in import FOREVER, STREAM, is_there, spec_of, stand_in, starts
from tests.fakes import wait_until
from tui.camera import process
from tui.camera.live import NotYet
from tui.camera.open import open_source

pytestmark = pytest.mark.usefixtures("nothing_is_left")


def test_it_has_a_group_and_a_session_of_its_own_and_no_keyboard(tmp_path: Path) -> None:
    body = '\n(HERE / "ids").write_text(f"{os.getpid()} {os.getpgid(0)} {os.getsid(0)} {os.read(0, 1)!r}")'
    source = open_source(spec_of(stand_in(tmp_path, body + STREAM)))
    source.read()
    source.close()
    own, group, session, read = (tmp_path / "ids").read_text().split()
    assert own == group == session
    assert read == "b''"


def test_closing_wakes_the_read(tmp_path: Path) -> None:
    source = open_source(spec_of(stand_in(tmp_path, "\nwrite(PICTURE)" + FOREVER)))
    source.read()
    assert_close_wakes_the_read(source)


def test_it_is_ended_by_sigint_first(tmp_path: Path) -> None:
    body = """
def leave(*_):
    write(PICTURE * 2000)  # more than a pipe holds
    (HERE / "let go").touch()
    sys.exit()
signal.signal(signal.SIGINT, leave)
"""
    source = open_source(spec_of(stand_in(tmp_path, body + STREAM)))
    source.read()
    source.close()
    wait_until((tmp_path / "let go").exists, "it let go of its camera by itself")


@pytest.mark.usefixtures("quick")
def test_what_ignores_signals_is_killed_with_its_children(tmp_path: Path) -> None:
    body = """
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE): signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    note_start()
    while True: time.sleep(1)
write(PICTURE)
"""
    source = open_source(spec_of(stand_in(tmp_path, body + FOREVER)))
    source.read()
    wait_until(lambda: len(starts(tmp_path)) == 2, "its child runs")
    source.close()
    child = starts(tmp_path)[1]
    wait_until(lambda: not is_there(child), "the child is gone too")


@pytest.mark.usefixtures("quick")
def test_a_child_that_holds_the_pipe_does_not_outlive_it(tmp_path: Path) -> None:
    body = """
write(PICTURE)
if os.fork() == 0:
    note_start()
    while True: time.sleep(1)
os._exit(3)
"""
    source = open_source(spec_of(stand_in(tmp_path, body)))
    source.read()
    with pytest.raises(NotYet):
        source.read()
    source.close()


@pytest.mark.usefixtures("quick")
def test_all_are_ended_at_the_end_of_the_program(tmp_path: Path) -> None:
    ignoring = "\nsignal.signal(signal.SIGINT, signal.SIG_IGN)" + STREAM
    sources = [open_source(spec_of(stand_in(tmp_path / name, ignoring))) for name in "ab"]
    for source in sources:
        source.read()
    pids = [starts(tmp_path / name)[0] for name in "ab"]
    process.end_all()
    assert not any(map(is_there, pids))
    for source in sources:
        source.close()


def test_signals_go_to_no_foreign_group_after_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = process.Process(stand_in(tmp_path, "\nsys.exit(4)\n"), "it")
    wait_until(started.has_ended, "it has ended")
    assert started.end() == 4
    sent: list[int] = []
    monkeypatch.setattr(os, "killpg", lambda _group, number: sent.append(number))
    started.interrupt()
    assert started.end() == 4
    started.close()
    assert sent == []
