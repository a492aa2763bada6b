"""A real scrape over the network."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tests.records.observed import MIDNIGHT, observed
from tests.records.test_logs import bulletin
from tui.errors import InputError
from tui.records.alarms import Alarms
from tui.records.rule import parse_rule
from tui.records.scraped import ScrapedSink, parse_listen

pytest.importorskip("prometheus_client")
from prometheus_client.parser import text_string_to_metric_families


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def scraped(port: int) -> dict[str, float]:
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5.0).text
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: dict[str, float], name: str) -> float | None:
    return next((number for key, number in found.items() if key.startswith(f"{name}[")), None)


def test_what_is_read_can_be_scraped_and_what_is_stale_cannot() -> None:
    port = free_port()
    sink = ScrapedSink("127.0.0.1", port, clock=lambda: 12.0)
    try:
        alarms = Alarms([parse_rule("door: perhaps nearer than 1m")], 0.0)
        seen = observed(10.0, 0.8)
        alarms.look([seen], 10.0)
        told = replace(bulletin(10.0), observations=(seen,), alarms=alarms.alarms)
        sink.put(told)
        found = scraped(port)
        assert value(found, "depth_tui_distance_metres") == 0.8
        assert value(found, "depth_tui_distance_low_metres") == pytest.approx(0.8 / 1.05)
        assert value(found, "depth_tui_up") == 1
        assert value(found, "depth_tui_age_seconds") == pytest.approx(2.0)
        assert value(found, "depth_tui_alarm_ringing") == 1
        sink.put(replace(told, observations=(), stale="no new picture", at=MIDNIGHT + timedelta(seconds=20)))
        found = scraped(port)
        assert value(found, "depth_tui_up") == 0
        assert value(found, "depth_tui_distance_metres") is None
        assert value(found, "depth_tui_distance_low_metres") is None
        assert value(found, "depth_tui_age_seconds") == pytest.approx(2.0)
    finally:
        sink.close()


def test_a_camera_that_says_nothing_more_has_no_number() -> None:
    port, now_s = free_port(), [10.0]
    sink = ScrapedSink("127.0.0.1", port, period_s=20.0, clock=lambda: now_s[0])
    try:
        sink.put(bulletin(10.0))
        now_s[0] = 80.0
        assert value(scraped(port), "depth_tui_distance_metres") == 0.8, "four periods"
        now_s[0] = 90.1
        found = scraped(port)
        assert value(found, "depth_tui_distance_metres") is None
        assert value(found, "depth_tui_up") == 0
        sink.put(replace(bulletin(91.0), observations=(), stale="it is not watched any more", last=True))
        assert value(scraped(port), "depth_tui_up") is None
    finally:
        sink.close()


def test_where_somebody_listens_already_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"--metrics 127.0.0.1:{port}: Address already in use"):
            ScrapedSink("127.0.0.1", port)


@pytest.mark.parametrize(
    "text", ["", "host", "host:", "host:0", "host:70000", "a b:1", "1.2.3.4:x", "a..b:80", "x" * 70 + ":80"]
)
def test_what_is_no_place_to_listen_is_named(text: str) -> None:
    with pytest.raises(InputError, match="--metrics"):
        parse_listen(text)


def test_where_to_listen() -> None:
    assert parse_listen("9300") == ("127.0.0.1", 9300)
    assert parse_listen("0.0.0.0:80") == ("0.0.0.0", 80)
    assert parse_listen("[::1]:9300") == ("::1", 9300)
