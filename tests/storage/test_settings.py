"""Settings survive a round, and a damaged file never stops a start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.calibration.units import DistanceUnit
from tui.errors import StorageError
from tui.storage.settings import Settings, load_settings, save_settings, settings_path


def test_without_a_file_the_defaults_hold() -> None:
    assert load_settings() == (Settings(), "")


def test_settings_are_read_back() -> None:
    chosen = Settings(
        DistanceUnit.FEET, "light", "256", "viridis", "only", "sixel", 9, "/dev/video1", "midas-small", "kitchen"
    )
    save_settings(chosen)
    assert load_settings() == (chosen, "")


@given(st.text(max_size=40), st.sampled_from(DistanceUnit))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
def test_any_name_survives(own_home: Path, source: str, unit: DistanceUnit) -> None:
    assert own_home
    save_settings(Settings(unit, source=source))
    assert load_settings() == (Settings(unit, source=source.encode("utf-8", "replace").decode()), "")


def _write(data: bytes) -> None:
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_bytes(data)


@pytest.mark.parametrize("data", [b"unit =", b"\xff\xfe", b"a" * 200_000, b"[" * 5000, b"unit = 'm'\nunit = 'cm'\n"])
def test_a_damaged_file_gives_the_defaults_and_says_so(data: bytes) -> None:
    _write(data)
    loaded, message = load_settings()
    assert loaded == Settings()
    assert str(settings_path()) in message
    assert "defaults are used" in message
    assert "\n" not in message


def test_one_bad_setting_does_not_cost_the_others() -> None:
    _write(b'unit = "furlong"\nwindow_px = 4\ntheme = "light"\nsource = 3\nprofile = "kitchen"\nfuture = true\n')
    loaded, message = load_settings()
    assert loaded == replace(Settings(), theme="light", profile="kitchen")
    assert "source, unit, window_px cannot be used" in message


@pytest.mark.parametrize(
    "line",
    [
        "window_px = true", "window_px = -1", "window_px = 1.5", "theme = []", "unit = {}", "colors = 256",
        "palette = 'jet'", "contours = true", "graphics = ['sixel']",
    ],
)  # fmt: skip
def test_a_setting_of_another_type_is_not_used(line: str) -> None:
    _write(line.encode())
    loaded, message = load_settings()
    assert loaded == Settings()
    assert "cannot be used" in message


def test_a_path_that_cannot_be_made_is_named(own_home: Path) -> None:
    own_home.mkdir()
    (own_home / "config").write_text("a file where a folder should be")
    assert load_settings()[0] == Settings()
    with pytest.raises(StorageError, match="is a file, not a folder"):
        save_settings(Settings())
