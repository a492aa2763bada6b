from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper

from tests.depth.conftest import noise_picture, read_rgb
from tests.depth.models import card_text, write_onnx, write_red_model
from tui.depth.card import InputCard, OutputCard
from tui.depth.enlarging import linear
from tui.depth.file_model import inverse_depth, load_file_model
from tui.depth.framing import FixedSize, net_size
from tui.errors import ModelError
from tui.storage.paths import converted_dir

KEEP = InputCard("NCHW", "RGB", "float32", 1 / 255, (0.0,) * 3, (1.0,) * 3, "keep-aspect", 224, 32)
FILES = ["fastdepth_nyu_fp32.onnx", "fastdepth_nyu_224_int8.tflite"]


@pytest.mark.parametrize("name", FILES)
def test_the_real_network_sees_a_real_room(name: str, fastdepth: Path, shared: Path) -> None:
    """After the best scale and shift, half of the pixels of a room are right to 40 %, against 10 % without a match."""
    estimator = load_file_model(fastdepth / name)
    assert estimator.identity.sha256 == hashlib.sha256((fastdepth / name).read_bytes()).hexdigest()
    assert estimator.identity.name == ("fastdepth-nyu" if name.endswith("onnx") else "fastdepth-nyu-int8")
    assert estimator.engine == "openvino f32"
    for color, depth, unit in [
        ("TUM_color.png", "TUM_depth.png", 5000),
        ("SUN_color.jpg", "SUN_depth_mm_unshifted.png", 1000),
    ]:
        image = read_rgb(shared / "media" / "rgbd" / color)
        stored = cv2.imread(str(shared / "media" / "rgbd" / depth), cv2.IMREAD_UNCHANGED)
        assert stored is not None
        z_m = stored / unit
        p = estimator.estimate(image)
        assert p.shape == z_m.shape
        assert p.dtype == np.float32
        known = (z_m > 0.1) & np.isfinite(p)
        assert known.mean() > 0.5
        # 1/z = a p + b, weighted by z.
        rows = np.stack([p[known] * z_m[known], z_m[known]], axis=1)
        (a, b), *_ = np.linalg.lstsq(rows, np.ones(len(rows)), rcond=None)
        assert a > 0, "larger must be nearer"
        fitted = 1 / np.maximum(a * p[known] + b, 0.01)
        assert float(np.median(np.abs(fitted - z_m[known]) / z_m[known])) < 0.2
    estimator.close()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(("width", "height"), [(1, 1), (90, 1200), (33, 47)])
def test_any_size_gives_a_map_of_that_size(name: str, width: int, height: int, fastdepth: Path) -> None:
    estimator = load_file_model(fastdepth / name)
    got = estimator.estimate(noise_picture(width, height))
    assert got.shape == (height, width)
    assert got.dtype == np.float32


def test_a_very_elongated_picture_is_squeezed(fastdepth: Path) -> None:
    assert net_size(KEEP, FixedSize(), 12000, 90) == (8 * 224, 224)
    assert load_file_model(fastdepth / FILES[0]).estimate(noise_picture(12000, 90)).shape == (90, 12000)


def test_metres_become_inverse_depth_and_what_means_nothing_is_unknown() -> None:
    raw = np.array([[2.0, 4.0, 0.1, -1.0, np.nan, np.inf]], dtype=np.float32)
    got = inverse_depth(raw, OutputCard("depth_m", 0.5, 0.1))
    assert got.dtype == np.float32
    assert got[0, :2].tolist() == [1.0, 0.5]
    assert np.isnan(got[0, 2:]).all()
    got = inverse_depth(raw, OutputCard("inverse_depth", 0.5, -np.inf))
    assert got[0, :4].tolist() == pytest.approx([1.0, 2.0, 0.05, -0.5])
    assert np.isnan(got[0, 4:]).all()
    assert np.isnan(inverse_depth(np.full((1, 1), 1e-45, np.float32), OutputCard("depth_m", 1.0, 0.0))).all()


@settings(deadline=None)
@given(width=st.integers(1, 4000), height=st.integers(1, 4000))
def test_keep_aspect_brings_the_shorter_side_to_size(width: int, height: int) -> None:
    sides = net_size(KEEP, FixedSize(), width, height)
    assert all(side % 32 == 0 for side in sides)
    assert min(sides) == 224
    longer = 224 * min(8, max(width, height) / min(width, height))
    assert abs(max(sides) - longer) <= 16
    assert net_size(KEEP, FixedSize(256, 128), width, height) == (256, 128)
    assert net_size(KEEP, FixedSize(), height, width) == sides[::-1]


