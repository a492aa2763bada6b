"""Two views and a ruler, guided: keep the first picture, slide the camera, keep the second, type the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.errors import DepthTuiError, InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.known import MISSING
from tui.instrument.said import Severity
from tui.screens.asking import Asking
from tui.screens.understood import NOT_YET
from tui.widgets.question import Question

if TYPE_CHECKING:
    from tui.targets.two_views import TwoViews

_SLIDE = (
    "first picture kept: slide the camera sideways by 10 to 50 cm, looking the same way, hold it still and press V "
    "again; esc forgets it"
)


@dataclass(frozen=True, slots=True)
class _Kept:
    image: RGBImage
    label: str
    """Of the source that it is of."""
    at_s: float
    camera: Intrinsics


class TwoViewDialogs:
    """Asks for the second picture and the way, and gives the instrument the references, at the second one's pixels.

    The second picture is where the camera stays: its pixels are renewed in every frame from then on.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._first: _Kept | None = None

    @property
    def begun(self) -> bool:
        """Whether a first picture is kept."""
        return self._first is not None

    def forget(self) -> None:
        """Do without the first picture."""
        self._first = None
        self._asking.tell("two views: the first picture is forgotten")

    def press(self) -> None:
        """Keep the first picture; with one kept, take the second and ask for the way.

        Raises:
            InputError: there is no picture, or the camera is not known.
        """
        instrument = self._asking.instrument
        now = self._now()
        first = self._first
        if first is None or first.label != now.label or first.image.shape != now.image.shape:
            self._first = now
            instrument.voice.say(_SLIDE)
            return
        if first.at_s == now.at_s:
            raise InputError(
                "two views: this is the first picture still; let the picture go on (space), and slide the camera"
            )
        instrument.freeze(True)
        self._asking.ask(
            Question(
                "baseline",
                lambda: "two views: the camera was slid by:",
                "20cm ±2mm",
                lambda text: self._measure(text, first, now),
                _understood,
                lambda: "slid by:",
            )
        )

    def _now(self) -> _Kept:
        """The picture that is shown."""
        instrument = self._asking.instrument
        shown, info = instrument.shown, instrument.snapshot.capture.info
        if shown is None or info is None:
            raise InputError("two views: no depth map yet: wait for the model, or press m to choose one")
        camera = instrument.session.intrinsics
        if camera is None and self._first is not None and self._first.label == info.spec:
            camera = self._first.camera  # of a folder, each picture has what is measured in it to itself
        if camera is None:
            raise InputError(f"two views: {MISSING}")
        return _Kept(shown.frame.image, info.spec, shown.frame.captured_at_s, camera)

    def _measure(self, text: str, first: _Kept, second: _Kept) -> None:
        """Compute beside the interface; what comes of it is said."""
        from tui.targets.two_views import parse_baseline, references_of_two_views

        baseline_m, sigma_m = parse_baseline(text, "two views:")
        self._asking.instrument.voice.say("two views: matching the pictures ...")
        screen = self._asking.screen

        def compute() -> None:
            try:
                found = references_of_two_views(second.image, first.image, second.camera, baseline_m, sigma_m)
            except DepthTuiError as error:
                screen.app.call_from_thread(self._asking.tell, f"two views: {error}", Severity.ERROR)
            else:
                screen.app.call_from_thread(self._asking.order, lambda: self._take(found, second))

        screen.run_worker(compute, thread=True, group="two views", exclusive=True)

    def _take(self, found: TwoViews, second: _Kept) -> None:
        instrument = self._asking.instrument
        if self._now().at_s != second.at_s:
            raise InputError("two views: the picture went on before they were measured; press V again")
        if instrument.session.intrinsics is None:
            instrument.use_camera(second.camera)
        before = instrument.session.references
        others = tuple(each for each in before if each.reference.label != found.references[0].label)
        if len(others) < len(before):
            instrument.update(replace(instrument.session, references=others))
        instrument.give_references(found.references)
        self._first = None
        instrument.freeze(False)
        distances_m = [each.distance_m for each in found.references]
        instrument.voice.say(
            f"two views: {len(found.references)} references from {min(distances_m):.2g} to {max(distances_m):.2g} m, "
            f"of {found.matches} points; leave the camera where it is"
        )


def _understood(text: str) -> str:
    from tui.targets.two_views import default_baseline_sigma_m, parse_baseline

    if not text:
        return ""
    try:
        baseline_m, sigma_m = parse_baseline(text, "two views:")
    except DepthTuiError:
        return NOT_YET
    return f"= {100 * baseline_m:.4g} cm ± {1000 * (sigma_m or default_baseline_sigma_m(baseline_m)):.2g} mm"
