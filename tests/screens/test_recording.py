"""`C` records, the status line says what that costs, and the app shows the recording as it was."""

from __future__ import annotations

import pytest

from tests.screens.conftest import WIDE, message, pin, ready, refer, status, true_distance_m, until
from tui.app import DepthApp
from tui.depth.estimator import DepthEstimator
from tui.screens.options import StartOptions
from tui.storage.paths import captures_dir
from tui.storage.settings import settings_path


async def test_recorded_with_one_key_and_read_again_as_it_was(
    app: DepthApp, estimators: dict[str, DepthEstimator]
) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        refer(app, {(u_px, 200): f"{true_distance_m(u_px):.4f}m" for u_px in (20, 300)})
        pin(app, [(120, 200)])
        assert "REC" not in status(app)
        await pilot.press("C")
        await until(pilot, lambda: "REC" in status(app), "the status line says so")
        assert "MB/min" in status(app)
        (path,) = captures_dir().glob("*.mcap")
        assert "C ends it" in message(app)
        then = app.main.instrument.reading
        assert then.result is not None
        await pilot.press("C")
        await until(pilot, lambda: "recorded" in message(app), "what was recorded is said")
        assert "REC" not in status(app)
    assert then.pins[0].reading.distance_m is not None

    again = DepthApp(StartOptions(source=str(path)))
    estimators.clear()  # no network is there, and none is needed
    async with again.run_test(size=WIDE) as pilot:
        await ready(pilot, again)
        now = again.main.instrument.reading
        assert now.result is not None
        assert now.result.as_recorded
        assert now.at((120, 200)) == then.at((120, 200))
        assert [each.reading for each in now.pins] == [each.reading for each in then.pins]
        assert now.captured_at == then.captured_at
        assert len(again.main.session.references) == 2
        assert now.result.identity == then.result.identity
        # A reference of one's own is another story.
        again.main.instrument.update(again.main.session.without_reference(0))
        assert again.main.instrument.reading.at((120, 200)) != then.at((120, 200))


async def test_what_is_open_when_the_app_ends_is_whole(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("C")
        await until(pilot, lambda: "REC" in status(app), "it records")
        await pilot.press("q")
    (path,) = captures_dir().glob("*.mcap")
    assert path.read_bytes()[-8:] == b"\x89MCAP0\r\n"


async def test_a_recording_that_does_not_end_keeps_nothing_else_from_being_kept(
    app: DepthApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[bool] = []
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        refer(app, {(20, 200): f"{true_distance_m(20):.4f}m"})
        monkeypatch.setattr(app.main.recorder, "stop", lambda: there.append(settings_path().exists()))
        await pilot.press("u", "q")
    assert there[0], "the settings are written before a disk that hangs is waited for"


async def test_a_folder_that_cannot_be_written_to_is_said(app: DepthApp) -> None:
    captures_dir().parent.mkdir(parents=True, exist_ok=True)
    captures_dir().write_text("a file")
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("C")
        await until(pilot, lambda: "cannot be written" in message(app), "why it cannot be recorded")
        assert "REC" not in status(app)
