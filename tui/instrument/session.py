"""What the user has measured and set: crosshair, pins, references, units, freeze. Values and pure updates alone."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

from tui.calibration.beliefs import Beliefs, MapKind, beliefs_of
from tui.calibration.context import MapContext, map_context
from tui.calibration.degenerate import Contradiction
from tui.calibration.fit import fit
from tui.calibration.measure import Unseen, sample_reference, samples_on, seen_references
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.calibration.tracking import Tracker, Tracking
from tui.calibration.units import DistanceUnit
from tui.calibration.unverified import unverified
from tui.calibration.usual import Usual, usual_of
from tui.errors import InputError
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import check_pixel
from tui.instrument.measured import Measured, Pin, pixel_of, scaled_px
from tui.instrument.view import View
from tui.targets.live import RangeSpec
from tui.targets.spec import TargetSpec

WINDOWS_PX = (1, 3, 5, 9, 15, 25)
"""Sides of the sampling window that the user can choose from."""


_MEASURED = tuple(each.name for each in fields(Measured))


@dataclass(frozen=True, slots=True)
class Session(Measured):
    """Everything the user has measured and set; every update returns a new one."""

    u_px: int = 0
    """The crosshair, in pixels of the captured picture, origin top left."""
    v_px: int = 0
    exact_px: tuple[float, float] | None = None
    """Between the pixels where the crosshair lies, if it was put there in a picture of another size."""
    window_px: int = 5
    unit: DistanceUnit = DistanceUnit.METRES
    view: View | None = None
    """None until the user chooses: then the room decides."""
    zoom_steps: int = 0
    """By which both pictures are shown larger than whole, around the crosshair."""
    loupe: bool = True
    """Whether the crosshair's neighbourhood is shown enlarged where there is room."""
    map_kind: MapKind = MapKind.RELATIVE
    """Of the model that is shown."""
    usual: Usual | None = None
    """What distances that model's values usually stand for."""
    renewed: bool = True
    """Whether the fit is renewed in every frame, from the references' pixels and the markers in sight."""
    tracker: Tracker = field(default_factory=Tracker)
    """What the renewal remembers from frame to frame."""
    tracking: Tracking | None = None
    """What the last frame's renewal gave; None until there was one since the user changed something."""
    frozen: bool = False
    waiting: tuple[Measured, ...] = ()
    """What was measured in pictures of other shapes."""

    def fresh(self) -> Session:
        """For another scene: the user's preferences stay, what was measured does not belong to it."""
        tracker = Tracker(time_constant_s=self.tracker.time_constant_s)
        return Session(
            window_px=self.window_px,
            unit=self.unit,
            view=self.view,
            loupe=self.loupe,
            renewed=self.renewed,
            tracker=tracker,
        )

    # --- the picture and the crosshair

    def with_picture_size(self, width: int, height: int) -> Session:
        """For the first picture put the crosshair in the middle; for one of another size carry everything along.

        Every pixel stays on what it shows: a picture of the same shape scales it, back and forth without a loss. In one
        of another shape nothing of it can be found, so it is set aside until a picture of its own shape comes again.
        """
        if (width, height) == (self.width, self.height):
            return self
        if not self.width:
            sized = replace(self, width=width, height=height, u_px=width // 2, v_px=height // 2)
            return sized.with_measured(replace(self.measured, width=width, height=height), keep=self.tracker)
        exact_px = self.exact_px
        if exact_px is None or pixel_of(exact_px, self.width, self.height) != (self.u_px, self.v_px):
            exact_px = (self.u_px, self.v_px)  # it has been moved since
        exact_px = scaled_px(exact_px[0], width / self.width), scaled_px(exact_px[1], height / self.height)
        u_px, v_px = pixel_of(exact_px, width, height)
        measured, waiting = self.measured, self.waiting
        if not measured.same_shape(width, height):
            kept = () if measured.empty else (measured,)
            found = next((each for each in reversed(waiting) if each.same_shape(width, height)), None)
            waiting = (*(each for each in waiting if each is not found), *kept)
            measured = found or Measured(width, height, next_pin=self.next_pin)
        sized = replace(self, width=width, height=height, u_px=u_px, v_px=v_px, exact_px=exact_px, waiting=waiting)
        return sized.with_measured(measured.scaled_to(width, height))

    @property
    def measured(self) -> Measured:
        """What was measured alone, without what is set."""
        return Measured(**{name: getattr(self, name) for name in _MEASURED})

    def with_measured(self, measured: Measured, keep: Tracker | None = None) -> Session:
        """Take over what was measured, for pictures of the present size; the renewal begins anew."""
        values = {name: getattr(measured, name) for name in _MEASURED if name not in {"width", "height"}}
        tracker = keep or Tracker(time_constant_s=self.tracker.time_constant_s)
        return replace(self, **values, tracking=None, tracker=tracker)

    def moved(self, du_px: int, dv_px: int) -> Session:
        """Move the crosshair, stopping at the picture's border."""
        if not self.width:
            return self
        u_px = max(0, min(self.width - 1, self.u_px + du_px))
        v_px = max(0, min(self.height - 1, self.v_px + dv_px))
        return replace(self, u_px=u_px, v_px=v_px)

    def jumped(self, u_px: int, v_px: int) -> Session:
        """Put the crosshair on a pixel.

        Raises:
            InputError: for a pixel outside the picture, or while there is no picture.
        """
        if not self.width:
            raise InputError("no picture yet: wait for the source, or press s for another one")
        check_pixel(u_px, v_px, self.width, self.height)
        return replace(self, u_px=u_px, v_px=v_px)

    def with_window_step(self, step: int) -> Session:
        """The next larger or smaller sampling window."""
        nearest = min(range(len(WINDOWS_PX)), key=lambda i: abs(WINDOWS_PX[i] - self.window_px))
        index = max(0, min(len(WINDOWS_PX) - 1, nearest + step))
        return replace(self, window_px=WINDOWS_PX[index])

    def with_next_unit(self) -> Session:
        """Metres, centimetres, feet and inches, metres ..."""
        units = list(DistanceUnit)
        return replace(self, unit=units[(units.index(self.unit) + 1) % len(units)])

    def shown_view(self, offered: Sequence[View]) -> View:
        """What is shown: the user's choice, or the first of those that there is room for."""
        return self.view if self.view is not None and self.view in offered else offered[0]

    def with_next_view(self, offered: Sequence[View]) -> Session:
        """The next of those that there is room for."""
        at = offered.index(self.shown_view(offered))
        return replace(self, view=offered[(at + 1) % len(offered)])

    def zoomed(self, step: int) -> Session:
        """Larger by so many steps, each the square root of 2; the whole picture at least."""
        return replace(self, zoom_steps=max(0, self.zoom_steps + step))

    @property
    def zoom(self) -> float:
        """How many times as large as whole."""
        return float(2 ** (self.zoom_steps / 2))

    # --- pins

    def pinned(self) -> Session:
        """Pin the crosshair; a pixel that is pinned already stays as it is."""
        if not self.width or any((pin.u_px, pin.v_px) == (self.u_px, self.v_px) for pin in self.pins):
            return self
        pin = Pin(self.next_pin, self.u_px, self.v_px)
        return replace(self, pins=(*self.pins, pin), next_pin=self.next_pin + 1)

    def without_pin(self, index: int) -> Session:
        """Remove the pin in row `index` of the table."""
        return replace(self, pins=self.pins[:index] + self.pins[index + 1 :])

    # --- calibration

    def with_reference(self, reference: Reference, inverse_depth: FloatMap, model: str) -> Session:
        """Add a reference, or give the pixel that already has one another distance.

        One that contradicts the others is taken: an earlier one may be the wrong one, and a further one may tell.

        Raises:
            InputError: if the map has no value there, or the references would determine no calibration for another
                reason; the session then stays as it was.
        """
        current = self._seen_again(inverse_depth) if self.renews else self.references
        kept = tuple(each for each in current if each.reference.pixel != reference.pixel)
        sampled = (*kept, sample_reference(inverse_depth, reference, self.window_px))
        context = self.context_of(inverse_depth)
        with contextlib.suppress(Contradiction):
            fit(sampled, self.beliefs, context)
        return self._changed(references=sampled, references_model=model, context=context)

    def with_references(
        self, references: Sequence[Reference], inverse_depth: FloatMap, model: str
    ) -> tuple[Session, tuple[Unseen, ...]]:
        """Add several at once, whether or not they determine a calibration together: `calibration` says that.

        Returns:
            The session, and those that this map shows no value for.

        Raises:
            InputError: one lies outside the map.
        """
        seen, unseen = seen_references(inverse_depth, references, self.window_px)
        changed = self._changed(
            references=(*self.references, *seen), references_model=model, context=self.context_of(inverse_depth)
        )
        return changed, unseen

    def without_reference(self, index: int) -> Session:
        """Remove the reference in row `index` of the table."""
        return self._changed(references=self.references[:index] + self.references[index + 1 :])

    def without_references(self) -> Session:
        """Remove all of them, and what the picture was like when they were given."""
        return self._changed(references=(), remembered=None, profile="")

    def _changed(self, **changes: object) -> Session:
        """After the user changed the references: what was learned with those before does not hold for these."""
        tracker = self.tracker.begun_anew()
        return replace(self, tracking=None, tracker=tracker, **changes)  # type: ignore[arg-type]  # by name

    # --- a changing scene

    @property
    def renews(self) -> bool:
        """Whether every frame renews the fit: exact geometry keeps its scale and shift, there is nothing to renew."""
        return self.renewed and self.map_kind is not MapKind.EXACT

    def with_references_held(self, inverse_depth: FloatMap) -> Session:
        """Keep what this map shows at the references, so that the fit stays as it is now."""
        return replace(self, references=self._seen_again(inverse_depth), context=self.context_of(inverse_depth))

    def with_renewal(self, renewed: bool) -> Session:
        """Renew the fit in every frame, or keep the one there is."""
        return self._changed(renewed=renewed)

    def with_smoothing(self, time_constant_s: float) -> Session:
        """How slowly scale and shift follow, in seconds; 0 for at once."""
        return replace(self, tracker=replace(self.tracker, time_constant_s=time_constant_s))

    def with_targets(self, targets: tuple[TargetSpec, ...]) -> Session:
        """Look for these printed markers from now on."""
        return self._changed(targets=targets)

    def with_range(self, spec: RangeSpec) -> Session:
        """With a range sensor, in place of one of the same source."""
        return self._changed(ranges=(*(each for each in self.ranges if each.source != spec.source), spec))

    def _seen_again(self, inverse_depth: FloatMap) -> tuple[ReferenceSample, ...]:
        """The references as this map shows them; one that it does not show keeps its value."""
        again = {
            each.reference: each
            for each in samples_on(inverse_depth, [r.reference for r in self.references], self.window_px)
        }
        return tuple(again.get(each.reference, each) for each in self.references)

    # --- models and profiles

    def context_of(self, inverse_depth: FloatMap) -> MapContext | None:
        """Of a map of the model that is shown."""
        return map_context(inverse_depth, usual=usual_of(self.map_kind, self.usual, self.intrinsics))

    @property
    def beliefs(self) -> Beliefs:
        """What is believed of the maps' errors."""
        return beliefs_of(self.map_kind)

    def calibration(self) -> Calibration | None:
        """Renewed by the last frame, else fitted to the references, else typed in, else a metric network's own.

        Raises:
            InputError: if the references determine no calibration (after one was removed, say).
        """
        if self.tracking is not None and self.tracking.calibration is not None:
            return self.tracking.calibration
        if self.references:
            usual = usual_of(self.map_kind, self.usual, self.intrinsics)
            return fit(self.references, self.beliefs, self.context and self.context.stating(usual))
        return self.fixed or unverified(self.beliefs, self.usual, self.intrinsics)
