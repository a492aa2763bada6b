"""Undo and redo: twenty steps of what was measured, each exactly as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui.calibration.fit import typed
from tui.calibration.reference import Reference
from tui.instrument.history import STEPS, History
from tui.instrument.session import Session

SIZED = Session().with_picture_size(64, 48)
MAP = np.ascontiguousarray(np.broadcast_to(np.linspace(0.1, 1.1, 64, dtype=np.float32), (48, 64)))


def pinned(history: History, session: Session, u_px: int) -> Session:
    """Pin a pixel, as one step."""
    after = session.jumped(u_px, 10).pinned()
    history.note(session, after)
    return after


def changed(session: Session, kind: int) -> Session:
    """One of the things that a user does."""
    match kind % 6:
        case 0:
            return session.jumped(kind, 7).pinned()
        case 1:
            return session.with_references([Reference(kind, 9, 2.0, 0.01)], MAP, "m")[0]
        case 2:
            return session.without_pin(0)
        case 3:
            return session.without_reference(0)
        case 4:
            return replace(session, fixed=typed(1.0 + kind, 0.0), references=())
        case _:
            return session.moved(1, 1).with_next_unit()  # nothing that was measured


def test_twenty_steps_are_taken_back_and_no_more() -> None:
    history, session, seen = History(), SIZED, [SIZED]
    for step in range(25):
        session = pinned(history, session, step)
        seen.append(session)
    for step in range(STEPS):
        session, words = history.undo(session)
        assert words
        assert session.measured == seen[24 - step].measured
    assert len(session.pins) == 5
    assert history.undo(session) == (session, "")
    for _ in range(STEPS):
        session, words = history.redo(session)
        assert words
    assert session.measured == seen[25].measured
    assert history.redo(session) == (session, "")


@given(st.lists(st.integers(0, 59), min_size=1, max_size=12))
def test_undo_and_redo_are_each_others_inverse(kinds: list[int]) -> None:
    history, session, seen = History(), SIZED, [SIZED.measured]
    for kind in kinds:
        after = changed(session, kind)
        history.note(session, after)
        if after.measured != session.measured:
            seen.append(after.measured)
        session = after
    for expected in reversed(seen[:-1]):
        session, words = history.undo(session)
        assert words
        assert session.measured == expected
    assert history.undo(session)[1] == ""
    for expected in seen[1:]:
        session, words = history.redo(session)
        assert words
        assert session.measured == expected
    assert history.redo(session)[1] == ""


def test_after_another_change_there_is_nothing_to_do_again() -> None:
    history = History()
    session = pinned(history, pinned(history, SIZED, 1), 2)
    session, _ = history.undo(session)
    session = pinned(history, session, 3)
    assert history.redo(session) == (session, "")
    assert [pin.u_px for pin in session.pins] == [1, 3]


def test_a_move_of_the_crosshair_is_no_step_and_undo_leaves_it() -> None:
    history = History()
    session = pinned(history, SIZED, 1)
    moved = session.jumped(50, 40).with_next_unit()
    history.note(session, moved)
    undone, words = history.undo(moved)
    assert words == "0 pins (was 1)"
    assert (undone.u_px, undone.v_px, undone.unit) == (50, 40, moved.unit)


def test_a_step_of_the_same_shape_is_scaled_and_one_of_another_shape_waits_for_it() -> None:
    history = History()
    landscape = pinned(history, pinned(history, SIZED, 11), 31)
    small, _ = history.undo(landscape.with_picture_size(32, 24))
    assert [(pin.u_px, pin.v_px) for pin in small.pins] == [(5, 5)]
    small, _ = history.redo(small)
    turned = small.with_picture_size(48, 64)
    assert history.undo(turned) == (turned, ""), "nothing was measured in such pictures"
    turned = pinned(history, turned, 3)
    turned, words = history.undo(turned)
    assert words
    assert turned.pins == ()
    back = turned.with_picture_size(64, 48)
    assert len(back.pins) == 2
    back, _ = history.undo(back)
    assert [(pin.u_px, pin.v_px) for pin in back.pins] == [(11, 10)]
    back, _ = history.undo(back)
    assert back.pins == ()
