"""Reading a map as the instrument does, for tests that have a session and no pipeline."""

from __future__ import annotations

import numpy as np

from tests.fakes import RampEstimator
from tui.calibration.reading import Reading
from tui.calibration.result import Calibration
from tui.camera.frame import Frame
from tui.depth.estimator import DepthMap
from tui.geometry.arrays import FloatMap, RGBImage
from tui.instrument.frame import FrameReading
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult


def reading_of(
    session: Session, inverse_depth: FloatMap, calibration: Calibration | None, at: tuple[int, int] | None = None
) -> Reading:
    """What stands at the crosshair, or at a pixel."""
    image: RGBImage = np.zeros((*inverse_depth.shape, 3), np.uint8)
    result = DepthResult(Frame(image, 0, 0.0), DepthMap.of(inverse_depth), RampEstimator().identity, "fake", 0.0)
    frame = FrameReading(result=result, calibration=calibration, window_px=session.window_px)
    return frame.at(at or (session.u_px, session.v_px))
