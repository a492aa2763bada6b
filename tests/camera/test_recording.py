"""Playing a recording: its pace, hold, step and seek; damaged, cut off and foreign files give frames or one line."""

from __future__ import annotations

import base64
import contextlib
import json
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.exceptions import McapError
from mcap.records import Message
from mcap.stream_reader import StreamReader
from mcap.writer import CompressionType, IndexType, Writer

from tests.camera.closing import assert_close_wakes_the_read
from tests.fakes import wait_until
from tests.records.made import record
from tui.camera.frame import Frame, Steerable
from tui.camera.mcap_file import McapFile
from tui.camera.open import open_source
from tui.camera.played import PlayedSource
from tui.camera.recording import RecordingFilm, open_recording
from tui.errors import SourceEnded, SourceError
from tui.storage import ros

COUNT, EVERY_S = 12, 0.05


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recording") / "a.mcap"
    with patch("tui.records.recording._FLUSH_S", 0.0):  # a chunk a frame
        record(path, COUNT)
    return path


def index_of(source: PlayedSource) -> int:
    return round(source.position.at_s / EVERY_S)


def test_it_plays_at_its_own_pace_over_and_over(whole: Path) -> None:
    source = open_source(str(whole))
    assert isinstance(source, Steerable)
    frames = [source.read()]
    while not frames[-1].note:
        frames.append(source.read())
    source.close()
    assert frames[-1].note == "end of a.mcap, starting again"
    assert (
        frames[-1].captured_at_s - frames[0].captured_at_s >= 0.6 * COUNT * EVERY_S
    )  # the first one's decoder has to be imported
    recorded = [each.recorded for each in frames]
    times = [each.captured_at for each in recorded[:-1] if each is not None]
    assert times == sorted(times)
    assert len(times) > COUNT // 2
    assert recorded[-1] is not None
    assert recorded[-1].captured_at == times[0]
    with pytest.raises(SourceEnded):
        source.read()


def test_it_is_held_stepped_and_moved_through(whole: Path) -> None:
    source = open_recording(whole, "a")
    source.read()
    source.hold(True)
    assert source.position.held
    assert source.position.length_s == pytest.approx(COUNT * EVERY_S, abs=1e-3)
    for step, expected in ((1, 1), (1, 2), (3, 5), (-2, 3), (-100, 0), (100, COUNT - 1)):
        source.step(step)
        source.read()
        assert index_of(source) == expected
        assert source.position.held
    source.step(-3)
    source.step(-3)
    source.read()
    assert index_of(source) == COUNT - 7, "steps that come faster than frames add up"
    source.seek(0.18)
    source.read()
    assert index_of(source) == 4, "the first one that is not before that time"
    came = threading.Event()

    def read() -> None:
        source.read()
        came.set()

    threading.Thread(target=read, daemon=True).start()
    assert not came.wait(3 * EVERY_S), "what is held stands still"
    source.hold(False)
    assert came.wait(10)
    assert index_of(source) >= 5
    source.seek(-1.0)
    source.read()
    assert index_of(source) == 0
    source.close()


def test_close_wakes_a_read_that_stands_still(whole: Path) -> None:
    source = open_recording(whole, "a")
    source.read()
    source.hold(True)
    assert_close_wakes_the_read(source)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95, 0.999])
def test_a_file_that_is_cut_off_plays_up_to_there(whole: Path, tmp_path: Path, share: float) -> None:
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    with cut.open("rb") as file:
        own = 0
        with contextlib.suppress(McapError, struct.error):  # as mcap's own reader says that the end is missing
            for each in StreamReader(file).records:
                own += isinstance(each, Message)
    opened = McapFile(cut)
    found = sum(len(each) for each in opened.places.values())
    opened.close()
    assert found >= own >= (share - 0.2) * 6 * COUNT
    assert "closed" in opened.problem or share > 0.99
    source = open_recording(cut, "a")
    frame = source.read()
    source.close()
    assert frame.recorded is not None
    assert "cut.mcap: " in frame.note or share > 0.99


def test_the_first_part_may_be_lost_though_it_alone_says_what_the_channels_are(whole: Path, tmp_path: Path) -> None:
    opened = McapFile(whole)
    first = min(place.chunk for places in opened.places.values() for place in places)
    opened.close()
    path, data = tmp_path / "a.mcap", bytearray(whole.read_bytes())
    data[first + 400] ^= 1
    path.write_bytes(data)
    film = RecordingFilm(path)
    frames = []
    while film.step():
        if (image := film.image()) is not None:
            frames.append(film.dressed(Frame(image, 0, 0.0)))
    film.release()
    assert len(frames) == COUNT - 1
    assert all(frame.recorded is not None and not frame.note for frame in frames)
    assert film.faults() == "1 damaged picture is left out"


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=9)), min_size=1, max_size=4), st.booleans())
def test_a_damaged_file_gives_frames_or_one_line(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, puts: list[tuple[float, bytes]], cuts: bool
) -> None:
    data = bytearray(whole.read_bytes())
    for share, put in puts:
        at = int(share * (len(data) - len(put)))
        data[at : at + len(put)] = put
    if cuts:
        del data[int(puts[0][0] * len(data)) :]
    path = tmp_path_factory.mktemp("damaged") / "a.mcap"
    path.write_bytes(data)
    try:
        film = RecordingFilm(path)
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either is right
        return
    shown = 0
    while film.step():
        if (image := film.image()) is not None:
            frame = film.dressed(Frame(image, shown, 0.0))
            assert "\n" not in frame.note
            shown += 1
    film.release()
    assert shown or film.faults()


