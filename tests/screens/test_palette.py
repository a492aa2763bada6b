"""One list of everything that can be done, the words, the user's own keys, and the mouse."""

from __future__ import annotations

import base64

import pytest
from textual import events
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from tests.screens.conftest import WIDE, answer, go, message, ready, refer, type_text, until
from tui.app import DepthApp
from tui.screens.glossary import GLOSSARY
from tui.screens.keymap import bindings_of, keymap_of
from tui.screens.main import MainScreen
from tui.screens.palette import PaletteDialog
from tui.storage.settings import load_settings, settings_path
from tui.widgets.picture import PictureView
from tui.widgets.prompt import Prompt
from tui.widgets.row_list import RowList


def rows(app: DepthApp) -> list[str]:
    options = app.screen.query_one(OptionList)
    return [str(options.get_option_at_index(n).prompt) for n in range(options.option_count)]


def words(app: DepthApp) -> str:
    return str(app.screen.query_one("#words", Static).content)


def crosshair(app: DepthApp) -> tuple[int, int]:
    return app.main.session.u_px, app.main.session.v_px


@pytest.mark.parametrize("key", ["question_mark", "ctrl+p"])
async def test_everything_with_a_key_is_listed(app: DepthApp, key: str) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press(key)
        await pilot.pause()
        assert isinstance(app.screen, PaletteDialog)
        listed = "\n".join(rows(app))
        kinds = (MainScreen, PictureView, DepthApp)
        for binding in (each for kind in kinds for each in bindings_of(kind)):
            assert not binding.description or binding.description in listed
        await pilot.press("escape")
        assert not isinstance(app.screen, PaletteDialog)


async def test_what_is_searched_for_is_run_by_enter(app: DepthApp) -> None:
    async with app.run_test(size=(60, 18)) as pilot:
        await ready(pilot, app)
        await pilot.press("question_mark")
        await type_text(pilot, "unit")
        assert len(rows(app)) == 1
        before = app.main.session.unit
        await pilot.press("enter")
        await until(
            pilot, lambda: app.screen is app.main and app.main.session.unit is not before, "the unit is another"
        )
        await pilot.press("ctrl+p")
        await type_text(pilot, "reference")
        await pilot.press("enter")
        await until(pilot, lambda: app.main.query_one(Prompt).display, "the prompt for a distance opens")
        await answer(pilot, "2m")
        assert len(app.main.session.references) == 1
        await pilot.press("question_mark")
        await type_text(pilot, "right 1 px")
        u_px, v_px = crosshair(app)
        await pilot.press("enter")
        await until(pilot, lambda: crosshair(app) == (u_px + 1, v_px), "the crosshair moves")
        await pilot.press("question_mark")
        await type_text(pilot, "theme")
        before_theme = app.theme
        await pilot.press("enter")
        await until(pilot, lambda: app.theme != before_theme, "what is the app's own is run, too")


