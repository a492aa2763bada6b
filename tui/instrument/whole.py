"""A whole frame in metres: every pixel as `FrameReading.at` reads it."""

from __future__ import annotations

from tui.calibration.whole import MetricMap, metric_map
from tui.instrument.frame import FrameReading


def whole_frame(reading: FrameReading) -> tuple[MetricMap, str]:
    """The distances of a frame with their intervals, and why it gives none; the words are empty where it gives some.

    Raises:
        ValueError: there is no frame yet.
    """
    result, calibration = reading.result, reading.calibration
    if result is None:
        raise ValueError("no frame to read")
    inverse_depth = result.inverse_depth
    height, width = inverse_depth.shape
    silent = [each.words for each in reading.doubts if each.no_distance]
    if calibration is None or reading.stale or silent:
        others = "; ".join(each.words for each in reading.mismatches)
        missing = reading.problem or others or "there is no calibration; give a reference"
        words = reading.stale or "; ".join(silent) or missing
        return MetricMap.without((height, width)), words
    return metric_map(inverse_depth, calibration, reading.context, reading.window_px), ""
