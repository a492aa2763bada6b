"""The demo's own geometry as a stand-in for a network, while there is none.

It behaves as a perfect network would: exact inverse depth, but under a scale and shift that nobody is told, so
that the demo teaches what calibration is for.
"""

from __future__ import annotations

import numpy as np

from tui.calibration.beliefs import MapKind
from tui.depth.estimator import ModelIdentity
from tui.geometry.arrays import FloatMap

ORACLE_IDENTITY = ModelIdentity(name="demo geometry, not a network", sha256="", kind=MapKind.EXACT)
ORACLE_ENGINE = "exact"

_SCALE = 0.00231
_SHIFT = 0.0417
"""1/z = scale * p + shift, in 1/m; arbitrary on purpose, with p of the size that MiDaS gives."""


def exact_inverse_depth(depth_m: FloatMap) -> FloatMap:
    """Relative inverse depth p = (1/z - shift) / scale.

    Args:
        depth_m: depth along the optical axis, float32, shape (H, W).
    """
    p: FloatMap = ((1.0 / depth_m - np.float32(_SHIFT)) / np.float32(_SCALE)).astype(np.float32, copy=False)
    return p
