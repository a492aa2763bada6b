"""The main screen's dialogs for sources, profiles and captures."""

from __future__ import annotations

from functools import partial

from tui.camera.certificate import UntrustedCertificate
from tui.camera.listing import CameraInfo
from tui.errors import DepthTuiError, InputError
from tui.instrument.said import Severity
from tui.screens.asking import Asking
from tui.screens.confirm import ConfirmDialog
from tui.screens.pick import Choice, PickDialog, Picked
from tui.screens.recent import is_whole, recent, remember
from tui.storage.completing import paths_from
from tui.storage.profiles import check_profile_name, describe_saved, list_profiles
from tui.widgets.question import Question


def _camera_words(camera: CameraInfo) -> str:
    formats = ", ".join(camera.formats)
    return f"{camera.name}\n{formats}" if formats else camera.name


class Dialogs:
    """Asks, and has the instrument carry out the answer."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def pick_source(self) -> None:
        """Cameras of this machine, the demo, or anything typed."""
        from tui.camera.board import find_tool
        from tui.camera.listing import list_cameras
        from tui.camera.v4l2 import Machine

        cameras = [each for each in list_cameras() if not each.is_raw]
        choices = [Choice(str(c.number), f"camera {c.number}", c.problem or _camera_words(c)) for c in cameras]
        if tool := find_tool(Machine()):
            choices.append(Choice("csi", "csi", f"the board's own camera, by {tool}"))
        choices.append(Choice("demo", "demo", "a rendered room of known distances"))
        choices += recent(self._asking.answers)
        typing = "or type a picture, a folder, a video file, http(s)://, rtsp://, /dev/videoN, exec:COMMAND:"
        instrument = self._asking.instrument

        def answer(picked: Picked | None) -> None:
            if picked is None:
                return
            if picked.typed or is_whole(picked.value):
                self._asking.order(partial(instrument.open_source, picked.value))
            else:
                self._ask_login(picked.value)

        dialog = PickDialog("Source", choices, typing, current=instrument.wanted.source, complete=paths_from)
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

    def source_opened(self, spec: str) -> None:
        """It delivers pictures: offer it the next time."""
        remember(self._asking.answers, spec)

    def source_failed(self, error: DepthTuiError) -> None:
        """Why a source cannot be opened is said already; a certificate of the camera's own can be confirmed."""
        if not isinstance(error, UntrustedCertificate):
            return
        instrument = self._asking.instrument
        spec = instrument.wanted.source or ""

        def answer(yes: bool | None) -> None:
            if yes:
                self._asking.order(partial(instrument.open_source, error.confirmed(spec)))

        question = (
            "The camera's certificate is signed by nobody this machine knows. Its SHA-256 fingerprint is\n\n"
            f"{error.fingerprint}\n\nIf it is the one that your camera shows, trust it for this address, and no other?"
        )
        self._asking.screen.app.push_screen(ConfirmDialog("Is this your camera?", question), answer)

    def pick_profile(self) -> None:
        """Load one of the saved profiles, or save under a name that is typed."""
        choices = [Choice(name, name, "load") for name in list_profiles()]
        typing = "save the calibration as (type a name), or load a file (type its path):"
        instrument = self._asking.instrument

        def answer(picked: Picked | None) -> None:
            if picked is None:
                return
            is_path = "/" in picked.value or picked.value.endswith(".json")
            if picked.typed and not is_path:
                self._save(picked.value)
            else:
                self._asking.order(partial(instrument.load_profile, picked.value))

        self._asking.screen.app.push_screen(
            PickDialog("Profile", choices, typing, current=instrument.session.profile, complete=paths_from), answer
        )

    def _save(self, name: str) -> None:
        """Save under a name; one that is taken asks first."""
        save = partial(self._asking.order, partial(self._asking.instrument.save_profile, name))
        try:
            taken = check_profile_name(name) in list_profiles()
        except DepthTuiError:
            taken = False  # saving says what is wrong with the name
        if not taken:
            save()
            return

        def answer(yes: bool | None) -> None:
            if yes:
                save()
            else:
                self._asking.tell(f"profile {name} is as it was")

        question = f"{describe_saved(name)}\n\nSave what is measured now in its place?"
        self._asking.screen.app.push_screen(ConfirmDialog(f"Overwrite profile {name}?", question), answer)

    def capture(self) -> None:
        """Write the picture, its map and the readings into a folder, without holding up the interface."""
        asking, instrument = self._asking, self._asking.instrument
        screen, shown = asking.screen, instrument.shown
        if shown is None:
            asking.tell("nothing to capture yet: there is no depth map", Severity.ERROR)
            return
        plain = instrument.report()

        def write() -> None:
            from tui.storage.export import save_capture

            try:
                folder = save_capture(shown.frame.image, shown.inverse_depth, plain)
            except DepthTuiError as error:
                screen.app.call_from_thread(asking.tell, str(error), Severity.ERROR)
            else:
                screen.app.call_from_thread(asking.tell, f"captured to {folder}")

        screen.run_worker(write, thread=True, group="capture")
