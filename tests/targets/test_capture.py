"""The guided capture keeps still, new views and says what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.targets.simulated import good, planted, tilted_alike
from tui.camera.imread import read_picture
from tui.errors import InputError
from tui.targets.boards import BoardSpec
from tui.targets.capture import CaptureSession
from tui.targets.coverage import ENOUGH_FILLED

BOARD = BoardSpec.markers(4, 5, 0.0375, 0.005, "DICT_6X6_1000")


def test_a_session_with_real_pictures(shared: Path) -> None:
    paths = sorted((shared / "media/targets/aruco_board").glob("*.jpg"))
    session = CaptureSession(BOARD)
    assert session.coverage.missing
    filled = [0.0]
    for path in paths:
        picture = read_picture(path)
        first = session.offer(picture)
        assert not first.accepted
        assert first.why == "hold still"
        assert first.view is not None
        assert len(first.view.corners_px) == BOARD.count
        second = session.offer(picture)
        assert second.accepted or second.why.startswith("like one that is kept")
        filled.append(second.coverage.filled)
        third = session.offer(picture)
        assert not third.accepted
        assert third.why.startswith("like one that is kept")
    assert filled == sorted(filled)
    assert 8 <= session.count < len(paths)
    assert session.coverage.views == session.count
    assert session.ready == (session.coverage.filled >= ENOUGH_FILLED)
    solved = session.solve()
    assert solved.intrinsics.fx_px == pytest.approx(811, rel=0.01)
    assert len(solved.used) == session.count
    session.drop_last()
    assert session.count == len(solved.used) - 1


def test_a_frame_without_a_board_says_so() -> None:
    session = CaptureSession(BoardSpec.chessboard(9, 6, 0.025))
    offer = session.offer(np.full((480, 640, 3), 128, np.uint8))
    assert (offer.view, offer.accepted) == (None, False)
    assert "is not seen" in offer.why
    assert offer.advice.startswith("hold the board towards the top left")
    with pytest.raises(InputError, match="0 pictures with the chessboard 9x6"):
        session.solve()
    session.drop_last()


def test_a_board_that_moves_is_not_kept(shared: Path) -> None:
    picture = read_picture(shared / "media/targets/chessboard/left01.jpg")
    session = CaptureSession(BoardSpec.chessboard(9, 6, 0.025))
    for step in range(4):
        offer = session.offer(np.roll(picture, 8 * step, axis=1))
        assert offer.view is not None
        assert not offer.accepted
        assert offer.why == "hold still"
    assert session.offer(np.roll(picture, 24, axis=1)).accepted


def test_views_that_cannot_tell_are_never_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coverage of a board that is only ever square on or alike can look complete; the verdict is asked too."""
    each = planted(tilted_alike, 1, 12)
    shown = iter([view.view for view in each.views for _ in range(2)])
    monkeypatch.setattr("tui.targets.boards.BoardFinder.find", lambda *_args, **_options: next(shown))
    monkeypatch.setattr("tui.targets.capture._alike", lambda *_: False)
    monkeypatch.setattr("tui.targets.coverage.Coverage.missing", ())
    session = CaptureSession(each.board)
    offers = [session.offer(np.zeros((8, 8, 3), np.uint8)) for _ in range(2 * len(each.views))]
    assert session.count >= 8
    assert not session.ready
    assert "tilt the board" in offers[-1].advice


def test_views_that_can_tell_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    each = planted(good, 1, 20)
    shown = iter([view.view for view in each.views for _ in range(2)])
    monkeypatch.setattr("tui.targets.boards.BoardFinder.find", lambda *_args, **_options: next(shown))
    session = CaptureSession(each.board)
    offers = [session.offer(np.zeros((8, 8, 3), np.uint8)) for _ in range(2 * len(each.views))]
    assert session.ready
    assert offers[-1].advice == "enough views: calibrate"
