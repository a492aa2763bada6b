"""RTSP against a real server: GStreamer's, where the system has it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.camera.rtsp_running import Serve
from tui.camera.live import LiveSource, NotYet
from tui.camera.rtsp import open_rtsp
from tui.camera.rtsp_ask import video_codecs
from tui.errors import SourceError

PICTURE = "videotestsrc is-live=true pattern=ball ! video/x-raw,framerate={}/1,width=160,height=120,format=I420"
H264 = PICTURE + " ! x264enc tune=zerolatency key-int-max=5 ! rtph264pay name=pay0 config-interval=1"
FAST = H264.format(15)


def opened(spec: str, timeout_s: float = 10.0) -> LiveSource:
    source = open_rtsp(spec, timeout_s=timeout_s)
    source.wait_open()
    return source


def test_a_frame_a_second_by_one_connection(serve: Serve) -> None:
    server = serve(H264.format(1))
    source = opened(f"rtsp://127.0.0.1:{server.port}/live")
    assert [source.read().image.shape for _ in range(2)] == [(120, 160, 3)] * 2
    source.close()
    assert server.stop().count("client") == 1


def test_a_login_with_what_must_be_escaped(serve: Serve) -> None:
    server = serve(FAST, "me", "s3#c/re@t")
    source = opened(f"rtsp://me:s3%23c%2Fre@t@127.0.0.1:{server.port}/live")
    assert source.read().image.shape == (120, 160, 3)
    source.close()
    with pytest.raises(SourceError, match=r"refused \(RTSP 401\), user or password is wrong") as caught:
        opened(f"rtsp://me:wr0ng@127.0.0.1:{server.port}/live")
    assert "wr0ng" not in str(caught.value)
    with pytest.raises(SourceError, match=r"refused \(RTSP 401\); give user and password as rtsp://USER:PASSWORD"):
        opened(f"rtsp://127.0.0.1:{server.port}/live")


def test_a_wrong_path(serve: Serve) -> None:
    with pytest.raises(SourceError, match="RTSP 404 Not Found; check the address"):
        opened(f"rtsp://127.0.0.1:{serve(FAST).port}/other")


def test_a_server_without_tcp(serve: Serve) -> None:
    source = opened(f"rtsp://127.0.0.1:{serve(FAST, '', '', 'udp').port}/live")
    assert source.read().image.shape == (120, 160, 3)
    source.close()


READ = """
import sys
from tui.camera.rtsp import open_rtsp
from tui.errors import SourceError
source = open_rtsp(sys.argv[1], timeout_s=1.0)
try:
    while True:
        source.read()
except SourceError as error:
    print(error)
source.close()
"""


def test_a_codec_that_cannot_be_decoded_is_named_and_ffmpeg_keeps_quiet(serve: Serve) -> None:
    # What comes says that it is AV1, and cannot be decoded as such, with a decoder or without.
    server = serve(FAST.replace("name=pay0", "") + " ! capssetter caps=application/x-rtp,encoding-name=AV1 name=pay0")
    # In a process of its own: FFmpeg's log is set once, by whoever is first to use it.
    command = [sys.executable, "-c", READ, f"rtsp://127.0.0.1:{server.port}/live"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    (message,) = done.stdout.splitlines()
    assert "sends AV1, of which no picture could be decoded" in message


def test_a_server_that_goes_away_and_one_that_stalls(serve: Serve) -> None:
    server = serve(FAST)
    source = opened(f"rtsp://127.0.0.1:{server.port}/live")
    source.read()
    server.stop()
    with pytest.raises(NotYet, match="stream closed by the other side"):
        delivered(source)
    stalls = serve(FAST)
    source = opened(f"rtsp://127.0.0.1:{stalls.port}/live", timeout_s=1.5)
    source.read()
    stalls.stall()
    with pytest.raises(NotYet, match=r"the stream stands still, no data for 1\.5 s"):
        delivered(source)


def delivered(source: LiveSource) -> None:
    """Read until it fails."""
    try:
        while True:
            source.read()
    finally:
        source.close()


def test_codecs_are_read_from_a_description() -> None:
    sdp = "v=0\r\nm=audio 0 RTP/AVP 0\r\nm=video 0 RTP/AVP 96 26\r\na=rtpmap:96 AV1/90000\r\nm=video 0 RTP/AVP 97\r\n"
    assert video_codecs(sdp + "a=rtpmap:97 H265/90000\r\n") == ("AV1", "motion JPEG", "H.265 (HEVC)")
    assert video_codecs("v=0\r\nm=audio 0 RTP/AVP 0\r\n") == ()
