"""The plan and the floor on the main screen: what is shown from above, and how high things are, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from textual.app import App
from textual.screen import Screen

from tui.calibration.distance import MapDistances
from tui.calibration.figures import offset
from tui.calibration.interval import NORMAL_95
from tui.calibration.reading import Reading, Status, read_all
from tui.calibration.units import DistanceUnit, format_distance
from tui.calibration.wording import doubted
from tui.geometry.grid import grid_of
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.plane import LEVEL, Array, axes_of
from tui.geometry.sampling import Sample
from tui.instrument.floor import FloorFinder, KnownFloor, floor_words
from tui.instrument.frame import FrameReading
from tui.instrument.given_floor import GivenFloor
from tui.instrument.heights import Height, Heights
from tui.instrument.instrument import Instrument
from tui.instrument.said import Severity
from tui.instrument.session import Session
from tui.render.contours import Contours, Drawn
from tui.render.levels import ValueRange
from tui.render.overlays import pin_glyph
from tui.render.plan import Sureness, seen_above
from tui.render.quality import Quality
from tui.screens.contouring import height_lines, lines_of
from tui.screens.look import Look, color_mode_of
from tui.widgets.plan_view import Plan, PlanMark, PlanView
from tui.widgets.words import Words

ASSUMED_FOV_DEG = 60.0
"""Across, of a camera of which nothing is known: a webcam's."""
_SLICE_M = 0.5
_OVER_FLOOR, _OVER_CAMERA = tuple(range(6)), tuple(range(-4, 2))
"""Numbers of the slices that there are."""
_KNOTS = 24
"""Pixels, from the nearest to the farthest, that say how well distances are known."""
_ENDLESS = math.log(1000.0)
_ABOUT = "floor"  # what is said of it goes when it is another one, or none
_UNITS = {
    DistanceUnit.METRES: (1.0, "m"),
    DistanceUnit.CENTIMETRES: (0.01, "cm"),
    DistanceUnit.FEET: (0.3048, "ft"),
}


