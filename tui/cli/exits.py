"""From what went wrong to an exit code and one line on the error stream."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import NoReturn, Protocol, runtime_checkable

import typer

from tui.cli.output import say
from tui.errors import CARD_FOLLOWS, DepthTuiError

INTERRUPTED = 130
"""As shells count: 128 + SIGINT."""
NOT_OK = 5
"""Asked with `--strict`: a reading was not ok."""
_SIGNALS = 128
"""Exit codes above it are those of signals."""
_ENDLESS = re.compile(r"(\S{150})\S{200,}(\S{50})")
"""A word that nobody reads to its end; what is wrong with it stands behind it."""
_LAST_WORD_S = 1.0
_BAD_USE = 2
_FAULT = 1
_SPEAKS_FOR: ContextVar[str] = ContextVar("speaks for", default="")
_DEBUG_VARIABLE = "DEPTH_TUI_DEBUG"
"""Set it to see the traceback of a fault of the program itself."""


@runtime_checkable
class _UsageError(Protocol):
    """What the command line parser raises for bad use, whichever version of it."""

    exit_code: int

    def format_message(self) -> str:
        """What is wrong, without the program's name."""
        ...


def exit_code_of(command: Callable[[], object]) -> int:
    """Run a command; say what goes wrong in one line, never as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # a stream of another kind, under tests
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # not on every TextIO
    try:
        result = command()
        sys.stdout.flush()
    except DepthTuiError as error:
        problem, follows, card = str(error).partition(CARD_FOLLOWS)
        complain(" ".join(problem.split()) + follows + card)
        return error.exit_code
    except BrokenPipeError:
        _drop_output()
        return _FAULT
    except (KeyboardInterrupt, typer.Abort) as ending:
        if isinstance(ending.__cause__, EOFError):  # the parser takes a file that ends too soon for the end of typing
            return _fault(ending.__cause__)
        return INTERRUPTED
    except SystemExit as ending:  # a signal; a shell's completion; a reader of Rich's who has left
        return ending.code if isinstance(ending.code, int) else _FAULT
    except OSError as error:
        where = f"{error.filename}: " if error.filename else "the output cannot be written: "
        complain(f"{where}{error.strerror or error}")
        _drop_output()
        return _BAD_USE
    except Exception as error:  # noqa: BLE001 - told, as a fault of the program itself
        if isinstance(error, _UsageError):
            message = " ".join(error.format_message().replace("Value error, ", "").split()).rstrip(".")
            complain(f"{message}; see: {_command_of(error)} --help")
            return _BAD_USE
        return _fault(error)
    return result if isinstance(result, int) else 0


def tell_faults_of_threads() -> None:
    """From now on, what goes wrong in a thread is one line as well, whosever thread it is."""

    def told(what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None and not isinstance(what.exc_value, SystemExit):
            _tell_fault(what.exc_value)

    if not os.environ.get(_DEBUG_VARIABLE):
        threading.excepthook = told


def leave(code: int) -> NoReturn:
    """End the process now, after the last word.

    Threads that a driver, a decoder or an engine holds must not keep anybody waiting, nor fall over an interpreter
    that is being taken down around them. After a signal, neither must a reader that does not read.
    """
    if commands := sys.modules.get("tui.camera.process"):  # nothing that was started here outlives this process
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            commands.end_all()
    flushing = threading.Thread(target=_flush, daemon=True)
    flushing.start()
    with contextlib.suppress(KeyboardInterrupt, SystemExit):  # asked to end while ending
        flushing.join(_LAST_WORD_S if code > _SIGNALS else None)
    os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()


def complain(message: str) -> None:
    """One line on the error stream, after the program's name; where nobody reads it, nothing is said."""
    camera = _SPEAKS_FOR.get()
    with contextlib.suppress(OSError, ValueError):
        shown = _ENDLESS.sub(r"\1...\2", message)
        say(f"depth-tui: {f'{camera}: ' if camera else ''}{shown}", err=True)


def speak_for(camera: str) -> None:
    """From now on, what this thread says names a camera: there are several."""
    _SPEAKS_FOR.set(camera)


def warn(message: str) -> None:
    """The same for what does not stop the command."""
    complain(f"warning: {message}")


def _fault(error: BaseException) -> int:
    if os.environ.get(_DEBUG_VARIABLE):
        raise error
    _tell_fault(error)
    return _FAULT


def _tell_fault(error: BaseException) -> None:
    complain(f"a fault of depth-tui itself: {_in_one_line(error)} (details: {_DEBUG_VARIABLE}=1 depth-tui ...)")


def _command_of(error: object) -> str:
    return str(getattr(getattr(error, "ctx", None), "command_path", "depth-tui"))


def _in_one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


def _drop_output() -> None:
    """Nobody reads any more: let the interpreter's last flush go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
