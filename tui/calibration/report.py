"""A measurement as plain data: the object that `measure --json` prints and that a capture keeps."""

from __future__ import annotations

from collections.abc import Mapping

from tui.calibration.measure import Measurement, PointReading
from tui.calibration.result import Calibration, Residual

Report = Mapping[str, object]
"""Nothing but dicts, lists, strings, finite numbers, booleans and None: any JSON writer takes it."""


def report(measurement: Measurement, *, image: str, width: int, height: int, model: str, engine: str) -> Report:
    """Everything that is known of one picture's measurement.

    Args:
        measurement: readings and the calibration behind them.
        image: path or name of the picture.
        width: of the picture, pixels.
        height: of the picture, pixels.
        model: name of the model that made the map.
        engine: what computed it.
    """
    calibration = measurement.calibration
    return {
        "image": image,
        "width": width,
        "height": height,
        "model": model,
        "engine": engine,
        "calibration": None if calibration is None else _calibration(calibration),
        "readings": [_reading(point) for point in measurement.readings],
    }


def _calibration(calibration: Calibration) -> Report:
    return {
        "kind": calibration.kind.value,
        "scale": calibration.scale,
        "shift": calibration.shift,
        "noise": calibration.noise,
        "rms_relative": calibration.rms_relative,
        "leave_one_out": calibration.leave_one_out,
        "condition": calibration.condition,
        "health": calibration.health.grade.value,
        "health_reasons": list(calibration.health.reasons),
        "set_aside": [str(reference) for reference in calibration.set_aside],
        "references": [_reference(residual) for residual in calibration.residuals],
    }


def _reference(residual: Residual) -> Report:
    reference = residual.reference
    return {
        "x": reference.u_px,
        "y": reference.v_px,
        "label": reference.label,
        "distance_m": reference.distance_m,
        "sigma_m": reference.sigma_m,
        "inverse_depth": residual.inverse_depth,
        "fitted_m": residual.fitted_m,
        "residual_m": residual.residual_m,
        "others_m": residual.others_m,
        "set_aside": residual.set_aside,
    }


def _reading(point: PointReading) -> Report:
    reading = point.reading
    return {
        "x": point.u_px,
        "y": point.v_px,
        "inverse_depth": reading.inverse_depth,
        "distance_m": reading.distance_m,
        "low_m": reading.low_m,
        "high_m": reading.high_m,
        "status": reading.status.value,
    }
