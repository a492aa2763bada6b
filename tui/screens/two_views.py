"""Two views and a ruler, guided: keep the first picture, slide the camera, keep the last, type the way.

Pictures that are shown in between are used as well, where they help: a slow slide narrows the intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from tui.calibration.reference import Reference
from tui.errors import DepthTuiError, InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.known import MISSING
from tui.instrument.said import Severity
from tui.screens.asking import Asking
from tui.screens.understood import NOT_YET
from tui.widgets.question import Question

if TYPE_CHECKING:
    from tui.targets.slide import Slide
    from tui.targets.views import Views
    from tui.targets.views_given import View

_SLIDE = (
    "first picture kept: slide the camera sideways by 10 to 50 cm, slowly, looking the same way, hold it still and "
    "press V again; esc forgets it"
)
_BY_REFERENCES = "by references"


@dataclass(frozen=True, slots=True)
class _Kept:
    image: RGBImage
    label: str
    """Of the source that it is of."""
    at_s: float
    camera: Intrinsics


class TwoViewDialogs:
    """Asks for the last picture and the way, and gives the instrument the references, at the last one's pixels.

    The last picture is where the camera stays: its pixels are renewed in every frame from then on.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._first: _Kept | None = None
        self._between: Slide | None = None
        self._seen_s = 0.0
        self._before: tuple[Reference, ...] = ()
        self._measuring: object = None
        """The measurement that is waited for; one under way that it is not is overtaken, or was given up."""

    @property
    def begun(self) -> bool:
        """Whether a first picture is kept."""
        return self._first is not None

    def forget(self) -> None:
        """Do without the first picture."""
        self._first = self._between = self._measuring = None
        self._asking.tell("two views: the first picture is forgotten")

    def look(self) -> None:
        """Another picture may be shown; between the first and the last, it is kept as well."""
        shown, first = self._asking.instrument.shown, self._first
        if first is None or self._between is None or shown is None:
            return
        frame = shown.frame
        if frame.captured_at_s != self._seen_s and frame.image.shape == first.image.shape:
            self._seen_s = frame.captured_at_s
            self._between.add(frame.image)

    def press(self) -> None:
        """Keep the first picture; with one kept, take the last and ask for the way.

        Raises:
            InputError: there is no picture, or the camera is not known.
        """
        from tui.targets.slide import Slide

        instrument = self._asking.instrument
        now = self._now()
        first = self._first
        if first is None or first.label != now.label or first.image.shape != now.image.shape:
            self._first, self._between, self._seen_s = now, Slide(), now.at_s
            self._before = tuple(each.reference for each in instrument.session.references)
            instrument.voice.say(_SLIDE)
            return
        if first.at_s == now.at_s:
            raise InputError(
                "two views: this is the first picture still; let the picture go on (space), and slide the camera"
            )
        instrument.freeze(True)
        told = bool(self._references())
        self._asking.ask(
            Question(
                "baseline",
                lambda: "two views: the camera was slid by:",
                "20cm ±2mm, or enter alone: your reference tells it" if told else "20cm ±2mm",
                lambda text: self._measure(text, first, now),
                _understood,
                lambda: "slid by:",
                default=_BY_REFERENCES if told else "",
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

    def _references(self) -> tuple[Reference, ...]:
        """Those that were given since the first picture, hence where the camera stands now."""
        given = (each.reference for each in self._asking.instrument.session.references)
        return tuple(each for each in given if each not in self._before and not _of_views(each))

    def _measure(self, text: str, first: _Kept, last: _Kept) -> None:
        """Compute beside the interface; what comes of it is said."""
        from tui.targets.slide import chosen_between
        from tui.targets.views import parse_baseline, references_of_views
        from tui.targets.views_given import View

        references = self._references()
        way: tuple[float | None, float | None] = (None, None)
        if not (references and text == _BY_REFERENCES):
            way = parse_baseline(text, "two views:")
        between = () if self._between is None else self._between.images
        self._asking.instrument.voice.say("two views: matching the pictures ...")
        screen = self._asking.screen
        measuring = self._measuring = object()

        def told(tell: Callable[[], object]) -> None:
            if measuring is self._measuring:
                tell()

        def compute() -> None:
            chosen = chosen_between(last.image, between[::-1], first.image)
            views: list[View] = [View(each, "a picture in between", needed=False) for each in chosen]
            views.append(View(first.image, "the first picture", *way))
            try:
                found = references_of_views(last.image, views, last.camera, references=references)
            except DepthTuiError as error:
                words = f"two views: {error}"
                screen.app.call_from_thread(told, lambda: self._asking.tell(words, Severity.ERROR))
            else:
                take = partial(self._take, found, last, references)
                screen.app.call_from_thread(told, lambda: self._asking.order(take))

        screen.run_worker(compute, thread=True, group="two views")

    def _take(self, found: Views, last: _Kept, references: tuple[Reference, ...]) -> None:
        instrument = self._asking.instrument
        if self._now().at_s != last.at_s:
            raise InputError("two views: the picture went on before they were measured; press V again")
        if instrument.session.intrinsics is None:
            instrument.use_camera(last.camera)
        before = instrument.session.references
        # Those that told the scale come back with what their errors now have in common with all the others.
        renewed = references if found.tied else ()
        others = tuple(each for each in before if not _of_views(each.reference) and each.reference not in renewed)
        if len(others) < len(before):
            instrument.update(replace(instrument.session, references=others))
        instrument.give_references((*found.tied, *found.references))
        self._first = self._between = self._measuring = None
        instrument.freeze(False)
        distances_m = [each.distance_m for each in found.references]
        views = "two views" if len(found.names) == 1 else f"{len(found.names) + 1} views"
        instrument.voice.say(
            f"{views}: {len(found.references)} references from {min(distances_m):.2g} to {max(distances_m):.2g} m, "
            f"of {found.matches} points; leave the camera where it is"
        )


def _of_views(reference: Reference) -> bool:
    return reference.label.endswith(" views")


def _understood(text: str) -> str:
    from tui.targets.views import parse_baseline
    from tui.targets.views_given import default_way_sigma_m

    if not text or text == _BY_REFERENCES:
        return ""
    try:
        baseline_m, sigma_m = parse_baseline(text, "two views:")
    except DepthTuiError:
        return NOT_YET
    return f"= {100 * baseline_m:.4g} cm ± {1000 * (sigma_m or default_way_sigma_m(baseline_m)):.2g} mm"
