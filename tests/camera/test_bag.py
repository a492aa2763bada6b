"""ROS 2 bags as sources: what they show, that they can be moved through, and what is said of broken ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.camera.bags import (
    STORAGES,
    TYPES,
    Message,
    camera_info,
    file_of,
    first_image,
    numbered_bag,
    opened,
    raw,
    rgb8,
    write_bag,
)
from tests.installed import hide
from tests.numbered import number_of, numbered_picture
from tui.camera.bag import open_bag
from tui.camera.bag_film import BagFilm
from tui.camera.open import open_source
from tui.errors import SourceError


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("as_file", [False, True])
def test_a_bag_plays_in_order_at_its_own_pace_over_and_over(tmp_path: Path, storage: str, as_file: bool) -> None:
    bag = numbered_bag(tmp_path / "drive", 4, storage, period_s=0.05)
    path = file_of(bag) if as_file else bag
    source = opened(path)
    begun_s = time.monotonic()
    frames = [source.read() for _ in range(5)]
    source.close()
    assert source.info.label == path.name
    assert number_of(frames[0].image) == 0
    for frame in frames:
        assert frame.at_s == pytest.approx(0.05 * number_of(frame.image))
        np.testing.assert_array_equal(frame.image, numbered_picture(number_of(frame.image)))
    assert any("starting again" in frame.note for frame in frames)
    for frame in frames[: next(k for k, frame in enumerate(frames) if frame.note)]:
        assert frame.captured_at_s - begun_s >= (frame.at_s or 0.0)


@pytest.mark.parametrize("storage", STORAGES)
def test_a_bag_is_held_stepped_and_moved_through(tmp_path: Path, storage: str) -> None:
    source = opened(numbered_bag(tmp_path / "drive", 60, storage))
    assert source.position.length_s == pytest.approx(6.0)
    assert number_of(source.read().image) == 0
    for frames, to_s, number in (
        (1, 0.0, 1),
        (-1, 0.0, 0),
        (0, 2.05, 21),
        (-1, 0.0, 20),
        (-3, 0.0, 17),
        (0, 1.7, 17),
        (4, 0.0, 21),
        (0, 1e9, 59),
        (-100, 0.0, 0),
        (100, 0.0, 59),
    ):
        if frames:
            source.step(frames)
        else:
            source.seek(to_s)
        frame = source.read()
        assert number_of(frame.image) == number
        assert frame.at_s == pytest.approx(number / 10)
        assert frame.held
    source.close()


@pytest.mark.parametrize("storage", STORAGES)
def test_messages_of_one_stamp_are_stepped_through_one_by_one(tmp_path: Path, storage: str) -> None:
    times_s = [0.0, 0.1, 0.1, 0.1, 0.2]
    pictures = [(at_s, rgb8(numbered_picture(number))) for number, at_s in enumerate(times_s)]
    film = BagFilm(write_bag(tmp_path / "drive", {"/image": pictures}, storage), "/image")
    seen = []
    while film.step():
        seen.append(number_of(np.asarray(film.image())))
    assert sorted(seen) == [0, 1, 2, 3, 4]
    back = []
    while film.back():
        back.append(number_of(np.asarray(film.image())))
    assert back == seen[-2::-1]
    film.release()
    film.release()


def test_pauses_are_kept_and_the_length_is_that_of_the_pictures(tmp_path: Path) -> None:
    pictures = [(at_s, rgb8(numbered_picture(number))) for number, at_s in enumerate((0.0, 0.5, 9.0))]
    info = [(0.0, camera_info(128, 64, 100.0)), (50.0, camera_info(128, 64, 100.0))]
    source = opened(write_bag(tmp_path / "drive", {"/camera_info": info, "/image": pictures}))
    assert source.position.length_s == pytest.approx(9.0 + 4.5)
    source.close()


def test_the_first_topic_in_colour_is_shown_others_are_named_and_can_be_chosen(tmp_path: Path) -> None:
    depth = raw(np.full((64, 128), 900, "<u2"), "16UC1", 128, 64, 256)
    topics = {
        "/depth/image_raw": [(0.0, depth)],
        "/left/image_raw": [(0.0, rgb8(numbered_picture(5)))],
        "/right/image_raw": [(0.0, rgb8(numbered_picture(6)))],
        "/silent/image_raw": [],
    }
    bag = write_bag(tmp_path / "drive", topics)
    source = opened(bag)
    frame = source.read()
    source.close()
    assert number_of(frame.image) == 5
    assert source.info.label == "drive#/left/image_raw"
    assert "it also has /depth/image_raw, /right/image_raw, /silent/image_raw" in frame.note
    for topic in ("/right/image_raw", "right/image_raw"):
        assert number_of(first_image(f"{bag}#{topic}")) == 6
    with pytest.raises(SourceError, match=r"no pictures in /up; it has /depth/image_raw, /left/image_raw"):
        open_source(f"{bag}#/up")
    with pytest.raises(SourceError, match="/silent/image_raw has no messages"):
        open_source(f"{bag}#/silent/image_raw")


def test_the_camera_info_beside_the_pictures_tells_the_camera(tmp_path: Path) -> None:
    bag = numbered_bag(tmp_path / "drive", 2)
    source = opened(bag)
    source.close()
    camera = source.info.intrinsics
    assert camera is not None
    assert (camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px) == (100, 100, 64, 32)
    assert camera.distortion == (0.1, -0.05, 0.001, 0.0, 0.0)
    assert camera.origin == "/camera/camera_info of the bag"


@pytest.mark.parametrize(
    ("topic", "info", "focal_px"),
    [
        ("/cam/image_rect", camera_info(128, 64, 100.0, (0.1, 0, 0, 0, 0)), 50.0),  # P, without distortion
        ("/cam/image_raw", camera_info(256, 128, 100.0), None),  # of another size
        ("/cam/image_raw", camera_info(128, 64, 0.0), None),  # never calibrated
        ("/other/image_raw", camera_info(128, 64, 100.0), None),  # of another camera
    ],
)
def test_a_camera_info_that_says_nothing_of_these_pictures_is_left(
    tmp_path: Path, topic: str, info: Message, focal_px: float | None
) -> None:
    pictures = {topic: [(0.0, rgb8(numbered_picture(1)))], "/cam/camera_info": [(0.0, info)]}
    source = opened(write_bag(tmp_path / "b", pictures))
    source.close()
    camera = source.info.intrinsics
    assert (None if camera is None else camera.fx_px) == focal_px
    assert camera is None or camera.distortion == ()


def test_a_damaged_picture_is_left_out_and_counted(tmp_path: Path) -> None:
    short = rgb8(numbered_picture(1))
    short.data = short.data[:1000]
    pictures = [(0.0, rgb8(numbered_picture(0))), (0.02, short), (0.04, rgb8(numbered_picture(2)))]
    source = opened(write_bag(tmp_path / "b", {"/image": pictures}))
    source.read()
    source.step(1)
    assert number_of(source.read().image) == 2
    source.hold(False)
    assert "1 damaged picture is left out" in source.read().note
    source.close()


def _cut(path: Path) -> None:
    file = file_of(path)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])


def _random(path: Path) -> None:
    file_of(path).write_bytes(np.random.default_rng(0).bytes(5000))


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("spoil", [_cut, _random, lambda path: file_of(path).write_bytes(b"")])
@pytest.mark.parametrize("as_file", [False, True])
def test_broken_bags_give_one_line(tmp_path: Path, storage: str, spoil: Callable[[Path], None], as_file: bool) -> None:
    bag = numbered_bag(tmp_path / "drive", 60, storage)
    spoil(bag)
    path = file_of(bag) if as_file else bag
    with pytest.raises(SourceError) as failed:
        read_through(path)
    assert str(failed.value).startswith(str(path))
    assert "\n" not in str(failed.value)


def read_through(path: Path) -> None:
    """Open a bag, and read it until it says that it is damaged."""
    source = opened(path)
    note = ""
    while "damaged from" not in note:
        source._started_at_s -= 0.5
        note = source.read().note
        assert not note or "damaged from" in note, "it is read as if it were whole"
    source.close()
    raise SourceError(f"{path}: {note}")


def test_bags_without_pictures_or_messages_or_metadata_say_so(tmp_path: Path) -> None:
    words = TYPES.types["std_msgs/msg/String"](data="hello")
    with pytest.raises(SourceError, match=r"no pictures in this bag .*: it has /chatter$"):
        open_source(str(write_bag(tmp_path / "words", {"/chatter": [(0.0, words)]})))
    with pytest.raises(SourceError, match="/image has no messages"):
        open_source(str(write_bag(tmp_path / "silent", {"/image": []})))
    with pytest.raises(SourceError, match="it is empty"):
        open_source(str(write_bag(tmp_path / "empty", {})))
    bag = numbered_bag(tmp_path / "drive", 2)
    (bag / "metadata.yaml").write_text("rosbag2_bagfile_information: [")
    with pytest.raises(SourceError, match="damaged, cut off or no ROS 2 bag"):
        open_source(str(bag))
    (bag / "metadata.yaml").unlink()
    with pytest.raises(SourceError, match=r"a bag without its metadata.yaml; name one of its files, such as .*\.db3"):
        open_source(str(bag))


def test_a_bag_of_ros_1_is_told_how_to_become_one_of_ros_2(tmp_path: Path) -> None:
    path = tmp_path / "old.bag"
    path.write_bytes(b"#ROSBAG V2.0\n" + bytes(100))
    with pytest.raises(SourceError, match=rf"rosbags-convert --src {path} --dst {tmp_path / 'old'}"):
        open_source(str(path))


def test_a_folder_of_pictures_is_none_whatever_lies_beside_them(tmp_path: Path) -> None:
    assert cv2.imwrite(str(tmp_path / "a.png"), numbered_picture(0))
    (tmp_path / "metadata.yaml").write_text("taken: yesterday")
    source = open_source(str(tmp_path))
    assert source.info.still
    source.close()


def test_without_the_package_the_line_that_brings_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = numbered_bag(tmp_path / "drive", 2)
    hide(monkeypatch, ["rosbags"])
    with pytest.raises(SourceError, match=r"needs rosbags: run .*'depth-tui\[ros\]'"):
        open_bag(bag)
