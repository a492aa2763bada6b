"""The main screen's dialogs for profiles and captures."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tui.errors import DepthTuiError
from tui.instrument.said import Severity
from tui.screens.asking import Asking
from tui.screens.browse import browse
from tui.screens.confirm import ConfirmDialog
from tui.screens.pick import Choice, PickDialog, Picked
from tui.storage.completing import paths_from
from tui.storage.intrinsics import name_of_camera
from tui.storage.profiles import check_profile_name, describe_saved, list_profiles
from tui.widgets.picture import PictureView

_SAVE, _FILE = "?save ", "?file"
"""What the list offers besides saved names, none of which can begin like this."""


class Dialogs:
    """Asks, and has the instrument carry out the answer."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def pick_profile(self) -> None:
        """Load one of the saved profiles or a file, or save under a name that is offered or typed."""
        instrument = self._asking.instrument
        choices = [Choice(name, name, "load") for name in list_profiles()]
        session = instrument.session
        if session.references or session.fixed or session.targets:
            info = instrument.snapshot.capture.info
            name = name_of_camera(Path(info.label).stem if info is not None else "")
            choices.append(Choice(_SAVE + name, f"save as {name}", "what is measured now"))
        choices.append(Choice(_FILE, "load a file", "a profile that was saved elsewhere"))
        typing = "save the calibration as (type a name), or load a file (type its path):"

        def load(name: str) -> None:
            self._asking.order(partial(instrument.load_profile, name))

        def answer(picked: Picked | None) -> None:
            if picked is None:
                return
            if not picked.typed and picked.value == _FILE:
                browse(self._asking.screen.app, Path(), load)
                return
            if not picked.typed and picked.value.startswith(_SAVE):
                self._save(picked.value.removeprefix(_SAVE))
                return
            is_path = "/" in picked.value or picked.value.endswith(".json")
            if picked.typed and not is_path:
                self._save(picked.value)
            else:
                load(picked.value)

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
        """Write picture, map, readings and what they were read with into a folder, without holding up the interface."""
        asking, instrument = self._asking, self._asking.instrument
        screen = asking.screen
        if instrument.reading.result is None:
            asking.tell("nothing to capture yet: there is no depth map", Severity.ERROR)
            return
        reading, session, plain = instrument.reading, instrument.session, instrument.report()
        view = screen.query_one("#depth", PictureView)
        palette, span = view.palette.name, view.depth_range

        def write() -> None:
            from tui.instrument.captured import capture_files
            from tui.instrument.panes import Look
            from tui.storage.export import save_capture

            try:
                folder = save_capture(capture_files(reading, session, plain, Look(palette, span)))
            except DepthTuiError as error:
                screen.app.call_from_thread(asking.tell, str(error), Severity.ERROR)
            else:
                screen.app.call_from_thread(asking.tell, f"captured to {folder}")

        screen.run_worker(write, thread=True, group="capture")
