"""The instrument without a screen, as `measure` and `watch` use it: set up from options, read frame by frame."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TypeVar

from tui.calibration.checks import Check, Checker
from tui.camera.command import is_command
from tui.camera.frame import Frame
from tui.camera.wish import asked_of_no_camera
from tui.cli.answer import Answer, answer_of
from tui.cli.asked import Asked
from tui.cli.exits import complain, warn
from tui.cli.ranges import await_ranges
from tui.cli.set_up import Given, calibrate, set_up
from tui.depth.averaging import MirroredToo
from tui.depth.estimator import DepthEstimator
from tui.errors import InputError, SourceEnded, SourceError
from tui.geometry.sampling import check_pixel
from tui.instrument.conscience import PICTURE
from tui.instrument.hearing import NOTE
from tui.instrument.instrument import Instrument
from tui.instrument.opening import at_first_frame, opener
from tui.instrument.said import Severity
from tui.instrument.session import Session
from tui.instrument.wanted import Wanted
from tui.pipeline.brought import Need
from tui.pipeline.capture import Opener
from tui.pipeline.inference import DepthResult
from tui.pipeline.pipeline import Pipeline
from tui.targets.views import Views

DEFAULT_WINDOW_PX = 5
_Found = TypeVar("_Found")
_FIRST_S = 60.0
"""A source that has not delivered a picture by then is given up; so is a map."""


class Headless:
    """Asks an instrument; `changed` wakes whoever waits for it."""

    def __init__(
        self,
        asked: Asked,
        wanted: Wanted,
        open_with: Opener | None = None,
        *,
        patient: bool = False,
        waiting: Callable[[str], None] = lambda _label: None,
    ) -> None:
        self.asked = asked
        self._waiting = waiting
        self._bell = threading.Event()
        self.ending = threading.Event()
        """Set by `end`: whoever waits for something new goes home."""
        self._noted: set[str] = set()
        self._pictured: dict[str, str] = {}
        """What was said of the picture and has not ended."""
        self._checker = Checker()
        self._patient = patient
        self._mounting = wanted.mounting
        self._given = Given()
        profile = asked.profile
        window_px = asked.window_px or (profile.window_px if profile else DEFAULT_WINDOW_PX)
        pipeline = Pipeline(self._bell.set)
        self.instrument = Instrument(pipeline, wanted, Session(window_px=window_px), force=asked.force)
        self.instrument.freshness.one_frame = not patient
        pipeline.want(0)
        pipeline.start()
        if open_with is None and not patient:
            open_with = at_first_frame(opener(wanted))
        if open_with is None:
            self.instrument.open_wanted()
        else:
            pipeline.mount(wanted.mounting)
            pipeline.open(open_with)

    def first_picture(self) -> None:
        """Wait for a picture, and check what was asked against it, before a model is loaded for nothing.

        Raises:
            DepthTuiError: there is none, or a pixel lies outside it, or the camera is not known.
        """
        frame = self._wait(lambda: self.instrument.snapshot.frame, "picture", reads=False)
        height, width = frame.image.shape[:2]
        self.instrument.picture(width, height)
        asked = self.asked
        for pixel in (*asked.pixels, *(end for line in asked.lines for end in line)):
            check_pixel(*pixel, width, height)
        for each in asked.references:
            try:
                check_pixel(*each.pixel, width, height)
            except InputError as error:
                raise InputError(f"reference {each}: {error}") from error
        self._given = set_up(self.asked, self.instrument, frame, self._mounting, still=self.still)

    @property
    def label(self) -> str:
        """What the source is called."""
        info = self.instrument.snapshot.capture.info
        return "" if info is None else info.label

    @property
    def still(self) -> bool:
        """Whether what is looked at is a picture that never changes."""
        info = self.instrument.snapshot.capture.info
        return info is not None and info.still

    @property
    def recorded(self) -> bool:
        """Whether the pictures bring their maps along, so that no network is needed."""
        frame = self.instrument.snapshot.frame
        return frame is not None and frame.recorded is not None

    def use(self, estimator: DepthEstimator | None) -> None:
        """Measure with this model, from the first map on; with None, with the maps that the pictures bring.

        Raises:
            DepthTuiError: no map can be made, or what was asked cannot be used with it.
        """
        pipeline = self.instrument.pipeline
        if estimator is not None:
            pipeline.load(estimator.identity.name, lambda _progress: estimator, Need.NAMED)
        pipeline.ask()
        if self.asked.profile is not None:
            if self.asked.own:
                warn(f"the references given here are used, not those of the profile {self.asked.profile.name}")
            else:
                # Its regions and sensors are there since the first picture, those given here in their place.
                self.instrument.use_profile(replace(self.asked.profile, regions=(), ranges=()))
        result = self._wait(lambda: self._shown_of(estimator), "depth map")
        first = await_ranges(self, result, patient=self._patient)
        calibrate(self.asked, self.instrument, self._given, first, patient=self._patient)
        self.speak()

    def _shown_of(self, estimator: DepthEstimator | None) -> DepthResult | None:
        """What is shown, once it is this network's: the demo's frames have a map of their own until it is there."""
        shown = self.instrument.shown
        return shown if shown is None or estimator is None or shown.identity == estimator.identity else None

    def advance(self) -> DepthResult | Frame | None:
        """Take what is new, and say on the error stream what there is to say."""
        taken = self.instrument.advance(lambda new: isinstance(new, DepthResult))
        self.speak()
        return taken

    def wait(self, timeout_s: float) -> None:
        """Until something has changed, or the time is up."""
        self._bell.wait(timeout_s)
        self._bell.clear()

    def end(self) -> None:
        """Ask whoever drives it, from another thread, to stop soon."""
        self.ending.set()
        self._bell.set()

    def answer(self) -> Answer:
        """What the frame that is shown says."""
        return answer_of(self.asked, self.instrument, self._given.regions, still=self.still)

    @property
    def views(self) -> Views | None:
        """What the picture and those of `--moved` or `--slide` tell."""
        return self._given.views

    def checks(self) -> tuple[Check, ...]:
        """Of the references, with this frame; the others are asked for those that do not count."""
        reading = self.instrument.reading
        aside = bool(reading.asides) or (reading.calibration is not None and bool(reading.calibration.set_aside))
        return reading.checks(self._checker, anew=aside)

    def speak(self) -> None:
        """Say on the error stream what the instrument has to say, but for what went well."""
        told = self.instrument.snapshot.model_notes  # by the model itself, as they come
        for said in self.instrument.voice.fetch():
            if said.key == NOTE:  # of a clip that runs over and over: once
                matters = said.text not in self._noted
                self._noted.add(said.text)
            else:
                matters = said.severity in {Severity.ERROR, Severity.WARNING} and said.text not in told
            if said.text and matters:
                warn(said.text)
                if said.key.startswith(PICTURE):
                    self._pictured[said.key] = said.text
            elif not said.text and said.key in self._pictured:
                complain(f"no longer: {self._pictured.pop(said.key)}")

    def stop(self) -> None:
        """End the threads."""
        self.instrument.pipeline.stop()

    def _wait(self, look: Callable[[], _Found | None], what: str, *, reads: bool = True) -> _Found:
        deadline_s = time.monotonic() + _FIRST_S
        while True:
            if self.ending.is_set():
                raise SourceEnded(f"ended while it waited for a {what}")
            # A map that came with the first picture is not read before all that was asked is set.
            self.instrument.advance(lambda new: reads and isinstance(new, DepthResult))
            found, snapshot = look(), self.instrument.snapshot
            if found is not None:
                return found
            if snapshot.loading.error is not None:
                raise snapshot.loading.error
            if snapshot.inference_error:
                raise InputError(snapshot.inference_error)
            error, info = snapshot.capture.error, snapshot.capture.info
            waits = self._patient and info is not None and info.live and not isinstance(error, InputError)
            # A command may write one picture and end: that is here, and its map will be.
            waits = waits or (
                reads and info is not None and is_command(info.spec) and not isinstance(error, InputError)
            )
            if error is not None and not waits:
                raise error
            if error is None and time.monotonic() > deadline_s:
                raise SourceError(f"no {what} after {_FIRST_S:.0f} s; see: depth-tui cameras")
            self.speak()
            if not reads:  # what loads is not the camera's silence
                self._waiting(self.label)
            self.wait(0.05)


@contextmanager
def asking(
    asked: Asked,
    wanted: Wanted,
    load: Callable[[], AbstractContextManager[DepthEstimator]],
    open_with: Opener | None = None,
    *,
    patient: bool = False,
    mirror_stills: bool = False,
    begun: Callable[[Headless], None] = lambda _headless: None,
    waiting: Callable[[str], None] = lambda _label: None,
    named: bool = False,
) -> Iterator[Headless]:
    """An instrument that is ready to be read; a `patient` one waits for a stream that does not answer yet.

    `begun` is called with it before there is a picture, for whoever may want to end it from another thread; `waiting`
    now and then while the source gives no picture yet, with what the source is called, if that is known. A recording
    is read as it was recorded, and no model loaded, unless one was `named`.

    With `mirror_stills` a still picture is read from the mean of its map and of its mirror image's.

    Raises:
        DepthTuiError: as `Headless`.
    """
    if open_with is not None and not wanted.wish.plain:
        raise asked_of_no_camera(wanted.source or "")
    headless = Headless(asked, wanted, open_with, patient=patient, waiting=waiting)
    begun(headless)
    try:
        headless.first_picture()
        if headless.recorded and not named:
            headless.use(None)
            yield headless
            return
        with load() as estimator:
            headless.use(MirroredToo(estimator) if mirror_stills and headless.still else estimator)
            yield headless
    finally:
        headless.stop()
