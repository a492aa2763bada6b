"""Sources of before, what is said of models, paths that complete themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, OptionList, Static

from tests.fakes import RampEstimator
from tests.screens.conftest import (
    WIDE,
    answer,
    hero,
    message,
    pin,
    ready,
    refer,
    status,
    true_distance_m,
    type_text,
    until,
)
from tui.app import DepthApp
from tui.depth.estimator import DepthEstimator
from tui.depth.registry import MODELS, find_spec
from tui.depth.speed import record_frame
from tui.screens.models import accuracy, speed_here
from tui.screens.options import StartOptions
from tui.screens.pick import PickDialog
from tui.screens.recent import is_whole, recent, remember
from tui.storage.answers import Answers, answers_path
from tui.storage.completing import paths_from
from tui.widgets.prompt import Prompt
from tui.widgets.row_list import RowList


def rows(app: DepthApp) -> list[str]:
    options = app.screen.query_one(OptionList)
    return [str(options.get_option_at_index(n).prompt) for n in range(options.option_count)]


def prompt(app: DepthApp) -> Prompt:
    return app.main.query_one(Prompt)


# --- sources


@pytest.mark.parametrize(
    ("spec", "kept", "whole"),
    [
        ("http://cam.local/video?res=640x480", "http://cam.local/video?res=640x480", True),
        ("rtsp://me:se#cret@cam/1", "rtsp://@cam/1", False),
        ("rtsp://me:secret@cam/1", "rtsp://@cam/1", False),
        ("http://cam/video?user=me&pwd=secret", None, False),
        ("http://cam/user=me_password=secret_channel=1", None, False),
        ("https://cam/v#sha256=AB:CD", "https://cam/v#sha256=AB:CD", True),
        ("https://me:secret@cam/v#sha256=AB:CD", "https://@cam/v#sha256=AB:CD", False),
        ("Logitech", "Logitech", True),
    ],
)
def test_a_source_is_kept_without_its_login(spec: str, kept: str | None, whole: bool) -> None:
    answers = Answers()
    remember(answers, spec)
    answers.save()
    (choice,) = recent(Answers.load())
    assert kept is None or choice.value == kept
    assert is_whole(choice.value) is whole
    assert ("login" in choice.detail) is not whole
    for secret in ("secret", "cret@", "me:"):
        assert secret not in answers_path().read_text()


@pytest.mark.parametrize("spec", ["0", "12", "demo", "Demo", "-", "", "  "])
def test_what_is_offered_anyway_is_not_kept(spec: str) -> None:
    answers = Answers()
    remember(answers, spec)
    assert recent(answers) == []


def test_a_command_is_neither_kept_nor_taken_from_what_was_kept() -> None:
    answers = Answers()
    remember(answers, "exec:ffmpeg -i rtsp://me:secret@cam -f mjpeg -")
    assert recent(answers) == []
    answers.add("source", " EXEC:rm -rf /")  # by whoever can write the file
    answers.add("source", "Logitech")
    assert [each.value for each in recent(answers)] == ["Logitech"]


def test_a_file_is_found_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").touch()
    monkeypatch.chdir(tmp_path)
    answers = Answers()
    remember(answers, "a.png")
    assert recent(answers)[0].value == str(tmp_path / "a.png")


async def test_sources_that_were_looked_at_are_offered_after_a_restart(
    app: DepthApp, picture: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    other.write_bytes(picture.read_bytes())
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("s")
        await pilot.pause()
        await answer(pilot, str(other))
        await until(pilot, lambda: "other.png" in status(app), "the other source is shown")
        await ready(pilot, app)
        await pilot.press("q")
    again = DepthApp(StartOptions(source=str(picture), model="ramp"))
    async with again.run_test(size=WIDE) as pilot:
        await ready(pilot, again)
        await pilot.press("s")
        await pilot.pause()
        (row,) = [n for n, each in enumerate(rows(again)) if "other.png" in each]
        await type_text(pilot, "other.png")
        await pilot.press("down", "enter")
        await until(pilot, lambda: "other.png" in status(again), "it is opened again")
        assert row > 0


async def test_a_login_that_is_not_kept_is_asked_for(app: DepthApp) -> None:
    remember(app_answers := Answers(), "http://me:secret@127.0.0.1:1/video")
    app_answers.save()
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("s")
        await type_text(pilot, "127")
        await pilot.press("down", "enter")
        await until(pilot, lambda: prompt(app).question is not None, "the address is to be completed")
        assert prompt(app).text == "http://@127.0.0.1:1/video"
        await pilot.press("enter")
        await pilot.pause()
        assert "the login is not kept" in prompt(app).said
        app.main.query_one("#prompt-text", Input).value = "http://me:again@127.0.0.1:1/video"
        await pilot.press("enter")
        await until(pilot, lambda: "again" in (app.main.instrument.wanted.source or ""), "it is tried")
        assert "again" not in message(app)
        await pilot.press("q")
    assert "again@" not in answers_path().read_text()


@pytest.mark.parametrize("size", [(60, 18), (80, 24), WIDE])
async def test_every_dialog_is_in_sight_as_a_whole(app: DepthApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        for key in ("m", "s", "i", "p"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, PickDialog), f"{key} opens its dialog")
            await pilot.pause()
            box, *_ = app.screen.children
            for widget in app.screen.query("Input, Label, OptionList"):
                assert not widget.display or not widget.region or box.region.contains_region(widget.region), key
            assert box.region.bottom <= size[1], key
            assert app.screen.query_one(Input).region.height == 1, key
            assert app.screen.query(OptionList).first().size.height >= 2 or key == "p", key
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.main, f"the dialog of {key} is closed")


# --- paths


def test_paths_complete_themselves(tmp_path: Path) -> None:
    for name in ("clip.mp4", "clip.mov", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "clips").mkdir()
    base = str(tmp_path)
    assert paths_from(f"{base}/cl") == (f"{base}/clip.mov", f"{base}/clip.mp4", f"{base}/clips/")
    assert paths_from(f"{base}/.h") == (f"{base}/.hidden",)
    assert paths_from(f"{base}/none") == ()
    assert f"{base}/.hidden" not in paths_from(f"{base}/")


@pytest.mark.parametrize("text", ["http://a/b", "/no/such/folder/x", "\0", "~nobody-of-this-name/x", "a" * 5000 + "/x"])
def test_what_cannot_be_completed_is_not(text: str) -> None:
    assert paths_from(text) == ()


async def test_tab_completes_a_source(app: DepthApp, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "other one.png").write_bytes(picture.read_bytes())
    (tmp_path / "other two.png").write_bytes(picture.read_bytes())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("s")
        await pilot.pause()
        field = app.screen.query_one(Input)
        field.value = f"{tmp_path}/oth"
        field.cursor_position = len(field.value)
        await pilot.press("tab")
        await pilot.pause()
        assert field.value == f"{tmp_path}/other "
        assert "other one.png  other two.png" in str(app.screen.query_one("#said").render())
        await pilot.press("o", "tab")
        assert field.value == f"{tmp_path}/other one.png"
        await pilot.press("enter")
        await until(pilot, lambda: "other one.png" in status(app), "it is opened")


# --- models


def test_accuracy_is_in_words_and_in_the_makers_order() -> None:
    order = ["best", "very good", "good", "fair", "coarse"]
    found = [order.index(accuracy(each)) for each in MODELS if not each.bundled]
    assert found == sorted(found)
    assert set(found) == set(range(len(order)))
    assert "rooms" in accuracy(find_spec("pocket"))


def test_a_speed_is_one_that_was_measured_here() -> None:
    spec = find_spec("midas-small")
    assert speed_here(spec) == "speed not measured here"
    record_frame(spec.name, "f32", 0.02)
    assert speed_here(spec) == "50 fps in f32 here"


async def test_a_network_of_the_users_own_is_listed_while_it_is_in_use(
    picture: Path, estimators: dict[str, DepthEstimator]
) -> None:
    estimators["/nets/own.onnx"] = RampEstimator("own")
    app = DepthApp(StartOptions(source=str(picture), model="/nets/own.onnx"))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await pilot.press("m")
        await pilot.pause()
        assert rows(app)[0].split()[:3] == ["own.onnx", "in", "use"]
        assert app.screen.query_one(OptionList).highlighted == 0
        listed = "\n".join(rows(app))
        assert "comes along" in listed
        assert "MB to fetch" in listed


@pytest.mark.parametrize("size", [WIDE, (80, 24)])
async def test_nothing_that_was_read_of_one_source_stands_beside_another_that_fails(
    app: DepthApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        refer(app, {(at, 60): f"{true_distance_m(at):.3f}m" for at in (60, 200)})
        pin(app, [(100, 100)])
        await pilot.pause()
        assert hero(app)
        await pilot.press("s")
        await pilot.pause()
        await answer(pilot, "/nowhere/nothing.jpg")
        await until(pilot, lambda: "FAILED" in status(app), "it fails")
        await pilot.pause()
        panel = app.main.query_one("#coordinates")
        said = [str(each.content) for each in panel.query(Static) if each.display and each.id != "place"]
        assert not any(character.isdigit() for character in hero(app) + "".join(said)), said
        assert "no reading yet" in said
        assert app.main.query_one("#pins", RowList).rows == ()
