"""A calibration as it stood in one frame, as plain data and back to the last digit.

What was fitted is fitted anew to the very samples it was made from, which gives the same; smoothing over time has
moved it, and by how much is kept beside them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tui.calibration.beliefs import MapKind, beliefs_of
from tui.calibration.context import MapContext
from tui.calibration.fit import fit
from tui.calibration.health import Grade, Health
from tui.calibration.reference import ReferenceSample
from tui.calibration.result import Calibration, CalibrationKind, Given
from tui.calibration.trend import Trend
from tui.calibration.usual import Usual
from tui.errors import InputError
from tui.storage.plain import Fields
from tui.storage.samples import context_from_plain, context_to_plain, sample_from_plain, sample_to_plain


def usual_to_plain(usual: Usual | None) -> dict[str, object] | None:
    """What distances a model's values usually stand for."""
    if usual is None:
        return None
    span = None if usual.range_m is None else list(usual.range_m)
    own = {} if usual.own_widths is None else {"own_widths": usual.own_widths}
    return {"typical_m": usual.typical_m, "sigma": usual.sigma, "range_m": span, "per_focal": usual.per_focal, **own}


def usual_from_plain(parent: Fields, key: str) -> Usual | None:
    """The inverse of `usual_to_plain`.

    Raises:
        StorageError: it is corrupt.
    """
    if not parent.has(key):
        return None
    fields, span = parent.child(key), None
    if fields.has("range_m"):
        near_m, far_m = fields.numbers("range_m", 2)
        span = (near_m, far_m)
    typical_m, sigma = fields.number("typical_m"), fields.number("sigma")
    if not (typical_m > 0 and sigma > 0):
        fields.fail("a typical distance that is not above 0")
    own_widths = fields.number("own_widths") if fields.has("own_widths") else None
    if own_widths is not None and not own_widths > 0:
        fields.fail("a focal length that is not above 0")
    return Usual(typical_m, sigma, span, fields.has("per_focal") and fields.flag("per_focal"), own_widths)


def map_kind_from_plain(fields: Fields, key: str) -> MapKind:
    """What a model's maps are.

    Raises:
        StorageError: nothing that is known.
    """
    if (text := fields.text(key)) not in list(MapKind):
        fields.fail(f"maps of an unknown kind '{text}'")
    return MapKind(text)


def calibration_to_plain(calibration: Calibration) -> dict[str, object]:
    """Nothing but what JSON knows."""
    posterior, context, health = calibration.posterior, calibration.context, calibration.health
    known = [kind for kind in MapKind if beliefs_of(kind) == calibration.beliefs]
    return {
        "scale": calibration.trend.scale,
        "shift": calibration.trend.shift,
        "exponent": calibration.trend.exponent,
        "kind": calibration.kind.value,
        "noise": calibration.noise,
        "freedom": calibration.freedom,
        "inverse_depth_range": calibration.inverse_depth_range and list(calibration.inverse_depth_range),
        "references": [
            sample_to_plain(ReferenceSample(each.reference, each.sample)) | {"set_aside": each.set_aside}
            for each in calibration.given
        ],
        "condition": calibration.condition,
        "health": {"grade": health.grade.value, "reasons": list(health.reasons), "doubts": list(health.doubts)},
        "map": None if context is None else context_to_plain(context) | {"usual": usual_to_plain(context.usual)},
        "believed_of": known[0].value if known else MapKind.RELATIVE.value,
        "held_off": None if posterior is None else [float(each) for each in posterior.held],
    }


def calibration_from_plain(fields: Fields) -> Calibration:
    """The inverse of `calibration_to_plain`; one that was fitted has the health that the fit found.

    Raises:
        StorageError: it is none, or corrupt.
    """
    given = tuple(
        Given(sampled.reference, sampled.sample, each.flag("set_aside"))
        for each in fields.children("references")
        for sampled in (sample_from_plain(each),)
    )
    context: MapContext | None = None
    if fields.has("map"):
        context = replace(context_from_plain(fields.child("map")), usual=usual_from_plain(fields.child("map"), "usual"))
    beliefs = beliefs_of(map_kind_from_plain(fields, "believed_of"))
    if fields.has("held_off"):
        off = np.array(fields.numbers("held_off", 2))
        try:
            fitted = fit([ReferenceSample(each.reference, each.sample) for each in given], beliefs, context)
        except InputError as error:
            fields.fail(str(error))
        if fitted.posterior is not None and off.any():
            curve = fitted.posterior.model.curve
            held = curve.at(curve.near + float(off[0]), curve.bend + float(off[1]))
            fitted = replace(fitted, trend=held.trend, posterior=fitted.posterior.moved(off))
        return fitted
    trend = Trend(fields.number("scale"), fields.number("shift"), fields.number("exponent"))
    noise, freedom = fields.number("noise"), fields.number("freedom")
    if not (trend.scale > 0 and trend.exponent > 0 and noise >= 0 and freedom > 0):
        fields.fail("the scale, the exponent or their uncertainty is not above 0")
    if (text := fields.text("kind")) not in list(CalibrationKind):
        fields.fail(f"calibration of an unknown kind '{text}'")
    span = None
    if fields.has("inverse_depth_range"):
        low, high = fields.numbers("inverse_depth_range", 2)
        span = (low, high)
    condition = fields.number("condition") if fields.has("condition") else None
    return Calibration(
        trend,
        CalibrationKind(text),
        noise,
        freedom,
        span,
        given,
        context,
        condition,
        health=health_from_plain(fields),
        beliefs=beliefs,
    )


def health_from_plain(calibration: Fields) -> Health:
    """As it was shown, which is not changed as quickly as it changes.

    Raises:
        StorageError: it is corrupt.
    """
    fields = calibration.child("health")
    if (grade := fields.text("grade")) not in list(Grade):
        fields.fail(f"health of an unknown grade '{grade}'")
    return Health(Grade(grade), fields.texts("reasons"), fields.texts("doubts"))
