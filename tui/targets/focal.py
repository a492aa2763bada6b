"""Whether the focal length that was given is that of the pictures, as printed targets in sight tell."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.geometry.intrinsics import Intrinsics
from tui.targets.markers import Marker
from tui.targets.perspective import Beliefs, Fit, fit_focal
from tui.targets.pose import CORNER_SIGMA_PX
from tui.targets.prints import Print, Sight
from tui.targets.sheet_focal import FLOOR_SIGMA as SHEET_SIGMA
from tui.targets.sheet_focal import sheet_sights
from tui.targets.spec import CharucoSpec, MarkerSpec

LEAST_OFF = 0.05
"""Relative: a smaller deviation is not spoken of."""
AGREES_WITHIN = 0.05
MOST_SIGMA_TO_AGREE = 0.02
"""What is known this well, relative, confirms a focal length that it agrees with."""

_FLOOR_SIGMA = 0.012
"""Relative, of every estimate: prints are not quite flat, corners not quite where they should be."""
_SURE = 9.0
"""By how much the corners' squares, in variances, must speak against the given one: three standard deviations."""
_SIGMAS = 3.0
_MOST_SIGMA = 0.15
"""An estimate that is known no better says nothing."""
_STARTS = (0.0, -0.5, 0.5)
_WELL_PX = 0.4
"""Standard deviation of a corner with which a fit is good, and needs no other start."""
_LEAST_ON_PLANE = 4
"""Markers of one size that are asked whether they share a plane; fewer share one by chance."""
_PLANE_COST = 2.5
"""Times the corners' variance: what each number that a common plane saves may cost."""
_MOST_RMS_PX = 1.5
"""In a picture of 640 or less, in proportion in a wider one: what fits worse is no flat print of the size given."""
_MOST_PRINTS = 12
_MOST_SIGHTS = 5
_MOVED_PART = 0.03
"""Of the picture's width: how far corners must have moved on the mean for a picture to say something new."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FocalFinding:
    """What the prints say of the focal length."""

    given_px: float
    """Geometric mean of fx and fy as they were given."""
    found_px: float
    sigma: float
    """One standard deviation of what was found, relative."""
    wrong: bool
    """Whether the given one cannot be right."""
    on_one_plane: bool = False
    """Whether it rests on markers sharing a plane."""
    on_sheet: bool = False
    """Whether it rests on a sheet of paper or a card."""

    @property
    def agrees(self) -> bool:
        """Whether the given one is confirmed."""
        off = abs(math.log(self.found_px / self.given_px))
        return not self.wrong and off <= AGREES_WITHIN and self.sigma <= MOST_SIGMA_TO_AGREE

    @property
    def words(self) -> str:
        """'the focal length looks 34 % too short ...'; empty where it is not wrong."""
        if not self.wrong:
            return ""
        part = self.given_px / self.found_px - 1
        how = "too long" if part > 0 else "too short"
        prints = "the printed markers, if they lie on one plane," if self.on_one_plane else "the printed targets"
        if self.on_sheet:
            prints = "the edges of the sheet, if it is flat and of the size given,"
        return (
            f"the focal length looks {abs(100 * part):.0f} % {how}: given as {self.given_px:.0f} px, "
            f"{prints} show {self.found_px:.0f} ± {self.sigma * self.found_px:.0f} px; another camera, zoom or size?"
        )


def sights_of(markers: Sequence[Marker], intrinsics: Intrinsics) -> list[Sight]:
    """What one picture's targets offer: boards, or markers of one plane, or markers each by itself, or else sheets.

    Markers count as being on one plane if there are four or more of one size, and they fit a plane, whatever the focal
    length, nearly as well as each its own.

    Args:
        markers: as they were found.
        intrinsics: as they were given.
    """
    boards = [each for each in markers if isinstance(each.spec, CharucoSpec)]
    if boards:  # however badly they fit: that may be the focal length's doing
        return [Sight((_print(each),)) for each in boards]
    usable = [each for each in markers if isinstance(each.spec, MarkerSpec) and each.rms_px <= _limit_px(intrinsics)]
    largest = sorted(usable, key=_size_px, reverse=True)[:_MOST_PRINTS]
    if not largest:
        open_beliefs = _beliefs(intrinsics, 1.0)
        return sheet_sights(list(markers), lambda sight: _best([sight], intrinsics, open_beliefs))
    sight = Sight(tuple(map(_print, largest)))
    sizes = {each.spec.size_m for each in largest if isinstance(each.spec, MarkerSpec)}
    return [_on_plane(sight, intrinsics) if len(sizes) == 1 and len(largest) >= _LEAST_ON_PLANE else sight]


def judge(sights: Sequence[Sight], intrinsics: Intrinsics) -> FocalFinding | None:
    """Compare the given focal length with what the prints show; None where they tell nothing.

    It is wrong where it is off by more than `LEAST_OFF`, by more than three standard deviations (the given one's and
    the found one's), and where the corners, given the belief in it, fit that much worse.

    Args:
        sights: of pictures that differ, of one camera.
        intrinsics: as they were given.
    """
    if not sights:
        return None
    on_one_plane = any(each.on_one_plane for each in sights)
    open_beliefs = _beliefs(intrinsics, 1.0)
    found = _best(sights, intrinsics, open_beliefs)
    if found is None or found.rms_px > _limit_px(intrinsics):
        return None
    bent_px = _noise_px(sights)
    least_sigma = _FLOOR_SIGMA if bent_px is None else SHEET_SIGMA
    sigma = math.hypot(found.sigma, least_sigma)
    given_px = math.sqrt(intrinsics.fx_px * intrinsics.fy_px)
    if sigma > _MOST_SIGMA:
        return None
    off = abs(found.log_focal)
    given_sigma = max(intrinsics.focal_sigma, 0.001)
    wrong = off > math.log1p(LEAST_OFF) and off > _SIGMAS * math.hypot(sigma, given_sigma)
    if wrong:
        noise_px = max(bent_px or CORNER_SIGMA_PX, math.sqrt(found.squares / max(1, found.freedom)))
        believed = _beliefs(intrinsics, math.hypot(given_sigma, least_sigma))
        held = fit_focal(sights, intrinsics, believed, 0.0, noise_px)
        free = fit_focal(sights, intrinsics, open_beliefs, found.log_focal, noise_px)
        wrong = held is not None and free is not None and held.cost - free.cost > _SURE
    if wrong:  # the lens may be another one, too
        loose = fit_focal(sights, intrinsics, _beliefs(intrinsics, 1.0, any_lens=True), found.log_focal)
        if loose is not None:
            found, sigma = loose, math.hypot(loose.sigma, least_sigma)
    found_px = given_px * math.exp(found.log_focal)
    return FocalFinding(given_px, found_px, sigma, wrong, on_one_plane, bent_px is not None)


class FocalCheck:
    """Judges picture by picture, and remembers those that differ; one thread uses it.

    Args:
        intrinsics: as they were given.
    """

    def __init__(self, intrinsics: Intrinsics) -> None:
        self._intrinsics = intrinsics
        self._sights: deque[tuple[list[Sight], dict[str, Array]]] = deque(maxlen=_MOST_SIGHTS)
        self._finding: FocalFinding | None = None

    def look(self, markers: Sequence[Marker]) -> FocalFinding | None:
        """What is known with this picture's targets; None while nothing is."""
        places = {each.key: np.array(each.outline_px) for each in markers}
        if not places or any(self._same(places, before) for _, before in self._sights):
            return self._finding
        self._sights.append((sights_of(markers, self._intrinsics), places))
        self._finding = judge([each for seen, _ in self._sights for each in seen], self._intrinsics)
        return self._finding

    def _same(self, now: dict[str, Array], before: dict[str, Array]) -> bool:
        """Whether the same targets are where they were: such pictures share their errors and say nothing new."""
        moves = [float(np.linalg.norm(now[key] - before[key], axis=1).mean()) for key in now.keys() & before.keys()]
        new = len(now.keys() - before.keys())
        return bool(moves) and new <= len(moves) and sum(moves) / len(moves) < _MOVED_PART * self._intrinsics.width


def _on_plane(sight: Sight, intrinsics: Intrinsics) -> Sight:
    """The same, on one plane if its markers fit one nearly as well as each its own."""
    beliefs = _beliefs(intrinsics, 1.0)
    apart = _best([sight], intrinsics, beliefs)
    together = Sight(sight.prints, on_one_plane=True)
    joined = _best([together], intrinsics, beliefs)
    if apart is None or joined is None:
        return sight
    variance = max(CORNER_SIGMA_PX**2, apart.squares / max(1, apart.freedom))
    saved = joined.freedom - apart.freedom
    return together if joined.squares - apart.squares <= _PLANE_COST * saved * variance else sight


def _best(sights: Sequence[Sight], intrinsics: Intrinsics, beliefs: Beliefs) -> Fit | None:
    """The best of several starts; from the given one alone where that fits well already."""
    found: list[Fit] = []
    for start in _STARTS:
        fit = fit_focal(sights, intrinsics, beliefs, start, _noise_px(sights))
        if fit is not None:
            found.append(fit)
            if fit.squares <= _WELL_PX**2 * fit.freedom:
                break
    return min(found, key=lambda each: each.cost) if found else None


def _noise_px(sights: Sequence[Sight]) -> float | None:
    """Of a corner, where some are of sheets; None: as prints have it."""
    return max((each.noise_px for each in sights if each.noise_px is not None), default=None)


def _beliefs(intrinsics: Intrinsics, log_focal: float, *, any_lens: bool = False) -> Beliefs:
    """How the rest may differ: less where the lens was calibrated, unless it may be another one."""
    if any(intrinsics.distortion) and not any_lens:
        return Beliefs(log_focal, 0.012 * intrinsics.width, 0.03, 0.06)
    return Beliefs(log_focal, 0.025 * intrinsics.width, 0.2 if any_lens else 0.15, 0.15 if any_lens else 0.1)


def _limit_px(intrinsics: Intrinsics) -> float:
    return _MOST_RMS_PX * max(1.0, intrinsics.width / 640)


def _print(marker: Marker) -> Print:
    return Print(np.array(marker.object_m), np.array(marker.corners_px))


def _size_px(marker: Marker) -> float:
    outline = np.array(marker.outline_px)
    return float(np.linalg.norm(outline - outline.mean(axis=0), axis=1).mean())
