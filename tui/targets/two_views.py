"""References from two pictures of a still scene between which the camera moved sideways by a known length."""

from __future__ import annotations

from tui.calibration.units import parse_uncertain
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.targets.views import Views, references_of_views
from tui.targets.views_solving import View


def parse_baseline(text: str, what: str) -> tuple[float, float | None]:
    """Metres and, where it is given, one standard deviation, from `20cm` or `20cm±2mm`; a unit is needed.

    Raises:
        InputError: names `what`.
    """
    try:
        return parse_uncertain(text, bare=False)
    except InputError as error:
        raise InputError(f"{what} '{text}': {error}; write it as 20cm or 20cm±2mm") from error


def references_of_two_views(
    first: RGBImage,
    second: RGBImage,
    intrinsics: Intrinsics,
    baseline_m: float,
    baseline_sigma_m: float | None = None,
    second_intrinsics: Intrinsics | None = None,
) -> Views:
    """As `references_of_views`, of one further picture and its way."""
    view = View(second, "the second picture", baseline_m, baseline_sigma_m)
    return references_of_views(first, [view], intrinsics, second_intrinsics)