def packed() -> bytes:
    done, data = cv2.imencode(".png", np.full((4, 6, 3), (30, 20, 10), np.uint8))
    assert done
    return data.tobytes()


def as_protobuf(data: bytes) -> bytes:
    """Foxglove's message: timestamp, data, format, frame id."""
    length = len(data)
    varint = bytes([length & 0x7F | 0x80, length >> 7]) if length > 127 else bytes([length])
    return b"\x0a\x02\x08\x01" + b"\x12" + varint + data + b"\x1a\x03png"


FOREIGN: list[tuple[str, str, Callable[[bytes], bytes]]] = [
    ("sensor_msgs/msg/CompressedImage", "cdr", lambda data: ros.compressed_image(1, "png", data)),
    ("foxglove.CompressedImage", "json", lambda data: json.dumps({"data": base64.b64encode(data).decode()}).encode()),
    ("foxglove.CompressedImage", "protobuf", as_protobuf),
]


def _named(each: object) -> str:
    return each if isinstance(each, str) else "packed"


@pytest.mark.parametrize("chunks", ["zstd", "lz4", "none", "no index", "no chunks"])
@pytest.mark.parametrize(
    ("schema", "encoding", "pack"), FOREIGN, ids=lambda each: each if isinstance(each, str) else "packed"
)
def test_other_programs_pictures_play(
    tmp_path: Path, schema: str, encoding: str, pack: Callable[[bytes], bytes], chunks: str
) -> None:
    path = tmp_path / "foreign.mcap"
    compression = {"lz4": CompressionType.LZ4, "none": CompressionType.NONE}.get(chunks, CompressionType.ZSTD)
    index = IndexType.NONE if chunks == "no index" else IndexType.ALL
    with path.open("wb") as stream:
        writer = Writer(stream, compression=compression, index_types=index, use_chunking=chunks != "no chunks")
        writer.start()
        kind = writer.register_schema(schema, "any", b"")
        camera = writer.register_channel("/front", encoding, kind)
        other = writer.register_channel("/log", "json", 0)
        for number in range(3):
            writer.add_message(other, number, b"{}", number)
            writer.add_message(camera, 10_000_000 * number, pack(packed()), number)
        writer.finish()  # type: ignore[no-untyped-call]  # mcap has no types there
    source = open_source(str(path))
    frames = [source.read() for _ in range(3)]
    source.close()
    assert frames[0].image.shape == (4, 6, 3)
    assert frames[0].image[0, 0].tolist() == [10, 20, 30]
    assert frames[0].recorded is None
    assert frames[0].note == ""


def test_a_file_without_pictures_says_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "log.mcap"
    with path.open("wb") as stream:
        writer = Writer(stream)
        writer.start()
        channel = writer.register_channel("/log", "json", 0)
        writer.add_message(channel, 1, b"{}", 1)
        writer.finish()  # type: ignore[no-untyped-call]  # mcap has no types there
    with pytest.raises(SourceError, match=r"holds no pictures that can be played, but /log \(json\)"):
        open_source(str(path))


def test_a_frame_of_another_age_of_the_world_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "odd.mcap"
    with path.open("wb") as stream:
        writer = Writer(stream)
        writer.start()
        channel = writer.register_channel("/front", "cdr", writer.register_schema(FOREIGN[0][0], "ros2msg", b""))
        for at_ns in (0, 2**64 - 1):
            writer.add_message(channel, at_ns, ros.compressed_image(1, "png", packed()), 0)
        writer.finish()  # type: ignore[no-untyped-call]  # mcap has no types there
    source = open_recording(path, "a")
    source.read()
    ended: list[str] = []

    def read() -> None:
        try:
            source.read()
        except SourceEnded:
            ended.append("closed")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the fault that is looked for
            ended.append(repr(error))

    waiting = threading.Thread(target=read, daemon=True)
    waiting.start()
    waiting.join(0.2)
    assert ended == []
    source.close()
    wait_until(lambda: ended == ["closed"], "the read ends")


def test_a_frame_alone_stands_still(tmp_path: Path) -> None:
    record(tmp_path / "one.mcap", 1)
    source = open_recording(tmp_path / "one.mcap", "a")
    assert source.info.still
    assert source.read().recorded is not None

    def read() -> None:
        with pytest.raises(SourceEnded):
            source.read()

    waiting = threading.Thread(target=read, daemon=True)
    waiting.start()
    source.close()
    wait_until(lambda: not waiting.is_alive(), "the read ends")
