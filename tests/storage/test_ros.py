"""What is written as ROS 2 messages is read by others as it was meant, and by us to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.errors import StorageError
from tui.geometry.arrays import FloatMap
from tui.geometry.intrinsics import Intrinsics
from tui.storage import ros
from tui.storage.lossless import pack, unpack

AT_NS = 1_700_000_000_123_456_789
ODD = np.array([[np.nan, -0.0, np.inf], [1e-45, -np.inf, 3.4e38]], np.float32)
SMOOTH = (np.mgrid[:37, :53].sum(axis=0) / 7).astype(np.float32)


@pytest.mark.parametrize("values", [ODD, SMOOTH, ODD[:1, :1], ODD[:, :1], ODD[:1]], ids=str)
def test_a_map_is_unpacked_to_the_last_bit(values: FloatMap) -> None:
    found = unpack(pack(values), *values.shape)
    np.testing.assert_array_equal(found.view(np.uint32), np.ascontiguousarray(values).view(np.uint32))


def test_a_smooth_map_takes_less_than_half() -> None:
    assert len(pack(SMOOTH)) < SMOOTH.nbytes / 2


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(0, 10_000), st.binary(max_size=8), st.integers(0, 10_000))
def test_a_damaged_map_is_said_to_be_one_or_is_a_map(at: int, put: bytes, cut: int) -> None:
    whole = ros.inverse_depth(AT_NS, ros.MapMessage(SMOOTH, "cubic", (106, 74)))
    at %= len(whole)
    damaged = (whole[:at] + put + whole[at + len(put) :])[: cut % len(whole) + 1 if cut % 2 else len(whole)]
    try:
        found = ros.map_of(damaged)
    except StorageError:
        return
    assert found.small.dtype == np.float32
    assert found.small.ndim == 2


def test_ros_tools_read_the_messages_as_they_were_meant() -> None:
    typesys = pytest.importorskip("rosbags.typesys", reason="rosbags is an extra")
    store = typesys.get_typestore(typesys.Stores.ROS2_HUMBLE)
    for name, text in ros.DEFINITIONS.items():
        store.register(
            {each: fields for each, fields in typesys.get_types_from_msg(text, name).items() if each == ros.MAP}
        )
    camera = Intrinsics(500.0, 510.0, 320.5, 240.5, 640, 480, (0.1, -0.2, 0.001, 0.002))
    info = store.deserialize_cdr(ros.camera_info(AT_NS, camera, 4), ros.CAMERA_INFO)
    assert (info.width, info.height, info.distortion_model) == (160, 120, "plumb_bob")
    np.testing.assert_array_equal(info.k, [125.0, 0, 80.125, 0, 127.5, 60.125, 0, 0, 1])
    np.testing.assert_array_equal(info.p, [125.0, 0, 80.125, 0, 0, 127.5, 60.125, 0, 0, 0, 1, 0])
    np.testing.assert_array_equal(info.d, [0.1, -0.2, 0.001, 0.002, 0.0])
    assert (info.header.stamp.sec, info.header.stamp.nanosec) == (1_700_000_000, 123_456_789)
    image = store.deserialize_cdr(ros.compressed_image(AT_NS, "jpeg", b"\xff\xd8odd"), ros.COMPRESSED_IMAGE)
    assert (image.format, image.data.tobytes()) == ("jpeg", b"\xff\xd8odd")
    assert store.deserialize_cdr(ros.string("für"), ros.STRING).data == "für"
    found = store.deserialize_cdr(ros.inverse_depth(AT_NS, ros.MapMessage(SMOOTH, "cubic", (106, 74))), ros.MAP)
    assert (found.width, found.height, found.enlarging) == (53, 37, "cubic")
    np.testing.assert_array_equal(unpack(found.data.tobytes(), 37, 53), SMOOTH)


def test_what_was_written_is_read_back() -> None:
    found = ros.map_of(ros.inverse_depth(AT_NS, ros.MapMessage(SMOOTH, "linear", (106, 74))))
    np.testing.assert_array_equal(found.small, SMOOTH)
    assert (found.enlarging, found.picture_size) == ("linear", (106, 74))
    assert ros.picture_of(ros.compressed_image(AT_NS, "jpeg", b"abc")) == b"abc"
    assert ros.text_of(ros.string("{}")) == "{}"
