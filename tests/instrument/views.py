"""What looks at pictures find, said beforehand, and a start that heeds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from tests.fakes import RampEstimator, Told
from tests.instrument.driven import Driven, driven
from tui.geometry.arrays import FloatMap, RGBImage
from tui.sight.remembered import Remembered
from tui.sight.seen import NOTHING_SEEN, Motion, Seen, Verdict, VerdictKind


def motion(du_px: float = 0.0, dv_px: float = 0.0, sigma_px: float = 0.5, zoom: float = 1.0) -> Motion:
    return Motion(np.array([[zoom, 0.0, du_px], [0.0, zoom, dv_px], [0.0, 0.0, 1.0]]), sigma_px)


def seen(kind: VerdictKind, words: str = "", moved: Motion | None = None) -> Seen:
    return Seen((Verdict(kind, words or kind.value, 0.0),), moved)


class View:
    """What every look at a picture finds; what depends on a picture of before is found only where there is one."""

    def __init__(self) -> None:
        self.alone = NOTHING_SEEN
        self.compared = NOTHING_SEEN

    def __call__(self, _image: RGBImage, remembered: Remembered | None) -> Seen:
        return self.compared if remembered is not None and self.compared is not NOTHING_SEEN else self.alone

    def looker(self, *, live: bool, sensor: bool = False) -> Told:
        return Told(live=live, sensor=sensor, sees=self)


class Turned(RampEstimator):
    """A ramp that can be moved along, and that tells another scale and shift when it is spoiled."""

    moved_px = 0
    spoiled = False

    def estimate(self, image: RGBImage) -> FloatMap:
        found = np.roll(super().estimate(image), self.moved_px, axis=1)
        return np.ascontiguousarray(3 * found[:, ::-1] + 1 if self.spoiled else found)


@contextmanager
def watched(view: View, estimator: RampEstimator | None = None) -> Iterator[Driven]:
    """Two references, a pin in the middle, and the crosshair on it."""
    with driven(estimator, looker=view.looker) as start:
        start.instrument.answer("smoothing", "0")  # this network changes while the picture does not
        start.refer(10)
        start.refer(50)
        start.pin(30)
        start.show()
        yield start
