"""Pictures that are turned, or of another size than before: what goes along, and what waits."""

from __future__ import annotations

from dataclasses import replace

from tui.camera.frame import Frame
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import AS_DELIVERED, Mounted
from tui.instrument.said import Said, Severity
from tui.instrument.scenes import Scene
from tui.instrument.session import Session


def sized(session: Session, width: int, height: int) -> tuple[Session, tuple[Said, ...]]:
    """The session for pictures of that size, and what there is to say of what was measured in those before."""
    after = session.with_picture_size(width, height)
    before, now = session.measured, after.measured
    if not session.width or after is session or (before.empty and not after.waiting):
        return after, ()
    sizes = f"pictures were {session.width}x{session.height}, now {width}x{height}"
    if before.same_shape(width, height):
        return after, (Said(f"{sizes}: what was measured is carried over", Severity.WARNING),)
    if before.empty and now.empty:
        return after, ()
    moved = (f"set aside: {before.in_words()}", f"back again: {now.in_words()}")
    told = "; ".join(words for words, each in zip(moved, (before, now), strict=True) if not each.empty)
    severity = Severity.INFO if before.empty else Severity.WARNING
    return after, (Said(f"{sizes}, of another shape; {told}", severity),)


def turned_only(before: Scene | None, now: Scene) -> bool:
    """Whether the same source or picture is shown, turned or cropped in another way."""
    return before is not None and (before.spec, before.still) == (now.spec, now.still)


def as_mounted(before: Session, session: Session, frame: Frame, now: Frame) -> tuple[Session, str]:
    """The session of a picture that was turned: the crosshair stays on what it shows, and so does a known camera.

    What was measured waits: a network's map of a turned picture is another map.

    Args:
        before: of the picture as it was.
        session: of the picture as it is; what was measured in it before is there.
        frame: as it was.
        now: as it is.

    Returns:
        The session, and what there is to say.
    """
    old, new = _mounted(frame), _mounted(now)
    width, height = new.size
    u_px, v_px = (round(at) for at in new.shown(*old.own(before.u_px, before.v_px)))
    session = replace(session, u_px=max(0, min(width - 1, u_px)), v_px=max(0, min(height - 1, v_px)), exact_px=None)
    if session.intrinsics is None and before.intrinsics is not None:
        session = replace(session, intrinsics=_following(before, new))
    words = [str(new) or "as the camera delivers it"]
    if left := replace(before.measured, intrinsics=None).in_words():
        words.append(f"waiting for the picture as it was: {left}")
    if found := replace(session.measured, intrinsics=None).in_words():
        words.append(f"back again: {found}")
    return session, "; ".join(words)


def _following(before: Session, new: Mounted) -> Intrinsics | None:
    camera = before.intrinsics
    try:
        return None if camera is None else camera.mounted_as(new)
    except InputError:  # for another shape of picture than the camera delivers now
        return None


def _mounted(frame: Frame) -> Mounted:
    height, width = frame.image.shape[:2]
    return frame.mounted or AS_DELIVERED.of(width, height)
