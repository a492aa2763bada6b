"""How the main screen opens sources and loads models: what runs in the pipeline's threads, not in the interface's."""

from __future__ import annotations

from tui.camera.frame import FrameSource
from tui.depth.estimator import DepthEstimator
from tui.pipeline.capture import Opener
from tui.pipeline.loading import Loader, Progress
from tui.screens.options import StartOptions


def opener(spec: str | None) -> Opener:
    """Opens a source by its spec, or the default one."""

    def open_it() -> tuple[FrameSource, str]:
        from tui.camera.open import default_source, open_source

        if spec is None:
            source, note = default_source()
            return source, f"{note}; s picks another source" if note else ""
        return open_source(spec), ""

    return open_it


def loader(options: StartOptions) -> Loader:
    """Loads the model that the options name."""

    def load(progress: Progress) -> DepthEstimator:
        from tui.depth.beside import load_beside
        from tui.depth.loader import ModelRequest

        request = ModelRequest(options.model, options.weights, options.engine, options.threads, options.precision)
        return load_beside(request, progress)

    return load
