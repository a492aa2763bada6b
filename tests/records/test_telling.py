"""Commands and addresses that are told of alarms: real programs, a real server."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.records.test_logs import bulletin
from tests.records.test_outlet import until
from tui.errors import InputError
from tui.records.bulletin import Bulletin
from tui.records.command import CommandSink
from tui.records.outlet import NotTaken, Outlet, SinkError
from tui.records.webhook import WebhookSink


def test_a_command_gets_the_event_as_json_and_no_shell(tmp_path: Path) -> None:
    written = tmp_path / "it said"
    command = (
        f"""'{sys.executable}' -c 'import sys; open(sys.argv[1], "a").write(sys.stdin.read())' '{written}' ; $HOME"""
    )
    CommandSink(command).put(bulletin(1.0, 0.8, events=True))
    found = json.loads(written.read_text())
    assert found["alarm"] == "door: perhaps nearer than 1 m"
    assert (found["ringing"], found["distance_m"], found["camera"]) == (True, 0.8, "hall")


def test_only_events_run_it_one_at_a_time(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import os, sys, time\n"
        "os.mkdir('running')\n"  # fails if another one runs
        "time.sleep(0.02)\n"
        "os.rmdir('running')\n"
        "open('done', 'a').write('x')\n".replace("'running'", repr(str(tmp_path / "running"))).replace(
            "'done'", repr(str(tmp_path / "done"))
        )
    )
    told: list[str] = []
    outlet = Outlet(CommandSink(f"'{sys.executable}' -S '{program}'"), told.append)
    for number in range(6):
        outlet.send(bulletin(time.monotonic(), 0.8, events=number % 2 == 0))
    until(lambda: outlet.delivered == 3)
    outlet.close()
    assert ((tmp_path / "done").read_text(), told) == ("xxx", [])


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("no-such-command-at-all", "No such file"),
        (
            f"'{sys.executable}' -c 'import sys; print(\"out of paper\", file=sys.stderr); sys.exit(3)'",
            "with 3: out of paper",
        ),
        (f"'{sys.executable}' -c 'import time; time.sleep(600)'", "took longer than 0.2 s"),
    ],
)
def test_what_goes_wrong_is_said_and_not_run_again(command: str, says: str) -> None:
    told: list[str] = []
    patience_s = 0.2 if "longer" in says else 60.0
    outlet = Outlet(CommandSink(command, patience_s=patience_s), told.append)
    outlet.send(bulletin(time.monotonic(), events=True))
    until(lambda: outlet.lost == 1)
    outlet.close()
    assert says in told[0]
    assert len(told) == 1


@pytest.mark.parametrize("command", ["", "   ", "say 'open"])
def test_what_is_no_command_is_named(command: str) -> None:
    with pytest.raises(InputError, match="--exec"):
        CommandSink(command)


class _Server(HTTPServer):
    answers: list[int]
    posted: list[object]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        self.server.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None: ...


@pytest.fixture
def server() -> Iterator[_Server]:
    made = _Server(("127.0.0.1", 0), _Handler)
    made.answers, made.posted = [], []
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def test_an_address_is_posted_to_and_tried_again_where_that_may_help(server: _Server) -> None:
    server.answers = [503]
    told: list[str] = []
    outlet = Outlet(WebhookSink(f"http://127.0.0.1:{server.server_port}/hook"), told.append)
    outlet.send(bulletin(time.monotonic(), 0.8, events=True))
    until(lambda: outlet.delivered == 1)
    outlet.close()
    assert len(server.posted) == 2
    assert isinstance(server.posted[1], dict)
    assert server.posted[1]["alarm"] == "door: perhaps nearer than 1 m"
    assert "it answers 503; it is tried again" in told[0]


@pytest.mark.parametrize("status", [302, 401, 404])
def test_what_is_refused_is_said_and_given_up(server: _Server, status: int) -> None:
    server.answers = [status]
    told: list[str] = []
    outlet = Outlet(WebhookSink(f"http://user:secret@127.0.0.1:{server.server_port}/hook"), told.append)
    outlet.send(bulletin(time.monotonic(), 0.8, events=True))
    until(lambda: outlet.lost == 1)
    outlet.close()
    assert f"it answers {status}" in told[0]
    assert "secret" not in told[0]


def _rang(count: int = 1) -> Bulletin:
    """A bulletin in which so many alarms begin to ring."""
    one = bulletin(time.monotonic(), 0.8, events=True)
    return replace(one, events=one.events * count)


def test_one_that_fails_costs_no_other_event(tmp_path: Path, server: _Server) -> None:
    with pytest.raises(NotTaken, match="ended with 3"):
        CommandSink(f"sh -c 'echo x >>{tmp_path}/ran; exit 3'").put(_rang(3))
    assert (tmp_path / "ran").read_text().split() == ["x"] * 3
    server.answers = [404, 200, 503, 200]
    sink, told = WebhookSink(f"http://127.0.0.1:{server.server_port}/hook"), _rang(3)
    with pytest.raises(SinkError, match="503"):
        sink.put(told)
    with pytest.raises(NotTaken, match="404"):
        sink.put(told)
    sink.close()
    assert len(server.posted) == 4, "each once, and the one that was not taken again"


def test_what_it_floods_its_error_stream_with_is_not_kept() -> None:
    import tracemalloc

    tracemalloc.start()
    try:
        with pytest.raises(NotTaken, match=r"ended with 3: the end$"):
            CommandSink("sh -c 'head -c 20000000 /dev/zero >&2; echo >&2; echo the end >&2; exit 3'").put(_rang())
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_what_it_leaves_running_holds_nobody_up(tmp_path: Path) -> None:
    left = tmp_path / "pid"
    CommandSink(f"sh -c 'sleep 600 & echo $! >{left}'", patience_s=60.0).put(_rang())
    number = int(left.read_text())
    os.kill(number, signal.SIGKILL)  # it is there, and not for long


def test_nobody_there_is_no_fault_and_comes_again() -> None:
    sink = WebhookSink("http://127.0.0.1:9/hook")
    with pytest.raises(SinkError, match="refused"):
        sink.put(bulletin(1.0, events=True))
    sink.close()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "host",
        "ftp://host/x",
        "http://",
        "http://[::1/x",
        "http://h:99999",
        "http://a b",
        "http://a..b/",
        "http://h\udcff",
    ],
)
def test_what_is_no_address_is_named(address: str) -> None:
    with pytest.raises(InputError, match="--webhook"):
        WebhookSink(address)
