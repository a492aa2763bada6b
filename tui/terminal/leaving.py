"""An app that ends in order, whatever ends it: a signal, a lost terminal, a fault of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from typing import Any, TypeVar

from rich.console import RenderableType
from textual.app import App
from textual.worker import WorkerFailed

Result = TypeVar("Result")

FAULT = 1
"""Exit code of a fault of the program itself."""
_SIGNALS = {signal.SIGHUP: 0, signal.SIGINT: 128 + signal.SIGINT, signal.SIGTERM: 128 + signal.SIGTERM}
"""Exit codes as shells count them; a terminal that has gone is a usual end."""
_LONGEST_S = 3.0
"""A terminal that nobody reads any more cannot be restored; the process ends without."""


class LeavingApp(App[Result]):
    """Keeps what must not be lost before anything else, then restores the terminal, then ends with an exit code.

    A fault is an exception that nothing has caught, in a handler, a worker, a task or another thread.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fault: Exception | None = None
        """The first one; None if all went well."""
        self._kept = False

    def keep(self) -> None:
        """Write what must not be lost; to be overridden. Called once, in the app's thread, however the app ends."""

    def watch_over(self) -> None:
        """Take the signals that end the app, and the faults that no handler of Textual's sees; in the running loop."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._leave_on, number)
        loop.set_exception_handler(self._fault_in_loop)
        if not self.is_headless:
            threading.excepthook = self._fault_in_thread

    def exit(self, *args: object, **kwargs: object) -> None:
        """Leave; what must not be lost is kept first."""
        self._keep_once()
        super().exit(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    def panic(self, *renderables: RenderableType) -> None:
        """Leave with a fault; what it would have shown is left to the fault's own file."""
        self._handle_exception(RuntimeError("; ".join(map(str, renderables))))

    def action_suspend_process(self) -> None:
        """Stop until the shell's `fg`, with all that the shell started together with this."""
        if self._driver is not None and self._driver.can_suspend:
            self._suspend_signal()
            os.kill(0, signal.SIGTSTP)

    def _keep_once(self) -> None:
        if self._kept:
            return
        self._kept = True
        try:
            self.keep()
        except Exception as error:  # noqa: BLE001 - the end must come all the same, and tell of it
            self._handle_exception(error)

    def _leave_on(self, number: signal.Signals) -> None:
        code = _SIGNALS[number]
        self._end_anyway(code)
        self.exit(return_code=code)

    def _end_anyway(self, code: int) -> None:
        if not self.is_headless:
            timer = threading.Timer(_LONGEST_S, os._exit, (code,))
            timer.daemon = True
            timer.start()

    def _handle_exception(self, error: Exception) -> None:
        """Textual calls this for every exception that nothing has caught."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error
        self._return_code = FAULT
        if self._exception is None:  # for those who drive the app in a test
            self._exception = error
            self._exception_event.set()
        if self.fault is None:
            self.fault = error
            self._end_anyway(FAULT)
        self._keep_once()
        self._close_messages_no_wait()

    def _fault_in_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception) and self._running and not self._closing:
            self._handle_exception(error)
        else:
            loop.default_exception_handler(context)

    def _fault_in_thread(self, hook: threading.ExceptHookArgs) -> None:
        if isinstance(hook.exc_value, Exception):
            with contextlib.suppress(RuntimeError):  # the loop has ended, and so has the app
                self.call_later(self._handle_exception, hook.exc_value)
