"""The main screen's dialogs for sources: which one, in which of a camera's modes, and what is missing to open it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tui.camera.certificate import UntrustedCertificate
from tui.camera.frame import SourceInfo
from tui.camera.listing import CameraInfo
from tui.camera.mode_words import in_short, usable, wish_from, wish_of, words_of
from tui.camera.modes import Mode
from tui.camera.wish import AS_IT_COMES
from tui.errors import DepthTuiError, InputError
from tui.pipeline.capture import CaptureStage
from tui.screens.asking import Asking
from tui.screens.browse import browse
from tui.screens.confirm import ConfirmDialog
from tui.screens.pick import Choice, PickDialog, Picked
from tui.screens.recent import is_whole, recent, remember
from tui.storage.completing import paths_from
from tui.storage.paths import from_home
from tui.widgets.question import Question

_FILE = "?file"
"""What the list offers besides sources, none of which can begin like this."""


class SourceDialogs:
    """Asks, and has the instrument carry out the answer."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._error: DepthTuiError | None = None
        self._opened: SourceInfo | None = None

    def pick(self) -> None:
        """Cameras of this machine, the demo, what was looked at before, a file, or anything typed."""
        from tui.camera.board import find_tool
        from tui.camera.listing import list_cameras, modes_of
        from tui.camera.v4l2 import Machine

        machine = Machine()
        cameras = {str(each.number): each for each in list_cameras(machine) if not each.is_raw}
        modes = {number: modes_of(each, machine) for number, each in cameras.items() if each.usable}
        choices = [
            Choice(number, f"camera {number}", each.problem or _camera_words(each, modes[number]))
            for number, each in cameras.items()
        ]
        if tool := find_tool(machine):
            choices.append(Choice("csi", "csi", f"the board's own camera, by {tool}"))
        choices.append(Choice("demo", "demo", "a rendered room of known distances"))
        choices.append(Choice(_FILE, "file", "a picture, a video, or a folder of pictures"))
        choices += recent(self._asking.answers)
        typing = "or type a picture, a folder, a video file, http(s)://, rtsp://, /dev/videoN, exec:COMMAND:"

        def answer(picked: Picked | None) -> None:
            if picked is None:
                return
            if picked.value == _FILE and not picked.typed:
                browse(self._asking.screen.app, self._folder(), self._open, whole="all pictures in this folder")
            elif not picked.typed and len(found := usable(modes.get(picked.value, ()))) > 1:
                self._pick_mode(cameras[picked.value], found)
            elif picked.typed or is_whole(picked.value):
                self._open(picked.value)
            else:
                self._ask_login(picked.value)

        current = self._asking.instrument.wanted.source
        dialog = PickDialog("Source", choices, typing, current=current, complete=paths_from)
        self._asking.screen.app.push_screen(dialog, answer)

    def _open(self, spec: str) -> None:
        self._asking.order(partial(self._asking.instrument.open_source, spec))

    def _folder(self) -> Path:
        """Where the file is that is looked at, else where the program was started."""
        info = self._asking.instrument.snapshot.capture.info
        path = from_home(info.spec) if info is not None and "://" not in info.spec else Path()
        return path.parent if path.is_file() else path if path.is_dir() else Path()

    def _pick_mode(self, camera: CameraInfo, modes: Sequence[Mode]) -> None:
        """Picture size and format, and of several rates the one; as `--size`, `--rate` and `--fourcc` ask for them."""
        instrument, spec = self._asking.instrument, str(camera.number)
        info = instrument.snapshot.capture.info
        is_open = spec in {instrument.wanted.source, info.spec if info is not None else None}
        now = words_of(instrument.wanted.wish) if is_open else ""
        rates = {words_of(wish_of(each)): each for each in modes}
        choices = [Choice("", "as it comes", "what the camera itself chooses")]
        if now and now not in rates:
            choices.append(Choice(now, now, "as it is now"))
        for words, each in rates.items():
            more = [f"{rate:.4g}" for rate in each.rates_hz[1:]]
            detail = f"or {', '.join(more)} a second" if more else ""
            choices.append(Choice(words, words, "; ".join(filter(None, (detail, "or smaller" * (" " in each.size))))))

        def take(text: str) -> None:
            instrument.open_source(spec, wish_from(text) if text else AS_IT_COMES)

        def answer(picked: Picked | None) -> None:
            if picked is None:
                return
            mode = rates.get(picked.value)
            if picked.typed or mode is None or len(mode.rates_hz) <= 1 or picked.value == now:
                self._asking.order(partial(take, picked.value))
                return
            offered = [words_of(wish_of(mode, rate)) for rate in mode.rates_hz]
            self._ask_mode("Pictures a second", [Choice(each, each) for each in offered], offered[0], answer_rate)

        def answer_rate(picked: Picked | None) -> None:
            if picked is not None:
                self._asking.order(partial(take, picked.value))

        self._ask_mode(camera.name, choices, now, answer)

    def _ask_mode(
        self, title: str, choices: Sequence[Choice], current: str, answer: Callable[[Picked | None], None]
    ) -> None:
        dialog = PickDialog(title, choices, "or type size, rate, format, such as 1280x720 15/s MJPG:", current=current)
        self._asking.screen.app.push_screen(dialog, answer)

    def _ask_login(self, spec: str) -> None:
        """An address whose login was not kept is completed by hand."""
        instrument = self._asking.instrument

        def take(text: str) -> None:
            if not is_whole(text):
                raise InputError("the login is not kept: write USER:PASSWORD before the @, or take the @ out")
            instrument.open_source(text)

        # Nothing of a login is kept among the answers.
        self._asking.ask(Question("", lambda: "address:", "rtsp://USER:PASSWORD@HOST/PATH", take, start=spec))

    def look(self) -> None:
        """What delivers pictures is offered the next time; what cannot be opened may be asked about, once."""
        instrument = self._asking.instrument
        capture = instrument.snapshot.capture
        if capture.error is not None and capture.error is not self._error:
            self._failed(capture.error)
        self._error = capture.error
        if capture.info is not self._opened and capture.stage is CaptureStage.RUNNING:
            self._opened = capture.info
            remember(self._asking.answers, instrument.wanted.source or "")

    def _failed(self, error: DepthTuiError) -> None:
        """Why a source cannot be opened is said already; a certificate of the camera's own can be confirmed."""
        if not isinstance(error, UntrustedCertificate):
            return
        instrument = self._asking.instrument
        spec = instrument.wanted.source or ""

        def answer(yes: bool | None) -> None:
            if yes:
                self._open(error.confirmed(spec))

        question = (
            "The camera's certificate is signed by nobody this machine knows. Its SHA-256 fingerprint is\n\n"
            f"{error.fingerprint}\n\nIf it is the one that your camera shows, trust it for this address, and no other?"
        )
        self._asking.screen.app.push_screen(ConfirmDialog("Is this your camera?", question), answer)


def _camera_words(camera: CameraInfo, modes: Sequence[Mode]) -> str:
    more = in_short(modes) or ", ".join(camera.formats)
    return f"{camera.name}\n{more}" if more else camera.name
