"""`watch --config`: several cameras in one process, for weeks; one network for all who ask for the same."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tui.cli.beats import beats
from tui.cli.entries import Prepared, read_prepared
from tui.cli.exits import complain, speak_for, warn
from tui.cli.headless import Headless, asking
from tui.cli.lines import Format, Lines
from tui.cli.silence import NOT_YET, Silence
from tui.depth.shared import SharedEstimators
from tui.errors import DepthTuiError, InputError
from tui.records.configuration import Configuration
from tui.records.desk import Desk
from tui.records.listeners import close_all
from tui.records.notify import Supervisor
from tui.records.outlet import Outlet

_RETRY_S = (2.0, 5.0, 15.0, 60.0)
_BEAT_S = 1.0
_LATE_PERIODS, _LATE_LEAST_S = 5.0, 20.0
"""A camera without a fresh map for so many of its periods, and so many seconds, is not well."""
_HOME_S = 5.0
"""For so long a camera that is to end is waited for."""


class Watcher:
    """One camera and the thread that drives it; begun anew by itself when its source or its network fails."""

    def __init__(
        self, prepared: Prepared, shared: SharedEstimators, outlets: Sequence[Outlet], output: Format | None
    ) -> None:
        self.prepared = prepared
        self._shared = shared
        self._lines = Lines(output, prepared.entry.name)
        self._desk = Desk(prepared.entry.name, prepared.rules, outlets, tell=self._tell)
        self._silence = Silence(lambda: self._desk, self._lines)
        self._ending = threading.Event()
        self._headless: Headless | None = None
        self._resting = False
        self.fresh_s = float("-inf")
        """When its last fresh map was made, `time.monotonic()`."""
        self.frames = 0
        """How many maps have been read."""
        self.failed = ""
        """Why it is given up: what was asked for cannot be; empty while it works or tries."""
        self._thread = threading.Thread(target=self._run, name=f"tui-watch {prepared.entry.name}", daemon=True)
        self._thread.start()

    @property
    def late(self) -> bool:
        """Whether a fresh map is long due."""
        return time.monotonic() - self.fresh_s > max(_LATE_LEAST_S, _LATE_PERIODS * self.prepared.period_s)

    @property
    def gone(self) -> bool:
        """Whether it is known why no map comes: what was said and is tried again is no hang."""
        headless = self._headless
        return self._resting or (headless is not None and headless.instrument.snapshot.capture.error is not None)

    def listen(self, outlets: Sequence[Outlet]) -> None:
        """Others are told from now on."""
        self._desk.listen(outlets)

    def hold(self) -> None:
        """What there is to tell waits for `listen`."""
        self._desk.hold()

    def end(self) -> None:
        """Stop soon; returns at once."""
        self._ending.set()
        if (headless := self._headless) is not None:
            headless.end()

    def wait(self, most_s: float) -> bool:
        """Whether it has stopped within so many seconds."""
        self._thread.join(most_s)
        return not self._thread.is_alive()

    def _tell(self, line: str) -> None:
        warn(line)

    def _run(self) -> None:
        speak_for(self.prepared.entry.name)
        self._try()
        while self.failed and not self._ending.wait(_BEAT_S):
            self._silence.look(self.failed)
        self._silence.look("it is not watched any more", last=True)

    def _try(self) -> None:
        """Watch, again and again, until it is to end or has failed for good."""
        attempt = 0
        while not self._ending.is_set():
            before = self.frames
            try:
                self._watch()
            except InputError as error:
                self.failed = str(error)
                complain(f"{error}; this camera is not watched")
                return
            except DepthTuiError as error:
                if self._ending.is_set():
                    return
                attempt = 0 if self.frames > before else attempt + 1
                wait_s = _RETRY_S[min(attempt, len(_RETRY_S) - 1)]
                complain(f"{error}; tried again in {wait_s:.0f} s")
                self._rest(wait_s, str(error))
                continue
            except Exception as error:  # noqa: BLE001 - a fault with one camera must not end the others unsaid
                self.failed = f"{type(error).__name__}: {error}"
                complain(f"a fault of depth-tui itself: {self.failed}; this camera is not watched")
                return
            if not self._ending.is_set():
                self._ending.wait(_RETRY_S[0])

    def _rest(self, seconds: float, why: str) -> None:
        """Until the next try."""
        end_s, self._resting = time.monotonic() + seconds, True
        while (left_s := end_s - time.monotonic()) > 0 and not self._ending.wait(min(left_s, _BEAT_S)):
            self._silence.look(why)
        self._resting = False

    def _watch(self) -> None:
        prepared = self.prepared
        with asking(
            prepared.asked,
            prepared.wanted,
            lambda: prepared.model(self._shared),
            patient=True,
            mirror_stills=False,
            begun=self._begun,
            waiting=lambda _label: self._silence.look(NOT_YET),
        ) as headless:
            for _ in beats(headless, prepared.period_s, None):
                bulletin = self._desk.look(headless.instrument.reading)
                if bulletin.fresh:
                    self.fresh_s = bulletin.at_s
                    self.frames += 1
                self._lines.put(headless, headless.answer(), bulletin)

    def _begun(self, headless: Headless) -> None:
        self._headless = headless
        if self._ending.is_set():
            headless.end()


class Service:
    """All cameras of a configuration, and who listens to them."""

    def __init__(self, path: Path, output: Format | None, *, allow_exec: bool) -> None:
        """Read the configuration, check all of it, and open what listens.

        Raises:
            InputError, StorageError: something cannot be used; nothing has begun.
        """
        self._path, self._output, self._allow_exec = path, output, allow_exec
        self._shared = SharedEstimators()
        self._configuration, prepared = self._read()
        self._outlets = self._opened(self._configuration, prepared)
        self.watchers = {each.entry.name: self._begin(each) for each in prepared}

    def reload(self) -> str:
        """Read the file again: cameras that are as they were go on untouched.

        Returns:
            What has changed, in words.

        Raises:
            InputError: it cannot be used; all goes on as before.
        """
        configuration, prepared = self._read()
        if configuration.listening != self._configuration.listening:
            self._listen_anew(configuration, prepared)
        self._configuration = configuration
        wanted = {each.entry.name: each for each in prepared}
        leaving = [
            name
            for name, watcher in self.watchers.items()
            if name not in wanted or wanted[name].entry != watcher.prepared.entry or watcher.failed
        ]
        for name in leaving:
            self.watchers[name].end()
        end_s = time.monotonic() + _HOME_S  # for all of them: a supervisor waits for a sign of life
        for name in leaving:
            left = self.watchers.pop(name)
            if not left.wait(max(0.0, end_s - time.monotonic())):
                left.listen(())  # its last word would be taken for that of who watches this camera from now on
                complain(f"{name}: does not stop; it is left behind")
        new = [each for each in prepared if each.entry.name not in self.watchers]
        for each in new:
            self.watchers[each.entry.name] = self._begin(each)
        kept = len(self.watchers) - len(new)
        return f"{kept} camera{'s' * (kept != 1)} as before, {len(new)} begun, {len(leaving)} ended"

    def well(self) -> bool:
        """Whether there is a sign of life: a fresh map of every camera but those of which is known why none comes.

        One that was unplugged is no reason to begin anew: its alarm would ring once more after each start.
        """
        working = [each for each in self.watchers.values() if not each.failed]
        return bool(working) and all(each.gone for each in working if each.late)

    def words(self) -> str:
        """How it stands, in one line."""
        late = [name for name, each in self.watchers.items() if each.failed or each.late]
        maps = sum(each.frames for each in self.watchers.values())
        problems = f"; not well: {', '.join(late)}" if late else ""
        return f"{len(self.watchers)} cameras, {maps} maps{problems}"

    def close(self) -> None:
        """End all of it."""
        for each in self.watchers.values():
            each.end()
        end_s = time.monotonic() + _HOME_S
        for each in self.watchers.values():
            each.wait(max(0.0, end_s - time.monotonic()))
        close_all(self._outlets)

    def _read(self) -> tuple[Configuration, tuple[Prepared, ...]]:
        return read_prepared(self._path, allow_exec=self._allow_exec)

    def _opened(self, configuration: Configuration, prepared: Sequence[Prepared]) -> tuple[Outlet, ...]:
        return configuration.listening.open(warn, max(each.period_s for each in prepared))

    def _listen_anew(self, configuration: Configuration, prepared: Sequence[Prepared]) -> None:
        """Close those that listen and open those that are wanted now; the others come back where that fails."""
        for each in self.watchers.values():
            each.hold()
        close_all(self._outlets)
        try:
            self._outlets = self._opened(configuration, prepared)
        except DepthTuiError:
            self._outlets = self._opened(self._configuration, prepared)
            raise
        finally:
            for each in self.watchers.values():
                each.listen(self._outlets)

    def _begin(self, prepared: Prepared) -> Watcher:
        return Watcher(prepared, self._shared, self._outlets, self._output)


def run_service(path: Path, output: Format | None, *, allow_exec: bool) -> None:
    """Watch until a signal comes; SIGHUP reads the file again.

    Raises:
        InputError, StorageError: the configuration cannot be used.
    """
    again = threading.Event()
    service = Service(path, output, allow_exec=allow_exec)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda *_: again.set())
    supervisor = Supervisor()
    Lines(output).begin()
    try:
        supervisor.ready()
        while True:
            if again.wait(_BEAT_S):
                again.clear()
                supervisor.reloading(time.monotonic())
                try:
                    complain(f"read again: {service.reload()}")
                except DepthTuiError as error:
                    complain(f"{error}; all goes on as before")
                supervisor.ready()
            if service.well():
                supervisor.alive()
            supervisor.status(service.words())
            if all(each.failed for each in service.watchers.values()):
                raise InputError(f"--config {path}: no camera can be watched")
    finally:
        supervisor.stopping()
        service.close()
