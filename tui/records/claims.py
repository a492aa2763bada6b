"""Whose camera is whose at a broker: two programs never give readings out under one name."""

from __future__ import annotations

import hashlib
import re
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage

ON, OFF = "online", "offline"


class Claims:
    """What the broker has retained of programs and of their cameras; heard in the connection's thread.

    Args:
        client: of the broker.
        prefix: before every topic.
        program: who one is there, the same after a new start.
    """

    def __init__(self, client: Client, prefix: str, program: str) -> None:
        self._client, self._prefix, self._program = client, prefix, program
        self._retained: dict[str, str] = {}
        self._topics = self._status_of("+"), self.topic("+")
        for each in self._topics:
            client.message_callback_add(each, self._hear)

    @property
    def status_topic(self) -> str:
        """Whether this program is there; the broker itself says so when it is gone."""
        return self._status_of(self._program)

    @property
    def program(self) -> str:
        """Who one is."""
        return self._program

    def topic(self, camera: str) -> str:
        """Where it is retained which program's a camera is."""
        return f"{self._prefix}/{topic_word(camera)}/program" if camera != "+" else f"{self._prefix}/+/program"

    def subscribe(self) -> None:
        """To be told by a new connection; what is acknowledged after this comes after what was retained."""
        self._retained.clear()
        self._client.subscribe([(each, 0) for each in self._topics])

    def other(self, camera: str) -> str | None:
        """The program that has this camera now; None if this one has, or nobody who is there."""
        owner = self._retained.get(self.topic(camera), "")
        there = self._retained.get(self._status_of(owner)) == ON
        return owner if owner and owner != self._program and there else None

    def has(self, camera: str) -> bool:
        """Whether this program has it."""
        return self._retained.get(self.topic(camera)) == self._program

    def _status_of(self, program: str) -> str:
        return f"{self._prefix}/program/{program}"

    def _hear(self, _client: object, _data: object, message: MQTTMessage) -> None:
        self._retained[message.topic] = message.payload.decode(errors="replace")


def this_program() -> str:
    """This machine, and what was started here: the same after a new start, another one for another camera."""
    started = "\0".join((str(Path.cwd()), *sys.argv[1:]))
    digest = hashlib.sha256(started.encode(errors="surrogateescape")).hexdigest()[:6]
    return f"{topic_word(socket.gethostname())}-{digest}"


def topic_word(text: str) -> str:
    """A name as one word of a topic: what cannot stand there becomes `_`, and names that differ still differ."""
    word = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")[:60]
    if word == text:
        return word
    return f"{word or 'x'}_{hashlib.sha256(text.encode()).hexdigest()[:6]}"