def test_a_plane_keeps_its_values_and_unknown_stays_unknown_when_enlarged() -> None:
    values = np.full((8, 8), 0.25, dtype=np.float32)
    values[:, :3] = np.nan
    got = linear(values, 80, 40)
    assert got.shape == (40, 80)
    assert np.isnan(got[:, :29]).all()
    assert got[:, 31:] == pytest.approx(0.25)
    assert np.isnan(linear(np.full((4, 4), np.nan, np.float32), 9, 9)).all()


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("color", ["RGB", "BGR"])
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_layout_colour_and_type_are_the_cards(layout: str, color: str, dtype: str, tmp_path: Path) -> None:
    """The planted network gives back its first channel, so the picture's own values must come out."""
    nchw = layout == "NCHW"
    path = write_red_model(
        tmp_path / "net.xml",
        [1, 3, 32, 32] if nchw else [1, 32, 32, 3],
        {"layout": layout, "color": color, "dtype": dtype},
        axis=1 if nchw else 3,
        element="f32" if dtype == "float32" else "u8",
    )
    image = noise_picture(32, 32)
    got = load_file_model(path).estimate(image)
    assert got == pytest.approx(image[..., 0 if color == "RGB" else 2])


def test_scale_mean_and_std_are_the_cards(tmp_path: Path) -> None:
    path = write_red_model(
        tmp_path / "net.xml",
        [1, 3, -1, -1],
        {
            "scale": 0.5,
            "mean": [10.0, 0.0, 0.0],
            "std": [4.0, 1.0, 1.0],
            "output_scale": 3.0,
            "resize": "keep-aspect",
        },
    )
    image = noise_picture(32, 32)
    expected = (image[..., 0] * 0.5 - 10) / 4 * 3
    assert load_file_model(path).estimate(image) == pytest.approx(expected, rel=1e-5)


def test_the_hash_of_an_xml_covers_its_weights(tmp_path: Path) -> None:
    path = write_red_model(tmp_path / "net.xml", [1, 3, 32, 32])
    expected = hashlib.sha256(path.read_bytes() + path.with_suffix(".bin").read_bytes()).hexdigest()
    assert load_file_model(path).identity.sha256 == expected
    path.with_suffix(".bin").unlink()
    with pytest.raises(ModelError, match=r"net\.bin: there is no such file"):
        load_file_model(path)


@pytest.mark.parametrize(
    ("shape", "fields", "words"),
    [
        ([1, 32, 32, 3], {}, 'input.layout is "NCHW", but net.xml takes an input of shape [1,32,32,3]'),
        ([1, 3, 32, 32], {"dtype": "uint8"}, 'input.dtype is "uint8", but net.xml takes f32'),
        ([1, 3, 64, 64], {}, "input.size is 32, but net.xml takes an input of shape [1,3,64,64]"),
        ([3, 32, 32], {}, "expected four axes"),
    ],
)
def test_a_card_that_does_not_fit_the_model_is_named(
    shape: list[int], fields: dict[str, object], words: str, tmp_path: Path
) -> None:
    path = write_red_model(tmp_path / "net.xml", shape, fields, axis=0 if len(shape) == 3 else 1)
    with pytest.raises(ModelError) as caught:
        load_file_model(path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_network_whose_output_is_no_map_says_so(tmp_path: Path) -> None:
    path = write_red_model(tmp_path / "net.xml", [1, 3, 32, 32], outputs=2)
    with pytest.raises(ModelError, match=r"output has shape \(1, 2, 32, 32\): expected one map"):
        load_file_model(path).estimate(noise_picture(4, 4))


@pytest.mark.parametrize("name", ["net.onnx", "net.tflite", "net.xml"])
def test_a_file_that_is_no_model_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("nothing")
    path.with_suffix(".bin").write_text("nothing")
    path.with_suffix(".toml").write_text(card_text())
    with pytest.raises(ModelError, match="is not a model that OpenVINO can read") as caught:
        load_file_model(path)
    assert "\n" not in str(caught.value)


def test_a_model_that_is_cut_off_is_refused(fastdepth: Path, tmp_path: Path) -> None:
    for name in FILES:
        path = tmp_path / name
        path.write_bytes((fastdepth / name).read_bytes()[:100_000])
        shutil.copy((fastdepth / name).with_suffix(".toml"), tmp_path)
        with pytest.raises(ModelError):
            load_file_model(path).estimate(noise_picture(8, 8))


@pytest.mark.parametrize("element", ["f16", "f64"])
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_which_float_it_takes_the_file_says(element: str, dtype: str, tmp_path: Path) -> None:
    path = write_red_model(tmp_path / "net.xml", [1, 3, 32, 32], {"dtype": dtype}, element=element)
    image = noise_picture(32, 32)
    assert load_file_model(path).estimate(image) == pytest.approx(image[..., 0])


@pytest.mark.parametrize(
    ("axes", "shape"), [([0, 1], ["h", "w"]), ([1], [1, "h", "w"]), ([0], [1, "h", "w"]), ([], [1, 1, "h", "w"])]
)
def test_a_map_with_any_axes_of_one(axes: list[int], shape: list[int | str], tmp_path: Path) -> None:
    nodes = [helper.make_node("ReduceMean", ["x"], ["m"], axes=[1], keepdims=1)]
    if axes:
        nodes.append(helper.make_node("Squeeze", ["m", "axes"], ["y"]))
    else:
        nodes.append(helper.make_node("Identity", ["m"], ["y"]))
    path = write_onnx(tmp_path / "net.onnx", nodes, {"y": shape}, {"axes": np.array(axes, np.int64)} if axes else {})
    image = noise_picture(32, 32)
    assert load_file_model(path).estimate(image) == pytest.approx(image.mean(axis=2), rel=1e-4)


def test_of_several_outputs_the_card_names_one(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["depth"], axes=[1], keepdims=1),
        helper.make_node("Neg", ["depth"], ["conf"]),
    ]
    path = write_onnx(tmp_path / "net.onnx", nodes, {"conf": [1, 1, "h", "w"], "depth": [1, 1, "h", "w"]})
    with pytest.raises(ModelError, match=r"output\.name is missing: net\.onnx has conf \[1,1,\?,\?\], depth"):
        load_file_model(path)
    image = noise_picture(32, 32)
    found = {}
    for name in ("depth", "conf"):
        path.with_suffix(".toml").write_text(card_text() + f'name = "{name}"\n')
        found[name] = load_file_model(path)
    assert found["depth"].estimate(image) == pytest.approx(image.mean(axis=2), rel=1e-4)
    assert found["conf"].estimate(image) == pytest.approx(-image.mean(axis=2), rel=1e-4)
    assert found["depth"].identity.sha256 != found["conf"].identity.sha256
    path.with_suffix(".toml").write_text(card_text() + 'name = "dept"\n')
    with pytest.raises(ModelError, match=r'output\.name is "dept", but net\.onnx has conf'):
        load_file_model(path)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_refused(value: float, tmp_path: Path) -> None:
    weights = np.array([0.5, value, 0.5], np.float32).reshape(1, 3, 1, 1)
    nodes = [helper.make_node("Conv", ["x", "w"], ["y"])]
    path = write_onnx(tmp_path / "net.onnx", nodes, {"y": [1, 1, "h", "w"]}, {"w": weights})
    with pytest.raises(ModelError, match=r"its weights 'w' are not all finite numbers"):
        load_file_model(path)


