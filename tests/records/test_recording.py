"""What was recorded is read as it was, to the last digit; and a recording never grows beyond what is allowed."""

from __future__ import annotations

import errno
import io
import json
import threading
from pathlib import Path

import numpy as np
import pytest
from mcap.reader import make_reader

from tests.records.made import BEGAN, CAMERA, HEIGHT, WIDTH, live_readings, record
from tui.calibration.distance import distances
from tui.camera.recording import open_recording
from tui.errors import InputError, StorageError
from tui.instrument.recorded import replayed
from tui.instrument.session import Session
from tui.pipeline.brought import brought_by
from tui.pipeline.inference import DepthResult
from tui.records import recording as writing
from tui.records import rolling
from tui.records.recording import Recording
from tui.records.rolling import Limits
from tui.storage import recorded, ros


def played(path: Path, count: int) -> list[DepthResult]:
    """The first frames of a recording, one by one."""
    source, found = open_recording(path, str(path)), []
    for _ in range(count):
        frame = source.read()
        brought = brought_by(frame)
        assert brought is not None
        found.append(
            DepthResult(frame, brought.depth_map, brought.identity, brought.engine, 0.0, averaged=brought.averaged)
        )
        source.step(1)
    source.close()
    return found


def test_every_pixel_reads_what_it_read(tmp_path: Path) -> None:
    live = record(tmp_path / "a.mcap")
    assert any(each.calibration is not None and each.calibration.posterior is not None for each in live)
    again = played(tmp_path / "a.mcap", len(live))
    for then, result in zip(live, again, strict=True):
        assert then.result is not None
        np.testing.assert_array_equal(result.inverse_depth, then.result.inverse_depth)
        assert (result.identity, result.engine) == (then.result.identity, "by hand")
        assert result.frame.recorded is not None
        found = replayed(result.frame.recorded, result)
        now = found.reading
        assert then.calibration is not None
        assert now.calibration == then.calibration
        assert now.calibration is not None
        np.testing.assert_array_equal(
            distances(result.inverse_depth, now.calibration, then.context),
            distances(then.result.inverse_depth, then.calibration, then.context),
        )
        assert result.frame.recorded.captured_at == then.captured_at
        assert (now.references, now.warnings, now.doubts) == (then.references, then.warnings, then.doubts)
        assert found.measured.intrinsics == CAMERA
        assert [each.pixel for each in (r.reference for r in found.measured.references)] == [
            each.pixel for each in then.references
        ]


def test_others_read_it_by_its_topics(tmp_path: Path) -> None:
    live = record(tmp_path / "a.mcap", 3)
    with (tmp_path / "a.mcap").open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        assert reader.get_header().profile == "ros2"
        (schema,) = reader.iter_attachments()
        found: dict[str, list[bytes]] = {}
        for _, channel, message in reader.iter_messages():
            found.setdefault(channel.topic, []).append(message.data)
    assert json.loads(schema.data)["title"] == "depth-tui reading"
    assert {topic: len(each) for topic, each in found.items() if "depth/" not in topic} == {
        recorded.IMAGE: 3,
        recorded.CAMERA: 3,
        recorded.READING: 3,
        recorded.MAP: 3,
    }
    plain = json.loads(ros.text_of(found[recorded.READING][0]))
    assert set(recorded.SCHEMA["required"]) <= set(plain)  # type: ignore[call-overload]  # plain objects
    crosshair, pin = plain["readings"]
    assert (pin["name"], pin["x"], pin["y"]) == ("pin 1", 30, 20)
    assert pin["distance_m"] == live[0].pins[0].reading.distance_m
    assert crosshair["distance_m"] == live[0].crosshair.distance_m
    from PIL import Image

    steps = np.array(Image.open(io.BytesIO(ros.picture_of(found[recorded.DEPTH][0]))))
    assert steps.shape == (HEIGHT, WIDTH)
    assert steps[20, 30] * recorded.DEPTH_UNIT_M == pytest.approx(pin["distance_m"], abs=0.0006)


