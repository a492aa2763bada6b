"""A changing scene: the fit renewed in every frame from the references that are still consistent.

Scale and shift of a relative network change from frame to frame, even for a camera that stands still. So each frame
brings its references anew: those attached to pixels sampled from its map, markers with the distance that was found in
it. Everything here is a value and a pure step; time comes from outside.

A reference is consistent as long as its own deviation from the common fit stays what it has been: the network's error
at one spot hardly changes, so a change of it tells someone who walked in front from a network that changed its scale
much more sharply than the size of the errors does. What is inconsistent is set aside for this frame only; its usual
deviation is kept, and it counts again as soon as it shows it again.

Smoothing is done on (c, bend) of `tui.calibration.curve`, which stay what they are when the network only changes scale
and shift, while (a, b) themselves would lag behind. Where the
scene itself changes, smoothing must not hold back the references: it never lags behind them by more than a bound, and
what it lags behind widens the intervals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tui.calibration.beliefs import NETWORK, Beliefs
from tui.calibration.consistency import consistent
from tui.calibration.context import MapContext
from tui.calibration.degenerate import DegenerateReferences
from tui.calibration.fit import fit
from tui.calibration.posterior import Posterior
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.result import Calibration
from tui.geometry.arrays import Vector

_PRINTED = ("marker ", "tag ", "board ", "sheet ")
"""How labels of targets begin that are found anew in every frame, wherever they are."""

_RANGED = "range "
"""How labels of range sensors begin: measured anew for every frame, at a pixel that moves with the distance."""

_BIAS_TIME_S = 10.0
"""Over which a reference's usual deviation follows its deviations."""

_CHANCE_S = 2.0
"""After which one that is measured anew in every frame, and was set aside all the while, is taken as a new one: it has
seen what is there now, while the fit that it is judged by may stem from a moment between two views."""

_MOST_LAG = 0.05
"""By which smoothing may hold the fit off the references, relative."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A reference that does not count."""

    reference: Reference
    changed: bool
    """The picture changed there, as when somebody walks in front; else it contradicts the others."""
    since_s: float
    """When that began, on the clock of the frames."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """What one frame's references gave."""

    calibration: Calibration | None
    """To read this frame with; None until there has been one."""
    age_s: float
    """Of the fit: 0 if it was renewed in this frame."""
    set_aside: tuple[Reference, ...]
    """Seen in this frame, but not counted: something in front, or a wrong number."""
    alarm: str
    """Why the fit should not be relied on; empty if all is well."""
    asides: tuple[Aside, ...] = ()
    """Why, and since when, each of `set_aside` does not count."""

    @property
    def held(self) -> bool:
        """Whether an earlier frame's fit is used."""
        return self.calibration is not None and self.age_s > 0


