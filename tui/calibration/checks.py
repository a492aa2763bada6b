"""References checked: what is read at each of them, and what all the others say there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.calibration.context import MapContext
from tui.calibration.doubt import judged
from tui.calibration.fit import fit
from tui.calibration.judged import apart
from tui.calibration.reading import Reading, read, read_all
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.calibration.tracking import Aside, name_of
from tui.errors import InputError
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import Sample, samples_or_none

Seen = tuple[Sample | None, Reading | None]
"""What a map shows at a pixel and what is read there; no reading of a pixel that the map has not."""


@dataclass(frozen=True, slots=True)
class Check:
    """One reference, beside what a map says at its pixel."""

    reference: Reference
    reading: Reading | None
    """What is read at its pixel, as at any other; None where the map has no such pixel."""
    others: Reading | None = None
    """What is read there with a fit to all other references; None where they give nothing."""
    set_aside: bool = False
    """Whether it does not count in the calibration."""
    reason: str = ""
    """Why it does not."""
    aside_s: float | None = None
    """For how long it has not, where that is known."""

    @property
    def others_say_m(self) -> float | None:
        """The distance that the others give."""
        return None if self.others is None else self.others.distance_m

    @property
    def read_m(self) -> float | None:
        """The distance that is read there."""
        return None if self.reading is None else self.reading.distance_m

    @property
    def residual_m(self) -> float | None:
        """Read minus true distance."""
        return None if self.read_m is None else self.read_m - self.reference.distance_m

    @property
    def relative(self) -> float | None:
        """Read over true distance, less one."""
        return None if self.read_m is None else self.read_m / self.reference.distance_m - 1.0

    @property
    def others_relative(self) -> float | None:
        """What the others say over the true distance, less one."""
        return None if self.others_say_m is None else self.others_say_m / self.reference.distance_m - 1.0


def check_references(
    calibration: Calibration | None,
    references: Sequence[Reference],
    inverse_depth: FloatMap,
    window_px: int,
    context: MapContext | None = None,
    *,
    others: bool = True,
) -> tuple[Check, ...]:
    """Read a map at the references' pixels, with the calibration and with one that does without each.

    Args:
        calibration: that the map is read with.
        references: those behind it, and any others.
        inverse_depth: the map, float32, (H, W).
        window_px: odd side of the window that each pixel is sampled in.
        context: of the map, as for `tui.calibration.reading.read`.
        others: ask the others too: a fit for each reference, about 0.5 ms.

    Raises:
        InputError: a bad window.
    """
    seen = read_at([], references, calibration, inverse_depth, window_px, context)
    return checks_of(calibration, references, seen, context, others=others)


def read_at(
    queries: Sequence[tuple[int, int]],
    references: Sequence[Reference],
    calibration: Calibration | None,
    inverse_depth: FloatMap,
    window_px: int,
    context: MapContext | None = None,
) -> list[Seen]:
    """What is sampled and read at queries and then at references, not judged yet; all at once, as that takes less.

    Raises:
        InputError: a query outside the map, a bad window.
    """
    height, width = inverse_depth.shape
    inside = [0 <= u_px < width and 0 <= v_px < height for u_px, v_px in (each.pixel for each in references)]
    pixels = [*queries, *(each.pixel for each, on_map in zip(references, inside, strict=True) if on_map)]
    samples = samples_or_none(inverse_depth, pixels, window_px)
    seen = iter(zip(samples, read_all(calibration, samples, pixels, context), strict=True))
    nothing: Seen = (None, None)
    return [next(seen) if on_map else nothing for on_map in [*[True] * len(queries), *inside]]


def checks_of(
    calibration: Calibration | None,
    references: Sequence[Reference],
    seen: Sequence[Seen],
    context: MapContext | None = None,
    *,
    others: bool = True,
) -> tuple[Check, ...]:
    """As `check_references`, of what `read_at` has seen at the references."""
    aside = set() if calibration is None else {name_of(each) for each in calibration.set_aside}
    return tuple(
        Check(
            reference,
            None if reading is None else judged(reading, calibration),
            _others_say(calibration, reference, sample, context) if others and calibration is not None else None,
            name_of(reference) in aside,
        )
        for reference, (sample, reading) in zip(references, seen, strict=True)
    )


def with_reasons(checks: Sequence[Check], asides: Sequence[Aside], at_s: float) -> tuple[Check, ...]:
    """With what a changing scene has set aside, and why.

    Args:
        checks: of one frame.
        asides: of the same one.
        at_s: when it was taken, on the clock of `asides`.
    """
    by_name = {name_of(each.reference): each for each in asides}
    found = []
    for check in checks:
        aside = by_name.get(name_of(check.reference))
        if aside is None and not check.set_aside:
            found.append(check)
            continue
        others_m = check.others_say_m
        reason = "it contradicts the others" if others_m is None else apart(check.reference.distance_m, others_m)
        if aside is not None and aside.changed:
            reason = "the picture changed here"
        aside_s = None if aside is None else max(0.0, at_s - aside.since_s)
        found.append(replace(check, set_aside=True, reason=reason, aside_s=aside_s))
    return tuple(found)


def rms(relative: Sequence[float | None]) -> float | None:
    """Root mean square of relative errors; None if there are none, or one of them is not known."""
    known = [value for value in relative if value is not None]
    if not known or len(known) < len(relative):
        return None
    return math.sqrt(sum(value**2 for value in known) / len(known))


class Checker:
    """Checks the same references again and again; what the others say is kept until it is asked for `anew`.

    The readings themselves are always those of the map that is given. Asking twenty references' others takes about
    10 ms, too much for every frame: whoever shows them asks for them a few times a second.
    """

    def __init__(self) -> None:
        self._calibration: Calibration | None = None
        self._inverse_depth: FloatMap | None = None
        self._asked: tuple[object, ...] = ()
        self._others: dict[str, Reading | None] = {}
        self._last: tuple[FloatMap, Calibration | None, MapContext | None, tuple[Check, ...]] | None = None
        """What was found last, and in what: a moved crosshair changes nothing of it."""

    def check(
        self,
        calibration: Calibration | None,
        references: Sequence[Reference],
        inverse_depth: FloatMap,
        window_px: int,
        context: MapContext | None = None,
        *,
        anew: bool = False,
    ) -> tuple[Check, ...]:
        """As `check_references`; the others are asked `anew`, or when the references are not the same as before."""
        asked = (tuple(references), window_px, calibration is None)
        known = asked == self._asked and inverse_depth is self._inverse_depth and calibration == self._calibration
        if asked != self._asked or (anew and not known):
            self._asked, self._inverse_depth, self._calibration = asked, inverse_depth, calibration
            found = check_references(calibration, references, inverse_depth, window_px, context)
            self._others = {name_of(each.reference): each.others for each in found}
            self._last = (inverse_depth, calibration, context, found)
            return found
        last = self._last
        if last is not None and last[0] is inverse_depth and last[1:3] == (calibration, context):
            return last[3]
        found = check_references(calibration, references, inverse_depth, window_px, context, others=False)
        checks = tuple(
            Check(each.reference, each.reading, self._others[name_of(each.reference)], each.set_aside) for each in found
        )
        self._last = (inverse_depth, calibration, context, checks)
        return checks


def _others_say(
    calibration: Calibration, reference: Reference, sample: Sample | None, context: MapContext | None
) -> Reading | None:
    """What is read at a reference without all that was measured at its place; with the whole fit where that is none."""
    name = name_of(reference)
    places = {each.place for each in calibration.given if name_of(each.reference) == name}
    others = [ReferenceSample(each.reference, each.sample) for each in calibration.given if each.place not in places]
    if sample is None or not others:
        return None
    if len(others) < len(calibration.given):
        try:
            calibration = fit(others, calibration.beliefs, calibration.context)
        except InputError:
            return None
    return judged(read(calibration, sample, reference.pixel, context), calibration)
