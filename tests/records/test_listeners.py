"""What was asked for is checked before anything is opened, and opened whole or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.records.test_logs import bulletin
from tui.errors import InputError, StorageError
from tui.records.listeners import Listening, check_places, close_all


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Listening(alarm=("door",)), "--alarm 'door'"),
        (Listening(command="say"), "--exec is for alarms"),
        (Listening(alarm=("pin 1: no reading for 3s",), command="nobody-has-this --x"), "no program nobody-has-this"),
        (Listening(alarm=("pin 1: no reading for 3s",), command="/"), "there is no program /"),
        (Listening(alarm=("pin 1: no reading for 3s",), command="''"), "name a command"),
        (Listening(webhook="http://host"), "--webhook is for alarms"),
        (Listening(log=Path("run.txt")), "what kind of log"),
        (Listening(log_max="1GB"), "give --log FILE"),
        (Listening(log=Path("run.db"), log_max="much"), "--log-max 'much'"),
        (Listening(log=Path("run.db"), log_max="10"), "100 kB at least"),
        (Listening(log=Path("run.db"), log_age="0s"), "--log-age '0s'"),
        (Listening(mqtt="ftp://host"), "--mqtt"),
        (Listening(metrics="host"), "--metrics"),
    ],
)
def test_what_cannot_be_used_is_named(asked: Listening, says: str) -> None:
    with pytest.raises(InputError) as caught:
        asked.check()
    assert says in str(caught.value)


def test_what_was_opened_is_closed_again_where_the_next_cannot_be(tmp_path: Path) -> None:
    before = threading.active_count()
    asked = Listening(log=tmp_path / "absent" / "run.db", alarm=("pin 1: no reading for 3s",), command="true")
    asked.check()
    with pytest.raises(StorageError, match="absent"):
        asked.open(lambda _line: None, 1.0)
    assert threading.active_count() == before


def test_all_of_it_at_work(tmp_path: Path) -> None:
    asked = Listening(log=tmp_path / "run.csv", log_max="1MB", log_age="1d")
    asked.check()
    outlets = asked.open(lambda _line: None, 1.0)
    for outlet in outlets:
        outlet.send(bulletin(1.0))
    close_all(outlets)
    assert len((tmp_path / "run.csv").read_text().splitlines()) == 2


def test_an_alarm_on_what_is_not_there_is_named() -> None:
    rules = Listening(alarm=("dore: surely nearer than 1m",)).rules
    with pytest.raises(InputError, match="there is no 'dore'; there is pin 1, door"):
        check_places(rules, ["pin 1", "door"])
    with pytest.raises(InputError, match="give --at"):
        check_places(rules, [])
