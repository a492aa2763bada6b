"""Calibrating by hand: the prompt's answers become references or typed numbers, and a new model asks them anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.calibration.beliefs import MapKind
from tui.calibration.fit import typed
from tui.calibration.reference import Reference
from tui.calibration.result import Calibration
from tui.calibration.units import parse_measurement
from tui.errors import InputError
from tui.pipeline.inference import DepthResult
from tui.widgets.calibration_panel import CalibrationPanel

if TYPE_CHECKING:
    from tui.screens.instrument import InstrumentScreen

REFERENCE, SCALE, MARKER, LENGTH, FLOOR, SMOOTHING = "reference", "scale", "marker", "length", "floor", "smoothing"
"""What the prompt is open for."""

_QUESTIONS = {
    SCALE: ("scale, shift of 1/z = a p + b:", "0.0023 0.04"),
    MARKER: ("printed marker, or off:", "DICT_4X4_50:0=80mm"),
    LENGTH: ("length between the last two pins:", "2.00m"),
    FLOOR: ("camera's height, and how far it looks down:", "1.5m 20deg"),
    SMOOTHING: ("seconds over which the fit is smoothed:", "0.5"),
}


class Calibrating:
    """Asks for distances and numbers on one main screen, and keeps what was answered."""

    def __init__(self, screen: InstrumentScreen) -> None:
        self._screen = screen

    def ask(self, purpose: str) -> None:
        """Open the prompt for one of the purposes."""
        if purpose == REFERENCE:
            at = f"({self._screen.session.u_px}, {self._screen.session.v_px})"
            self._panel.ask(REFERENCE, f"true distance at {at}:", "1.52m ±1cm")
        else:
            self._panel.ask(purpose, *_QUESTIONS[purpose])

    def answer(self, purpose: str, text: str) -> None:
        """Carry out an answer.

        Raises:
            InputError: it is not what was asked for, or determines no calibration; nothing has changed then.
        """
        screen = self._screen
        match purpose:
            case "reference":
                distance_m, sigma_m = parse_measurement(text)
                self._add(Reference(screen.session.u_px, screen.session.v_px, distance_m, sigma_m))
            case "length":
                self._add(screen.optics.known_length(text))
            case "floor":
                self._add(screen.optics.floor(text))
            case "marker":
                screen.optics.add_target(text)
            case "smoothing":
                self._smooth(text)
            case _:
                self._type_scale(text)

    def toggle_renewal(self) -> None:
        """Renew the fit in every frame, or hold the one there is."""
        screen, session = self._screen, self._screen.session
        if session.map_kind is MapKind.EXACT:
            screen.tell("the demo's geometry keeps its scale and shift: there is nothing to renew")
            return
        if session.renewed and screen.shown is not None:
            session = session.with_references_held(screen.shown.inverse_depth)
        screen.update_session(session.with_renewal(not session.renewed))
        words = "renewed in every frame from the references' pixels" if screen.session.renewed else "held as it is"
        screen.tell(f"the fit is {words}")

    def current(self) -> tuple[Calibration | None, str]:
        """What the references or typed numbers give, and why they give nothing."""
        try:
            return self._screen.session.calibration(), ""
        except InputError as error:
            return None, str(error)

    def follow_model(self, result: DepthResult) -> None:
        """References hold values of one model's maps; another model's are taken from its own map."""
        screen, session = self._screen, self._screen.session
        kind, model = result.identity.kind, result.identity.key
        if not session.references or session.references_model == model:
            screen.session = replace(session, map_kind=kind)
            return
        try:
            screen.session = session.with_references_seen_by(model, result.inverse_depth, kind)
            screen.tell(f"the references were measured again with {result.identity.name}")
        except InputError as error:
            screen.session = replace(session, references=(), references_model="", map_kind=kind)
            screen.tell(
                f"the references mean nothing to {result.identity.name} and were dropped: {error}", warning=True
            )

    @property
    def _panel(self) -> CalibrationPanel:
        return self._screen.query_one(CalibrationPanel)

    def _add(self, reference: Reference) -> None:
        screen, shown = self._screen, self._screen.shown
        if shown is None:
            raise InputError("no depth map yet: wait for the model, or press m to choose one")
        screen.update_session(screen.session.with_reference(reference, shown.inverse_depth, shown.identity.key))

    def _smooth(self, text: str) -> None:
        try:
            seconds = float(text.strip().removesuffix("s").replace(",", "."))
        except ValueError as error:
            raise InputError(f"'{text}' is not a time; write seconds, such as 0.5") from error
        if not 0 <= seconds <= 3600:
            raise InputError(f"'{text}': write between 0 and 3600 seconds, such as 0.5")
        self._screen.update_session(self._screen.session.with_smoothing(seconds))
        self._screen.tell(f"scale and shift follow within about {seconds:g} s")

    def _type_scale(self, text: str) -> None:
        words = text.replace(",", " ").split()
        example = "write two numbers, such as 0.0023 0.04"
        if not 1 <= len(words) <= 2:
            raise InputError(f"'{text}' is not a scale and a shift; {example}")
        try:
            scale, shift = float(words[0]), float(words[1]) if len(words) == 2 else 0.0
        except ValueError as error:
            raise InputError(f"'{text}' is not a scale and a shift; {example}") from error
        session = self._screen.session
        self._screen.update_session(replace(session, fixed=typed(scale, shift, session.beliefs), references=()))
