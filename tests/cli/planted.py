"""A model that knows the truth: the red channel of a picture is its distance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tui.calibration.beliefs import MapKind
from tui.depth.estimator import ModelIdentity
from tui.depth.loader import ModelRequest
from tui.geometry.arrays import FloatMap, RGBImage

SCALE, SHIFT = 2.0, 0.1
SHA256 = "12" * 32
DISTANCES_M = [1.0, 2.0, 3.0, 4.0]
"""Of the four stripes of `stripes`, from left to right."""


class PlantedEstimator:
    """1/z = SCALE p + SHIFT exactly, with z = red / 50 metres; no value where green is 255."""

    identity = ModelIdentity("planted", SHA256)
    engine = "by hand"
    notes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.closed = False

    def estimate(self, image: RGBImage) -> FloatMap:
        with np.errstate(divide="ignore"):
            values = (50.0 / image[:, :, 0].astype(np.float64) - SHIFT) / SCALE
        values[image[:, :, 1] == 255] = np.nan
        return values.astype(np.float32)

    def close(self) -> None:
        self.closed = True


class Leaning(PlantedEstimator):
    """Sees everything at the picture's left a little too near."""

    identity = ModelIdentity("leaning", "34" * 32, MapKind.PROPORTIONAL)

    def estimate(self, image: RGBImage) -> FloatMap:
        return (super().estimate(image) * np.geomspace(1.1, 1 / 1.1, image.shape[1])).astype(np.float32)


def plant(monkeypatch: pytest.MonkeyPatch) -> tuple[PlantedEstimator, list[ModelRequest]]:
    """Put the estimator where the commands load theirs; returns it and what was asked for."""
    estimator, asked = PlantedEstimator(), []

    def load(request: ModelRequest, progress: object = None) -> PlantedEstimator:
        del progress
        asked.append(request)
        return estimator

    monkeypatch.setattr("tui.depth.loader.load_estimator", load)
    return estimator, asked


def stripes(path: Path, holes: bool = False) -> Path:
    """A picture of 80x40 with stripes of 20 px at `DISTANCES_M`; with a hole of 12x12 at the top left."""
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, :, 0] = np.repeat([round(50 * z) for z in DISTANCES_M], 20)
    if holes:
        picture[:12, :12, 1] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
    return path
