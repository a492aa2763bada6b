"""Every reader of files, given files that were cut or changed: one line or the right kind of result, soon, in little.

A few hundred examples, the same ones each time; `FUZZ_EXAMPLES=20000 pytest tests/test_fuzz_files.py` tries others.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tui.camera.animated import is_moving, open_moving
from tui.camera.exif import intrinsics_from_exif
from tui.camera.imread import is_picture, read_noted
from tui.camera.whole import is_cut_off
from tui.depth.file_model import load_file_model
from tui.errors import DepthTuiError, ModelError
from tui.geometry.intrinsics import Intrinsics
from tui.storage.intrinsics import load_intrinsics, write_intrinsics
from tui.storage.profiles import load_profile
from tui.storage.settings import Settings, load_settings, save_settings, settings_path

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
MOST_S = 2.0
MOST_BYTES = 300_000_000

PEAK_IS_NOW = Path("/proc/self/clear_refs")

CARD = b"""\
name = "my-network"
licence = "MIT"
source = "here"

[input]
layout = "NCHW"
color = "RGB"
dtype = "float32"
scale = 0.00392156862745098
mean = [0.485, 0.456, 0.406]
std = [0.229, 0.224, 0.225]
resize = "stretch"
size = 32

[output]
kind = "inverse_depth"
scale = 1.0
valid_above = -1.0
"""

Edit = Callable[[bytes], bytes]


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """A cut, some bytes changed, some put in: positions as shares of the file, so that one edit fits all files."""
    keep = draw(st.one_of(st.just(1.0), st.floats(0, 1)))
    near_start = draw(st.booleans())
    flips = draw(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=4))
    repeated = draw(st.one_of(st.none(), st.tuples(st.floats(0, 1), st.binary(max_size=8))))

    def edit(data: bytes) -> bytes:
        changed = bytearray(data[: round(keep * len(data))])
        for share, value in flips:
            if changed:
                span = min(len(changed), 100) if near_start else len(changed)
                changed[min(int(share * span), len(changed) - 1)] = value
        if repeated is not None:
            at = int(repeated[0] * len(changed))
            changed[at:at] = repeated[1]
        return bytes(changed)

    return edit


def fuzzed(few: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`few` examples, the same each time, or those asked for."""
    return settings(
        max_examples=EXAMPLES or few,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@contextmanager
def bounded(*, lines: bool = True) -> Iterator[None]:
    """Only an error of ours, in one line, within the time and memory that there are."""
    before_bytes = memory("VmRSS")
    PEAK_IS_NOW.write_text("5")
    begun_s = time.process_time()
    try:
        yield
    except DepthTuiError as error:
        text = str(error)
        assert text
        if lines and not isinstance(error, ModelError):  # a wrong card shows a right one
            assert "\n" not in text
            assert len(text) < 1000
    finally:
        took_s, peak_bytes = time.process_time() - begun_s, memory("VmHWM")
    assert took_s < MOST_S
    assert peak_bytes - before_bytes < MOST_BYTES


def memory(field: str) -> int:
    """Of this process, bytes: VmRSS now, VmHWM at most since `PEAK_IS_NOW` was written."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise AssertionError(field)


def pixels() -> np.ndarray:
    rows, columns = np.mgrid[0:24, 0:32]
    return np.stack([columns * 8, rows * 10, (rows * columns) % 256], axis=2).astype(np.uint8)


@cache
def picture_bytes(kind: str) -> bytes:
    image, buffer = Image.fromarray(pixels()), BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769).update({0x920A: 4.5, 0xA405: 26, 0xA20E: 3000.0, 0xA210: 2})
    others = [Image.fromarray(np.roll(pixels(), k, axis=0)) for k in (3, 6)]
    match kind:
        case "JPEG":
            image.save(buffer, "JPEG", exif=exif)
        case "MJPEG":
            for each in (image, *others):
                each.save(buffer, "JPEG")
        case "PNG16":
            Image.fromarray(pixels()[:, :, 0].astype(np.uint16) << 4).save(buffer, "PNG")
        case "APNG":
            image.save(buffer, "PNG", save_all=True, append_images=others, duration=50)
        case "GIF" | "WEBP":
            image.save(buffer, kind, save_all=True, append_images=others, duration=50)
        case "TIFF":
            image.save(buffer, "TIFF", save_all=True, append_images=others)
        case "TIFF16":
            Image.fromarray(pixels()[:, :, 0].astype(np.uint16) << 4).save(buffer, "TIFF", compression="tiff_lzw")
        case "TIFFF":
            Image.fromarray(pixels()[:, :, 0].astype(np.float32)).save(buffer, "TIFF")
        case _:
            image.save(buffer, kind)
    return buffer.getvalue()


KINDS = ("JPEG", "MJPEG", "PNG", "PNG16", "APNG", "GIF", "WEBP", "TIFF", "TIFF16", "TIFFF", "BMP", "PPM", "JPEG2000")


@pytest.mark.parametrize("kind", KINDS)
def test_pictures(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.jpg"

    @fuzzed(20)
    @given(edits())
    def read(edit: Edit) -> None:
        path.write_bytes(edit(picture_bytes(kind)))
        with bounded():
            image = read_noted(path).image
            assert image.dtype == np.uint8
            assert image.ndim == 3
        with bounded():
            intrinsics_from_exif(path, 24, 32)
        if path.stat().st_size:
            with bounded():
                is_picture(path)
                is_cut_off(path)
                is_moving(path)
                moving = open_moving(path)
                for _ in range(5 if moving else 0):
                    assert moving is not None
                    moving.grab()
                    moving.retrieve()
                if moving:
                    moving.release()

    read()


def test_models(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    weight = onnx.numpy_helper.from_array(np.full((1, 3, 1, 1), 0.3, np.float32), "w")
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", kind, [1, 3, 32, 32])],
        [helper.make_tensor_value_info("y", kind, [1, 1, 32, 32])],
        [weight],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
    path = tmp_path / "net.onnx"
    path.write_bytes(model)
    path.with_suffix(".toml").write_bytes(CARD)
    whole = load_file_model(path)
    assert whole.estimate(pixels()).shape == (24, 32)
    whole.close()

    @fuzzed(25)
    @given(edits(), st.booleans())
    def read(edit: Edit, in_card: bool) -> None:
        path.write_bytes(model if in_card else edit(model))
        path.with_suffix(".toml").write_bytes(edit(CARD) if in_card else CARD)
        with bounded(lines=False):
            estimator = load_file_model(path)
            estimator.close()

    read()


def test_profiles(tmp_path: Path) -> None:
    references = [
        {"x": 10.0 + k, "y": 20.0, "distance_m": 1.0 + k, "sigma_m": 0.01, "label": "tape", "shared": 0.0}
        | {"inverse_depth": 1 / (1.0 + k), "spread": 0.001, "count": 25}
        for k in range(3)
    ]
    calibration = {"kind": "scale and shift", "scale": 1.0, "shift": 0.0, "noise": 0.01, "freedom": 3.0}
    calibration |= {"covariance": [1e-4, 0.0, 1e-4], "inverse_depth_range": [0.3, 1.0]}
    plain = {
        "format": "depth-tui profile",
        "version": 1,
        "name": "bench",
        "model": {"name": "pocket", "sha256": "12" * 32, "kind": "relative"},
        "picture": {"width": 64, "height": 48},
        "camera": "camera 0",
        "created": "2026-01-01T00:00:00+00:00",
        "window_px": 5,
        "references": references,
        "calibration": calibration,
        "markers": ["DICT_4X4_50:0=80mm"],
    }
    data, path = json.dumps(plain, indent=1).encode(), tmp_path / "a.json"
    path.write_bytes(data)
    assert len(load_profile(path).references) == 3

    @fuzzed(60)
    @given(edits())
    def read(edit: Edit) -> None:
        path.write_bytes(edit(data))
        with bounded():
            load_profile(path)

    read()


def test_intrinsics(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_intrinsics(path, Intrinsics(500.0, 500.0, 320.0, 240.0, 640, 480, (0.1, 0.0, 0.0, 0.0, 0.0)), "webcam")
    data = path.read_bytes()
    assert load_intrinsics(path).fx_px == 500.0

    @fuzzed(60)
    @given(edits())
    def read(edit: Edit) -> None:
        path.write_bytes(edit(data))
        with bounded():
            load_intrinsics(path).scaled_to(320, 240)

    read()


def test_settings() -> None:
    save_settings(Settings(source="demo", profile="bench"))
    data = settings_path().read_bytes()
    assert load_settings()[0].profile == "bench"

    @fuzzed(60)
    @given(edits())
    def read(edit: Edit) -> None:
        settings_path().write_bytes(edit(data))
        with bounded():
            found, message = load_settings()
            assert isinstance(found, Settings)
            assert "\n" not in message

    read()
