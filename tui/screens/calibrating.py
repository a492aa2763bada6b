"""Calibrating by hand: the prompt's answers become references or typed numbers, and a new model asks them anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.calibration.fit import typed
from tui.calibration.reference import Reference
from tui.calibration.result import Calibration
from tui.calibration.units import parse_measurement
from tui.errors import InputError
from tui.pipeline.inference import DepthResult
from tui.widgets.calibration_panel import CalibrationPanel

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

REFERENCE, SCALE = "reference", "scale"
"""What the prompt is open for."""


class Calibrating:
    """Asks for distances and numbers on one main screen, and keeps what was answered."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def ask_reference(self) -> None:
        """Ask for the true distance at the crosshair."""
        at = f"({self._screen.session.u_px}, {self._screen.session.v_px})"
        self._panel.ask(REFERENCE, f"true distance at {at}:", "1.52m ±1cm")

    def ask_scale(self) -> None:
        """Ask for scale and shift."""
        self._panel.ask(SCALE, "scale, shift of 1/z = a p + b:", "0.0023 0.04")

    def answer(self, purpose: str, text: str) -> None:
        """Carry out an answer.

        Raises:
            InputError: it is no distance or no numbers, or determines no calibration; nothing has changed then.
        """
        if purpose == REFERENCE:
            self._add_reference(text)
        else:
            self._type_scale(text)

    def current(self) -> tuple[Calibration | None, str]:
        """What the references or typed numbers give, and why they give nothing."""
        try:
            return self._screen.session.calibration(), ""
        except InputError as error:
            return None, str(error)

    def follow_model(self, result: DepthResult) -> None:
        """References hold values of one model's maps; another model's are taken from its own map."""
        screen, session = self._screen, self._screen.session
        exact, metric, model = not result.identity.is_network, result.identity.metric, result.identity.key
        if not session.references or session.references_model == model:
            screen.session = replace(session, exact_map=exact, metric_map=metric)
            return
        try:
            screen.session = session.with_references_seen_by(model, result.inverse_depth, exact=exact, metric=metric)
            screen.tell(f"the references were measured again with {result.identity.name}")
        except InputError as error:
            screen.session = replace(session, references=(), references_model="", exact_map=exact, metric_map=metric)
            screen.tell(
                f"the references mean nothing to {result.identity.name} and were dropped: {error}", warning=True
            )

    @property
    def _panel(self) -> CalibrationPanel:
        return self._screen.query_one(CalibrationPanel)

    def _add_reference(self, text: str) -> None:
        screen, shown = self._screen, self._screen.shown
        if shown is None:
            raise InputError("no depth map yet: wait for the model, or press m to choose one")
        distance_m, sigma_m = parse_measurement(text)
        reference = Reference(screen.session.u_px, screen.session.v_px, distance_m, sigma_m)
        screen.update_session(screen.session.with_reference(reference, shown.inverse_depth, shown.identity.key))

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
