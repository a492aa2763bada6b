"""A configuration is read whole, or refused in one line that names the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.errors import InputError
from tui.records.configuration import read_configuration

GOOD = """
every = "2s"
model = "pocket"
log = "run.db"
log-max = "1GB"
mqtt = "mqtt://broker"

[camera.hall]
source = "hall.mp4"
region = ["door=100,80:200,300"]
alarm = "door: surely nearer than 1m for 2s"
rotate = 90

[camera.yard]
source = "rtsp://10.0.0.7/stream"
model = "fastdepth"
at = ["120,200", "10,20"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "watch.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_stands_above_counts_for_all_and_files_lie_beside(tmp_path: Path) -> None:
    (tmp_path / "hall.mp4").touch()
    found = read_configuration(written(tmp_path, GOOD), mqtt_password="secret")
    hall, yard = found.cameras
    assert (hall.name, hall.text("source"), hall.text("rotate")) == ("hall", str(tmp_path / "hall.mp4"), "90")
    assert (hall.text("model"), yard.text("model"), yard.text("every")) == ("pocket", "fastdepth", "2s")
    assert hall.texts("alarm") == ("door: surely nearer than 1m for 2s",)
    assert yard.texts("at") == ("120,200", "10,20")
    assert yard.text("source") == "rtsp://10.0.0.7/stream"
    assert found.listening.log == tmp_path / "run.db"
    assert (found.listening.mqtt, found.listening.mqtt_password) == ("mqtt://broker", "secret")
    again = read_configuration(written(tmp_path, GOOD.replace("rotate = 90", "rotate = 180")))
    assert again.cameras[1] == yard
    assert again.cameras[0] != hall


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "name a camera"),
        ("camera = 3", "name a camera"),
        ("[camera]", "name a camera"),
        ("[camera.hall]\n", "camera hall: give its source"),
        ("[camera]\nhall = '0'", r"write \[camera.hall\]"),
        ("[camera.hall]\nsource = 0\nalarms = []", "there is no 'alarms'; is it alarm?"),
        ("everry = 1\n[camera.hall]\nsource = '0'", "is it every?"),
        ("[camera.hall]\nsource = ''", "source: write a text"),
        ("[camera.hall]\nsource = '0'\nprofile = ' '", "profile: write a text"),
        ("[camera.hall]\nsource = '0'\nat = ['']", "at: write a list"),
        ("[camera.hall]\nsource = '-'", "standard input"),
        ("[camera.hall]\nsource = '0'\nthreads = -1", "threads: write a whole number above 0"),
        ("log = ''\n[camera.hall]\nsource = '0'", "log: write a text"),
        ("[camera.hall]\nsource = ['0']", "source: write a text"),
        ("[camera.hall]\nsource = '0'\nregion = [3]", "region: write a list"),
        ("[camera.hall]\nsource = '0'\nwindow = '9'", "window: write a whole number"),
        ("[camera.'a/b']\nsource = '0'", "a name has letters"),
        ("[camera.hall]\nsource = 'exec:rm -rf /'", "only with --allow-exec"),
        ("[camera.hall]\nsource = '0'\nlive = ['1,2=exec:rm -rf /']", "live: a command is run only with --allow-exec"),
        ("exec = 'reboot'\n[camera.hall]\nsource = '0'", "only with --allow-exec"),
        ("[camera.hall\n", "not TOML"),
        ("x" * 1_100_000, "no configuration is that long"),
        ("\n".join(f"[camera.c{number}]\nsource='0'" for number in range(33)), "32 at most"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_configuration(written(tmp_path, text))
    assert "watch.toml" in str(caught.value)


def test_commands_are_run_where_they_are_allowed(tmp_path: Path) -> None:
    path = written(tmp_path, "exec = 'notify'\n[camera.hall]\nsource = 'exec:ffmpeg'")
    found = read_configuration(path, allow_exec=True)
    assert found.listening.command == "notify"
    assert found.cameras[0].text("source") == "exec:ffmpeg"


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_configuration(tmp_path / "absent.toml")
    (tmp_path / "watch.toml").write_bytes(b"\xff\xfe\x00x")
    with pytest.raises(InputError, match="not TOML"):
        read_configuration(tmp_path / "watch.toml")
