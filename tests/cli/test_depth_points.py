"""Points in space lie where the room is, within the intervals that they come with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from plyfile import PlyData

from tui.calibration.beliefs import EXACT
from tui.calibration.context import map_context
from tui.calibration.fit import fit
from tui.calibration.measure import sample_references
from tui.calibration.reference import Reference
from tui.calibration.whole import metric_map
from tui.camera.demo.renderer import DEMO_INTRINSICS, DemoRenderer
from tui.cli.root import run
from tui.geometry.intrinsics import Intrinsics
from tui.pipeline.oracle import exact_inverse_depth
from tui.storage.points import cloud_of, encode_ply


def half_lengths_m(points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """How far each point's 95 % interval reaches along its ray."""
    rays = np.sqrt(points["x"] ** 2 + points["y"] ** 2 + points["z"] ** 2)
    return np.asarray(rays * np.expm1(1.96 * points["sigma"]))


def apart_m(path: Path, truth_m: np.ndarray[Any, Any], camera: Intrinsics) -> tuple[float, float, float]:
    """Of a PLY's points from those of the truth: the median; the median reach of the intervals; the share within."""
    points = PlyData.read(path)["vertex"].data
    xyz = np.column_stack([points[each] for each in "xyz"]).astype(np.float64)
    pixels = np.rint(camera.pixels(xyz)).astype(int)
    assert len(np.unique(pixels, axis=0)) == len(pixels) > 0.3 * truth_m.size
    true_m = truth_m[pixels[:, 1], pixels[:, 0]]
    known = true_m > 0
    true_xyz = camera.rays(pixels[known].astype(np.float64)) * true_m[known, None]
    apart = np.linalg.norm(xyz[known] - true_xyz, axis=1)
    reach = half_lengths_m(points)[known]
    return float(np.median(apart)), float(np.median(reach)), float((apart <= reach).mean())


def test_the_demo_s_points_are_where_the_room_is(tmp_path: Path) -> None:
    image, truth_m = DemoRenderer().render(0.0)
    inverse_depth = exact_inverse_depth(truth_m)
    pixels = ((60, 60), (160, 120), (250, 180), (30, 200))
    given = [Reference(u_px, v_px, float(truth_m[v_px, u_px]), 0.001) for u_px, v_px in pixels]
    calibration = fit(sample_references(inverse_depth, given, 5), EXACT, map_context(inverse_depth))
    whole = metric_map(inverse_depth, calibration)
    target = tmp_path / "room.ply"
    target.write_bytes(encode_ply(cloud_of(image, whole, DEMO_INTRINSICS)))
    median_m, reach_m, _ = apart_m(target, truth_m.astype(np.float64), DEMO_INTRINSICS)
    assert median_m <= reach_m
    assert median_m < 0.01


@pytest.mark.parametrize(
    ("name", "camera", "units"),
    [
        ("TUM", Intrinsics(535.4, 539.2, 320.1, 247.6, 640, 480), 5000),
        ("ch7_2", Intrinsics(520.9, 521.0, 325.1, 249.7, 640, 480), 5000),
        ("SUN", Intrinsics(570.3, 570.3, 320.0, 240.0, 640, 480), 1000),
    ],
)
def test_a_real_room_s_points_lie_within_their_own_intervals(
    shared: Path, out: Path, name: str, camera: Intrinsics, units: int
) -> None:
    (picture,) = (shared / "media" / "rgbd").glob(f"{name}_color.*")
    (depth,) = (shared / "media" / "rgbd").glob(f"{name}_depth*.png")
    raw = cv2.imread(str(depth), cv2.IMREAD_UNCHANGED)
    assert raw is not None
    truth_m = raw.astype(np.float64) / units
    smooth = (cv2.erode(truth_m, np.ones((21, 21))) > 0.95 * truth_m) & (truth_m > 0.3)
    rows, columns = np.nonzero(smooth & (cv2.dilate(truth_m, np.ones((21, 21))) < 1.05 * truth_m))
    chosen = np.random.default_rng(1).choice(rows.size, 8, replace=False)
    given = [
        f"--reference={u},{v}={truth_m[v, u]:.3f}m"
        for u, v in zip(columns[chosen].tolist(), rows[chosen].tolist(), strict=True)
    ]
    options = ["--model", "pocket", "--intrinsics", camera.numbers, "--format", "ply,png16-mm"]
    assert run(["depth", str(picture), "--out", str(out), *given, *options]) == 0
    (target,) = out.glob("*.ply")
    median_m, reach_m, within = apart_m(target, truth_m, camera)
    assert median_m <= reach_m
    assert within > 0.85
