"""What is read of a frame as plain data: what `measure --json` prints and a capture keeps."""

from __future__ import annotations

from tui.calibration.measure import Measurement
from tui.calibration.report import Report, report
from tui.errors import InputError
from tui.instrument.frame import FrameReading
from tui.instrument.session import Session


def frame_report(reading: FrameReading, session: Session, measurement: Measurement) -> Report:
    """The report of a frame, read with a session, with what was read at its pixels.

    Raises:
        InputError: there is no map yet.
    """
    result, info = reading.result, reading.info
    if result is None:
        raise InputError("nothing to capture yet: there is no depth map")
    still = info is not None and info.still and info.spec != "-"
    plain = report(
        measurement,
        image=info.spec if info and still else result.frame.name or (info.label if info else ""),
        width=session.width,
        height=session.height,
        model=result.identity.name,
        engine=result.engine,
    )
    mounting = str(result.frame.mounted or "")
    return {
        **plain,
        "source": info.label if info else None,
        "profile": session.profile or None,
        **reading.plain(),
        **({"mounting": mounting} if mounting else {}),
    }