async def test_a_click_runs_what_it_is_on_once(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("question_mark")
        await type_text(pilot, "larger window")
        await pilot.click(OptionList, offset=(15, 0), times=2)
        await until(pilot, lambda: app.screen is app.main, "the palette is gone")
        await pilot.pause()
        assert app.main.session.window_px == 9


async def test_a_key_that_is_typed_comes_first(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        for key in "rwg":
            await pilot.press("question_mark", key)
            assert rows(app)[0].split()[0] == key
            await pilot.press("escape")


async def test_the_second_page_explains_the_words(app: DepthApp) -> None:
    async with app.run_test(size=(60, 18)) as pilot:
        await ready(pilot, app)
        await pilot.press("question_mark", "tab")
        for word in ("inverse depth", "units", "interval", "leave-one-out", "health", "doubtful", "extrapolated"):
            assert word in words(app)
        await type_text(pilot, "leave-one")
        assert words(app).startswith("leave-one-out\n")
        assert "extrapolated" not in words(app)
        await pilot.press("enter")  # means nothing here
        assert isinstance(app.screen, PaletteDialog)


async def test_a_word_that_is_no_action_is_found_all_the_same(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("question_mark")
        await type_text(pilot, "saturated")
        assert app.screen.has_class("-words")
        assert words(app).startswith("saturated")


def test_words_have_meanings() -> None:
    assert len(GLOSSARY) >= 20
    assert all(word and meaning.endswith((".", ")")) for word, meaning in GLOSSARY)


async def test_on_a_row_the_words_say_what_it_says(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        refer(app, {(20, 120): "4m", (160, 120): "1.05m", (300, 120): "0.6m"})
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.main.query_one("#pins", RowList).rows), "the pin is listed")
        for table, name in (("#pins", "pin 1 at (300, 120)"), ("#references", "reference at (160, 120)")):
            app.main.set_focus(app.main.query_one(table))
            await pilot.press(*(["j"] if table == "#references" else []))
            await pilot.press("question_mark", "tab")
            assert name in words(app).splitlines()[0]
            assert "true distance is in" in words(app) or "All the others together" in words(app)
            await pilot.press("escape")


# --- keys


async def test_vi_keys_move_the_crosshair(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        for key, arrow in (("h", "left"), ("j", "down"), ("k", "up"), ("l", "right")):
            go(app, 100, 100)
            await pilot.press(key)
            moved = crosshair(app)
            go(app, 100, 100)
            await pilot.press(arrow)
            assert crosshair(app) == moved != (100, 100)


async def test_the_reading_is_copied_by_osc_52(app: DepthApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        written: list[str] = []
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        await pilot.press("y")
        (code,) = [each for each in written if each.startswith("\x1b]52;c;")]
        text = base64.b64decode(code.removeprefix("\x1b]52;c;").removesuffix("\a")).decode()
        assert text.startswith("(160, 120)  1.700 units  uncalibrated")
        assert text in message(app)


def all_bindings() -> list[Binding]:
    return MainScreen.all_bindings(DepthApp)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"pin": "f9"}, {"main.pin": "f9"}),
        ({"main.pin": "f5, f9"}, {"main.pin": "f5,f9"}),
        ({"Known-Length": "x"}, {}),
        ({"length": "X"}, {"main.length": "X,shift+x"}),
        ({"zoom_in": "*"}, {"main.zoom_in": "asterisk"}),
        ({"go": ","}, {"main.go": "comma"}),
        ({"go": "p", "profile": "g"}, {"main.go": "p", "main.profile": "g"}),
        ({"picture.left": "a", "renewal": "U"}, {"picture.left": "a", "main.renewal": "U,shift+u"}),
        ({"quit": "ctrl+x"}, {"app.quit": "ctrl+x"}),
    ],
)
def test_keys_of_the_users_own(wanted: dict[str, str], found: dict[str, str]) -> None:
    assert keymap_of(wanted, all_bindings())[0] == found


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"fly": "x"}, "no action 'fly'"),
        ({"pin": "g"}, "pin = 'g' is go to x,y"),
        ({"pin": "no such key"}, "pin = 'no such key' is no key"),
        ({"pin": ""}, "is no key"),
        ({"suspend": "x"}, "could not be typed any more"),
        ({"picture.left": "r"}, "is reference"),
        ({"x" * 500: "x"}, "xxx…"),
    ],
)
def test_keys_that_cannot_be_had_are_named(wanted: dict[str, str], says: str) -> None:
    found, problems = keymap_of(wanted, all_bindings())
    assert found == {}
    assert len(problems) == 1
    assert says in problems[0]
    assert len(problems[0]) < 200


def test_the_usual_keys_do_not_clash() -> None:
    """Each wish for the key that it has anyway is granted."""
    for binding in all_bindings():
        if binding.id is not None and not binding.priority:
            assert keymap_of({binding.id: binding.key}, all_bindings())[1] == (), binding.id


async def test_settings_change_keys_and_a_bad_one_is_named(app: DepthApp) -> None:
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text('theme = "dark"\n[keys]\npin = "f9"\ngo = ["Y", "f2"]\nfly = "j"\nunits = 3\n')
    own = DepthApp(app._options)
    async with own.run_test(size=WIDE) as pilot:
        await ready(pilot, own)
        assert "keys.units" in message(own)
        assert "no action 'fly'" in message(own)
        await pilot.press("enter")
        assert not own.main.session.pins
        await pilot.press("f9")
        assert len(own.main.session.pins) == 1
        await pilot.press("Y")
        assert own.main.query_one(Prompt).display
        await pilot.press("escape", "f2")
        assert own.main.query_one(Prompt).display
        await pilot.press("escape", "u", "question_mark")
        await pilot.pause()
        assert any(row.split() == ["f9", "pin"] for row in rows(own))
        assert any(row.split()[:2] == ["Y", "f2"] for row in rows(own))
        await pilot.press("escape", "q")
    assert load_settings()[0].keys == {"pin": "f9", "go": "Y,f2", "fly": "j"}


# --- the mouse


async def drag(pilot: Pilot[None], view: PictureView, x: int, y: int, *, button: int) -> None:
    await pilot._post_mouse_events([events.MouseMove], widget=view, offset=(x, y), button=button)
    await pilot.pause()


async def test_a_drag_moves_the_crosshair_until_the_button_is_let_go(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        view = app.main.query_one("#camera", PictureView)
        assert view.viewport is not None
        await pilot.mouse_down(view, offset=(20, 12))
        await pilot.pause()
        assert crosshair(app) == view.viewport.pixel_of(20, 12)
        expected = view.viewport.pixel_of(33, 15)
        await drag(pilot, view, 33, 15, button=1)
        await until(pilot, lambda: crosshair(app) == expected, "it follows")
        await pilot.mouse_up(view, offset=(33, 15))
        await pilot.pause()
        await drag(pilot, view, 40, 5, button=0)
        await pilot.pause()
        assert crosshair(app) == expected


def test_no_key_does_two_things_at_once() -> None:
    """Where it stands, and where the main screen stands behind: what a picture has for itself comes before."""
    keys = [key for each in MainScreen.BINDINGS if isinstance(each, Binding) for key in each.key.split(",")]
    assert sorted(keys) == sorted(set(keys))
