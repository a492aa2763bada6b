"""Where a broker is, as people write it."""

from __future__ import annotations

import pytest

from tui.errors import InputError
from tui.records.broker_address import parse_broker


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("host", ("host", 1883, False, None, "depth-tui")),
        ("host:1884", ("host", 1884, False, None, "depth-tui")),
        ("mqtts://me@host/lab/one", ("host", 8883, True, "me", "lab/one")),
    ],
)
def test_where_a_broker_is(text: str, found: tuple[object, ...]) -> None:
    broker = parse_broker(text)
    assert (broker.host, broker.port, broker.tls, broker.user, broker.prefix) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://host",
        "mqtt://",
        "host:x",
        "mqtt://u:secret@host:99999",
        "mqtt://h/a#b",
        "mqtt://h/#",
        "mqtt://h:0",
        "a..b",
        "mqtt://h\udcff",
        "a b",
        "x" * 70,
        "h/" + "x" * 2000,
        "a\nb",
    ],
)
def test_what_is_no_broker_is_named_without_its_password(text: str) -> None:
    with pytest.raises(InputError, match="--mqtt") as caught:
        parse_broker(text)
    assert "secret" not in str(caught.value)
