"""A network on a server is typed among the models, and offered again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.depth.remote.fake import FakeServer
from tests.screens.conftest import WIDE, message, ready, status, until
from tui.app import DepthApp
from tui.instrument.wanted import Wanted
from tui.screens import servers
from tui.screens.pick import PickDialog
from tui.storage.answers import Answers


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as running:
        yield running


async def _typed(pilot: Pilot[None], app: DepthApp, text: str) -> None:
    await pilot.press("m")
    await until(pilot, lambda: isinstance(app.screen, PickDialog), "the dialog is open")
    app.screen.query_one("#other", Input).value = text
    await pilot.press("enter")
    await until(pilot, lambda: app.screen is app.main, "it is closed")


def _labels(app: DepthApp) -> list[str]:
    options = app.screen.query_one(OptionList)
    return [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]


async def test_a_server_is_typed_used_and_offered_again(app: DepthApp, server: FakeServer) -> None:
    host = server.base.removeprefix("http://")
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await _typed(pilot, app, server.model)
        await until(pilot, lambda: "planted" in status(app), "its network is used")
        await until(pilot, lambda: app.main.answers.to("server") == (server.model,), "it is remembered")
        await _typed(pilot, app, server.model + "2")
        await until(pilot, lambda: "answers 404" in message(app), "another network of it is not there")
        assert app.main.answers.to("server") == (server.model,)
        await _typed(pilot, app, "ramp")
        await until(pilot, lambda: "ramp" in status(app), "the first one again")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, PickDialog), "the dialog is open")
        assert any(each.startswith(f"planted on {host}") for each in _labels(app))
        await pilot.press("escape")
    assert Answers.load().to("server") == (server.model,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("oip:http://127.0.0.1:1/net", "is the server on?"),
        ("oip:http://user:s3cret@127.0.0.1/net", "leave the password out"),
        ("oip:nonsense", "is no address of a server"),
    ],
)
async def test_a_server_that_cannot_be_used_is_one_line_and_the_old_model_works_on(
    app: DepthApp, text: str, words: str
) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await _typed(pilot, app, text)
        await until(pilot, lambda: words in message(app), "the failure is told")
        await until(pilot, lambda: "ramp" in status(app), "the old model is named again")
        assert "s3cret" not in message(app)
        assert app.main.answers.to("server") == ()
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, PickDialog), "the dialog is open")
        assert not any("in use" in each for each in _labels(app))
        await pilot.press("escape")


def test_a_card_may_be_typed_behind_a_server() -> None:
    wanted = Wanted()
    found = servers.wanted_of(wanted, "oip:http://host:8000/big --card net.toml")
    assert (found.model, str(found.card)) == ("oip:http://host:8000/big", "net.toml")
    assert servers.typed_of(found) == "oip:http://host:8000/big --card net.toml"
    assert servers.label("oip:http://host:8000/big --card net.toml") == "big on host:8000"
    assert servers.wanted_of(wanted, "odd --card name.onnx").model == "odd --card name.onnx"
