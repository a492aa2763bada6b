"""`depth-tui doctor`: what this machine has, and what is missing, with the remedy."""

from __future__ import annotations

import os
import sys
import termios
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.cli.output import make_console, say_json

if TYPE_CHECKING:
    from tui.terminal.tmux import Tmux


class Verdict(StrEnum):
    """How a finding bears on the program."""

    OK = "ok"
    NOTE = "note"
    """Something is missing, but the program is of use without it."""
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    verdict: Verdict
    what: str
    detail: str


_ANSWER_S = 1.0
"""How long the terminal may take to answer."""
_STYLES = {Verdict.OK: "green", Verdict.NOTE: "yellow", Verdict.BAD: "red"}
_PACKAGES = ("numpy", "scipy", "opencv-python-headless", "openvino", "textual")


def doctor(
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print a JSON object instead: ok, and findings, each with verdict (ok, note, bad), what, detail.",
        ),
    ] = False,
) -> None:
    """Check this machine: versions, models, cameras, terminal, folders. Uses no network; exits with 2 on a fault."""
    findings = [finding for what, look in _LOOKS for finding in _found(what, look)]
    ok = all(each.verdict is not Verdict.BAD for each in findings)
    if as_json:
        say_json({"ok": ok, "findings": [asdict(each) for each in findings]})
    else:
        _show(findings)
    if not ok:
        raise typer.Exit(2)


