"""Commands and standard input as sources of the commands that need no keys."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.camera.stand_in import encoded, is_there, spec_of, stand_in, starts
from tests.camera.test_csi import LISTED, install
from tests.cli.planted import DISTANCES_M, SCALE, SHIFT, PlantedEstimator, plant
from tests.fakes import wait_until
from tui.camera import standard_input
from tui.camera.open import open_source
from tui.cli import lines as written
from tui.cli.root import run
from tui.errors import SourceError
from tui.geometry.arrays import FloatMap, RGBImage
from tui.storage.settings import load_settings, settings_path

TWO = ["--reference", "10,20=1m", "--reference", "70,20=4m"]
AT = ["--at", "50,20"]


def stripes() -> RGBImage:
    """Four stripes at `DISTANCES_M`, 80x40."""
    image = np.zeros((40, 80, 3), np.uint8)
    image[:, :, 0] = np.repeat([round(50 * z) for z in DISTANCES_M], 20)
    return image


def mono(count: int) -> bytes:
    """The stripes as an uncompressed stream: grey, which the planted model reads all the same."""
    frame = b"FRAME\n" + stripes()[:, :, 0].tobytes()
    return b"YUV4MPEG2 W80 H40 F10:1 Cmono XCOLORRANGE=FULL\n" + count * frame


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    monkeypatch.setattr(standard_input, "_END_HELD_S", 0.3)


Give = Callable[[Callable[[], Iterator[bytes]]], None]


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Iterator[Give]:
    """Lets something be written into standard input, as by a program before it in a pipe."""
    writers: list[threading.Thread] = []
    files: list[io.TextIOWrapper] = []

    def given(pieces: Callable[[], Iterator[bytes]]) -> None:
        reading, writing = os.pipe()
        files.append(os.fdopen(reading))
        monkeypatch.setattr(sys, "stdin", files[-1])

        def write() -> None:
            with os.fdopen(writing, "wb", buffering=0) as pipe:
                try:
                    for piece in pieces():
                        pipe.write(piece)
                except BrokenPipeError:
                    pass

        writers.append(threading.Thread(target=write, daemon=True))
        writers[-1].start()

    yield given
    for file in files:
        file.close()
    for writer in writers:
        writer.join(10)
        assert not writer.is_alive()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_watch_reads_a_stream_and_ends_with_it(give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    printed: list[dict[str, Any]] = []

    def stream() -> Iterator[bytes]:
        yield mono(1)
        while not ended.wait(0.02):
            yield mono(1).partition(b"\n")[2]

    def put(line: str) -> None:
        printed.append(json.loads(line))
        if len(printed) == 5:
            ended.set()

    monkeypatch.setattr(written, "put", put)
    give(stream)
    assert run(["watch", "--source", "-", *AT, *TWO, "--every", "20ms", "--json"]) == 0
    assert len(printed) >= 5
    assert all(each["distance_m"] == pytest.approx(DISTANCES_M[2], rel=0.05) for each in printed[:5])
    assert {each["source"] for each in printed} == {"standard input"}


@pytest.mark.parametrize("kind", ["PNG", "PPM"])
def test_one_picture_alone_is_a_still(kind: str, give: Give, capsys: pytest.CaptureFixture[str]) -> None:
    give(lambda: iter([encoded(stripes(), kind)]))
    assert run(["watch", "--source", "-", *AT, *TWO, "--json"]) == 0
    (found,) = lines(capsys)
    assert found["distance_m"] == pytest.approx(DISTANCES_M[2], rel=0.02)


@pytest.mark.parametrize("given", [["measure", "-"], ["measure", "--source", "-"]])
@pytest.mark.parametrize("data", [mono(1), encoded(stripes(), "PNG")], ids=["y4m", "png"])
def test_measure_takes_one_picture_of_an_endless_stream(
    given: list[str], data: bytes, give: Give, capsys: pytest.CaptureFixture[str]
) -> None:
    def stream() -> Iterator[bytes]:
        while True:
            yield data

    give(stream)
    assert run([*given, *AT, *TWO, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["readings"][0]["distance_m"] == pytest.approx(DISTANCES_M[2], rel=0.05)
    sys.stdin.close()


def test_depth_takes_every_picture(give: Give, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "maps"
    give(lambda: iter([mono(7)]))
    assert run(["depth", "-", "--out", str(out), "--format", "npz,video", "--no-flip"]) == 0
    assert "7 maps" in capsys.readouterr().out
    files = sorted((out / "stdin").glob("*.npz"))
    assert [file.name for file in files] == [f"{k:06d}.npz" for k in range(7)]
    assert (out / "stdin_depth.mp4").stat().st_size > 0
    rows = (out / "stdin_alignment.csv").read_text().splitlines()
    assert rows[-1].startswith("6,0.600,"), "the stream says 10 frames a second"
    expected = (1 / np.repeat(DISTANCES_M, 20) - SHIFT) / SCALE
    np.testing.assert_allclose(np.load(files[-1])["inverse_depth"][20], expected, rtol=1e-3)
    give(lambda: iter([mono(2)]))
    assert run(["depth", "-", "--out", str(out), "--no-flip"]) == 0
    assert "2 maps" in capsys.readouterr().out, "another stream is not the one that was done"


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture at all\n", b"\0\0\0\1" + bytes(100), b"YUV4MPEG2 W8 H8\n"],
    ids=["nothing", "words", "h264", "header"],
)
@pytest.mark.parametrize(
    ("given", "code"), [(["watch", "--source", "-", *AT], 4), (["depth", "-"], 4), (["measure", "-", *AT], 2)]
)
def test_what_is_no_picture_is_one_line(
    given: list[str], code: int, data: bytes, give: Give, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    give(lambda: iter([data]))
    assert run([*given, *(["--out", str(tmp_path / "maps")] if "depth" in given else [])]) == code
    err = capsys.readouterr().err
    assert err.startswith("depth-tui: standard input: ")
    assert err.count("\n") == 1


def test_the_app_needs_standard_input_for_its_keys() -> None:
    with pytest.raises(SourceError, match="watch, depth and measure"):
        open_source("-")


def test_watch_reads_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = stand_in(tmp_path, "\nwhile True:\n    write(PICTURE); time.sleep(0.01)\n", encoded(stripes(), "PNG"))
    arguments = ["watch", "--source", spec_of(words), *AT, *TWO, "--every", "20ms", "--count", "4", "--json"]
    assert run(arguments) == 0
    found = lines(capsys)
    assert len(found) == 4
    assert all(each["distance_m"] == pytest.approx(DISTANCES_M[2], rel=0.02) for each in found)
    wait_until(lambda: not any(map(is_there, starts(tmp_path))), "the command has ended")


def test_measure_takes_the_one_picture_that_a_command_writes_before_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As photo cameras' programs do; it has ended, and was started again, before there is a map."""
    words = stand_in(tmp_path, "\nwrite(PICTURE)\n", encoded(stripes(), "PNG"))
    at_once = PlantedEstimator.estimate

    def late(model: PlantedEstimator, image: RGBImage) -> FloatMap:
        wait_until(lambda: len(starts(tmp_path)) > 1, "it is started again")
        return at_once(model, image)

    monkeypatch.setattr(PlantedEstimator, "estimate", late)
    assert run(["measure", "--source", spec_of(words), *AT, *TWO, "--json"]) == 0
    captured = capsys.readouterr()
    (reading,) = json.loads(captured.out)["readings"]
    assert reading["distance_m"] == pytest.approx(DISTANCES_M[2], rel=0.02)
    assert "ended" in captured.err


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("sys.exit(9)", "ended with exit code 9"),
        ("write(PICTURE[:-40]); say('lens stuck'); sys.exit(3)",
         ("ended with exit code 3 without a picture that can be read (cut off: the end of the JPEG picture is "
         "missing): lens stuck")),
        ("write(b'RIFF\\x99\\0\\0\\0WEBPVP8 ' + bytes(500))", "writes WebP pictures; have it write motion JPEG"),
        ("write(b'words ' * 20000)", "not pictures"),
        (None, "no such command"),
    ],
)  # fmt: skip
def test_a_command_that_fails_is_one_line_and_exit_code_4(
    body: str | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = "exec:no-such-command-here" if body is None else spec_of(stand_in(tmp_path, f"\n{body}\n"))
    assert run(["measure", "--source", spec, *AT]) == 4
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_a_command_has_no_exif_and_its_words_are_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = stand_in(tmp_path, "\nwhile True:\n    write(PICTURE); time.sleep(0.01)\n")
    arguments = ["--source", spec_of([*words, "secret"]), "--at", "1,1", "--intrinsics", "exif"]
    assert run(["measure", *arguments]) == 2
    err = capsys.readouterr().err
    assert "carries no EXIF" in err
    assert "secret" not in err


def test_settings_never_name_a_command() -> None:
    settings_path().parent.mkdir(parents=True)
    for text in ("exec:touch here", " EXEC:touch here"):
        settings_path().write_text(f'source = "{text}"\ntheme = "light"\n')
        settings, message = load_settings()
        assert (settings.source, settings.theme) == ("", "light")
        assert "source cannot be used" in message


def test_cameras_and_doctor_name_a_boards_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(tmp_path, "rpicam-vid", LISTED)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr("tui.camera.listing.list_cameras", lambda *_: [])
    assert run(["cameras"]) == 0
    out = capsys.readouterr().out
    assert "csi:1    imx219" in out
    assert "csi:0,focus=1.5m" in out
    assert run(["cameras", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["source"], each["name"]) for each in found] == [("csi:0", "imx708_wide"), ("csi:1", "imx219")]
    run(["doctor", "--json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert any(each["what"] == "camera" and "--source csi:1" in each["detail"] for each in findings)
