"""From camera to camera of a configuration; each with its profile, regions and alarms."""

from __future__ import annotations

from collections.abc import Sequence

from tui.depth.loader import default_model
from tui.errors import DepthTuiError, InputError
from tui.geometry.region import same_name
from tui.instrument.instrument import Instrument
from tui.instrument.regions import with_region
from tui.instrument.said import Severity
from tui.screens.options import ConfiguredCamera
from tui.screens.watching import Watching
from tui.widgets.status_line import Field


class Walking:
    """Which camera is shown, and what it still has to be given.

    Args:
        instrument: shows one at a time.
        watching: is told its name and its alarms.
        cameras: of the configuration, the one that is shown first at the front.
    """

    def __init__(self, instrument: Instrument, watching: Watching, cameras: Sequence[ConfiguredCamera]) -> None:
        self._instrument = instrument
        self._watching = watching
        self._cameras = tuple(cameras)
        self._at = 0
        self._given: set[str] = set()
        self._looked_at: ConfiguredCamera | None = None

    @property
    def current(self) -> ConfiguredCamera | None:
        """The camera that is shown; None where that is none of them."""
        camera = self._cameras[self._at] if self._cameras else None
        return camera if camera is not None and camera.wanted.source == self._instrument.wanted.source else None

    @property
    def field(self) -> Field:
        """'hall 1/3', for the status line."""
        camera = self.current
        return Field("" if camera is None else f"{camera.name} {self._at + 1}/{len(self._cameras)}", 1)

    def next(self) -> None:
        """Show the next camera.

        Raises:
            InputError: there is no other one.
        """
        if len(self._cameras) < 2:
            raise InputError("there is no other camera: depth-tui --config FILE names several; s picks another source")
        before, instrument = self._cameras[self._at], self._instrument
        if self.current is not None:
            self._at = (self._at + 1) % len(self._cameras)
        camera = self._cameras[self._at]
        wanted = camera.wanted
        instrument.open_source(wanted.source or "", wanted.wish, wanted.mounting)
        if wanted.profile and camera.name not in self._given:
            instrument.load_profile(wanted.profile)
        if wanted.model != before.wanted.model and (model := wanted.model or default_model(live=True)) is not None:
            instrument.load_model(wanted, model)

    def look(self) -> None:
        """With the first map of a camera it gets what its entry says."""
        camera = self.current
        if not self._cameras:
            return
        if camera is not self._looked_at:
            self._looked_at = camera
            self._watching.camera = "" if camera is None else camera.name
            self._watching.given = () if camera is None else camera.rules
        if camera is None or camera.name in self._given or self._instrument.reading.frame is None:
            return
        self._given.add(camera.name)
        for problem in _set_up(self._instrument, camera):
            self._instrument.voice.say(f"camera {camera.name}: {problem}", Severity.WARNING)


def _set_up(instrument: Instrument, camera: ConfiguredCamera) -> list[str]:
    """Give a camera its pins, regions and references; what of that cannot be done is left out, and why."""
    problems = [f"{each} is for watch: not used here" for each in camera.unused]
    for pixel in camera.pins:
        try:
            instrument.update(instrument.session.jumped(*pixel).pinned())
        except DepthTuiError as error:
            problems.append(str(error))
    for region in camera.regions:
        if any(same_name(region.name, each.name) for each in instrument.session.regions):
            continue
        try:
            instrument.update(with_region(instrument.session, region))
        except DepthTuiError as error:
            problems.append(str(error))
    try:
        if camera.references:
            instrument.give_references(camera.references)
    except DepthTuiError as error:
        problems.append(str(error))
    for marker in camera.markers:
        try:
            instrument.answer("marker", marker)
        except DepthTuiError as error:
            problems.append(str(error))
    return problems
