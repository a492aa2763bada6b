"""References, and what is known of a whole map, as plain data and back: of profiles and recordings alike."""

from __future__ import annotations

from dataclasses import asdict

from tui.calibration.context import MapContext
from tui.calibration.reference import Reference, ReferenceSample
from tui.errors import InputError
from tui.geometry.sampling import Sample
from tui.storage.plain import Fields


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
    x, y = fields.number("x"), fields.number("y")
    try:
        distance_m, sigma_m = fields.number("distance_m"), fields.number("sigma_m")
        shared = fields.number("shared") if fields.has("shared") else 0.0  # profiles of before do not say
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
    sample = Sample(fields.number("inverse_depth"), fields.number("spread"), fields.whole("count", 1))
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
        low=fields.number("low"),
        high=fields.number("high"),
        width=fields.whole("width", 1),
        height=fields.whole("height", 1),
        zero=fields.number("zero") if fields.has("zero") else None,
        floor=fields.number("floor") if fields.has("floor") else None,
        ceiling=fields.number("ceiling") if fields.has("ceiling") else None,
    )
