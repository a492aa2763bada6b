"""The main screen's dialogs: which source, which model, which profile; and what follows from the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui.calibration.checks import check_references
from tui.calibration.context import map_context
from tui.calibration.measure import Measurement, PointReading
from tui.calibration.result import Calibration
from tui.depth.estimator import ModelIdentity
from tui.depth.hub.address import is_hub
from tui.depth.hub.choices import HUB_MODELS
from tui.depth.registry import MODELS, ModelSpec, find_spec, is_known
from tui.depth.weights import WeightsMissing, cached_path, size_text
from tui.errors import DepthTuiError, InputError
from tui.geometry.arrays import FloatMap
from tui.screens import texts
from tui.screens.fetch import FetchDialog
from tui.screens.info import InfoDialog
from tui.screens.pick import Choice, PickDialog, Picked
from tui.session import Session
from tui.storage.profiles import Profile, list_profiles, load_profile, mismatches, save_profile
from tui.targets.spec import parse_target

if TYPE_CHECKING:
    from tui.screens.instrument import InstrumentScreen


class Dialogs:
    """Asks, and carries out the answer on one main screen."""

    def __init__(self, screen: InstrumentScreen) -> None:
        self._screen = screen
        self._unchecked: Profile | None = None
        """The profile that was loaded last, until there is a map to compare it with."""
        self._mentioned = False

    # --- sources

    def pick_source(self) -> None:
        """Cameras of this machine, the demo, or anything typed."""
        from tui.camera.listing import list_cameras

        choices = [Choice(str(c.number), f"camera {c.number}", c.problem or c.name) for c in list_cameras()]
        choices.append(Choice("demo", "demo", "a rendered room whose distances are known exactly"))
        typing = "or type a picture, a folder, a video file, http(s)://, rtsp://, /dev/videoN:"

        def answer(picked: Picked | None) -> None:
            if picked is not None:
                self._screen.open_source(picked.value)

        self._screen.app.push_screen(PickDialog("Source", choices, typing, current=self._screen.options.source), answer)

    # --- models

    def load_first_model(self) -> None:
        """The model asked for, else the most accurate installed that is quick enough; without any the app runs on."""
        from tui.depth.loader import default_model

        screen = self._screen
        name = default_model(live=True) if screen.options.model is None else None
        if screen.options.model is not None:
            screen.load_model(screen.options, screen.options.model)
        elif name is not None:
            screen.load_model(screen.options.with_model(name), name, chosen=False)

    def mention_larger_models(self, name: str) -> None:
        """Say once that there are larger networks than the one that comes with the program."""
        if not self._mentioned and is_known(name) and find_spec(name).bundled:
            self._mentioned = True
            self._screen.tell(f"{name} is the network that comes with depth-tui; m offers larger ones to download")

    def _load(self, name: str) -> None:
        self._screen.load_model(self._screen.options.with_model(name), Path(name).name)

    def pick_model(self) -> None:
        """Models of the registry, or a file of the user's own."""
        choices = [self._model_choice(spec) for spec in (*MODELS, *HUB_MODELS)]
        typing = "or type hf:OWNER/NAME of the Hugging Face Hub, or a file of your own with its card, such as net.onnx:"

        def answer(picked: Picked | None) -> None:
            if picked is not None:
                self._load(picked.value)

        self._screen.app.push_screen(PickDialog("Model", choices, typing, current=self._model_in_use()), answer)

    def _model_in_use(self) -> str | None:
        shown = self._screen.shown
        name = shown.identity.name.partition("@")[0] if shown else ""  # of the Hub's, the commit stands behind it
        return next((spec.short_name for spec in (*MODELS, *HUB_MODELS) if name == spec.name), None)

    def _model_choice(self, spec: ModelSpec) -> Choice:
        here = "comes with the program" if spec.bundled else "installed"
        state = here if cached_path(spec).is_file() else f"download {size_text(spec.size_bytes)}"
        label = f"hf: {spec.name.rpartition('/')[2]}" if is_hub(spec.name) else spec.short_name
        return Choice(spec.short_name, label, f"{state}, {spec.use}")

    def model_failed(self, error: DepthTuiError) -> None:
        """Say why a model is not there; if only its weights are missing, offer to fetch them."""
        if isinstance(error, WeightsMissing):
            self._offer_download(error.spec)
            return
        first, *more = str(error).splitlines()
        self._screen.tell(first, warning=True)
        if more:
            self._screen.app.push_screen(InfoDialog("The model cannot be used", str(error)))

    def _offer_download(self, spec: ModelSpec) -> None:
        from tui.depth.download import fetch

        facts = (
            f"{spec.description}\n{spec.use}\n\n"
            f"{size_text(spec.size_bytes)} from {spec.url}\nlicence {spec.licence}; weights only, no code"
        )

        def run(progress: Callable[[int, int | None], None], cancel: threading.Event) -> Path:
            return fetch(spec, progress, cancel)

        def answer(path: Path | None) -> None:
            if path is not None:
                self._load(spec.short_name)
            else:
                self._screen.tell(f"{spec.short_name} was not downloaded; m offers it again")

        self._screen.app.push_screen(FetchDialog(f"Download {spec.short_name}?", facts, run), answer)

    # --- profiles

    def pick_profile(self) -> None:
        """Load one of the saved profiles, or save under a name that is typed."""
        choices = [Choice(name, name, "load") for name in list_profiles()]
        typing = "save the calibration as (type a name), or load a file (type its path):"

        def answer(picked: Picked | None) -> None:
            if picked is None:
                return
            is_path = "/" in picked.value or picked.value.endswith(".json")
            order = self.save_profile if picked.typed and not is_path else self.load_profile
            self._screen.attempt(lambda: order(picked.value))

        self._screen.app.push_screen(
            PickDialog("Profile", choices, typing, current=self._screen.session.profile), answer
        )

    def save_profile(self, name: str) -> None:
        """Save references and calibration under a name.

        Raises:
            InputError: there is nothing to save yet, or the name cannot be used.
            StorageError: it could not be written.
        """
        screen, session, shown = self._screen, self._screen.session, self._screen.shown
        if shown is None or not (session.references or session.fixed or session.targets):
            raise InputError("nothing to save yet: give a reference (r) or type scale and shift (k) first")
        if session.renews:  # what the references show now, not when they were given
            session = session.with_references_held(shown.inverse_depth)
        calibration = replace(session, tracking=None).calibration()
        info = screen.snapshot.capture.info
        profile = Profile(
            name=name,
            model_name=shown.identity.name,
            model_sha256=shown.identity.sha256,
            width=session.width,
            height=session.height,
            camera=info.label if info else "",
            created=datetime.now().astimezone().isoformat(timespec="seconds"),
            window_px=session.window_px,
            references=session.references,
            calibration=calibration,
            map_kind=shown.identity.kind,
            intrinsics=session.intrinsics,
            markers=tuple(target.whole for target in session.targets),
        )
        path = save_profile(profile)
        screen.update_session(replace(session, profile=name))
        screen.tell(f"saved as {path}")

    def load_profile(self, name_or_path: str) -> None:
        """Take over references and calibration from a profile; what does not match is said once a map is there.

        Raises:
            InputError, StorageError: it cannot be read; the session stays as it was.
        """
        screen = self._screen
        profile = load_profile(name_or_path)
        model = ModelIdentity(profile.model_name, profile.model_sha256).key
        fixed = None if profile.references else profile.calibration
        context = profile.calibration.context if profile.calibration else None
        session = screen.session.with_calibration(profile.references, model, fixed, profile.name, context)
        session = replace(session, intrinsics=profile.intrinsics or session.intrinsics)
        targets = tuple(parse_target(text, f"profile {profile.name}, marker") for text in profile.markers)
        screen.update_session(session.with_targets(targets or session.targets))
        screen.optics.look()
        self._unchecked = profile
        self.check_profile()

    def check_profile(self) -> None:
        """Once there is a map: warn if the profile was made for something else than what is shown now.

        Scale and shift of another model mean nothing, so they are not used; the profile's file stays as it is.
        """
        screen, shown, profile = self._screen, self._screen.shown, self._unchecked
        if shown is None or profile is None:
            return
        self._unchecked = None
        info = screen.snapshot.capture.info
        lines = mismatches(
            profile,
            model_name=shown.identity.name,
            model_sha256=shown.identity.sha256,
            size=(screen.session.width, screen.session.height),
            camera=info.label if info else "",
        )
        if shown.identity.key != ModelIdentity(profile.model_name, profile.model_sha256).key:
            screen.update_session(screen.session.with_calibration((), "", None, ""))
        if lines:
            screen.tell(f"profile {profile.name}: {'; '.join(lines)}", warning=True)
        else:
            screen.tell(f"profile {profile.name} loaded")

    # --- captures

    def capture(self) -> None:
        """Write the picture, its map and the readings into a folder, without holding up the interface."""
        screen, session, shown = self._screen, self._screen.session, self._screen.shown
        if shown is None:
            screen.tell("nothing to capture yet: there is no depth map", warning=True)
            return
        calibration, _ = screen.calibrating.current()
        readings = _readings(session, shown.inverse_depth, calibration)
        references = texts.references_in_sight(session, calibration)
        context = map_context(shown.inverse_depth)
        checks = check_references(calibration, references, shown.inverse_depth, session.window_px, context)
        info = screen.snapshot.capture.info
        frame, inverse_depth, engine, identity = shown.frame, shown.inverse_depth, shown.engine, shown.identity

        def write() -> None:
            from tui.calibration.report import report
            from tui.storage.export import save_capture

            plain = report(
                Measurement(calibration, readings, checks),
                image=frame.name or (info.label if info else ""),
                width=session.width,
                height=session.height,
                model=identity.name,
                engine=engine,
            )
            try:
                folder = save_capture(frame.image, inverse_depth, plain)
            except DepthTuiError as error:
                screen.app.call_from_thread(screen.tell, str(error), warning=True)
            else:
                screen.app.call_from_thread(screen.tell, f"captured to {folder}")

        screen.run_worker(write, thread=True, group="capture")


def _readings(session: Session, inverse_depth: FloatMap, calibration: Calibration | None) -> tuple[PointReading, ...]:
    """The crosshair, then the pins that lie in this picture."""
    height, width = inverse_depth.shape
    pixels = [(session.u_px, session.v_px), *((pin.u_px, pin.v_px) for pin in session.pins)]
    return tuple(
        PointReading(u_px, v_px, session.reading(inverse_depth, calibration, (u_px, v_px)))
        for u_px, v_px in pixels
        if u_px < width and v_px < height
    )
