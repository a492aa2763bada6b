"""How sources are opened and models loaded: in the pipeline's threads, not in a front end's."""

from __future__ import annotations

from typing import TypedDict

from tui.camera.frame import FrameSource, Steerable
from tui.camera.wish import CameraWish, asked_of_no_camera
from tui.depth.estimator import DepthEstimator
from tui.instrument.wanted import Wanted
from tui.pipeline.capture import Opener
from tui.pipeline.loading import Loader, Progress


class _Asked(TypedDict, total=False):
    wish: CameraWish


def opener(wanted: Wanted) -> Opener:
    """Opens the source that is wanted."""

    def open_it() -> tuple[FrameSource, str]:
        from tui.camera.demo.source import DemoSource
        from tui.camera.open import default_source, first_camera, open_source

        asked = _Asked() if wanted.wish.plain else _Asked(wish=wanted.wish)
        if wanted.source is not None:
            source, note = open_source(wanted.source, **asked), ""
            if asked and not source.info.camera:
                source.close()
                raise asked_of_no_camera(source.info.label)
        elif not wanted.demo:
            source, note = first_camera(**asked), ""
        else:
            source, note = default_source(**asked)
            note = f"{note}; s picks another source" if note else ""
        if wanted.resting and isinstance(source, DemoSource):
            source.rest()
        return source, note

    return open_it


def at_first_frame(open_with: Opener) -> Opener:
    """The same; a clip, a bag or a recording stands at its first frame, however long a model takes to load."""

    def open_it() -> tuple[FrameSource, str]:
        source, note = open_with()
        if isinstance(source, Steerable):
            source.hold(True)
        return source, note

    return open_it


def loader(wanted: Wanted) -> Loader:
    """Loads the model that is wanted."""

    def load(progress: Progress) -> DepthEstimator:
        from tui.depth.beside import load_beside
        from tui.depth.loader import ModelRequest

        request = ModelRequest(
            wanted.model, wanted.weights, wanted.engine, wanted.threads, wanted.precision, wanted.card
        )
        return load_beside(request, progress)

    return load
