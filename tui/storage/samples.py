"""References, and what is known of a whole map, as plain data and back: of profiles and recordings alike."""

from __future__ import annotations

from dataclasses import asdict

from tui.calibration.context import MapContext
from tui.calibration.reference import Reference, ReferenceSample
from tui.errors import InputError
from tui.geometry.sampling import Sample
from tui.storage.plain import Fields

_FARTHEST_PX = 1e6
_LEAST_M, _MOST_M = 1e-9, 1e6
_MOST_VALUE = 1e12
"""Beyond these nothing was ever measured, and sums of squares overflow."""


def reference_to_plain(reference: Reference) -> dict[str, object]:
    """Nothing but what JSON knows."""
    return {
        "x": reference.u_px,
        "y": reference.v_px,
        "distance_m": reference.distance_m,
        "sigma_m": reference.sigma_m,
        "label": reference.label,
        "shared": reference.shared,
    }


def reference_from_plain(fields: Fields) -> Reference:
    """The inverse of `reference_to_plain`.

    Raises:
        StorageError: it is none, or corrupt.
    """
    x, y = (_within(fields, each, _FARTHEST_PX) for each in ("x", "y"))
    try:
        distance_m, sigma_m = (_within(fields, each, _MOST_M, _LEAST_M) for each in ("distance_m", "sigma_m"))
        shared = _within(fields, "shared", _MOST_M) if fields.has("shared") else 0.0  # profiles of before do not say
        return Reference(x, y, distance_m, sigma_m, fields.text("label"), shared)
    except InputError as error:
        fields.fail(str(error))


def sample_to_plain(sampled: ReferenceSample) -> dict[str, object]:
    """A reference with what a map showed there."""
    sample = sampled.sample
    seen = {"inverse_depth": sample.value, "spread": sample.spread, "count": sample.count}
    return reference_to_plain(sampled.reference) | seen


def sample_from_plain(fields: Fields) -> ReferenceSample:
    """The inverse of `sample_to_plain`.

    Raises:
        StorageError: it is none, or corrupt.
    """
    value, spread = (_within(fields, each, _MOST_VALUE) for each in ("inverse_depth", "spread"))
    sample = Sample(value, spread, fields.whole("count", 1))
    return ReferenceSample(reference_from_plain(fields), sample)


def context_to_plain(context: MapContext) -> dict[str, object]:
    """What of a map's context is its own; what is known of the model stands with the model."""
    return {name: value for name, value in asdict(context).items() if name != "usual"}


def context_from_plain(fields: Fields) -> MapContext:
    """The inverse of `context_to_plain`.

    Raises:
        StorageError: it is none, or corrupt.
    """
    return MapContext(
        low=_within(fields, "low", _MOST_VALUE),
        high=_within(fields, "high", _MOST_VALUE),
        width=fields.whole("width", 1),
        height=fields.whole("height", 1),
        zero=_within(fields, "zero", _MOST_VALUE) if fields.has("zero") else None,
        floor=_within(fields, "floor", _MOST_VALUE) if fields.has("floor") else None,
        ceiling=_within(fields, "ceiling", _MOST_VALUE) if fields.has("ceiling") else None,
    )


def _within(fields: Fields, key: str, most: float, least: float = 0.0) -> float:
    value = fields.number(key)
    if not least <= abs(value) <= most:
        fields.fail(f"{key} is {value:g}, beyond anything that is measured")
    return value
