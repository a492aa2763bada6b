"""MQTT: values and alarms for whoever subscribes, and for Home Assistant, which finds them by itself.

A value is never retained and expires; when the picture is stale, the camera is said to be unavailable, and so it is by
the broker itself when the connection is lost.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tui.camera.address import can_be_host
from tui.errors import InputError
from tui.extras import MQTT, why_not
from tui.records.bulletin import Bulletin
from tui.records.outlet import SinkError
from tui.records.plain import event_plain, reading_plain

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessageInfo
    from paho.mqtt.reasoncodes import ReasonCode

LATE_S = 10.0
"""What is older is not published any more."""
PREFIX = "depth-tui"
DISCOVERY = "homeassistant"
_LONGEST_PREFIX = 1000
_PORT, _TLS_PORT = 1883, 8883
_KEEPALIVE_S = 15
_ON, _OFF = "online", "offline"
_SENSOR, _BINARY_SENSOR = "sensor", "binary_sensor"
_LEAST_EXPIRY_S = 30
ACKNOWLEDGED_S = 5.0
"""By when a broker that works has acknowledged what it got."""
_FIRST_S, _LOOK_S = 3.0, 0.05


@dataclass(frozen=True, slots=True)
class Broker:
    """Where an MQTT broker is and who one is there."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None
    prefix: str
    """Before every topic."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_broker(text: str, password: str | None = None) -> Broker:
    """From `mqtt://user@host:1883/prefix`, `mqtts://host`, `host` or `host:1883`.

    Args:
        text: what was typed.
        password: where it is not in the address, which others can see.

    Raises:
        InputError: it is none; the line never shows a password.
    """
    shown = re.sub(r"//[^@/]*@", "//***@", text)
    wrong = InputError(f"--mqtt '{shown}': write it as mqtt://user@host:1883/prefix, mqtts://host or host")
    try:
        found = urlsplit(text if "://" in text else f"mqtt://{text}")
        port = found.port
    except ValueError:
        raise wrong from None
    prefix = found.path.strip("/") or PREFIX
    if found.scheme not in {"mqtt", "mqtts"} or not found.hostname or found.query or not can_be_host(found.hostname):
        raise wrong
    if port == 0 or not shown.isprintable():
        raise wrong
    if "#" in text.rpartition("@")[2] or re.search(r"[#+\s\x00-\x1f]", prefix) or len(prefix) > _LONGEST_PREFIX:
        raise InputError(f"--mqtt '{shown}': a prefix has no spaces, # or +, and at most {_LONGEST_PREFIX} characters")
    tls = found.scheme == "mqtts"
    user = None if found.username is None else unquote(found.username)
    given = password if found.password is None else unquote(found.password)
    return Broker(found.hostname, port or (_TLS_PORT if tls else _PORT), tls, user, given, prefix)


class BrokerSink:
    """Publishes bulletins; the connection has a thread of its own and comes back by itself."""

    late_s = LATE_S
    events_only = False

    def __init__(self, broker: Broker, *, period_s: float, discovery: str | None = DISCOVERY) -> None:
        """`period_s` is how often values come, from which it follows when they expire; `discovery` None: for nobody.

        Raises:
            InputError: the package that speaks MQTT is not installed.
        """
        if reason := why_not(MQTT):
            raise InputError(f"--mqtt {reason}")
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self.name = f"mqtt {broker}"
        self._broker, self._discovery = broker, discovery
        self._expire_s = max(_LEAST_EXPIRY_S, round(4 * period_s))
        self._announced: dict[tuple[str, str, str], str] = {}
        """Topic of what was announced, by component, camera and name."""
        self._cameras: set[str] = set()
        """Of which something has arrived."""
        self._why = f"no connection to {broker} yet"
        self._first = threading.Event()
        """Set when it is known how the first connecting went."""
        self._connections = 0
        self._seen_connections = 0
        self._client: Client = Client(CallbackAPIVersion.VERSION2, client_id="")
        if broker.user is not None:
            self._client.username_pw_set(broker.user, broker.password)
        if broker.tls:
            self._client.tls_set()
        self._client.reconnect_delay_set(1, 30)
        self._client.will_set(self._status_topic, _OFF, qos=1, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.connect_async(broker.host, broker.port, _KEEPALIVE_S)
        self._client.loop_start()

    def put(self, bulletin: Bulletin) -> None:
        """Publish values, alarms and whether the camera is there.

        Raises:
            SinkError: there is no connection now, or nobody at its other end who acknowledges anything.
        """
        self._check()
        if self._connections != self._seen_connections:  # the broker may have forgotten everything
            self._seen_connections = self._connections
            self._announced.clear()
            self._cameras.clear()
            self._publish(self._status_topic, _ON, retain=True)
        camera = bulletin.camera
        for seen in bulletin.observations:
            values = reading_plain(camera, seen)
            self._announce_sensor(camera, seen.name)
            self._publish(self._topic(camera, "reading", seen.name), json.dumps(values, ensure_ascii=False))
        for alarm in bulletin.alarms:
            self._announce_alarm(camera, alarm.rule.text)
        self._withdraw(bulletin)
        for event in bulletin.events:
            text = json.dumps(event_plain(bulletin, event), ensure_ascii=False)
            self._publish(self._topic(camera, "event", event.alarm.rule.text), text, qos=1)
        for alarm in bulletin.alarms:
            topic = self._topic(camera, "alarm", alarm.rule.text)
            self._publish(topic, "ON" if alarm.ringing else "OFF")
        self._say_available(camera, not bulletin.stale)

    def idle(self, now_s: float) -> None:
        """The connection looks after itself."""
        del now_s

    def close(self) -> None:
        """Say that nothing comes any more, and leave."""
        if self._client.is_connected():
            for camera in self._cameras:
                self._publish(self._camera_topic(camera), _OFF, retain=True)
            self._client.publish(self._status_topic, _OFF, qos=1, retain=True).wait_for_publish(1.0)
        self._client.disconnect()
        self._client.loop_stop()

    def _check(self) -> None:
        if not self._first.is_set():
            self._first.wait(_FIRST_S)
        if not self._client.is_connected():
            raise SinkError(self._why)

    # --- topics

    @property
    def _status_topic(self) -> str:
        return f"{self._broker.prefix}/status"

    def _camera_topic(self, camera: str) -> str:
        return f"{self._broker.prefix}/{topic_word(camera)}/status"

    def _topic(self, camera: str, kind: str, name: str) -> str:
        return f"{self._broker.prefix}/{topic_word(camera)}/{kind}/{topic_word(name)}"

    def _publish(self, topic: str, text: str, *, qos: int = 0, retain: bool = False) -> MQTTMessageInfo:
        from paho.mqtt.enums import MQTTErrorCode

        sent = self._client.publish(topic, text, qos=qos, retain=retain)
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise SinkError(self._why)
        return sent

    def _say_available(self, camera: str, available: bool) -> None:
        """Last of every bulletin, as it is acknowledged: all before it has come, too, as nothing overtakes anything."""
        sent = self._publish(self._camera_topic(camera), _ON if available else _OFF, qos=1, retain=True)
        end_s = time.monotonic() + ACKNOWLEDGED_S
        while not sent.is_published():
            if not self._client.is_connected():
                raise SinkError(self._why)
            if time.monotonic() > end_s:
                raise SinkError(f"{self._broker} acknowledges nothing")
            sent.wait_for_publish(_LOOK_S)
        self._cameras.add(camera)

    # --- Home Assistant: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery

    def _announce_sensor(self, camera: str, name: str) -> None:
        self._announce(
            _SENSOR,
            camera,
            name,
            {
                "name": name,
                "state_topic": self._topic(camera, "reading", name),
                "value_template": "{{ value_json.distance_m }}",
                "json_attributes_topic": self._topic(camera, "reading", name),
                "device_class": "distance",
                "state_class": "measurement",
                "unit_of_measurement": "m",
                "expire_after": self._expire_s,
            },
        )

    def _announce_alarm(self, camera: str, text: str) -> None:
        self._announce(
            _BINARY_SENSOR,
            camera,
            text,
            {
                "name": text,
                "state_topic": self._topic(camera, "alarm", text),
                "device_class": "problem",
                "expire_after": self._expire_s,
            },
        )

    def _announce(self, component: str, camera: str, name: str, what: dict[str, Any]) -> None:
        key = (component, camera, name)
        if self._discovery is None or key in self._announced:
            return
        device = f"{self._broker.prefix}_{topic_word(camera)}".replace("/", "_")
        unique = f"{device}_{topic_word(name)}"
        config = {
            **what,
            "unique_id": unique,
            "availability": [{"topic": self._status_topic}, {"topic": self._camera_topic(camera)}],
            "availability_mode": "all",
            "device": {"identifiers": [device], "name": f"depth-tui {camera}", "manufacturer": "depth-tui"},
            "origin": {"name": "depth-tui"},
        }
        topic = f"{self._discovery}/{component}/{unique}/config"
        self._publish(topic, json.dumps(config), qos=1, retain=True)
        self._announced[key] = topic

    def _withdraw(self, bulletin: Bulletin) -> None:
        """Pins, regions and alarms that are no more are none for Home Assistant either; told by a fresh frame alone."""
        if not bulletin.observations or bulletin.stale:
            return
        there = {(_SENSOR, each.name) for each in bulletin.observations}
        there |= {(_BINARY_SENSOR, each.rule.text) for each in bulletin.alarms}
        for (component, camera, name), topic in list(self._announced.items()):
            if camera == bulletin.camera and (component, name) not in there:
                self._publish(topic, "", qos=1, retain=True)
                del self._announced[component, camera, name]

    # --- what the connection tells, from its own thread

    def _on_connect(
        self, _client: object, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self._why = f"{self._broker} refuses: {reason}"
            self._first.set()
        else:
            self._why = f"the connection to {self._broker} is lost"
            self._connections += 1
            self._first.set()

    def _on_disconnect(
        self, _client: object, _data: object, _flags: object, _reason: ReasonCode, _properties: object
    ) -> None:
        if not self._why.startswith(f"{self._broker} refuses"):
            self._why = f"the connection to {self._broker} is lost"

    def _on_connect_fail(self, _client: object, _data: object) -> None:
        self._why = f"no connection to {self._broker}"
        self._first.set()


def topic_word(text: str) -> str:
    """A name as one word of a topic: what cannot stand there becomes `_`, and names that differ still differ."""
    word = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")[:60]
    if word == text:
        return word
    return f"{word or 'x'}_{hashlib.sha256(text.encode()).hexdigest()[:6]}"
