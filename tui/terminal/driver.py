"""The terminal's device: what has been written, and how far it has come."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import termios
import time
from collections import deque
from typing import IO, TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.terminal.keys import TerminalInput, TrueColor
from tui.terminal.place import terminal_size
from tui.terminal.surroundings import ASK_COLORS, ASK_WIDTH

if TYPE_CHECKING:
    from textual.app import App

_PIECE = 4_096
_MOST_QUESTIONS = 4
_QUESTION_EVERY_S = 0.03
_NO_ANSWER_S = 1.0
_LAST_ANSWERS_S = 0.25
_LOOK_S, _TICK_S = 0.1, 0.02
"""How long to wait for input at a time: as a rule, and while quiet would mean something."""

ASK_POSITION = "\x1b[6n"
"""Every terminal answers this (DSR 6), in its turn: the answer shows that all before it has arrived."""


class MeteredFile:
    """Writes straight to a file descriptor, in pieces, and notes what has been taken and when.

    Args:
        file: the terminal.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.total = 0
        """Bytes taken by the device."""
        self.progress: deque[tuple[int, float]] = deque(maxlen=256)
        """(total, when) after each write; appended here, taken out by the reader."""
        self._gone = False

    def write(self, text: str) -> int:
        """Block until the device has taken it all; a terminal that has gone takes anything."""
        data = memoryview(text.encode(errors="replace"))
        while data and not self._gone:
            try:
                try:
                    count = os.write(self.fileno(), data[:_PIECE])
                except BlockingIOError:
                    select.select([], [self.fileno()], [])
                    continue
            except (OSError, ValueError):
                self._gone = True
                break
            self.total += count
            data = data[count:]
        self.progress.append((self.total, time.monotonic()))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def fileno(self) -> int:
        """Of the terminal."""
        return self._file.fileno()


@runtime_checkable
class HearsTerminal(Protocol):
    """An app that wants to know what its terminal shows; told in the app's loop."""

    asks_colors: bool

    def told_width(self, columns: int) -> None:
        """The cursor has moved so far for a letter of two bytes."""

    def told_true_color(self) -> None:
        """It keeps colours of 24 bits."""


