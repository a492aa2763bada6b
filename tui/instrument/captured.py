"""What a capture holds: a frame, its map, and all that its readings were made with, as files."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tui.calibration.report import Report
from tui.camera.frame import FrameSource
from tui.errors import StorageError
from tui.instrument.frame import FrameReading
from tui.instrument.panes import Look, panes
from tui.instrument.playback import Playback
from tui.instrument.recorded import reading_to_plain
from tui.instrument.renewing import with_model_of
from tui.instrument.session import Session
from tui.instrument.whole import whole_frame
from tui.pipeline.brought import brought_by
from tui.pipeline.inference import DepthResult
from tui.storage import export
from tui.storage.captured import capture_text
from tui.storage.encode import encode_metres, encode_npz, encode_png, encode_png16
from tui.storage.points import cloud_of, encode_ply
from tui.version import __version__

_TOLD = {
    export.PICTURE: "the picture as it was read, without a loss",
    export.RAW_DEPTH: "the map: relative inverse depth, float32, rows from the top (numpy: load(...)['inverse_depth'])",
    export.DEPTH_16_BIT: "the same as a 16-bit PNG; its text 'inverse_depth' says how values become the map's again",
    export.DISTANCES: "'distance_m', 'low_m', 'high_m': metres along the optical axis, float32; NaN: no distance",
    export.POINTS: "points in colour, metres, the camera's frame: x right, y down, z ahead; relative sigma of each",
    export.CAMERA_SHOWN: "the picture with crosshair, pins (1, 2 ...), references (a, b ...) and regions",
    export.MAP_SHOWN: "the map with them, as it was shown",
    export.READINGS: "what was read, as measure --json says it",
    export.CAPTURE: "what it was read with: references, calibration, camera, model, doubts; for reading it again",
}
"""What is in which file."""


def capture_files(
    reading: FrameReading, session: Session, report: Report, look: Look | None = None
) -> Mapping[str, bytes]:
    """A capture's files by name; some 100 ms of work.

    Args:
        reading: of a frame that has a map.
        session: that it was read with.
        report: of it, as `tui.instrument.instrument.Instrument.report` makes it.
        look: how its map was drawn.
    """
    result = reading.result
    assert result is not None  # noqa: S101 - the caller has looked
    image, inverse_depth = result.frame.image, result.inverse_depth
    shown, mapped = panes(reading, session, look or Look())
    files = {
        export.PICTURE: encode_png(image),
        export.RAW_DEPTH: encode_npz(inverse_depth),
        export.DEPTH_16_BIT: encode_png16(inverse_depth),
        export.CAMERA_SHOWN: encode_png(shown),
        export.MAP_SHOWN: encode_png(mapped),
        export.READINGS: json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n",
        export.CAPTURE: capture_text(reading_to_plain(reading, session), image, inverse_depth).encode() + b"\n",
    }
    files |= _in_metres(reading, session)
    return files | {export.EXPLAINED: _explained(reading, files)}


def _in_metres(reading: FrameReading, session: Session) -> dict[str, bytes]:
    """Distances with their bounds, where the frame gives any, and points, where its camera is known."""
    metric, nothing = whole_frame(reading)
    result, camera = reading.result, session.intrinsics
    if nothing or result is None:
        return {}
    files = {export.DISTANCES: encode_metres(metric)}
    if camera is not None:
        files[export.POINTS] = encode_ply(cloud_of(result.frame.image, metric, camera), reading.warnings)
    return files


def _explained(reading: FrameReading, files: Mapping[str, bytes]) -> bytes:
    """For whoever finds the folder years later."""
    when = "" if reading.captured_at is None else f" of {reading.captured_at.isoformat(timespec='milliseconds')}"
    source = "" if reading.info is None else f", from {reading.info.label}"
    lines = [
        f"A capture of depth-tui {__version__}{when}{source}.",
        "",
        *(f"{name:17}{_TOLD[name]}" for name in _TOLD if name in files),
        "",
        "The same readings again, and others of the same map:",
        "",
        "    depth-tui measure THIS_FOLDER",
        "    depth-tui measure THIS_FOLDER --at 120,200 --json",
        "    depth-tui --source THIS_FOLDER",
        '    python: from tui import load_capture; load_capture("THIS_FOLDER").read(120, 200)',
        "",
        "Distances are along the optical axis, intervals hold 95 %. What is not 'ok' is a guess, and says why.",
    ]
    if export.DISTANCES not in files:
        lines.append(f"There is no {export.DISTANCES}: this frame gives no distances.")
    return ("\n".join(lines) + "\n").encode()


def read_again(source: FrameSource) -> tuple[FrameReading, Session]:
    """The reading of a capture, and the session that it was read with, without any thread.

    Args:
        source: as `tui.camera.captured.open_capture` opens it; it is closed.

    Raises:
        StorageError: what was captured is corrupt.
    """
    frame = source.read()
    source.close()
    found = brought_by(frame)
    assert found is not None  # noqa: S101 - a capture brings its map
    result = DepthResult(
        *(frame, found.depth_map, found.identity, found.engine, 0.0), averaged=found.averaged, as_recorded=True
    )
    height, width = result.inverse_depth.shape
    playback = Playback()
    session, _ = playback.taken(Session().with_picture_size(width, height), result)
    session, _ = with_model_of(session, result)
    reading = playback.reading(session, result, source.info, 0.0, playback.stale(session, result))
    if reading is None:
        raise StorageError(playback.problem)
    return reading, session
