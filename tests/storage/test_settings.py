"""Settings survive a round, and a damaged file never stops a start."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.calibration.units import DistanceUnit
from tui.errors import StorageError
from tui.storage import atomic
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


def test_two_at_once_keep_what_each_has_changed() -> None:
    save_settings(Settings(theme="light", profile="kitchen"))
    first, second = load_settings()[0], load_settings()[0]
    save_settings(replace(first, unit=DistanceUnit.FEET, theme="dark"), first)
    save_settings(replace(second, palette="viridis"), second)
    merged = Settings(DistanceUnit.FEET, "dark", palette="viridis", profile="kitchen")
    assert load_settings() == (merged, "")
    save_settings(replace(second, unit=DistanceUnit.CENTIMETRES), second)
    assert load_settings() == (replace(merged, unit=DistanceUnit.CENTIMETRES), "")


def test_many_at_once_lose_nothing() -> None:
    fields = {"unit": DistanceUnit.FEET, "theme": "light", "colors": "256", "palette": "grey", "contours": "on",
              "graphics": "kitty", "window_px": 11, "source": "demo", "model": "midas", "profile": "hall"}  # fmt: skip
    start = Settings()

    def change(name: str) -> None:
        save_settings(replace(start, **{name: fields[name]}), start)  # type: ignore[arg-type]  # of several types

    with ThreadPoolExecutor(len(fields)) as pool:
        list(pool.map(change, fields))
    assert load_settings() == (Settings(**fields), "")  # type: ignore[arg-type]  # of several types


def test_a_lock_that_nobody_lets_go_of_holds_nobody_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic, "_LONGEST_WAIT_S", 0.05)
    with atomic.alone_with(settings_path()):
        save_settings(Settings(theme="light"), Settings())
    assert load_settings()[0].theme == "light"


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
