"""A measurement as plain data: the object that `measure --json` prints and that a capture keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui.calibration.checks import Check, rms
from tui.calibration.measure import Measurement, PointReading
from tui.calibration.result import Calibration

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
        "calibration": None if calibration is None else _calibration(calibration, measurement.checks),
        "health": health_plain(calibration),
        "set_aside": _set_aside(measurement),
        "readings": [reading_plain(point) for point in measurement.readings],
    }


def health_plain(calibration: Calibration | None) -> Report:
    """`grade`, null without a calibration, and `reasons`."""
    if calibration is None:
        return {"grade": None, "reasons": ["there is no calibration"]}
    return {"grade": calibration.health.grade.value, "reasons": list(calibration.health.reasons)}


def _calibration(calibration: Calibration, checks: Sequence[Check]) -> Report:
    counted = [each for each in checks if not each.set_aside]
    return {
        "kind": calibration.kind.value,
        "scale": calibration.trend.scale,
        "shift": calibration.trend.shift,
        "exponent": calibration.trend.exponent,
        "noise": calibration.noise,
        "rms_relative": rms([each.relative for each in counted]),
        "leave_one_out": rms([each.others_relative for each in counted]),
        "condition": calibration.condition,
        "health": calibration.health.grade.value,
        "health_reasons": list(calibration.health.reasons),
        "set_aside": [str(reference) for reference in calibration.set_aside],
        "references": [_reference(each) for each in checks],
    }


def _set_aside(measurement: Measurement) -> list[Report]:
    """References that were given and do not count, and why."""
    unseen = [
        {"x": each.reference.u_px, "y": each.reference.v_px, "reason": each.reason, "since_s": None}
        for each in measurement.set_aside
    ]
    return [*unseen, *set_aside(measurement.checks)]


def set_aside(checks: Sequence[Check]) -> list[Report]:
    """Those that do not count, why, and for how many seconds."""
    return [
        {"x": each.reference.u_px, "y": each.reference.v_px, "reason": each.reason, "since_s": _seconds(each.aside_s)}
        for each in checks
        if each.set_aside
    ]


def _seconds(aside_s: float | None) -> float | None:
    return None if aside_s is None else round(aside_s, 3)


def _reference(check: Check) -> Report:
    reference = check.reference
    return {
        "x": reference.u_px,
        "y": reference.v_px,
        "label": reference.label,
        "distance_m": reference.distance_m,
        "sigma_m": reference.sigma_m,
        "inverse_depth": None if check.reading is None else check.reading.inverse_depth,
        "read_m": check.read_m,
        "residual_m": check.residual_m,
        "others_say_m": check.others_say_m,
        "set_aside": check.set_aside,
        "status": None if check.reading is None else check.reading.status.value,
        "reasons": [] if check.reading is None else list(check.reading.reasons),
        "reason": check.reason or None,
        "since_s": _seconds(check.aside_s),
    }


def reading_plain(point: PointReading) -> Report:
    """One reading and its pixel."""
    reading = point.reading
    return {
        "x": point.u_px,
        "y": point.v_px,
        **reading.plain(),
    }