class Planning:
    """Shows the plan, and knows the floor of the frame that is shown.

    Args:
        screen: where the widgets are.
        instrument: what is shown.
    """

    def __init__(self, screen: Screen[None], instrument: Instrument) -> None:
        self._screen = screen
        self._instrument = instrument
        self._finder = FloorFinder()
        self._told: tuple[GivenFloor | None, frozenset[bool]] = (None, frozenset())
        """Of which floor something was said: that it is known, that it is not; each once, however maps flicker."""
        self._shown: object = None
        """What the plan that is shown is made of."""
        self._slice: int | None = None
        """Its number; None shows all heights."""

    def look_at(self, distances: MapDistances | None) -> KnownFloor | None:
        """The floor in these distances."""
        session = self._instrument.session
        known = self._finder.find(session.floor, session.intrinsics, distances)
        if session.floor != self._told[0]:
            self._told = (session.floor, frozenset())
            self._instrument.voice.cured(_ABOUT)
        outcome = known is not None
        news = session.floor is not None and outcome not in self._told[1]
        if news and not self._instrument.reading.silent:  # why nothing is read has been said
            self._told = (session.floor, self._told[1] | {outcome})
            self._instrument.voice.cured(_ABOUT)
            self._instrument.voice.say(self.floor_text(), Severity.INFO if known else Severity.WARNING, _ABOUT)
        return known

    @property
    def floor(self) -> KnownFloor | None:
        """Of the frame that was looked at last."""
        return self._finder.found

    def step_slice(self, step: int) -> str:
        """Show the next higher or lower slice, or all of them after the last; what is shown, in words."""
        slices = [None, *(_OVER_CAMERA if self.floor is None else _OVER_FLOOR)]
        at = slices.index(self._slice) if self._slice in slices else 0
        self._slice = slices[(at + step) % len(slices)]
        return self._slice_words() or "all heights"

    def show(self, distances: MapDistances | None, look: Look, quality: Quality) -> None:
        """The plan of a frame, where it is in sight."""
        view, reading, session = self._screen.query_one(PlanView), self._instrument.reading, self._instrument.session
        levels = (quality.depth_levels + 1) // 2
        view.set_painting(color_mode_of(_app(self._screen)), look.palette, max(4, levels))
        camera, words = self._camera()
        if distances is None or reading.stale or camera is None:
            why = reading.stale or "no plan yet: it needs distances; r gives a reference"
            view.show(None, why if not reading.silent else reading.doubts[0].words)
            self._screen.query_one("#plan-words", Words).say("")
            self._shown = None
            return
        known = self.floor
        axes = axes_of(None if known is None else known.floor)
        marks = tuple(_marks(reading, session, camera, axes))
        parts = [words, self._slice_words() or ("floor not known: G" if known is None else "without the floor")]
        self._screen.query_one("#plan-words", Words).say("   ".join(filter(None, parts)))
        shown = (distances, camera, known, self._slice, session.zoom, session.unit)
        if shown == self._shown:
            view.set_marks(marks)
            return
        self._shown = shown
        unit_m, unit = _UNITS[session.unit]
        _, rays = grid_of(camera, distances.every_px)
        z = self._kept(distances, camera)
        steps = (distances.every_px / camera.fx_px, distances.every_px / camera.fy_px)
        plan = Plan(seen_above(z, rays, axes, steps), sureness(distances, rays @ axes[1]), marks, unit_m, unit)
        view.show(plan, zoom=session.zoom)

    def _camera(self) -> tuple[Intrinsics | None, str]:
        """The camera, or one as cameras are, and what is to be said of it."""
        session = self._instrument.session
        if session.intrinsics is not None:
            caution = session.intrinsics.caution
            return session.intrinsics, f"the camera is not to be believed: {caution}" if caution else ""
        if not session.width:
            return None, ""
        assumed = Intrinsics.from_horizontal_fov(math.radians(ASSUMED_FOV_DEG), session.width, session.height)
        return assumed, f"{ASSUMED_FOV_DEG:.0f}° across assumed: i tells the camera's"

    def _kept(self, distances: MapDistances, camera: Intrinsics) -> Array:
        """The distances of what is shown, (N,); NaN for the floor, and for what is not in the slice."""
        z, known = distances.coarse.ravel().astype(np.float64), self.floor
        if known is None and self._slice is None:
            return z
        if known is None:
            _, rays = grid_of(camera, distances.every_px)
            heights_m = -(rays @ LEVEL.down) * z
        else:
            heights_m = known.heights_m(distances, camera)
        with np.errstate(invalid="ignore"):
            kept = np.ones(z.size, np.bool_) if known is None else heights_m > known.least_above_m
            if self._slice is not None:
                kept &= (heights_m >= self._slice * _SLICE_M) & (heights_m < (self._slice + 1) * _SLICE_M)
        return np.where(kept, z, np.nan)

    def _slice_words(self) -> str:
        """'slice 0.50 - 1.00 m over the floor'; empty where all heights are shown."""
        if self._slice is None:
            return ""
        unit = self._instrument.session.unit
        low_m, high_m = self._slice * _SLICE_M, (self._slice + 1) * _SLICE_M
        if self.floor is not None:
            return f"slice {_height(low_m, unit)} to {_height(high_m, unit)} over the floor"
        if low_m < 0:
            return f"slice {_height(-high_m, unit)} to {_height(-low_m, unit)} below the camera"
        return f"slice {_height(low_m, unit)} to {_height(high_m, unit)} over the camera"

    def lines(self, look: Look, distances: MapDistances | None, span: ValueRange, before: Contours) -> Drawn:
        """Over a map: lines of equal height where they are wanted and the floor is known, else of equal distance."""
        session, known = self._instrument.session, self.floor
        if distances is None or known is None or session.intrinsics is None or not look.of_heights:
            return lines_of(distances, span, session.unit, before)
        heights_m = known.heights_m(distances, session.intrinsics).reshape(distances.coarse.shape)
        return height_lines(heights_m.astype(np.float32))

    # --- heights in words

    def _heights(self) -> Heights | None:
        known, camera = self.floor, self._instrument.session.intrinsics
        return None if known is None or camera is None else Heights(self._instrument.reading, camera, known)

    def height_text(self, pixel: tuple[int, int], reading: Reading) -> str:
        """'0.43 ± 0.03 m over the floor'; empty where it is not known."""
        heights, unit = self._heights(), self._instrument.session.unit
        if heights is None or reading.distance_m is None:
            return ""
        return _above(heights.above(pixel, reading), unit)

    def pins_text(self) -> str:
        """How high the pins are, and how much higher the last is than the one before; empty without any."""
        heights, unit, reading = self._heights(), self._instrument.session.unit, self._instrument.reading
        pinned = [each for each in reading.pins if each.reading.status is not Status.OUTSIDE]
        if heights is None or not pinned:
            return ""
        found = [heights.above((each.pin.u_px, each.pin.v_px), each.reading) for each in pinned]
        parts = [
            f"{pin_glyph(each.pin.number)} {_figure(height, unit) or '-'}"
            for each, height in zip(pinned, found, strict=True)
        ]
        words = [f"over the floor: {'  '.join(parts)}"]
        if len(pinned) > 1:
            one, other = pinned[-2:]
            ends = [((each.pin.u_px, each.pin.v_px), each.reading) for each in (one, other)]
            between = heights.between(*ends)
            figure = _figure(between, unit)
            if figure:
                words.append(f"{pin_glyph(other.pin.number)} over {pin_glyph(one.pin.number)}: {figure}")
            found.append(between)
        doubts = [doubted(each.judgement) for each in found]
        return "   ".join([*words, *list(filter(None, doubts))[:1]])

    def floor_text(self) -> str:
        """What the floor is, for whoever has just asked for it; why there is none."""
        known = self.floor
        if known is None:
            return self._finder.problem
        heights = self._heights()
        words = floor_words(known)
        if heights is not None and known.given.height_m is None:
            extent = heights.of_camera()
            if extent.high is not None:
                words += f" (95 %: {extent.low:.2g} - {extent.high:.2g} m)"
        return "; ".join([words, *known.doubts])


