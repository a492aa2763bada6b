"""What is shown of an address does not depend on its password."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.camera.address import parse_address
from tui.camera.open import open_source
from tui.camera.printable import printable_address
from tui.errors import SourceError

PASSWORDS = st.text(max_size=20) | st.text("ab1#/?@:&=%;_.", max_size=12)
PLACES = [
    "rtsp://admin:{}@192.168.1.9:554/stream1",
    "http://admin:{}@cam/video.mjpg?channel=1",
    "rtmp://admin:{}@cam/live",
    "HTTPS://u:{}@[fe80::1]/",
    "rtsp://admin:12{}@cam/live",
    "rtsp:/admin:{}@cam/live",
    "admin:{}@cam/live",
    "http://cam/shot.jpg?user=me&pwd={}",
    "http://cam/shot.jpg?channel=1&password={}",
    "http://cam/shot.jpg?token={}",
    "http://cam/shot.jpg?apikey={}",
    "http://cam/cgi?loginuse=admin&loginpas={}",
    "http://cam/shot.jpg?{}",
    "rtsp://cam:554/user=admin_password={}_channel=1_stream=0.sdp?real_stream",
    "rtsp://cam:554/user=admin&password={}&channel=1",
]


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=60)
@given(PASSWORDS)
def test_nothing_of_a_password_is_printed(place: str, password: str) -> None:
    shown = printable_address(place.format(f"q7Z{password}w9K"))
    assert "q7Z" not in shown
    assert "w9K" not in shown
    assert shown.isprintable()


@given(PASSWORDS)
def test_no_message_holds_the_password(password: str) -> None:
    marked = f"q7Z{password}w9K"
    for spec in [f"rtmp://admin:{marked}@cam/live", f"http:/admin:{marked}@cam/x", f"ftp://cam/?pwd={marked}"]:
        with pytest.raises(SourceError) as caught:
            open_source(spec)
        assert "q7Z" not in str(caught.value)
        assert "w9K" not in str(caught.value)
    told = shown_or_refused(f"rtsp://admin:{marked}@cam/live")
    assert "q7Z" not in told
    assert "w9K" not in told


def shown_or_refused(spec: str) -> str:
    try:
        address = parse_address(spec)
    except SourceError as error:
        return str(error)
    return address.shown if "@" in address.bare else address.shown + address.label


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ("http://cam:8080/?action=stream", "http://cam:8080/?action=stream"),
        ("rtsp://cam/Streaming/Channels/101", "rtsp://cam/Streaming/Channels/101"),
        ("rtsp://cam/cam/realmonitor?channel=1&subtype=0", "rtsp://cam/cam/realmonitor?channel=1&subtype=0"),
        ("rtsp://me@cam/live", "rtsp://cam/live"),
        ("rtsp://me:pw@cam:8554/live", "rtsp://cam:8554/live"),
        ("https://cam/x.jpg#sha256=AB", "https://cam/x.jpg"),
        ("http://cam/x?channel=1&user=a&fps=3", "http://cam/x?channel=1&..."),
        ("http://me:p/w@cam/x", "http://...@cam/x"),
        ("http://cam/cam@2/x", "http://cam/cam@2/x"),
        ("0", "0"),
        ("pictures/cup.mp4", "pictures/cup.mp4"),
        ("a\x1b[2Jb.mp4", "a?[2Jb.mp4"),
    ],
)
def test_what_tells_streams_apart_is_shown(spec: str, shown: str) -> None:
    assert printable_address(spec) == shown


@pytest.mark.parametrize("password", ["a#b", "12#34", "#", "a/b", "a?b", "a[b"])
def test_what_must_be_escaped_is_said(password: str) -> None:
    with pytest.raises(SourceError, match="write # as %23, / as %2F"):
        parse_address(f"rtsp://me:{password}@cam/live")


@pytest.mark.parametrize("password", ["a@b", "a:b", "a%23b", "p&=;,!", "ü"])
def test_what_need_not_be_escaped_is_understood(password: str) -> None:
    address = parse_address(f"rtsp://me:{password}@cam:8554/live")
    assert (address.host, address.port, address.user) == ("cam", 8554, "me")
    assert address.password == password.replace("%23", "#")
    assert parse_address(address.with_login) == address


def test_a_slash_behind_a_number_is_told_where_it_fails() -> None:
    address = parse_address("rtsp://me:12/34@cam/live")  # may be port 12 of a host called me
    assert address.shown == "rtsp://...@cam/live"
