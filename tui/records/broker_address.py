"""Where an MQTT broker is, as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from tui.camera.address import can_be_host
from tui.errors import InputError

PREFIX = "depth-tui"
_LONGEST_PREFIX = 1000
_PORT, _TLS_PORT = 1883, 8883


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
