"""A camera of a configuration, checked and ready to be opened: the same options as `watch` has, from a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from tui.camera.wish import parse_wish
from tui.cli.asked import Asked
from tui.cli.listening import mqtt_password
from tui.cli.options import Engine, Precision
from tui.cli.parse import parse_every
from tui.cli.told import Told
from tui.depth.estimator import DepthEstimator
from tui.depth.loader import ModelRequest, load_estimator
from tui.depth.shared import SharedEstimators
from tui.errors import DepthTuiError, InputError
from tui.geometry.mounting import parse_mounting
from tui.instrument.wanted import Wanted
from tui.records.configuration import CameraEntry, Configuration, read_configuration
from tui.records.listeners import check_places
from tui.records.rule import Rule, parse_rule

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a camera's entry asks for."""

    entry: CameraEntry
    asked: Asked
    wanted: Wanted
    request: ModelRequest
    period_s: float
    rules: tuple[Rule, ...]

    @contextmanager
    def model(self, shared: SharedEstimators) -> Iterator[DepthEstimator]:
        """Its network, which others may use too; let go of in the end.

        Raises:
            DepthTuiError: it is not to be had.
        """
        estimator = Told(shared.get(self.request, lambda: load_estimator(self.request)))
        try:
            estimator.tell()
            yield estimator
        finally:
            estimator.close()


def read_prepared(
    path: Path, *, allow_exec: bool, alarms_later: bool = False
) -> tuple[Configuration, tuple[Prepared, ...]]:
    """A configuration and its cameras, all of it checked that can be before anything is opened.

    Raises:
        InputError: names the file, the camera and what is wrong.
    """
    found = read_configuration(path, allow_exec=allow_exec, mqtt_password=mqtt_password())
    prepared = tuple(prepare(each, f"--config {path}: camera {each.name}") for each in found.cameras)
    rules = tuple(rule.text for each in prepared for rule in each.rules)
    found.listening.with_alarms(rules).check(alarms_later=alarms_later)
    return found, prepared


def prepare(entry: CameraEntry, where: str) -> Prepared:
    """Check everything that can be checked before the camera is opened.

    Args:
        entry: as it stands in the file.
        where: names file and camera.

    Raises:
        InputError: names them, and what is wrong.
    """
    try:
        return _prepared(entry)
    except DepthTuiError as error:
        raise InputError(f"{where}: {error}") from error


def _prepared(entry: CameraEntry) -> Prepared:
    if not any(entry.texts(key) for key in ("at", "region", "distance")) and entry.text("profile") is None:
        raise InputError('say what to read: at = ["120,200"], or region = ["door=100,80:220,300"]')
    asked = Asked.of(
        at=entry.texts("at"), region=entry.texts("region"), distance=entry.texts("distance"),
        reference=entry.texts("reference"), marker=entry.texts("marker"), length=entry.texts("length"),
        floor=entry.texts("floor"), known=entry.texts("known"), sheet=entry.texts("sheet"), live=entry.texts("live"),
        intrinsics=entry.text("intrinsics"), fov=entry.text("fov"), profile=entry.text("profile"),
        window=entry.number("window"), force=False,
    )  # fmt: skip
    rules = tuple(map(parse_rule, (*entry.texts("alarm"), *asked.held_alarms)))
    check_places(rules, asked.places)
    mounting = parse_mounting(entry.text("rotate"), entry.text("flip"), entry.text("crop"))
    wish = parse_wish(entry.text("size"), _rate(entry.text("rate")), entry.text("fourcc"), entry.texts("set"))
    weights, card = entry.text("weights"), entry.text("card")
    request = ModelRequest(
        entry.text("model"),
        None if weights is None else Path(weights),
        _one_of(Engine, entry.text("engine") or Engine.AUTO, "engine"),
        entry.number("threads"),
        _one_of(Precision, entry.text("precision") or Precision.F32, "precision"),
        None if card is None else Path(card),
    )
    wanted = Wanted(
        source=entry.text("source"), profile=entry.text("profile"), mounting=mounting, wish=wish, demo=False
    )
    return Prepared(entry, asked, wanted, request, parse_every(entry.text("every") or "1s"), rules)


def _one_of(choices: type[_Choice], value: str, key: str) -> str:
    try:
        return choices(value).value
    except ValueError:
        raise InputError(f"{key} '{value}': there is {', '.join(each.value for each in choices)}") from None


def _rate(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        raise InputError(f"rate '{text}': write pictures a second, such as 15") from None