class WireDriver(LinuxDriver):
    """Textual's driver, counting, and asking the terminal how far it has come.

    Args:
        app: the app.
        debug: as Textual's.
        mouse: as Textual's.
        size: as Textual's.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.metered = MeteredFile(cast("IO[str]", self._file))
        self._file = cast("Any", self.metered)
        self.handed = 0
        """Bytes given to `write`."""
        self.answers: deque[tuple[int, float]] = deque(maxlen=256)
        """(bytes that have arrived, when); appended in the input thread."""
        self.starts = 0
        """How often the terminal was taken over: its screen is empty after each."""
        self._questions: deque[tuple[int, float]] = deque()
        self._width_asked_s = float("-inf")
        """When how wide a letter comes out was asked."""
        self._asked_s, self._asked_after = float("-inf"), 0
        self._answers_come: bool | None = None
        self._size = size or self._get_terminal_size()
        self._loop_of_signals = asyncio.get_running_loop()
        self._watch_job_control()

    @property
    def answers_come(self) -> bool | None:
        """Whether the terminal answers; None while that is not known."""
        if self._answers_come is None and self._questions:
            waited_s = time.monotonic() - self._questions[0][1]
            if waited_s > _NO_ANSWER_S:
                self._answers_come = False
        return self._answers_come

    def write(self, data: str) -> None:
        """Count, and let Textual's thread write."""
        self.handed += len(data) if data.isascii() else len(data.encode(errors="replace"))
        super().write(data)

    def question(self) -> str:
        """What to append to an update in order to learn when it arrives; empty if enough are under way."""
        now_s = time.monotonic()
        if self.answers_come is False or not self.input_tty:
            return ""
        if len(self._questions) >= _MOST_QUESTIONS or now_s - self._asked_s < _QUESTION_EVERY_S:
            return ""
        self._asked_s = now_s
        return ASK_POSITION

    def asked(self) -> None:
        """A question is the last thing that was written."""
        self._asked_after = self.handed
        self._questions.append((self.handed, time.monotonic()))

    @property
    def unasked(self) -> bool:
        """Whether something was written after the last question."""
        return self.handed > self._asked_after

    def process_message(self, message: Message) -> None:
        """Take the answers out of the input."""
        if isinstance(message, TrueColor):
            self._tell("told_true_color")
            return
        if isinstance(message, events.CursorPosition) and self._questions:
            total, asked_s = self._questions.popleft()
            self._answers_come = True
            if self._width_asked_s == asked_s:
                self._tell("told_width", message.x)
            self.answers.append((total, time.monotonic()))
            return
        super().process_message(message)

    def _ask_around(self) -> None:
        """Before anything is drawn, which covers whatever a terminal may make of the questions; wait for nothing."""
        if not self.input_tty or self.is_inline or not isinstance(self._app, HearsTerminal):
            return
        self.write((ASK_COLORS if self._app.asks_colors else "") + ASK_WIDTH)
        self.asked()
        self._width_asked_s = self._questions[-1][1]

    def _tell(self, name: str, *arguments: object) -> None:
        if isinstance(self._app, HearsTerminal):
            self._app.call_later(getattr(self._app, name), *arguments)

    def _get_terminal_size(self) -> tuple[int, int]:
        """Columns and rows of the terminal itself, whatever the environment says of it."""
        return terminal_size(self.fileno, self.metered.fileno())

    # --- input

    def run_input_thread(self) -> None:
        """Read until told to stop; a terminal that has gone ends the app."""
        keyboard, quiet_s = TerminalInput(), 0.0
        while not self.exit_event.is_set():
            start_s = time.monotonic()
            ready = select.select([self.fileno], [], [], _TICK_S if keyboard.waits else _LOOK_S)[0]
            quiet_s += time.monotonic() - start_s
            if not ready:
                for message in keyboard.rest(quiet_s):
                    self.process_message(message)
                continue
            data = b""
            with contextlib.suppress(OSError):
                data = os.read(self.fileno, _PIECE)
            if not data:
                os.kill(os.getpid(), signal.SIGHUP)
                return
            for message in keyboard.feed(data, quiet_s):
                self.process_message(message)
            quiet_s = 0.0

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - whatever it is, the app must end and say so
            self._app.call_later(self._app._handle_exception, error)  # noqa: SLF001 - as Textual's own does for others

    # --- job control

    def _watch_job_control(self) -> None:
        """In the loop: within a signal's own handler, half of a write may lie on the stack."""
        self._loop_of_signals.add_signal_handler(signal.SIGTSTP, self._suspend)
        self._loop_of_signals.add_signal_handler(signal.SIGCONT, self._take_again)

    def _suspend(self) -> None:
        """Give the terminal back, stop, and, when that is over, take it again.

        The signal's own effect stops the process, since that spares one whose terminal nobody else waits for.
        """
        taken = self._auto_restart and self._writer_thread is not None
        if taken:
            self.suspend_application_mode()
        for number in (signal.SIGCONT, signal.SIGTSTP):
            self._loop_of_signals.remove_signal_handler(number)
        os.kill(os.getpid(), signal.SIGTSTP)
        self._watch_job_control()
        if taken:
            self._must_signal_resume = True
            self.resume_application_mode()

    def _take_again(self) -> None:
        """Somebody else stopped the process: what the terminal has been through since, nobody knows."""
        if self._auto_restart and self._writer_thread is not None:
            self.suspend_application_mode()
            self.resume_application_mode()

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        self.starts += 1
        self._questions.clear()
        with contextlib.suppress(termios.error):
            # In the background this stops the process, until it is in front again.
            termios.tcsetattr(self.fileno, termios.TCSANOW, termios.tcgetattr(self.fileno))
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual leaves it untyped
        self._ask_around()

    def stop_application_mode(self) -> None:
        """Give the terminal back, after the answers that are under way: the shell would take them for typing."""
        end_s = time.monotonic() + _LAST_ANSWERS_S
        while self._questions and self._answers_come and time.monotonic() < end_s:
            time.sleep(0.005)
        if self._mouse_pixels:
            self.write("\x1b[?1016l")
        self.write("\x1b[m")
        super().stop_application_mode()
