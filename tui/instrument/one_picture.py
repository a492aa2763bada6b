"""One picture through the instrument that all front ends have, from the start of its threads to their end."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from tui.calibration.measure import Unseen
from tui.calibration.reference import Reference
from tui.camera.frame import FrameSource, SourceInfo
from tui.camera.stills import StillSource
from tui.depth.estimator import DepthEstimator
from tui.errors import InputError, SourceError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.frame import FrameReading
from tui.instrument.instrument import Instrument
from tui.instrument.session import Session
from tui.instrument.wanted import Wanted
from tui.pipeline.brought import Need
from tui.pipeline.pipeline import Pipeline

_LONGEST_S = 300.0
"""For one picture; the largest network takes some seconds."""


def reading_of(
    picture: RGBImage,
    label: str,
    references: Sequence[Reference],
    camera: Intrinsics | None,
    estimator: DepthEstimator,
    window_px: int,
) -> tuple[FrameReading, tuple[Unseen, ...]]:
    """What it says of the picture, and the references that it shows nothing of.

    Args:
        picture: RGB, uint8, shape (H, W, 3).
        label: what to call it.
        references: given once there is a map.
        camera: that took the picture; None where it is not known.
        estimator: asked once; it stays open.
        window_px: odd side of the window whose median is read.

    Raises:
        DepthTuiError: the network or the references cannot be used.
    """
    bell = threading.Event()
    pipeline = Pipeline(bell.set)
    instrument = Instrument(pipeline, Wanted(source=label, demo=False), Session(window_px=window_px))
    source: FrameSource = StillSource(SourceInfo(label, label, live=False, still=True), picture)
    pipeline.load(estimator.identity.name, lambda _progress: estimator, Need.NAMED)
    pipeline.open(lambda: (source, ""))
    pipeline.start()
    try:
        while instrument.shown is None:
            rang = bell.wait(_LONGEST_S)
            bell.clear()
            instrument.advance()
            snapshot = instrument.snapshot
            if (error := snapshot.loading.error or snapshot.capture.error) is not None:
                raise error
            if snapshot.inference_error:
                raise InputError(snapshot.inference_error)
            if not rang and instrument.shown is None:
                raise SourceError(f"{label}: no depth map after {_LONGEST_S:.0f} s")
        if camera is not None:
            instrument.use_camera(camera)
        unseen = instrument.give_references(references) if references else ()
        return instrument.reading, unseen
    finally:
        pipeline.stop()