def test_a_network_that_gives_no_number_whatever_the_picture_is_refused(tmp_path: Path) -> None:
    nodes = [helper.make_node("ReduceMean", ["x"], ["m"], axes=[1]), helper.make_node("Mul", ["m", "c"], ["y"])]
    path = write_onnx(tmp_path / "net.onnx", nodes, {"y": [1, 1, "h", "w"]}, {"c": np.array(np.nan, np.float32)})
    with pytest.raises(ModelError, match="gives no number, whatever the picture"):
        load_file_model(path).estimate(noise_picture(32, 32))


def test_a_network_may_know_nothing_of_one_picture(tmp_path: Path) -> None:
    """The logarithm of black is not finite; that of anything else is."""
    nodes = [helper.make_node("ReduceMean", ["x"], ["m"], axes=[1]), helper.make_node("Log", ["m"], ["y"])]
    path = write_onnx(tmp_path / "net.onnx", nodes, {"y": [1, 1, "h", "w"]})
    estimator = load_file_model(path)
    assert np.isnan(estimator.estimate(np.zeros((32, 32, 3), np.uint8))).all()
    assert np.isfinite(estimator.estimate(np.full((32, 32, 3), 9, np.uint8))).all()


def test_sides_that_do_not_fit_are_named_with_those_that_do(tmp_path: Path) -> None:
    """The network is made for 196x252, as one whose patches have 14 pixels."""
    nodes = [
        helper.make_node("Reshape", ["x", "there"], ["flat"]),
        helper.make_node("ReduceMean", ["flat"], ["m"], axes=[1]),
        helper.make_node("Reshape", ["m", "back"], ["y"]),
    ]
    weights = {
        "there": np.array([1, 3, 196 * 252, 1], np.int64),
        "back": np.array([1, 1, 196, 252], np.int64),
    }
    fields: dict[str, object] = {"resize": "keep-aspect", "size": 192, "multiple_of": 32}
    path = write_onnx(tmp_path / "net.onnx", nodes, {"y": [1, 1, "h", "w"]}, weights, fields)
    with pytest.raises(ModelError, match="takes 252x196, not 256x192: write multiple_of = 14") as caught:
        load_file_model(path).estimate(noise_picture(640, 480))
    assert "\n" not in str(caught.value)
    path.with_suffix(".toml").write_text(card_text(**{**fields, "multiple_of": 14}))
    assert load_file_model(path).estimate(noise_picture(640, 480)).shape == (480, 640)


def test_what_was_compiled_is_found_at_the_next_start_and_gives_the_same(tmp_path: Path) -> None:
    path = write_red_model(tmp_path / "my.net.xml", [1, 3, 32, 32])
    image = noise_picture(32, 32)
    first = load_file_model(path).estimate(image)
    (folder,) = converted_dir().iterdir()
    assert folder.name.startswith("my.net-")
    (kept,) = folder.rglob("*.blob")
    made_at = kept.stat().st_mtime_ns
    assert np.array_equal(load_file_model(path).estimate(image), first)
    assert [each.stat().st_mtime_ns for each in folder.rglob("*.blob")] == [made_at]
