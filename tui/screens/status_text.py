"""What the status line and the banners over the pictures say."""

from __future__ import annotations

from dataclasses import replace

from tui.calibration.health import Grade
from tui.calibration.result import Calibration
from tui.instrument.frame import FrameReading, seconds_in_words
from tui.instrument.session import Session
from tui.pipeline.capture import CaptureStage
from tui.pipeline.inference import DepthResult
from tui.pipeline.pipeline import Snapshot
from tui.screens.position_text import position_text
from tui.widgets.status_line import Field, Tone


def status_fields(
    session: Session,
    snapshot: Snapshot,
    reading: FrameReading,
    now_s: float,
    bytes_per_s: float,
) -> list[Field]:
    """The status line: source and size, model, engine, profile, rates, age, drops, what is wrong."""
    capture, shown = snapshot.capture, reading.result
    source = capture.info.label if capture.info else "no source"
    size = f" {session.width}x{session.height}" if session.width else ""
    still = capture.info is not None and capture.info.still
    fields = [
        Field("depth-tui", 9, Tone.ACCENT),
        Field(f"{source}{size}", 1),
        Field(model_text(snapshot, shown), 2, Tone.PLAIN if shown and shown.identity.is_network else Tone.WARNING),
        trip_field(shown, 4),
        Field(problem_text(snapshot), 3, Tone.WARNING, shrinks=True),
        Field(f"profile {session.profile}" if session.profile else "", 5, right=True),
        Field(_health_text(reading.calibration), 7, Tone.PLAIN, right=True),
        position_field(snapshot, reading, -2),
    ]
    if not still:
        fields.append(Field(f"{bytes_per_s / 1000:.0f} kB/s", 10, Tone.DIM, right=True, restless=True))
        rates = f"{snapshot.capture_fps:.0f} in, {snapshot.depth_fps:.1f} depth/s"
        fields.append(Field(rates, 4, Tone.DIM, right=True, restless=True))
        frame = shown.frame if shown else snapshot.frame
        if frame is not None:
            age = f"age {seconds_in_words(now_s - frame.captured_at_s)}"
            fields.append(Field(age, 6, Tone.DIM, right=True, restless=True))
        dropped = f"{snapshot.dropped} dropped" if snapshot.dropped else ""
        fields.append(Field(dropped, 8, Tone.DIM, right=True, restless=True))
    fields.append(Field(picture_text(reading), -1, Tone.WARNING, right=True))
    live = _live_field(session, reading, capture.stage, still=still)
    fields.append(replace(live, text="PAUSED") if session.frozen and snapshot.position else live)
    return fields


def _live_field(session: Session, reading: FrameReading, stage: CaptureStage, *, still: bool) -> Field:
    if session.frozen:
        return Field("FROZEN", 0, Tone.WARNING, right=True)
    if stage is CaptureStage.RUNNING and reading.stale:
        return Field("STALE", 0, Tone.WARNING, right=True)
    if stage is CaptureStage.RUNNING:
        return Field("STILL" if still else "LIVE", 0, Tone.ACCENT, right=True)
    return Field(stage.value.upper(), 0, Tone.WARNING, right=True)


def model_text(snapshot: Snapshot, shown: DepthResult | None) -> str:
    """The model and its engine, or what is being loaded."""
    if snapshot.loading.label:
        return f"loading {snapshot.loading.label}"
    if shown is None:
        return "no depth yet"
    return f"{shown.identity.name} · {shown.engine}"


def problem_text(snapshot: Snapshot) -> str:
    """What is wrong and stays wrong until something is done about it; empty if nothing is."""
    if snapshot.capture.stage in {CaptureStage.FAILED, CaptureStage.LOST}:
        return snapshot.capture.message
    return snapshot.inference_error


def lost_banner(snapshot: Snapshot, now_s: float) -> str:
    """What stands across a picture that is no longer live; empty while it is."""
    capture = snapshot.capture
    if capture.stage is CaptureStage.LOST:
        label = capture.info.label if capture.info else "camera"
        again = f", trying again (attempt {capture.attempt})" if capture.attempt else ", trying again"
        return f"{label} lost {seconds_in_words(now_s - capture.since_s)} ago{again}"
    return "source failed: s picks another one" if capture.stage is CaptureStage.FAILED else ""


def depth_hint(snapshot: Snapshot, shown: DepthResult | None) -> str:
    """What the depth pane says while it has no map to show."""
    loading = snapshot.loading
    if shown is not None:
        return ""
    if loading.label:
        bar = ""
        if loading.fraction is not None:
            filled = round(20 * loading.fraction)
            bar = f"  {'█' * filled}{'░' * (20 - filled)} {loading.fraction:.0%}"
        return f"{loading.label}: {loading.step}{bar}"
    if loading.error is not None:
        return f"no model: {str(loading.error).splitlines()[0]}"
    if snapshot.inference_error:
        return snapshot.inference_error
    if snapshot.frame is not None and snapshot.frame.true_depth_m is None:
        return "no model: press m to choose or download one"
    return "waiting for a picture"


def picture_text(reading: FrameReading) -> str:
    """The worst that is wrong with the picture, in a word or two: 'DARK'; empty if it passed."""
    return next((each.kind.value.upper() for each in reading.judgement.verdicts), "")


def _health_text(calibration: Calibration | None) -> str:
    """'✓ calibration good', 'calibration fair'; empty without a calibration."""
    if calibration is None:
        return ""
    grade = calibration.health.grade
    return f"✓ calibration {grade.value}" if grade is Grade.GOOD else f"calibration {grade.value}"


def position_field(snapshot: Snapshot, reading: FrameReading, priority: int) -> Field:
    """Where the frame that is shown is; empty for a source without a time of its own."""
    position, frame = snapshot.position, reading.frame or snapshot.frame
    if position is None or frame is None or frame.at_s is None:
        return Field("", priority)
    return Field(position_text(frame.at_s, position), priority, right=True, restless=not position.held)


def trip_field(shown: DepthResult | None, priority: int) -> Field:
    """The round trip, for the status line; empty where this machine computes."""
    trip_s = None if shown is None else shown.depth_map.round_trip_s
    return Field("" if trip_s is None else f"{trip_text(trip_s)} there and back", priority, Tone.DIM, restless=True)


def trip_text(seconds: float) -> str:
    """'43 ms', '250 ms', '1.2 s': two digits, as it changes from frame to frame."""
    ms = float(f"{1000 * seconds:.2g}")
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"
