"""Our preparation of pictures equals transformers' image processors, size by size."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.depth.hub.checkpoints import CONFIGS, picture, processor_class
from tui.depth.hub.settings import transform_of
from tui.depth.hub.transform import HubTransform
from tui.errors import ModelError

pytest.importorskip("transformers", reason="the extra 'hub' is not installed")

SETTINGS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "depth_anything",
        "DPT",
        {"size": {"height": 518, "width": 518}, "keep_aspect_ratio": True, "ensure_multiple_of": 14},
    ),
    ("dpt", "DPT", {"size": {"height": 96, "width": 128}, "do_normalize": False, "resample": 2}),
    ("dpt", "DPT", CONFIGS["dpt-dinov2"][3]),
    ("glpn", "GLPN", {}),
    ("zoedepth", "ZoeDepth", {"ensure_multiple_of": 32}),
    ("zoedepth", "ZoeDepth", {"ensure_multiple_of": 32, "keep_aspect_ratio": False, "do_pad": False}),
    ("depth_pro", "DepthPro", {"size": {"height": 192, "width": 192}}),
]

_TOLERANCES = {"ZoeDepth": 5e-5, "DepthPro": 5e-5}
"""Where torch resizes, it reckons places in float32."""


def ours(model_type: str, prefix: str, given_settings: dict[str, Any], folder: Path) -> tuple[HubTransform, Any]:
    """Both sides of one file: settings as transformers saves them."""
    processor = processor_class(prefix)(**given_settings)
    processor.save_pretrained(folder)
    return transform_of(json.loads((folder / "preprocessor_config.json").read_text()), model_type, "m"), processor


@pytest.mark.parametrize(("model_type", "prefix", "given_settings"), SETTINGS)
def test_pictures_are_prepared_as_by_transformers(
    model_type: str, prefix: str, given_settings: dict[str, Any], tmp_path: Path
) -> None:
    transform, processor = ours(model_type, prefix, given_settings, tmp_path)
    for width, height in ((160, 120), (75, 133), (640, 97)):
        image = picture(width, height)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries that are not under test
            expected = processor(images=image, return_tensors="np")["pixel_values"]
        found = transform.prepare(image)
        assert found.shape == expected.shape
        assert found.dtype == np.float32
        assert np.abs(found - expected).max() <= _TOLERANCES.get(prefix, 1e-6)


@settings(deadline=None, max_examples=60)
@given(width=st.integers(1, 6000), height=st.integers(1, 6000), each=st.sampled_from(SETTINGS))
def test_every_size_has_an_input_size(width: int, height: int, each: tuple[str, str, dict[str, Any]]) -> None:
    model_type, _, given_settings = each
    transform = transform_of(given_settings, model_type, "m")
    net_width, net_height = transform.net_size(width, height)
    assert net_width >= 1
    assert net_height >= 1
    if transform.size is None:
        assert net_width * net_height <= max(1 << 21, 32 * max(width, height))
    else:
        assert net_width % max(1, transform.multiple_of) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"image_processor_type": "ViTImageProcessor"}, "image_processor_type 'ViTImageProcessor', which is not known"),
        ({"size": {"shortest_edge": 384}}, "size {'shortest_edge': 384}, which is no height and width"),
        ({"resample": 1}, "resample 1, which is a filter that is not known here"),
        ({"image_std": [1, 0, 1]}, "image_std"),
        ({"rescale_factor": "x"}, "rescale_factor 'x', which is no number"),
        ({"do_center_crop": True}, "do_center_crop True"),
        ({"ensure_multiple_of": 0}, "ensure_multiple_of 0"),
    ],
)
def test_settings_that_cannot_be_followed_are_named(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ModelError) as caught:
        transform_of({"image_processor_type": "DPTImageProcessorFast", **changes}, "dpt", "hf:a/b")
    assert str(caught.value).startswith("hf:a/b: its preprocessor_config.json has ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_older_settings_mean_the_same() -> None:
    """As in checkpoints of 2022: another name of the processor, one number for the size."""
    old = {
        "feature_extractor_type": "DPTFeatureExtractor",
        "size": 384,
        "image_mean": [0.5] * 3,
        "image_std": [0.5] * 3,
    }
    new = {"image_processor_type": "DPTImageProcessor", "size": {"height": 384, "width": 384}}
    assert transform_of(old, "dpt", "m") == transform_of(new, "dpt", "m")