@dataclass(frozen=True, slots=True)
class Tracker:
    """Everything that is remembered from frame to frame; `step` returns the next one."""

    beliefs: Beliefs = NETWORK
    time_constant_s: float = 0.5
    """Of the smoothing of scale and shift; 0 for none."""
    needed: int = 2
    """References under which the alarm is raised."""
    biases: Mapping[str, float] = field(default_factory=dict)
    """Usual deviation of ln(1/z) from the fit, by reference."""
    calibration: Calibration | None = None
    """The last fit."""
    parameters: tuple[float, float] | None = None
    """Its smoothed (c, bend)."""
    fitted_at_s: float = -math.inf
    """When it was made."""
    asides: Mapping[str, Aside] = field(default_factory=dict)
    """References that did not count in the last frame."""

    def step(
        self,
        samples: Sequence[ReferenceSample],
        context: MapContext | None,
        at_s: float,
        changed: Mapping[str, str] | None = None,
    ) -> tuple[Tracker, Tracking]:
        """Renew the fit from one frame.

        Args:
            samples: the references that can be seen in it; those outside the map or without a value are left out.
            context: of its map.
            at_s: when it was taken, on any clock that runs forward.
            changed: why the picture says of some of them, by name, that something else is to be seen there: they do
                not count in this frame.
        """
        known = self._with_another_chance(at_s)
        if known is not self:
            return known.step(samples, context, at_s, changed)
        gone = [each.reference for each in samples if changed and name_of(each.reference) in changed]
        samples = [each for each in samples if each.reference not in gone]
        names = [name_of(each.reference) for each in samples]
        agree = consistent(samples, [self.biases.get(name) for name in names], self.calibration, context)
        kept = [sample for sample, good in zip(samples, agree, strict=True) if good]
        aside = gone + [sample.reference for sample, good in zip(samples, agree, strict=True) if not good]
        if not kept:
            return self._hold(aside, "no reference is in sight" if not aside else "no reference agrees", at_s)
        try:
            fitted = fit(kept, self.beliefs, context)
        except DegenerateReferences as error:
            return self._hold(aside, str(error), at_s)
        asides = self._asides(aside, fitted.set_aside, at_s)
        biases = self._biases_after(fitted, at_s)
        smoothed, parameters = self._smoothed(fitted, at_s)
        tracker = replace(
            self,
            biases=biases,
            calibration=smoothed,
            parameters=parameters,
            fitted_at_s=at_s,
            asides={name_of(each.reference): each for each in asides},
        )
        aside += fitted.set_aside
        alarm = self._alarm(len(fitted.kept), len(samples) + len(gone), aside)
        return tracker, Tracking(smoothed, 0.0, tuple(aside), alarm, asides)

    def _with_another_chance(self, at_s: float) -> Tracker:
        """Without the usual deviations of those that have been set aside for long, but are measured all the time."""
        lapsed = {
            name
            for name, each in self.asides.items()
            if finds_itself(each.reference) and at_s - each.since_s > _CHANCE_S
        }
        if not lapsed & self.biases.keys():
            return self
        return replace(self, biases={name: bias for name, bias in self.biases.items() if name not in lapsed})

    def _asides(
        self, changed: Sequence[Reference], contradicting: Sequence[Reference], at_s: float
    ) -> tuple[Aside, ...]:
        """Each with the moment since when it has not counted for this reason."""
        found = []
        for references, has_changed in ((changed, True), (contradicting, False)):
            for each in references:
                before = self.asides.get(name_of(each))
                same = before is not None and before.changed == has_changed
                found.append(Aside(each, has_changed, before.since_s if before is not None and same else at_s))
        return tuple(found)

    def begun_anew(self) -> Tracker:
        """After the user changed the references: deviations from a fit to others say nothing of this one."""
        return replace(self, biases={}, calibration=None, parameters=None, fitted_at_s=-math.inf)

    def forgotten(self, references: Sequence[Reference]) -> Tracker:
        """Without what is remembered of references that were removed."""
        names = {name_of(each) for each in references}
        return replace(self, biases={name: bias for name, bias in self.biases.items() if name not in names})

    def held(self, at_s: float) -> Tracking:
        """What a frame gives that says nothing of the references: the fit there is, with its age."""
        return replace(self._hold((), "", at_s)[1], alarm="")

    def _hold(self, aside: Sequence[Reference], why: str, at_s: float) -> tuple[Tracker, Tracking]:
        asides = self._asides(aside, (), at_s)
        tracker = replace(self, asides={name_of(each.reference): each for each in asides})
        if self.calibration is None:
            return tracker, Tracking(None, 0.0, tuple(aside), why, asides)
        age_s = max(at_s - self.fitted_at_s, math.ulp(1.0))
        held = Tracking(self.calibration, age_s, tuple(aside), f"{why}; the fit is {age_s:.1f} s old", asides)
        return tracker, held

    def _alarm(self, kept: int, seen: int, aside: Sequence[Reference]) -> str:
        if kept >= self.needed:
            return ""
        names = f" (set aside: {', '.join(str(each) for each in aside)})" if aside else ""
        count = f"{kept} of {seen} references in sight agree{names}" if aside else f"only {kept} in sight"
        return f"{count}; {self.needed} are needed: has the camera moved, is something in front?"

    def _biases_after(self, fitted: Calibration, at_s: float) -> dict[str, float]:
        model = fitted.posterior.model if fitted.posterior else None
        if model is None:
            return dict(self.biases)
        gain = _gain(at_s - self.fitted_at_s, _BIAS_TIME_S)
        found = dict(self.biases)
        log_inverse = model.curve.log_inverse(np.array([each.sample.value for each in fitted.kept])).tolist()
        for each, fitted_there in zip(fitted.kept, log_inverse, strict=True):
            deviation = -math.log(each.reference.distance_m) - fitted_there
            name = name_of(each.reference)
            old = found.get(name, deviation)
            found[name] = old + gain * (deviation - old)
        return found

    def _smoothed(self, fitted: Calibration, at_s: float) -> tuple[Calibration, tuple[float, float]]:
        """The fit moved towards the earlier ones, as far as the references let it."""
        posterior = fitted.posterior
        if posterior is None:
            return fitted, (0.0, 0.0)
        curve = posterior.model.curve
        now = np.array([curve.near, curve.bend])
        last = None if self.calibration is None else self.calibration.posterior
        of_one_form = last is not None and last.model.curve.anchors.power == curve.anchors.power
        if self.parameters is None or not of_one_form or self.time_constant_s <= 0:
            return fitted, (curve.near, curve.bend)
        behind = (1.0 - _gain(at_s - self.fitted_at_s, self.time_constant_s)) * (np.array(self.parameters) - now)
        behind = _within(behind, posterior)
        held = curve.at(curve.near + float(behind[0]), curve.bend + float(behind[1]))
        moved = replace(fitted, trend=held.trend, posterior=posterior.moved(behind))
        return moved, (held.near, held.bend)


def is_printed(reference: Reference) -> bool:
    """Whether it is a marker, or a board, that is found anew in every frame."""
    return reference.label.startswith(_PRINTED)


def finds_itself(reference: Reference) -> bool:
    """Whether its distance is measured anew for every frame: a printed target's, a range sensor's."""
    return is_printed(reference) or reference.label.startswith(_RANGED)


def name_of(reference: Reference) -> str:
    """What tells a reference from others in every frame: a target's or sensor's label, otherwise its pixel too."""
    if finds_itself(reference):
        return reference.label
    return f"{reference.label} {reference.u_px:g},{reference.v_px:g}"


def _gain(elapsed_s: float, time_constant_s: float) -> float:
    return 1.0 - math.exp(-max(0.0, elapsed_s) / time_constant_s)


def _within(behind: Vector, posterior: Posterior) -> Vector:
    """As much of a step away from the fit as keeps it within the bound at the references."""
    off = posterior.model.trend @ behind
    most = float(np.abs(off).max())
    return behind if most <= _MOST_LAG else behind * (_MOST_LAG / most)
