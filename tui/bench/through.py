"""A clip read through a command's pipe, against reading it as a file."""

from __future__ import annotations

import resource
import shlex
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from tui.bench.timing import Stage, measure
from tui.camera.open import open_source
from tui.camera.process import end_all
from tui.errors import SourceError

_PROGRAM = "ffmpeg"
_KINDS = {"motion JPEG": ("-f", "mjpeg", "-q:v", "3"), "YUV4MPEG2": ("-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe")}


def through_a_command(clip: Path, seconds: float, baseline: str) -> Iterator[Stage]:
    """What a frame costs this program when FFmpeg plays the clip into a pipe, at the clip's own pace.

    Nothing where there is no FFmpeg, or it does not play the clip.

    Args:
        clip: the file.
        seconds: for each kind of stream.
        baseline: the stage of reading it as a file.
    """
    if shutil.which(_PROGRAM) is None:
        return
    for kind, output in _KINDS.items():
        words = [_PROGRAM, "-nostdin", "-loglevel", "error", "-re", "-stream_loop", "-1", "-i", str(clip.absolute())]
        try:
            yield _capturing(f"exec:{shlex.join([*words, '-an', *output, '-'])}", kind, seconds, baseline)
        except SourceError:
            return


def _capturing(spec: str, kind: str, seconds: float, baseline: str) -> Stage:
    before_s = _children_s()
    source = open_source(spec)
    newest = 0

    def read() -> None:
        nonlocal newest
        newest = source.read().index

    try:
        stage = measure(
            f"capture through a command, {kind}", read, seconds=seconds, baseline=baseline, clock=time.process_time
        )
    finally:
        source.close()
        end_all()  # what it has used is known when it has ended
    own_ms = 1000 * (_children_s() - before_s) / (newest + 1)
    return Stage(
        stage.name, stage.median_ms, stage.p99_ms, stage.runs, baseline, f"{_PROGRAM} itself {own_ms:.1f} ms a picture"
    )


def _children_s() -> float:
    """Seconds of computing of all programs that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
