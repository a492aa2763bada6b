"""A real broker, and somebody who listens to it; only where the package that speaks MQTT is installed."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tests.records.test_outlet import until
from tests.records.test_scraped import free_port

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


class Broker:
    """mosquitto on a port of its own; can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._configuration = folder / "mosquitto.conf"
        self._configuration.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert MOSQUITTO is not None
        command = [MOSQUITTO, "-c", str(self._configuration)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._listens)

    def _listens(self) -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", self.port)) == 0

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Listener:
    """Subscribes to everything."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, str]] = []
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_message = self._on_message
        self._client.connect_async("127.0.0.1", port, 5)
        self._client.loop_start()

    def _on_message(self, _client: object, _data: object, message: MQTTMessage) -> None:
        self.heard.append((message.topic, message.payload.decode()))

    def last(self, topic: str) -> str | None:
        return next((text for name, text in reversed(self.heard) if name == topic), None)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
