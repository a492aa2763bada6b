"""Range sensors as references: where in the picture their spot lies, which moves with its distance.

A sensor stands beside the lens. Its beam is a straight line, so its spot lies at p = p_inf + a / d in the picture, d
being the distance along the beam: on a line, from the point where the beam would end infinitely far away. Two spots at
two distances give both. p_inf is also the beam's direction, so that with the camera's intrinsics d becomes the distance
along the optical axis. With one spot alone the beam is taken to run along the axis, and the spot to stay.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.calibration.ranged import USUAL_SIGMA, RangeSigma, Ranging, parse_range_sigma
from tui.calibration.reference import Reference
from tui.calibration.units import parse_distance
from tui.calibration.written import in_digits, plain
from tui.camera.range_link import check_range_source, label_of
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics

LEAST_FACTOR = 1.25
"""Between the distances of two spots: nearer together they do not tell how the spot moves."""

_SPOT = re.compile(r"(?P<u>-?[0-9]+(?:\.[0-9]+)?)\s*,\s*(?P<v>-?[0-9]+(?:\.[0-9]+)?)\s*(?:@(?P<d>.+))?")
_FORM = (
    "write it as X,Y=exec:COMMAND or X,Y=serial:/dev/ttyUSB0; X1,Y1@0.5m:X2,Y2@4m=... where its spot moves with the "
    "distance"
)
_HEAD = re.compile(r"(?P<head>[^=]*?)=\s*(?P<source>(?:exec|serial):.*)", re.IGNORECASE | re.DOTALL)
_SIGMA = re.compile(r"±|\+\s*/?\s*-")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a sensor's spot was seen."""

    u_px: float
    v_px: float
    distance_m: float | None = None
    """What the sensor said then; None where nobody noted it."""

    def scaled(self, across: float, down: float) -> Spot:
        """In pictures of another size; pixel centres are whole numbers."""
        return replace(self, u_px=(self.u_px + 0.5) * across - 0.5, v_px=(self.v_px + 0.5) * down - 0.5)

    def __str__(self) -> str:
        at = f"{in_digits(self.u_px, 12)},{in_digits(self.v_px, 12)}"
        return at if self.distance_m is None else f"{at}@{in_digits(self.distance_m, 12)}m"