def sureness(distances: MapDistances, along: Array) -> Sureness:
    """How well distances of a map are known, from the nearest to the farthest of some of its pixels.

    Args:
        distances: the map's.
        along: how far ahead each pixel of the coarse map is, for one metre along the axis, (N,).
    """
    every_px, columns = distances.every_px, distances.coarse.shape[1]
    coarse = distances.coarse.ravel()
    known = np.flatnonzero(np.isfinite(coarse) & (along > 0))
    known = known[:: max(1, known.size // (20 * _KNOTS))]
    if not known.size:
        return Sureness(np.array([1.0]), np.array([0.0]))
    chosen = known[np.argsort(coarse[known])][np.linspace(0, known.size - 1, _KNOTS).round().astype(np.intp)]
    pixels = [(every_px * (place % columns), every_px * (place // columns)) for place in chosen.tolist()]
    samples = [Sample(float(distances.inverse_depth[v_px, u_px]), 0.0, 1) for u_px, v_px in pixels]
    found = read_all(distances.calibration, samples, pixels, distances.context)
    sigmas = [
        _ENDLESS if each.low_m is None or each.high_m is None else 0.5 * math.log(each.high_m / each.low_m)
        for each in found
    ]
    ahead_m = coarse[chosen].astype(np.float64) * along[chosen]
    order = np.argsort(ahead_m)
    return Sureness(ahead_m[order], np.array(sigmas)[order] / NORMAL_95)


def _marks(reading: FrameReading, session: Session, camera: Intrinsics, axes: Array) -> Iterator[PlanMark]:
    """Regions, pins, and the crosshair over them."""
    for region in reading.regions:
        if region.reading.distance_m is not None:
            corners = np.array(region.region.outline, np.float64)
            u_px, v_px = corners.mean(axis=0).tolist()
            mark = _mark((u_px, v_px), region.reading, camera, axes)
            if mark is not None:
                yield PlanMark(*mark[:2], region.region.name[:1] or "□", "reference", *mark[2:])
    for pin in reading.pins:
        mark = _mark((pin.pin.u_px, pin.pin.v_px), pin.reading, camera, axes)
        if mark is not None:
            yield PlanMark(*mark[:2], pin_glyph(pin.pin.number), "pin", *mark[2:])
    mark = _mark((session.u_px, session.v_px), reading.crosshair, camera, axes)
    if mark is not None:
        yield PlanMark(*mark[:2], "┼", "crosshair", *mark[2:])


def _mark(
    pixel: tuple[float, float], reading: Reading, camera: Intrinsics, axes: Array
) -> tuple[float, float, float, float] | None:
    """Metres to the right and ahead, and as shares of these the ends of the interval; None where it has no place."""
    if reading.distance_m is None or reading.low_m is None:
        return None
    ray = camera.rays(np.array([pixel], np.float64))[0]
    if not np.isfinite(ray).all():
        return None
    right_m, ahead_m = (reading.distance_m * (axes[:2] @ ray)).tolist()
    far = math.inf if reading.high_m is None else reading.high_m / reading.distance_m
    return right_m, ahead_m, reading.low_m / reading.distance_m, far


def _figure(height: Height, unit: DistanceUnit) -> str:
    extent = height.extent
    return "" if extent is None or extent.high is None else offset(extent.value, extent.low, extent.high, unit)


def _above(height: Height, unit: DistanceUnit) -> str:
    figure = _figure(height, unit)
    return f"{figure} over the floor" if figure else ""


def _height(height_m: float, unit: DistanceUnit) -> str:
    return format_distance(height_m, unit) if height_m else "0"


def _app(screen: Screen[None]) -> App[object]:
    return screen.app
