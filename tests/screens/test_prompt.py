"""The prompt: what is understood stands beside what is typed, errors stay in place, earlier answers come back."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from textual import events
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widgets import Static

from tests.screens.conftest import WIDE, answer, go, ready, type_text, typed, until
from tui.app import DepthApp
from tui.calibration.wording import figure_of
from tui.errors import InputError
from tui.screens.numbers import column_from, pixel_from
from tui.screens.options import StartOptions
from tui.storage.answers import MOST, Answers, answers_path
from tui.widgets.prompt import Prompt, PromptInput
from tui.widgets.typed import completion, counted

SIZES = [(60, 18), (80, 24), WIDE]


def prompt(app: DepthApp) -> Prompt:
    return app.main.query_one(Prompt)


def crosshair(app: DepthApp) -> tuple[int, int]:
    return app.main.session.u_px, app.main.session.v_px


async def paste(pilot: Pilot[None], app: DepthApp, text: str) -> None:
    app.post_message(events.Paste(text))
    await pilot.pause()
    await pilot.pause()


@pytest.mark.parametrize(
    "text",
    ["120,200", "120 200", "120, 200", "(120, 200)", "[120;200]", "x=120 y=200", "X: 120, Y: 200", "120px, 200px",
     "  120 ,200 ", "\uff11\uff12\uff10\uff0c\uff12\uff10\uff10", "120\t200", "120.0, 200.00", "(120, 200)."],
)  # fmt: skip
def test_ways_to_write_a_pixel(text: str) -> None:
    assert pixel_from(text) == (120, 200)


@pytest.mark.parametrize(
    "text", ["", "120", "ten, 10", "1.5, 2.5", "120,200,300", "120x", "9" * 5000, "1,2;rm", "nan, nan", "120,,200"]
)
def test_what_is_no_pixel_is_named(text: str) -> None:
    with pytest.raises(InputError, match=r"is not a pixel: write column and row"):
        pixel_from(text)


@pytest.mark.parametrize(("text", "column"), [("120", 120), ("x=7", 7), ("120,", 120), ("a", None), ("1,2", None)])
def test_a_column_alone(text: str, column: int | None) -> None:
    assert column_from(text) == column


async def test_a_pixel_is_typed_in_one_go_or_column_by_row(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("g")
        await typed(pilot, "120,200")
        assert crosshair(app) == (120, 200)
        assert not prompt(app).display
        await pilot.press("g")
        await typed(pilot, "20")
        assert crosshair(app) == (120, 200)
        assert "now y" in prompt(app).said
        await typed(pilot, "30")
        assert crosshair(app) == (20, 30)
        assert app.focused is not None
        assert app.focused.id == "camera"


async def test_a_pixel_is_pasted_into_the_prompt_or_onto_the_picture(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        for text, keys in product(["(120, 200)\n", "\n120,200\nmore", "120 200"], [["g"], []]):
            go(app, 5, 5)
            await pilot.press(*keys)
            await paste(pilot, app, text)
            assert crosshair(app) == (5, 5)  # not before enter
            await pilot.press("enter")
            await pilot.pause()
            assert crosshair(app) == (120, 200)


async def test_something_else_that_is_pasted_onto_the_picture_is_named_and_does_nothing(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        before = crosshair(app)
        await paste(pilot, app, "q\nquit")
        assert crosshair(app) == before
        assert "'q' is not a pixel" in str(app.main.query_one("#message").render())


async def test_a_wrong_pixel_is_named_in_place_and_can_be_mended(app: DepthApp) -> None:
    async with app.run_test(size=(60, 18)) as pilot:
        await ready(pilot, app)
        for text, says in (
            ("400,10", "outside the 320x240 picture"),
            ("ten,10", "'ten,10' is not a pixel"),
            ("-1,5", "outside"),
        ):
            go(app, 160, 120)
            before = crosshair(app)
            await pilot.press("g")
            await typed(pilot, text)
            assert says in prompt(app).said
            assert prompt(app).text == text
            assert crosshair(app) == before
            await pilot.press(*["backspace"] * len(text))
            assert says not in prompt(app).said.replace("= ?", "")
            await typed(pilot, "12,13")
            assert crosshair(app) == (12, 13)


@pytest.mark.parametrize("size", SIZES)
async def test_a_full_answer_and_what_it_means_are_in_sight(app: DepthApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        for key, text, means in (
            ("r", "246", "246 m"),
            ("r", "5ft 11 3/4in +-1in", "= 1.822 ± 0.03 m"),
            ("g", "(319, 239)", "= (319, 239)"),
            ("b", "DICT_APRILTAG_36H11:0=80mm+-0.5mm", "marker 0, 0.080 m wide"),
            ("b", "DICT_6X6_250:11x8=40mm/20mm", "a ChArUco board"),
            ("o", "0.75 s", "= 0.75 s"),
            ("r", "12 furlongs", "= ?"),
        ):
            await pilot.press(key)
            await paste(pilot, app, text)
            assert prompt(app).text == text
            assert means in prompt(app).said
            field = prompt(app).query_one(PromptInput)
            assert field.content_size.width > len(text), "with the cursor behind it"
            screen = Region(0, 0, *size)
            assert screen.contains_region(prompt(app).region)
            assert prompt(app).region.bottom == size[1]
            for widget in prompt(app).query("*"):
                assert not widget.display or screen.contains_region(widget.region)
            await pilot.press("escape")
            await until(pilot, lambda: prompt(app).question is None, "it is closed")


async def test_what_is_read_there_stands_beside_a_distance_and_follows_the_picture(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("r")
        await answer(pilot, "2m")
        await pilot.press("r")
        await type_text(pilot, "2.46")
        assert "= 2.46 m = 8 ft 1 in" in prompt(app).said
        assert "reads 2" in prompt(app).said
        before = prompt(app).said
        go(app, 300, 120)
        await until(pilot, lambda: prompt(app).said != before, "the reading of the other pixel stands there")
        figure = figure_of(app.main.instrument.reading.crosshair)
        assert figure is not None
        assert f"reads {figure.number} here now" in prompt(app).said


async def test_opening_the_prompt_moves_nothing(app: DepthApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await until(
            pilot, lambda: "uncalibrated" in str(app.main.query_one("#reading-advice", Static).content), "it reads"
        )
        before = places(app)
        for _ in range(100):  # the panels take the room that the reading wants
            await pilot.pause()
            if before == (before := places(app)):
                break
        await pilot.press("r")
        await answer(pilot, "far, far away, farther than can be said in the width of this terminal")
        assert "is not a distance" in prompt(app).said
        assert places(app) == before


def places(app: DepthApp) -> dict[str | None, Region]:
    """Of panes and pictures."""
    return {each.id: each.region for each in app.main.query(".pane, PictureView")}


async def test_a_reference_is_where_the_prompt_says_also_after_a_click(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("r")
        await type_text(pilot, "2m")
        await pilot.click("#camera", offset=(30, 12))
        await pilot.pause()
        u_px, v_px = crosshair(app)
        assert f"({u_px}, {v_px})" in str(prompt(app).query_one("#prompt-question").render())
        await pilot.press("enter")
        await pilot.pause()
        assert app.main.session.references[0].reference.pixel == (u_px, v_px)
        assert not prompt(app).display


async def test_earlier_answers_come_back_by_question_and_after_a_restart(app: DepthApp, picture: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        for text in ("10,20", "30,40"):
            await pilot.press("g")
            await typed(pilot, text)
        await pilot.press("r")
        await answer(pilot, "2m")
        await pilot.press("r", "up")
        assert prompt(app).text == "2m"
        await pilot.press("escape", "g", *"50", "up")
        assert prompt(app).text == "30,40"
        await pilot.press("up", "up")
        assert prompt(app).text == "10,20"
        await pilot.press("down", "down", "down")
        assert prompt(app).text == "50"
        await pilot.press("escape", "q")
    again = DepthApp(StartOptions(source=str(picture), model="ramp"))
    async with again.run_test(size=WIDE) as pilot:
        await ready(pilot, again)
        await pilot.press("g", "up", "enter")
        await until(pilot, lambda: crosshair(again) == (30, 40), "the last one of before is gone to")


async def test_a_distance_is_given_by_mouse_alone(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        app.main.action_ask("reference")
        await pilot.pause()
        field = prompt(app).query_one(PromptInput)
        for up in (True, True, False):
            kind = events.MouseScrollUp if up else events.MouseScrollDown
            field.post_message(kind(field, 1, 0, 0, 0, 0, shift=False, meta=False, ctrl=False, screen_x=1, screen_y=47))
            await pilot.pause()
        assert prompt(app).text == "1.52m ±1cm"
        await pilot.click(next(iter(prompt(app).query("_Key"))))
        await pilot.pause()
        assert app.main.session.references[0].reference.distance_m == pytest.approx(1.52)


@pytest.mark.parametrize(
    ("text", "step", "expected"),
    [("1.80m", 1, "1.81m"), ("2m", -1, "1m"), ("0.0m", -1, "0.0m"), ("9", 1, "10"), ("1.99m ±1cm", 1, "2.00m ±1cm"),
     ("0.05", -1, "0.04"), ("x", 1, "x"), ("10", -1, "9"), ("0.9", 1, "1.0")],
)  # fmt: skip
def test_a_number_counts_by_its_last_digit(text: str, step: int, expected: str) -> None:
    assert counted(text, step) == expected


@pytest.mark.parametrize(
    ("text", "choices", "expected"),
    [("/a", ["/abc", "/abd"], ("/ab", "abc  abd")), ("/a", ["/abc/"], ("/abc/", "")),
     ("/a", [], ("/a", "nothing begins like this")), ("~/x", ["~/xy/", "~/xz"], ("~/x", "xy/  xz"))],
)  # fmt: skip
def test_completion(text: str, choices: list[str], expected: tuple[str, str]) -> None:
    assert completion(text, choices) == expected


def test_answers_of_two_that_run_at_once_are_all_kept() -> None:
    first, second = Answers.load(), Answers.load()
    first.add("go", "1,2")
    second.add("go", "3,4")
    second.add("reference", "2m")
    first.save()
    second.save()
    assert Answers.load().to("go") == ("1,2", "3,4")
    assert Answers.load().to("reference") == ("2m",)


def test_an_answer_stands_once_and_there_are_never_too_many() -> None:
    answers = Answers()
    for number in (*range(2 * MOST), 60):
        answers.add("go", f"{number},0")
    answers.save()
    kept = Answers.load().to("go")
    assert len(kept) == MOST
    assert kept[-1] == "60,0"
    assert len(set(kept)) == MOST


@pytest.mark.parametrize("content", ["", "[]", "{", '{"go": 3}', '{"go": [1, null, "", "  "]}', "[" * 100_000])
def test_a_file_of_answers_that_makes_no_sense_is_none(content: str) -> None:
    answers_path().parent.mkdir(parents=True, exist_ok=True)
    answers_path().write_text(content)
    answers = Answers.load()
    assert answers.to("go") == ()
    answers.add("go", "1,2")
    answers.save()
    assert Answers.load().to("go") == ("1,2",)
