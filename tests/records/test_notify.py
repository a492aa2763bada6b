"""What systemd hears, over a real socket."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tui.records.notify import Supervisor


@pytest.mark.parametrize("abstract", [False, True])
def test_what_is_said_arrives(tmp_path: Path, *, abstract: bool) -> None:
    name = f"@depth-tui-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name[1:] if abstract else name)
        listener.settimeout(5)
        supervisor = Supervisor({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())})
        assert supervisor.watchdog_s == 30.0
        supervisor.ready()
        supervisor.alive()
        supervisor.status("2 cameras,\n1 alarm")
        heard = [listener.recv(1000).decode() for _ in range(3)]
    assert heard == ["READY=1", "WATCHDOG=1", "STATUS=2 cameras, 1 alarm"]


def test_where_nobody_listens_nothing_happens() -> None:
    for environment in ({}, {"NOTIFY_SOCKET": "/nowhere/at/all", "WATCHDOG_USEC": "x"}):
        supervisor = Supervisor(environment)
        supervisor.ready()
        supervisor.alive()
        assert supervisor.watchdog_s == 0
    assert Supervisor({"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}).watchdog_s == 0
