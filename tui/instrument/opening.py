"""How sources are opened and models loaded: in the pipeline's threads, not in a front end's."""

from __future__ import annotations

from tui.camera.frame import FrameSource
from tui.depth.estimator import DepthEstimator
from tui.instrument.wanted import Wanted
from tui.pipeline.capture import Opener
from tui.pipeline.loading import Loader, Progress


def opener(wanted: Wanted) -> Opener:
    """Opens the source that is wanted."""

    def open_it() -> tuple[FrameSource, str]:
        from tui.camera.demo.source import DemoSource
        from tui.camera.open import default_source, first_camera, open_source

        if wanted.source is not None:
            source, note = open_source(wanted.source), ""
        elif not wanted.demo:
            source, note = first_camera(), ""
        else:
            source, note = default_source()
            note = f"{note}; s picks another source" if note else ""
        if wanted.resting and isinstance(source, DemoSource):
            source.rest()
        return source, note

    return open_it


def loader(wanted: Wanted) -> Loader:
    """Loads the model that is wanted."""

    def load(progress: Progress) -> DepthEstimator:
        from tui.depth.beside import load_beside
        from tui.depth.loader import ModelRequest

        request = ModelRequest(wanted.model, wanted.weights, wanted.engine, wanted.threads, wanted.precision)
        return load_beside(request, progress)

    return load