def _found(what: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What there is to say of one subject; a look that fails is a finding too, and the others go on."""
    try:
        yield from look()
    except Exception as error:  # noqa: BLE001 - a machine that is not as expected is what this command is for
        yield Finding(Verdict.BAD, what, f"cannot be looked at: {str(error) or type(error).__name__}")


def _show(findings: Sequence[Finding]) -> None:
    from rich.text import Text

    from tui.cli.table import align

    console = make_console()
    rows = [(Text(each.verdict.value, _STYLES[each.verdict]), each.what, each.detail) for each in findings]
    for line in align([("", "what", "found"), *rows], right=False):
        console.print(line)


def _versions() -> Iterator[Finding]:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from tui.version import __version__

    yield Finding(Verdict.OK, "depth-tui", f"{__version__}, Python {platform.python_version()}, {platform.platform()}")
    found, missing = [], []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    yield Finding(Verdict.OK, "packages", ", ".join(found))
    if missing:
        yield Finding(Verdict.BAD, "packages", f"missing: {', '.join(missing)}; install depth-tui again with pip")


def _extras() -> Iterator[Finding]:
    from tui.extras import EXTRAS

    for extra in EXTRAS:
        state = "installed" if not extra.missing else f"not installed; run: {extra.install}"
        yield Finding(Verdict.OK, f"extra {extra.name}", f"{extra.brings}: {state}")


def _machine() -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    detail = f"{cores} core{'s' if cores > 1 else ''}"
    total_gb = _memory_gb("MemTotal")
    free_gb = _memory_gb("MemAvailable")
    if total_gb is not None and free_gb is not None:
        detail += f", {free_gb:.1f} of {total_gb:.1f} GB memory free"
    low = free_gb is not None and free_gb < 1.0
    yield Finding(
        Verdict.NOTE if low else Verdict.OK, "machine", detail + ("; networks need about 1 GB" if low else "")
    )


def _models() -> Iterator[Finding]:
    from tui.depth.needs import lacking
    from tui.depth.registry import FIRST_TO_FETCH
    from tui.depth.weights import find_weights, installed
    from tui.errors import ModelError
    from tui.extras import MIDAS, why_not

    there = installed()
    for spec in there:
        try:
            path = find_weights(spec).path
            if (extra := lacking(spec)) is not None:
                yield Finding(Verdict.NOTE, "model", f"{spec.short_name}: {path}, but it {why_not(extra)}")
            else:
                yield Finding(Verdict.OK, "model", f"{spec.short_name}: {path}")
        except ModelError as error:
            yield Finding(Verdict.BAD, "model", str(error))
    if all(spec.bundled for spec in there):
        first = f"{MIDAS.install}, then " if MIDAS.missing else ""
        remedy = f"run {first}depth-tui models fetch {FIRST_TO_FETCH}, or give --model net.onnx"
        yield Finding(Verdict.NOTE, "model", f"none fetched yet: for a larger one, {remedy}")


def _cameras() -> Iterator[Finding]:
    from tui.camera.csi import list_csi
    from tui.camera.listing import list_cameras

    found, boards = list_cameras(), list_csi()
    for camera in found:
        verdict = Verdict.OK if camera.usable else Verdict.NOTE
        yield Finding(verdict, "camera", f"{camera.label} {camera.path}: {camera.problem or 'ready'}")
        if advice := camera.lens.advice(camera.path):
            yield Finding(Verdict.NOTE, "focus", f"{camera.label} {camera.path}: {advice}")
    for board in boards:
        yield Finding(Verdict.OK, "camera", f"{board.spec} ({board.name}): ready, --source {board.spec}")
        if board.advice:
            yield Finding(Verdict.NOTE, "focus", f"{board.spec} ({board.name}): {board.advice}")
    if not found and not boards:
        yield Finding(Verdict.NOTE, "camera", "none found; depth-tui --source demo works without one")
    yield _video_group()


def _video_group() -> Finding:
    import grp

    if os.geteuid() == 0:
        return Finding(Verdict.OK, "video group", "not needed by the superuser")
    try:
        number = grp.getgrnam("video").gr_gid
    except KeyError:
        return Finding(Verdict.NOTE, "video group", "there is no such group here")
    if number in (os.getgid(), *os.getgroups()):
        return Finding(Verdict.OK, "video group", "you are in it")
    return Finding(
        Verdict.NOTE, "video group", "you are not in it: cameras may refuse; sudo usermod -aG video $USER, log in again"
    )


def _terminal() -> Iterator[Finding]:
    import shutil

    if not sys.stdout.isatty():
        yield Finding(Verdict.NOTE, "terminal", "the output goes to a file or pipe; the app needs a terminal")
        return
    from tui.terminal.surroundings import is_true_color
    from tui.terminal.tmux import ask_tmux

    console, tmux = make_console(), ask_tmux(os.environ)
    size, said = shutil.get_terminal_size(), _terminal_says()
    system = console.color_system
    if system is not None and (is_true_color(said) or (tmux is not None and "RGB" in tmux.features)):
        system = "truecolor"
    detail = f"{os.environ.get('TERM', 'unknown')}, {size.columns}x{size.lines}, {_colors(system)}"
    yield Finding(Verdict.OK if system == "truecolor" else Verdict.NOTE, "terminal", detail)
    if trouble := _encoding_trouble(tmux, said):
        yield Finding(Verdict.NOTE, "terminal", trouble)


def _terminal_says() -> str:
    """What the terminal answers about its colours, and where its cursor is after a letter of two bytes."""
    from tui.terminal.raw import answer_to
    from tui.terminal.surroundings import ASK_COLORS, ASK_WIDTH, CURSOR, may_ask_colors

    question = (ASK_COLORS if may_ask_colors(os.environ) else "") + ASK_WIDTH
    try:
        return answer_to(question, sys.stdout.fileno(), CURSOR, _ANSWER_S).decode("latin-1")
    except (OSError, ValueError, termios.error):
        return ""


def _encoding_trouble(tmux: Tmux | None, said: str) -> str:
    """Why lines and pictures would come out as something else, with the remedy; empty if they do not."""
    from tui.terminal.surroundings import locale_is_utf8, reads_utf8

    locale = locale_is_utf8(os.environ)
    if tmux is not None:
        if tmux.utf8 is False or (tmux.utf8 is None and not locale):
            return "tmux writes _ for all but ASCII, so the app draws in ASCII: detach, then tmux -u attach"
        return ""
    read = reads_utf8(said)
    if read is False or (read is None and not locale):
        return "it does not show UTF-8, so the app draws in ASCII: set it to UTF-8, and LANG=C.UTF-8"
    return ""


def _colors(system: str | None) -> str:
    words = {"truecolor": "16 million colours", "256": "256 colours", "standard": "16 colours"}
    if system is None:
        return "no colours" + (" (NO_COLOR is set)" if os.environ.get("NO_COLOR") else "")
    hint = "" if system == "truecolor" else "; if it can do more, set COLORTERM=truecolor"
    return words.get(system, system) + hint


def _folders() -> Iterator[Finding]:
    from tui.storage.paths import cache_dir, config_dir, data_dir

    for what, folder in (("settings", config_dir()), ("profiles, captures", data_dir()), ("models", cache_dir())):
        if problem := _write_problem(folder):
            yield Finding(Verdict.BAD, what, f"{folder}: {problem}")
        else:
            yield Finding(Verdict.OK, what, str(folder))


def _write_problem(folder: Path) -> str:
    """Why nothing can be written there, by trying in the nearest folder there is; empty if it can."""
    import tempfile

    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return ""
    except OSError as error:
        return f"cannot be written ({error.strerror or error}); make {nearest} writable"


def _memory_gb(key: str) -> float | None:
    """A line of /proc/meminfo; None where there is none."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) / 1e6 for line in lines if line.startswith(f"{key}:"))
    except (OSError, ValueError, IndexError, StopIteration):
        return None


_LOOKS: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
    ("packages", _versions),
    ("extras", _extras),
    ("machine", _machine),
    ("model", _models),
    ("camera", _cameras),
    ("terminal", _terminal),
    ("folders", _folders),
)
"""Each with what its findings are about."""
