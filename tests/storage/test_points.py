"""Point clouds: read back by another library, each point where it is, what is left out counted."""

from __future__ import annotations

import struct
from io import BytesIO

import cv2
import numpy as np
import pytest
from plyfile import PlyData

from tui.calibration.whole import MetricMap
from tui.errors import InputError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.storage.encode import encode_metres, encode_png16_mm
from tui.storage.points import LeftOut, cloud_of, encode_pcd, encode_ply

WIDTH, HEIGHT = 40, 30
CAMERA = Intrinsics(50.0, 52.0, 19.0, 15.5, WIDTH, HEIGHT)
BENT = Intrinsics(50.0, 52.0, 19.0, 15.5, WIDTH, HEIGHT, distortion=(-0.3, 0.1, 0.001, -0.002))


def metric() -> MetricMap:
    """A slope of 1 to 3 m, known to 2 % either way; a hole, an edge, and a part known within no factor of 10."""
    distance_m: FloatMap = np.tile(np.linspace(1, 3, WIDTH, dtype=np.float32), (HEIGHT, 1))
    low_m, high_m = (distance_m / np.float32(1.04)), (distance_m * np.float32(1.04))
    distance_m[:2], low_m[:2], high_m[:2] = np.nan, np.nan, np.nan
    high_m[5, :7] = np.inf
    high_m[6, :2] = 20 * low_m[6, :2]
    edge = np.zeros((HEIGHT, WIDTH), np.bool_)
    edge[10] = True
    nowhere = np.zeros_like(edge)
    return MetricMap(distance_m, low_m, high_m, edge, nowhere, nowhere)


def picture() -> RGBImage:
    found: RGBImage = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    return found


@pytest.mark.parametrize("camera", [CAMERA, BENT])
def test_plyfile_reads_each_point_where_it_is(camera: Intrinsics) -> None:
    values, image = metric(), picture()
    cloud = cloud_of(image, values, camera)
    ply = PlyData.read(BytesIO(encode_ply(cloud, ("of a test", "über\nZeilen"))))
    points = ply["vertex"].data
    assert points.dtype.names == ("x", "y", "z", "red", "green", "blue", "sigma")
    assert (ply.byte_order, ply.text) == ("<", False)
    assert ply.comments[:2] == ["of a test", "?ber Zeilen"]
    assert ply.comments[-1] == "left out: 40 at edges, 80 without a distance, 9 not known within a factor of 10"
    xyz = np.column_stack([points[each] for each in "xyz"]).astype(np.float64)
    pixels = np.rint(camera.pixels(xyz)).astype(int)
    assert len(points) == WIDTH * HEIGHT - 40 - 80 - 9 == len(np.unique(pixels, axis=0))
    assert xyz[:, 2] == pytest.approx(values.distance_m[pixels[:, 1], pixels[:, 0]])
    colours = np.column_stack([points[each] for each in ("red", "green", "blue")])
    np.testing.assert_array_equal(colours, image[pixels[:, 1], pixels[:, 0]])
    assert points["sigma"] == pytest.approx(np.log(1.04) / 1.96, rel=1e-3)


def test_a_pcd_holds_the_same_with_the_colour_packed_as_pcl_does() -> None:
    cloud = cloud_of(picture(), metric(), CAMERA)
    head, data = encode_pcd(cloud).split(b"DATA binary\n")
    lines = dict(line.split(" ", 1) for line in head.decode().splitlines() if not line.startswith("#"))
    assert lines["FIELDS"] == "x y z rgb sigma"
    assert int(lines["POINTS"]) == int(lines["WIDTH"]) == len(cloud.sigma)
    assert "left out: 40 at edges" in head.decode()
    assert len(data) == 20 * len(cloud.sigma)
    x, y, z, packed, sigma = struct.unpack("<fffIf", data[20 * 7 : 20 * 8])
    assert (x, y, z) == pytest.approx(cloud.xyz_m[7])
    assert [packed >> 16 & 255, packed >> 8 & 255, packed & 255] == cloud.rgb[7].tolist()
    assert sigma == pytest.approx(cloud.sigma[7])


def test_pixels_beyond_the_lens_give_no_point_and_are_counted() -> None:
    folded = Intrinsics(20.0, 20.0, 19.0, 15.5, WIDTH, HEIGHT, distortion=(-0.4, 0.0, 0.0, 0.0))
    cloud = cloud_of(picture(), metric(), folded)
    assert cloud.left_out.lens > 0
    assert len(cloud.sigma) + cloud.left_out.lens == WIDTH * HEIGHT - 40 - 80 - 9
    assert np.isfinite(cloud.xyz_m).all()
    assert "beyond what the lens's distortion describes" in str(cloud.left_out)


def test_nothing_known_is_an_empty_cloud() -> None:
    cloud = cloud_of(picture(), MetricMap.without((HEIGHT, WIDTH)), CAMERA)
    assert cloud.left_out == LeftOut(unknown=WIDTH * HEIGHT)
    assert PlyData.read(BytesIO(encode_ply(cloud)))["vertex"].count == 0


def test_a_camera_for_another_size_is_refused() -> None:
    with pytest.raises(InputError, match="intrinsics for 80x60 pictures, but this one is 40x30"):
        cloud_of(picture(), metric(), CAMERA.scaled_to(80, 60))


def test_opencv_reads_millimetres_and_what_does_not_fit_is_counted() -> None:
    distance_m = metric().distance_m.copy()
    distance_m[20, :3] = [65.535, 65.536, 0.0001]
    data, unfit = encode_png16_mm(distance_m)
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None
    assert found.dtype == np.uint16
    assert unfit == 2
    assert found[20, :3].tolist() == [65535, 0, 0]
    assert not found[:2].any()
    kept = np.isfinite(distance_m) & (found > 0)
    assert np.abs(found[kept] / 1000 - distance_m[kept]).max() <= 0.0005 + 1e-6


def test_metres_keep_both_ends() -> None:
    values = metric()
    with np.load(BytesIO(encode_metres(values))) as archive:
        assert set(archive.files) == {"distance_m", "low_m", "high_m"}
        for name in archive.files:
            assert archive[name].dtype == np.float32
            np.testing.assert_array_equal(archive[name], getattr(values, name))
