"""The mean of several maps of one view: each errs by itself, so that the mean errs less."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui.calibration.beliefs import MapKind
from tui.depth.estimator import DepthEstimator, DepthMap, ModelIdentity, Wrapping, infer
from tui.depth.temporal import line_between, values_on_grid
from tui.geometry.arrays import FloatMap, RGBImage


def averaged(maps: Sequence[FloatMap], kind: MapKind) -> FloatMap:
    """The mean of maps of one view, float32, (H, W), with the first one's scale and shift.

    A relative network's maps have a scale and shift each, so the others are brought to the first one's by a line that
    most of their pixels agree on. Where a network knows its zero the mean is that of the logarithms, whatever their
    scales. A map that tells another story than the first one is left out; what has no value in one has the others'.

    Args:
        maps: float32, (H, W); NaN where there is no value.
        kind: of the network's maps.

    Returns:
        The first one itself where no other agrees with it, or the maps are exact.
    """
    first = maps[0]
    if kind is MapKind.EXACT:
        return first
    sampled, agreeing = values_on_grid(first), [first]
    for other in maps[1:]:
        line = line_between(values_on_grid(other), sampled)
        if line is not None:
            scale, shift = line if kind is MapKind.RELATIVE else (1.0, 0.0)
            agreeing.append(np.float32(scale) * other + np.float32(shift))
    if len(agreeing) == 1:
        return first
    stack = np.stack(agreeing)
    known = np.isfinite(stack)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean = np.where(known, stack, 0).sum(axis=0) / count
        if kind is not MapKind.RELATIVE:
            positive = (~known | (stack > 0)).all(axis=0)
            log = np.where(known & (stack > 0), np.log(stack), 0).sum(axis=0) / count
            mean = np.where(positive, np.exp(log), mean)
    found: FloatMap = np.where(count > 0, mean, np.nan).astype(np.float32)
    return found


def mirrored_map(estimator: DepthEstimator, image: RGBImage) -> DepthMap:
    """The map of the mirrored picture, mirrored back, of the picture's size.

    Raises:
        InputError, ModelError: as `DepthEstimator.estimate`.
    """
    found = infer(estimator, np.ascontiguousarray(image[:, ::-1]))
    return DepthMap(np.ascontiguousarray(found.full[:, ::-1]), lambda small: small, found.made_by, found.round_trip_s)


def mean_with_mirrored(
    estimator: DepthEstimator, image: RGBImage, first: FloatMap, identity: ModelIdentity
) -> FloatMap | None:
    """The mean of a picture's map, float32, (H, W), which the model of this identity made, and the mirrored picture's.

    Returns:
        None where another model made the second; the first one itself where they do not agree.

    Raises:
        InputError, ModelError: as `DepthEstimator.estimate`.
    """
    mirrored = mirrored_map(estimator, image)
    if (mirrored.made_by or estimator.identity) != identity:
        return None
    return averaged((first, mirrored.full), identity.kind)


class MirroredToo(Wrapping):
    """An estimator whose maps are the mean of the picture's and of the mirrored picture's, for twice the time.

    It is the same function of the same weights as far as a calibration is concerned: only its errors are smaller.
    """

    def infer(self, image: RGBImage) -> DepthMap:
        """See `LazyEstimator`."""
        found = super().infer(image)
        identity = found.made_by or self.identity
        if not identity.is_network:
            return found
        mean = mean_with_mirrored(self._estimator, image, found.full, identity)
        if mean is None:
            return found
        return DepthMap(mean, lambda small: small, found.made_by, found.round_trip_s)
