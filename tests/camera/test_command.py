"""Commands as sources, played by stand-ins: what comes through, what is said of faults, and that nothing is left."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.camera.stand_in import FOREVER, STREAM, colour_image, encoded, spec_of, stand_in
from tests.fakes import wait_until
from tui.camera import process
from tui.camera.live import NotYet
from tui.camera.open import open_source
from tui.camera.pipe import LastLine
from tui.errors import SourceError
from tui.pipeline import capture
from tui.pipeline.capture import Capture, CaptureStage

pytestmark = pytest.mark.usefixtures("nothing_is_left")


def fault_of(spec: str) -> SourceError:
    """What opening or the first read says."""
    with pytest.raises(SourceError) as caught:  # noqa: PT012 - which of the two is all the same to the user
        source = open_source(spec)
        try:
            source.read()
        finally:
            source.close()
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pictures_come_through_in_odd_pieces_with_a_log_beside_them(tmp_path: Path, size: int) -> None:
    body = f"""
while True:
    for at in range(0, len(PICTURE), {size}):
        write(PICTURE[at:at + {size}])
    say("frame written\\n" * 50)
"""
    small = encoded(colour_image(200, width=16, height=16))
    source = open_source(spec_of(stand_in(tmp_path, body, small)))
    for _ in range(3):
        image = source.read().image
        assert image.shape == (16, 16, 3)
        np.testing.assert_allclose(image.reshape(-1, 3).mean(axis=0), (200, 60, 120), atol=4)
    source.close()


def test_words_are_split_as_a_shell_does_and_no_shell_sees_them(tmp_path: Path) -> None:
    words = stand_in(tmp_path, '\n(HERE / "words").write_text("\\n".join(sys.argv[1:]))' + STREAM)
    source = open_source(f"{spec_of(words)} 'two words' \"a'b\" '$HOME' '|' '*' \\;")
    source.read()
    source.close()
    assert (tmp_path / "words").read_text().split("\n") == ["two words", "a'b", "$HOME", "|", "*", ";"]


def test_the_pipe_is_drained_and_the_newest_picture_wins(tmp_path: Path) -> None:
    body = (
        """
for number in range(40):
    write((HERE / f"{number}").read_bytes())
(HERE / "written").touch()
"""
        + FOREVER
    )
    words = stand_in(tmp_path, body)
    for number in range(40):
        noise = np.random.default_rng(number).integers(0, 256, (300, 300, 3), np.uint8)
        noise[:100, :100] = 5 * number
        (tmp_path / f"{number}").write_bytes(encoded(noise, quality=95))
    assert sum((tmp_path / f"{k}").stat().st_size for k in range(40)) > 3 * process._PIPE_BYTES
    source = open_source(spec_of(words))
    wait_until((tmp_path / "written").exists, "all is written, though nobody reads the source")
    seen = -1.0
    while seen < 5 * 39 - 4:
        seen = float(source.read().image[20:80, 20:80].mean())
    source.close()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('say("opening\\nERROR: *** no cameras available ***\\n"); sys.exit(255)',
         "ended with exit code 255 without a picture: ERROR: *** no cameras available ***"),
        ("write(PICTURE[:300])", "ended without a picture"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "ended by SIGSEGV without a picture"),
        ('say("\\x1b[31mcolour\\x1b[0m of rtsp://me:secret@cam/1\\n"); sys.exit(1)', "colour of rtsp://cam/1"),
        ('say("no line feed"); sys.exit(1)', "no line feed"),
        ('say("first\\rsecond\\r\\n\\n"); sys.exit(1)', ": second"),
    ],
)  # fmt: skip
def test_why_it_ended_is_its_own_last_line(tmp_path: Path, body: str, words: str) -> None:
    error = fault_of(spec_of(stand_in(tmp_path, f"\n{body}\n")))
    assert isinstance(error, NotYet), "it may deliver when it is started again"
    assert words in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('write(b"Setting pipeline to PAUSED ...\\n" * 5000)', "writes words, not pictures"),
        ('write(b"x" * 300_000)', "writes words, not pictures"),
        ('write(bytes(range(256)) * 50)', "no pictures that are read here"),
        ('write(b"\\0\\0\\0\\1\\x67" + b"abc" * 50)', "H.264"),
        ('write(b"\\x1a\\x45\\xdf\\xa3" + b"abc" * 50)', "container"),
        ('write(b"YUV4MPEG2 W999999 H999999 F30:1\\nFRAME\\n")', "999999x999999"),
        ('write(b"YUV4MPEG2 W64 H48 Cyuyv\\n")', "'yuyv' is not read"),
        ('write(b"YUV4MPEG2 " + b"x" * 5000)', "header has no end"),
        ('write(b"YUV4MPEG2 W64\\n")', "how large"),
        ('write(b"P6 900000 900000 255\\n")', "900000x900000"),
        ('write(b"\\x89PNG\\r\\n\\x1a\\n" + b"\\xff" * 8)', "larger than any"),
        ('while True: write(PICTURE.replace(b"\\xff\\xc0\\0\\x11\\x08", b"\\xff\\xc0\\0\\x11\\x07"))', "in a row"),
    ],
)  # fmt: skip
def test_what_is_no_stream_of_pictures_is_said_once_and_ended(tmp_path: Path, body: str, words: str) -> None:
    error = fault_of(spec_of(stand_in(tmp_path, f"\n{body}\n{FOREVER}")))
    assert words in str(error)
    assert not isinstance(error, NotYet)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("exec:", "names no command"),
        ("exec:   ", "names no command"),
        ("exec:''", "names no command"),
        ("exec:camera 'open", "cannot be split into words"),
        ("exec:no-such-program-anywhere -x", "there is no such command"),
        ("exec:/etc/passwd", "cannot be started: Permission denied"),
        ("EXEC:no-such-program-anywhere", "there is no such command"),
        ("exec:/", "exec #"),
        ("exec:'a\nb\x1b[31m\x00'", "cannot be started: embedded null byte"),
        ("exec:'a\nb\x1b[31m'", "a?b?[31m #"),
        (f"exec:{'x' * 5000}", "File name too long"),
    ],
)
def test_what_cannot_be_started_is_explained(spec: str, words: str) -> None:
    assert words in str(fault_of(spec))


@pytest.mark.usefixtures("quick")
def test_one_that_hangs_is_named_with_what_it_said(tmp_path: Path) -> None:
    error = fault_of(spec_of(stand_in(tmp_path, '\nsay("waiting for the sensor\\n")' + FOREVER)))
    assert isinstance(error, NotYet)
    assert str(error).endswith("no picture for 0.5 s: waiting for the sensor")


@pytest.mark.usefixtures("quick")
def test_one_that_writes_words_now_and_then_is_told_from_one_that_is_silent(tmp_path: Path) -> None:
    error = fault_of(spec_of(stand_in(tmp_path, '\nwrite(b"hello world\\n")' + FOREVER)))
    assert isinstance(error, NotYet)
    assert "no picture for 0.5 s: writes words, not pictures ('hello world')" in str(error)


@pytest.mark.usefixtures("quick")
def test_one_that_hangs_after_its_first_picture_is_lost(tmp_path: Path) -> None:
    source = open_source(spec_of(stand_in(tmp_path, "\nwrite(PICTURE * 2)" + FOREVER)))
    source.read()
    error: SourceError | None = None
    while error is None:
        try:
            source.read()
        except SourceError as found:
            error = found
    assert isinstance(error, NotYet)
    assert "no picture for 0.5 s" in str(error)
    source.close()


def test_one_that_dies_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "_RETRY_S", (0.01,))
    body = """
