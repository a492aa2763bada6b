"""A real broker: what is published, what it says when one is gone, and that nothing stale is ever given out."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.records.observed import observed
from tests.records.test_logs import bulletin
from tests.records.test_outlet import until
from tests.records.test_scraped import free_port
from tui.records.alarms import Alarms
from tui.records.broker import BrokerSink
from tui.records.broker_address import parse_broker
from tui.records.bulletin import Bulletin
from tui.records.claims import this_program, topic_word
from tui.records.outlet import Outlet
from tui.records.rule import parse_rule

pytest.importorskip("paho.mqtt.client")
from paho.mqtt.client import Client

from tests.records.mosquitto import MOSQUITTO, Broker, Listener


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    if MOSQUITTO is None:
        pytest.skip("no mosquitto here: apt install mosquitto")
    made = Broker(tmp_path)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def listener(broker: Broker) -> Iterator[Listener]:
    made = Listener(broker.port)
    yield made
    made.close()


@pytest.fixture
def outlet(broker: Broker) -> Iterator[tuple[Outlet, list[str]]]:
    told: list[str] = []
    made = Outlet(sink_of(broker, "lab"), told.append, beat_s=0.05)
    yield made, told
    made.close()


def sink_of(broker: Broker, program: str) -> BrokerSink:
    return BrokerSink(parse_broker(f"127.0.0.1:{broker.port}"), period_s=1.0, program=program)


def now(distance_m: float | None = 0.8) -> Bulletin:
    """A bulletin of this moment with an alarm that rings below a metre."""
    at_s = time.monotonic()
    alarms = Alarms([parse_rule("door: perhaps nearer than 1m")], 0.0)
    seen = observed(at_s, distance_m)
    events = alarms.look([seen], at_s)
    return replace(bulletin(0.0), at_s=at_s, observations=(seen,), alarms=alarms.alarms, events=events)


RULE = topic_word("door: perhaps nearer than 1 m")


def test_values_alarms_and_what_home_assistant_needs(outlet: tuple[Outlet, list[str]], listener: Listener) -> None:
    until(lambda: _sent(outlet[0], now()) and listener.last("depth-tui/hall/reading/door") is not None)
    reading = json.loads(listener.last("depth-tui/hall/reading/door") or "")
    assert (reading["distance_m"], reading["status"]) == (0.8, "ok")
    until(lambda: listener.last(f"depth-tui/hall/alarm/{RULE}") == "ON")
    until(
        lambda: (
            listener.last("depth-tui/hall/status") == "online" and listener.last("depth-tui/program/lab") == "online"
        )
    )
    configs = {topic: json.loads(text) for topic, text in listener.heard if topic.startswith("homeassistant/")}
    sensor = configs["homeassistant/sensor/depth-tui_hall_door/config"]
    assert sensor["state_topic"] == "depth-tui/hall/reading/door"
    assert sensor["expire_after"] == 30
    assert {each["topic"] for each in sensor["availability"]} == {"depth-tui/program/lab", "depth-tui/hall/status"}
    assert sensor["availability_mode"] == "all"
    alarm = configs[f"homeassistant/binary_sensor/depth-tui_hall_{RULE}/config"]
    assert alarm["device"]["identifiers"] == sensor["device"]["identifiers"]


def test_a_stale_picture_makes_the_camera_unavailable_and_gives_no_number(
    outlet: tuple[Outlet, list[str]], listener: Listener
) -> None:
    until(lambda: _sent(outlet[0], now()) and listener.last("depth-tui/hall/status") == "online")
    outlet[0].send(replace(now(), observations=(), events=(), stale="no new picture"))
    until(lambda: listener.last("depth-tui/hall/status") == "offline")
    topics = [topic for topic, text in listener.heard if "/reading/" in topic or text == "offline"]
    assert topics[-1] == "depth-tui/hall/status"


def test_what_is_no_more_is_withdrawn(outlet: tuple[Outlet, list[str]], listener: Listener) -> None:
    def config(component: str, name: str) -> str | None:
        return listener.last(f"homeassistant/{component}/depth-tui_hall_{name}/config")

    both = now()
    both = replace(both, observations=(*both.observations, replace(both.observations[0], name="gate")))
    until(lambda: _sent(outlet[0], both) and bool(config("sensor", "gate")) and bool(config("binary_sensor", RULE)))
    outlet[0].send(replace(both, observations=(), alarms=(), events=(), stale="no new picture"))
    until(lambda: listener.last("depth-tui/hall/status") == "offline")
    assert config("sensor", "gate"), "what cannot be seen now is still there"
    outlet[0].send(replace(now(), alarms=(), events=()))
    until(lambda: config("sensor", "gate") == "" and config("binary_sensor", RULE) == "")
    assert config("sensor", "door")


def test_whoever_comes_later_hears_no_old_number(outlet: tuple[Outlet, list[str]], broker: Broker) -> None:
    first = Listener(broker.port)
    until(lambda: _sent(outlet[0], now()) and first.last("depth-tui/hall/reading/door") is not None)
    first.close()
    outlet[0].close()
    late = Listener(broker.port)
    until(lambda: late.last("depth-tui/program/lab") == "offline")
    until(lambda: late.last("depth-tui/hall/status") == "offline")
    assert not [each for each in late.heard if "/reading/" in each[0] or "/alarm/" in each[0]]
    late.close()


def test_a_broker_that_is_killed_and_comes_back(
    outlet: tuple[Outlet, list[str]], broker: Broker, listener: Listener
) -> None:
    until(lambda: _sent(outlet[0], now()) and listener.last("depth-tui/hall/reading/door") is not None)
    broker.kill()
    until(lambda: _sent(outlet[0], now()) and bool(outlet[0].problem))
    listener.heard.clear()
    broker.start()
    until(lambda: _sent(outlet[0], now(0.7)) and _read(listener) == 0.7, 40.0)
    assert [line.rpartition("; ")[2].rpartition(": ")[2].partition(",")[0] for line in outlet[1]] == [
        "it is tried again",
        "works again",
    ]
    until(lambda: listener.last("depth-tui/hall/status") == "online")
    assert any(topic.startswith("homeassistant/") for topic, _ in listener.heard)


def test_what_a_broker_that_hangs_does_not_acknowledge_is_not_delivered(
    outlet: tuple[Outlet, list[str]], broker: Broker, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.records.broker.ACKNOWLEDGED_S", 0.2)
    monkeypatch.setattr(BrokerSink, "late_s", 0.5)
    sent = 0

    def sends(distance_m: float) -> bool:
        nonlocal sent
        sent += 1
        return _sent(outlet[0], now(distance_m))

    until(lambda: sends(0.8) and _read(listener) == 0.8)
    until(lambda: outlet[0].waiting == 0)
    delivered = outlet[0].delivered
    assert delivered + outlet[0].lost == sent
    broker.signal(signal.SIGSTOP)
    until(lambda: sends(0.9) and outlet[0].lost > 0)
    assert outlet[0].delivered == delivered
    assert "acknowledges nothing" in outlet[1][0]
    broker.signal(signal.SIGCONT)
    until(lambda: sends(0.7) and _read(listener) == 0.7 and not outlet[0].problem, 40.0)
    until(lambda: outlet[0].waiting == 0)
    assert outlet[0].delivered + outlet[0].lost == sent


def test_the_broker_itself_says_that_the_program_is_gone(broker: Broker, listener: Listener) -> None:
    """Killed with -9, nobody is left to say it."""
    code = (
        "import sys, time; from tests.records.test_broker import now; from tui.records.broker import *; "
        "from tui.records.broker_address import parse_broker\n"
        f"sink = BrokerSink(parse_broker('127.0.0.1:{broker.port}'), period_s=1.0, program='lab')\n"
        "while True:\n"
        "    time.sleep(0.02)\n"
        "    try: sink.put(now())\n"
        "    except Exception: pass\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    until(lambda: listener.last("depth-tui/program/lab") == "online", 60.0)
    process.kill()
    process.wait()
    until(lambda: listener.last("depth-tui/program/lab") == "offline", 40.0)


def test_two_programs_never_publish_one_camera(
    outlet: tuple[Outlet, list[str]], broker: Broker, listener: Listener
) -> None:
    until(lambda: _sent(outlet[0], now(0.8)) and listener.last("depth-tui/hall/status") == "online")
    told: list[str] = []
    other = Outlet(sink_of(broker, "yard"), told.append, beat_s=0.05)
    until(lambda: _sent(other, now(0.5)) and bool(told))
    assert "depth-tui/hall is published by another program (lab)" in told[0]
    assert "mqtt://127.0.0.1/PREFIX" in told[0]
    until(lambda: other.waiting == 0)
    assert (other.delivered, other.lost > 0) == (0, True)
    assert {json.loads(text)["distance_m"] for topic, text in listener.heard if "/reading/" in topic} == {0.8}
    outlet[0].close()
    until(lambda: _sent(other, now(0.5)) and _read(listener) == 0.5)
    config = json.loads(listener.last("homeassistant/sensor/depth-tui_hall_door/config") or "")
    assert "depth-tui/program/yard" in {each["topic"] for each in config["availability"]}
    other.close()


def test_what_ends_takes_no_other_program_with_it(
    outlet: tuple[Outlet, list[str]], broker: Broker, listener: Listener
) -> None:
    other = Outlet(sink_of(broker, "yard"), lambda _line: None, beat_s=0.05)
    until(lambda: _sent(outlet[0], now()) and listener.last("depth-tui/hall/status") == "online")
    until(lambda: _sent(other, replace(now(), camera="yard")) and listener.last("depth-tui/yard/status") == "online")
    other.close()
    until(lambda: listener.last("depth-tui/program/yard") == "offline")
    assert listener.last("depth-tui/program/lab") == "online"
    config = json.loads(listener.last("homeassistant/sensor/depth-tui_hall_door/config") or "")
    assert {each["topic"] for each in config["availability"]} == {"depth-tui/program/lab", "depth-tui/hall/status"}


def test_who_one_is_stays_after_a_new_start_and_differs_for_another_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["depth-tui", "watch", "0"])
    first = this_program()
    assert this_program() == first
    monkeypatch.setattr(sys, "argv", ["depth-tui", "watch", "1"])
    assert this_program() != first
    assert topic_word(first) == first


def test_names_that_differ_have_topics_that_differ() -> None:
    names = ["door", "do or", "do/or", "do+or", "tür", "tor", "#", "", "Door"]
    words = [topic_word(each) for each in names]
    assert len(set(words)) == len(names)
    assert not any(character in word for word in words for character in "#+/ ")


def _read(listener: Listener) -> float | None:
    text = listener.last("depth-tui/hall/reading/door")
    return None if text is None else json.loads(text)["distance_m"]


def _sent(outlet: Outlet, told: Bulletin) -> bool:
    outlet.send(told)
    time.sleep(0.02)
    return True


def test_a_connection_that_breaks_at_the_end_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_words: object, **_more: object) -> None:
        raise RuntimeError("the connection was lost")

    sink, before = BrokerSink(parse_broker(f"127.0.0.1:{free_port()}"), period_s=1.0), threading.active_count()
    monkeypatch.setattr(Client, "is_connected", lambda _client: True)
    monkeypatch.setattr(Client, "publish", broken)
    told: list[str] = []
    Outlet(sink, told.append).close(20)
    assert "the connection was lost" in told[0]
    assert threading.active_count() < before
