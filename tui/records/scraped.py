"""Prometheus: what was read last, for whoever scrapes; what is stale is not there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from tui.camera.address import can_be_host
from tui.errors import InputError
from tui.extras import METRICS, why_not
from tui.records.bulletin import Bulletin

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from tui.records.outlet import Outlet

PORT = 9300
_ADDRESS = re.compile(r"(?:(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\s]+):)?(?P<port>[0-9]{1,5})")
_MOST_PORT = 65_535
_LEAST_OLDEST_S, _OLDEST_PERIODS = 30.0, 4.0
"""Values of a camera that has said nothing for so long, not even that it is stale, are values no more."""


def parse_listen(text: str) -> tuple[str, int]:
    """(host, port) from `127.0.0.1:9300`, `[::1]:9300` or `9300`, which is for this machine alone.

    Raises:
        InputError: it is none.
    """
    match = _ADDRESS.fullmatch(text.strip())
    if match is None or not 0 < int(match["port"]) <= _MOST_PORT or not can_be_host(match["host"] or ""):
        raise InputError(f"--metrics '{text}': write it as HOST:PORT, such as 127.0.0.1:{PORT}")
    return (match["host"] or "127.0.0.1").strip("[]"), int(match["port"])


class ScrapedSink:
    """Holds the newest bulletin of each camera and answers who asks for it."""

    late_s = float("inf")
    events_only = False

    def __init__(
        self, host: str, port: int, *, period_s: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Listens from now on; `period_s` is how often values come, from which it follows when they are too old.

        Raises:
            InputError: the package is not installed, or nobody can listen there.
        """
        if reason := why_not(METRICS):
            raise InputError(f"--metrics {reason}")
        from prometheus_client import CollectorRegistry, start_http_server

        self.name = f"metrics {host}:{port}"
        self._clock, self._oldest_s = clock, max(_LEAST_OLDEST_S, _OLDEST_PERIODS * period_s)
        self._last: dict[str, Bulletin] = {}
        self._seen: dict[str, Bulletin] = {}
        self.others: Sequence[Outlet] = ()
        """The other listeners, whose losses are told too."""
        registry = CollectorRegistry()
        registry.register(self)
        try:
            self._server, self._thread = start_http_server(port, host, registry)
        except (OSError, OverflowError) as error:
            raise InputError(f"--metrics {host}:{port}: {getattr(error, 'strerror', None) or error}") from error

    def put(self, bulletin: Bulletin) -> None:
        """Keep it; of a camera that is not watched any more nothing is kept."""
        if bulletin.last:
            self._seen.pop(bulletin.camera, None)
            self._last.pop(bulletin.camera, None)
            return
        if bulletin.observations:
            self._seen[bulletin.camera] = bulletin
        self._last[bulletin.camera] = bulletin

    def idle(self, now_s: float) -> None:
        """Nothing to do."""
        del now_s

    def close(self) -> None:
        """Listen no longer."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(1.0)

    def collect(self) -> Iterator[Metric]:
        """What is asked for: https://prometheus.io/docs/instrumenting/writing_exporters/."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        place = ["camera", "name", "statistic"]
        distance = GaugeMetricFamily("depth_tui_distance_metres", "Distance along the optical axis.", labels=place)
        low = GaugeMetricFamily("depth_tui_distance_low_metres", "Lower end of its 95 % interval.", labels=place)
        high = GaugeMetricFamily("depth_tui_distance_high_metres", "Upper end of it, if there is one.", labels=place)
        believed = GaugeMetricFamily("depth_tui_reading_ok", "1: it can be believed.", labels=[*place, "status"])
        up = GaugeMetricFamily("depth_tui_up", "1: the picture is what the camera sees now.", labels=["camera"])
        age = GaugeMetricFamily("depth_tui_age_seconds", "Since the last frame was taken.", labels=["camera"])
        ringing = GaugeMetricFamily("depth_tui_alarm_ringing", "1: it rings.", labels=["camera", "name", "alarm"])
        lost = CounterMetricFamily("depth_tui_lost", "What a listener was never told.", labels=["listener"])
        now_s = self._clock()
        for camera, last in list(self._last.items()):
            seen = self._seen.get(camera)
            stale = bool(last.stale) or now_s - last.at_s > self._oldest_s
            up.add_metric([camera], float(seen is not None and not stale))
            for alarm in last.alarms:
                ringing.add_metric([camera, alarm.rule.place, alarm.rule.text], float(alarm.ringing))
            if seen is None:
                continue
            age.add_metric([camera], now_s - max(each.captured_at_s for each in seen.observations))
            for each in () if stale else seen.observations:
                labels, reading = [camera, each.name, each.statistic], each.reading
                believed.add_metric([*labels, reading.status.value], float(reading.status.value == "ok"))
                for family, value in ((distance, reading.distance_m), (low, reading.low_m), (high, reading.high_m)):
                    if value is not None:
                        family.add_metric(labels, value)
        for outlet in self.others:
            lost.add_metric([outlet.sink.name], outlet.lost)
        yield from (distance, low, high, believed, up, age, ringing, lost)