def test_ros_tools_open_it(tmp_path: Path) -> None:
    highlevel = pytest.importorskip("rosbags.highlevel", reason="rosbags is an extra")
    record(tmp_path / "a.mcap", 3)
    with highlevel.AnyReader([tmp_path / "a.mcap"]) as reader:
        shown = [reader.deserialize(raw, link.msgtype) for link, _, raw in reader.messages() if "image" in link.topic]
    assert {each.format for each in shown} == {"jpeg", "16UC1; png compressed "}


def test_it_never_grows_beyond_what_is_allowed_and_touches_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    path.write_bytes(b"somebody else's")
    record(path, 150, Limits(1_000_000), noise=150)
    files = sorted(tmp_path.glob("*.mcap"))
    assert path.read_bytes() == b"somebody else's"
    assert files[1].name > "a_0002.mcap", "the oldest are gone"
    assert sum(each.stat().st_size for each in files[1:]) <= 1_000_000
    assert sum(each.stat().st_size for each in files[1:]) > 600_000
    for each in files[1:]:
        played(each, 1)


def test_what_is_too_old_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("tui.records.rolling.time.monotonic", lambda: clock[0])
    file = rolling.RollingFile(tmp_path / "a.mcap", Limits(most_s=80.0))
    for number in range(30):
        clock[0] = 10.0 * number
        file.write(number, [(recorded.READING, ros.string("{}"))])
        file.flush()
    file.close()
    assert len(list(tmp_path.glob("*.mcap"))) <= 16
    assert not (tmp_path / "a.mcap").exists()


@pytest.mark.parametrize("name", ["a.mp4", "a", ".mcap"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ends with \.mcap"):
        Recording(tmp_path / name, Limits())


def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="a part of this path is a file"):
        Recording(tmp_path / "file" / "a.mcap", Limits())


def test_a_full_disk_ends_it_with_one_line_and_keeps_what_there_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.FileIO):
        def write(self, data: object) -> int:
            room = 60_000 - self.tell()
            if room <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(bytes(data)[:room])  # type: ignore[call-overload]  # plain objects

    monkeypatch.setattr(rolling, "FileIO", Full)
    monkeypatch.setattr(writing, "_FLUSH_S", 0.0)  # every frame reaches the disk by itself
    said: list[str] = []
    recording = Recording(tmp_path / "a.mcap", Limits(), said.append)
    for reading, session in live_readings(60, noise=150):
        recording.take(reading, session)
    recording.close()
    (line,) = said
    assert "the disk is full" in line
    assert recording.status.problem == line
    assert 0 < (tmp_path / "a.mcap").stat().st_size <= 60_000
    assert played(tmp_path / "a.mcap", 1)[0].frame.recorded is not None


def test_a_slow_disk_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    go_on = threading.Event()
    flush = rolling.RollingFile.write

    def slow(self: rolling.RollingFile, *arguments: object) -> None:
        go_on.wait(20)
        flush(self, *arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(rolling.RollingFile, "write", slow)
    recording = Recording(tmp_path / "a.mcap", Limits())
    for reading, session in live_readings(40):
        recording.take(reading, session)
    assert recording.status.dropped >= 25
    assert f"{recording.status.dropped} dropped" in recording.status.words
    go_on.set()
    recording.close()
    assert recording.status.frames + recording.status.dropped == 40


def test_the_same_reading_is_recorded_once(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.mcap", Limits())
    (reading, session), *_ = live_readings(1)
    for _ in range(3):
        recording.take(reading, session)
    recording.take(reading, Session())
    recording.close()
    assert recording.status.frames == 2
    assert reading.captured_at == BEGAN


def test_an_index_that_cannot_be_written_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: rolling.RollingFile) -> None:
        raise StorageError("the disk is full")

    monkeypatch.setattr(rolling.RollingFile, "close", full)
    told: list[str] = []
    recording = Recording(tmp_path / "a.mcap", Limits(), told.append)
    (reading, session), *_ = live_readings(1)
    recording.take(reading, session)
    recording.close()
    assert "tui-record" not in {each.name for each in threading.enumerate()}
    assert told == ["recording ended: the disk is full"]
