"""A network of the Hub as a depth estimator."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from tui.calibration.usual import FOCAL_SIGMA, Usual
from tui.depth.engines.network import Network
from tui.depth.estimator import ModelIdentity
from tui.depth.hub.checkpoint import Checkpoint
from tui.depth.hub.kinds import Output
from tui.geometry.arrays import FloatMap, RGBImage, check_map, check_rgb

_LEAST_INVERSE, _MOST_INVERSE = 1e-4, 1e4
"""Depth Pro's makers bound 1/z so, in 1/m."""


class HubEstimator:
    """The checkpoint's own preprocessing, network and enlargement; metres become their inverse at the end."""

    def __init__(self, checkpoint: Checkpoint, network: Network) -> None:
        self._checkpoint = checkpoint
        self._network = network
        guesses = checkpoint.kind.guesses_focal
        self._identity = _with_guess(checkpoint.identity) if guesses else checkpoint.identity

    @property
    def identity(self) -> ModelIdentity:
        """See `DepthEstimator`; with what it guessed of the focal length for the last picture, where it does so."""
        return self._identity

    @property
    def engine(self) -> str:
        """See `DepthEstimator`."""
        return self._network.engine

    @property
    def notes(self) -> tuple[str, ...]:
        """See `DepthEstimator`."""
        return self._network.notes

    def estimate(self, image: RGBImage) -> FloatMap:
        """See `DepthEstimator`; NaN where a network's metres are none."""
        check_rgb(image)
        height, width = image.shape[:2]
        columns, rows = self._checkpoint.transform.border(width, height)
        raw = self._network.run(self._checkpoint.transform.prepare(image))
        if self._checkpoint.kind.guesses_focal:
            raw, self._identity = raw[:-1], _with_guess(self._identity, float(raw[-1, 0]))
        values = self._enlarged(raw, width + 2 * columns, height + 2 * rows)
        inner = values[rows : rows + height, columns : columns + width]
        return check_map(to_inverse_depth(inner, self._checkpoint.kind.output), height, width)

    def close(self) -> None:
        """See `DepthEstimator`."""
        self._network.close()

    def _enlarged(self, raw: FloatMap, width: int, height: int) -> FloatMap:
        """As torch's interpolation in each family's `post_process_depth_estimation`: the same kernels and edges."""
        import cv2  # paid for by the first picture, not by the program's start

        kernel = cv2.INTER_CUBIC if self._checkpoint.kind.smooth else cv2.INTER_LINEAR
        resized = np.asarray(cv2.resize(raw, (width, height), interpolation=kernel), dtype=np.float32)
        return resized.reshape(height, width)


def _with_guess(identity: ModelIdentity, over_focal: float = 0.0) -> ModelIdentity:
    """Of a network whose metres are for a focal length that it guesses: one over that, in picture widths."""
    own_widths = 1 / over_focal if math.isfinite(over_focal) and over_focal > 0 else None
    return replace(identity, usual=Usual(1.0, FOCAL_SIGMA, per_focal=True, own_widths=own_widths))


def to_inverse_depth(values: FloatMap, output: Output) -> FloatMap:
    """Relative inverse depth as it is; of metres 1/z, NaN where they are not above 0. Shape kept."""
    match output:
        case Output.RELATIVE:
            return np.ascontiguousarray(values)
        case Output.INVERSE_METRES:
            return np.clip(values, np.float32(_LEAST_INVERSE), np.float32(_MOST_INVERSE))
        case Output.METRES:
            with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
                inverse = np.where(values > 0, 1 / values, np.nan).astype(np.float32)
            return np.where(np.isfinite(inverse), inverse, np.float32(np.nan))