if len((HERE / "pids").read_text().split()) % 2:
    say("no cameras available\\n"); sys.exit(255)
write(PICTURE * 3)
sys.exit(0 if (HERE / "end").exists() else 7)
"""
    messages: list[str] = []
    frames = threading.Semaphore(0)
    held = Capture(
        lambda: (open_source(spec_of(stand_in(tmp_path, body))), ""),
        lambda _frame: frames.release(),
        lambda: messages.append(held.status.message),
    )
    held.start()
    for _ in range(2):
        assert frames.acquire(timeout=20)
    wait_until(lambda: any("no cameras available" in each for each in messages), "its first end was told")
    wait_until(lambda: any("exit code 7" in each for each in messages), "its second end was told")
    assert held.status.stage in {CaptureStage.LOST, CaptureStage.RUNNING}
    assert "://" not in messages[0]
    held.stop()
    held.join(10)


def test_the_words_are_not_shown_but_two_commands_are_two_cameras(tmp_path: Path) -> None:
    words = stand_in(tmp_path, STREAM)
    labels = []
    for password in ("secret", "other"):
        source = open_source(spec_of([*words, f"--password={password}"]))
        labels.append(source.info.label)
        source.close()
    assert labels[0] != labels[1]
    assert not any("secret" in each for each in labels)


def test_an_endless_line_is_not_kept() -> None:
    last = LastLine()
    for _ in range(200):
        last.feed(b"x" * 10_000)
    assert len(last._open) < 20_000
    assert len(str(last)) < 300
    last.feed(b"\nthe end\n")
    assert str(last) == "the end"


def test_memory_stays_flat_while_much_comes(tmp_path: Path) -> None:
    body = '\nwrite(b"YUV4MPEG2 W640 H480\\n")\nwhile True: write(b"FRAME\\n" + bytes(460800))\n'
    source = open_source(spec_of(stand_in(tmp_path, body)))

    def grown(read: Callable[[], object], times: int) -> int:
        before = _resident_bytes()
        for _ in range(times):
            read()
        return _resident_bytes() - before

    grown(source.read, 50)
    index = source.read().index
    while source.read().index < index + 300:
        pass
    assert grown(source.read, 50) < 30_000_000
    source.close()


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