@dataclass(frozen=True, slots=True)
class RangeSpec:
    """A range sensor, and where it looks."""

    source: str
    """What is run or read: `exec:COMMAND`, `serial:/dev/ttyUSB0`."""
    spots: tuple[Spot, ...]
    """One; or two at distances that differ; none where a profile is to say."""
    sigma: RangeSigma | None = None
    """As it was stated; None: the sensor's own words, else the usual."""

    @property
    def label(self) -> str:
        """What the panel calls it: 'range ttyUSB0'."""
        return label_of(self.source)

    @property
    def whole(self) -> str:
        """So that `parse_live` gives the same again."""
        sigma = "" if self.sigma is None else f"±{self.sigma}"
        return f"{':'.join(map(str, self.spots))}{sigma}={self.source}"

    def spot_px(self, distance_m: float) -> tuple[float, float]:
        """Where the spot lies at a distance along the beam, (column, row)."""
        far, parallax = self._line()
        return far[0] + parallax[0] / distance_m, far[1] + parallax[1] / distance_m

    def reference(self, ranging: Ranging, camera: Intrinsics | None) -> Reference:
        """What it says now, as a reference.

        Args:
            ranging: what it wrote.
            camera: for pictures of this size, where it is known.
        """
        along = 1.0
        if camera is not None and len(self.spots) == 2:
            with contextlib.suppress(InputError):  # so far out that the lens is not known there
                along = 1.0 / camera.ray_per_axis(*self._line()[0])
        distance_m = along * ranging.distance_m
        if self.sigma is None and ranging.sigma_m is not None:
            sigma_m = ranging.sigma_m
        else:
            sigma_m = (self.sigma or USUAL_SIGMA).at(ranging.distance_m)
        u_px, v_px = self.spot_px(ranging.distance_m)
        return Reference(u_px, v_px, distance_m, min(sigma_m, 0.5 * distance_m), self.label)

    def scaled(self, across: float, down: float) -> RangeSpec:
        """In pictures of another size."""
        return replace(self, spots=tuple(each.scaled(across, down) for each in self.spots))

    def with_spot(self, spot: Spot) -> RangeSpec:
        """With its spot seen there: beside the one of before if the distances differ, else in its place.

        The third takes the place of the one that is nearer to it in distance.
        """
        if spot.distance_m is None:
            return replace(self, spots=(spot,))
        others = [each for each in self.spots if each.distance_m is not None and _apart(each, spot) >= LEAST_FACTOR]
        kept = max(others, key=lambda each: _apart(each, spot), default=None)
        return replace(self, spots=(spot,) if kept is None else (kept, spot))

    def _line(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """(p_inf, a): the point infinitely far away, pixels, and how it moves, pixel metres."""
        first = self.spots[0]
        if len(self.spots) == 1:
            return (first.u_px, first.v_px), (0.0, 0.0)
        second = self.spots[1]
        assert first.distance_m is not None and second.distance_m is not None  # noqa: S101, PT018 - both are noted
        apart = 1 / first.distance_m - 1 / second.distance_m
        moves = (first.u_px - second.u_px) / apart, (first.v_px - second.v_px) / apart
        return (first.u_px - moves[0] / first.distance_m, first.v_px - moves[1] / first.distance_m), moves


def parse_live(text: str, option: str = "--live") -> RangeSpec:
    """`X,Y=exec:COMMAND`, `X,Y±2cm=serial:/dev/ttyUSB0:115200`, `X1,Y1@0.5m:X2,Y2@4m=...`, or the source alone.

    Raises:
        InputError: names the option and shows the form, in one line.
    """
    stripped = text.strip()
    try:
        if stripped[:5].casefold() == "exec:" or stripped[:7].casefold() == "serial:":
            head, source = "", stripped
        elif found := _HEAD.fullmatch(stripped):
            head, source = found["head"].strip(), found["source"]
            if not head:
                raise InputError(_FORM)
        else:
            raise InputError(_FORM)
        head, *stated = _SIGMA.split(head)
        if not stated:
            source, stated = _stated_behind(source)
        if len(stated) > 1:
            raise InputError("it states its uncertainty twice")
        sigma = parse_range_sigma(stated[0]) if stated else None
        return RangeSpec(check_range_source(source), _spots(head), sigma)
    except InputError as error:
        raise InputError(f"{option} '{text}': {error}") from error


def is_live_command(text: str) -> bool:
    """Whether what is written for `--live` runs a command, as far as it can be read."""
    return "exec:" in text.casefold()


def parse_lives(texts: Sequence[str], option: str = "--live") -> tuple[RangeSpec, ...]:
    """Several, each of another source.

    Raises:
        InputError: as `parse_live`, and for a sensor that is given twice.
    """
    found = tuple(parse_live(text, option) for text in texts)
    sources = [each.source for each in found]
    for each in found:
        if sources.count(each.source) > 1:
            raise InputError(f"{option} {each.source}: one sensor looks at one place; it is given twice")
    return found


def _stated_behind(source: str) -> tuple[str, list[str]]:
    """The source, and what stands behind a last ± if that is an uncertainty: a command may have such a word itself."""
    before, sign, behind = source.rpartition("±")
    if not sign:
        return source, []
    try:
        parse_range_sigma(behind)
    except InputError:
        return source, []
    return before, [behind]


def _spots(head: str) -> tuple[Spot, ...]:
    if not head.strip():
        return ()
    spots = []
    for part in plain(head).split(":"):
        found = _SPOT.fullmatch(part.strip())
        if found is None:
            raise InputError(f"'{part}' is no pixel; {_FORM}")
        distance_m = None if found["d"] is None else parse_distance(found["d"])
        spots.append(Spot(float(found["u"]), float(found["v"]), distance_m))
    if len(spots) > 2:
        raise InputError(f"two spots tell how it moves; {_FORM}")
    if len(spots) == 2:
        if any(each.distance_m is None for each in spots):
            raise InputError(f"two spots need the sensor's distance at each; {_FORM}")
        if _apart(*spots) < LEAST_FACTOR:
            raise InputError("the two spots are at about one distance: take one much nearer, one much farther")
    return tuple(spots)


def _apart(one: Spot, other: Spot) -> float:
    """The factor between their distances."""
    if one.distance_m is None or other.distance_m is None:
        return 1.0
    return max(one.distance_m, other.distance_m) / min(one.distance_m, other.distance_m)
