"""An instrument over fakes, driven step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.fakes import RampEstimator, SteppableSource, Told, ramp_image, wait_until
from tui.camera.frame import FrameSource
from tui.camera.rangefinder import Rangefinders
from tui.depth.estimator import DepthEstimator
from tui.errors import SourceError
from tui.instrument.instrument import Instrument
from tui.instrument.wanted import Wanted
from tui.pipeline.capture import Opener
from tui.pipeline.looking import Looker
from tui.pipeline.pipeline import Pipeline

TRUE_SCALE, TRUE_SHIFT = 0.5, 0.1
"""1/z = 0.5 p + 0.1 for the planted ramp p = 0.1 + 0.01 u."""


def true_m(u_px: int) -> float:
    return 1 / (TRUE_SCALE * (0.1 + 0.01 * u_px) + TRUE_SHIFT)


def plugged(source: SteppableSource) -> Opener:
    """Opens it, again as well after it was lost."""

    def open_it() -> tuple[FrameSource, str]:
        source.closed.clear()
        return source, ""

    return open_it


class Driven:
    """What a test holds."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.source = SteppableSource()
        self._value = 0

    def show(self, width: int = 64, height: int = 48) -> None:
        """The source delivers another picture, and it is read."""
        self._value = (self._value + 1) % 256
        self.source.give(ramp_image(self._value, width, height))
        self.until(lambda: self._blue() == self._value, f"picture {self._value} is read")

    def open(self, label: str) -> None:
        """Another camera, and its first picture."""
        self.source = SteppableSource(label)
        self.instrument.pipeline.open(plugged(self.source))
        self.show()

    def lose(self) -> None:
        """The source is unplugged."""
        self.source.give(SourceError("camera 0: unplugged"))
        self.until(lambda: self.instrument.reading.stale != "", "the source is lost")

    def until(self, condition: Callable[[], bool], what: str) -> None:
        def look() -> bool:
            self.instrument.advance()
            return condition()

        wait_until(look, what)

    def use(self, estimator: DepthEstimator) -> None:
        """Another model; the picture is read with it."""
        name = estimator.identity.name
        self.instrument.pipeline.load(name, lambda _progress: estimator)
        self.until(lambda: (r := self.instrument.shown) is not None and r.identity.name == name, f"{name} is used")

    def refer(self, u_px: int, v_px: int = 20, distance_m: float | None = None) -> None:
        """Give a reference; its true distance unless another is given."""
        instrument = self.instrument
        instrument.update(instrument.session.jumped(u_px, v_px))
        instrument.answer("reference", f"{distance_m or true_m(u_px):.4f}")

    def pin(self, u_px: int, v_px: int = 20) -> None:
        self.instrument.update(self.instrument.session.jumped(u_px, v_px).pinned())

    def said(self) -> str:
        return "\n".join(each.text for each in self.instrument.voice.fetch())

    @property
    def distances(self) -> list[float]:
        return [round(each.reference.distance_m, 3) for each in self.instrument.session.references]

    def _blue(self) -> int:
        frame = self.instrument.reading.frame
        return -1 if frame is None else int(frame.image[0, 0, 2])


@contextmanager
def driven(
    estimator: DepthEstimator | None = None,
    *,
    label: str = "camera 0",
    keep: bool = True,
    size: tuple[int, int] = (64, 48),
    profile: str | None = None,
    force: bool = False,
    looker: Callable[..., Looker] = Told,
    rangefinders: Callable[[Callable[[], None]], Rangefinders] = Rangefinders,
) -> Iterator[Driven]:
    """A start of the program on a camera: its first picture is read. Nothing is seen in the pictures themselves."""
    found = estimator or RampEstimator()
    pipeline = Pipeline(lambda: None, looker, rangefinders)
    instrument = Instrument(pipeline, Wanted(source=label), keep=keep, force=force)
    held = Driven(instrument)
    held.source = SteppableSource(label)
    pipeline.want(float("inf"))
    pipeline.start()
    pipeline.load("fake", lambda _progress: found)
    pipeline.open(plugged(held.source))
    try:
        if profile is not None:
            instrument.load_profile(profile)
        held.show(*size)
        yield held
    finally:
        instrument.memory.flush()
        pipeline.stop()
