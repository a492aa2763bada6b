"""Where an MQTT broker is, as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from tui.errors import InputError

PREFIX = "depth-tui"
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
    if found.scheme not in {"mqtt", "mqtts"} or not found.hostname or found.query or found.fragment:
        raise wrong
    if re.search(r"[#+\s\x00-\x1f]", prefix):
        raise InputError(f"--mqtt '{shown}': a prefix has no spaces, # or +")
    tls = found.scheme == "mqtts"
    user = None if found.username is None else unquote(found.username)
    given = password if found.password is None else unquote(found.password)
    return Broker(found.hostname, port or (_TLS_PORT if tls else _PORT), tls, user, given, prefix)
