"""The main screen's dialogs for models: which one, and its download."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path

from tui.depth.hub.address import is_hub
from tui.depth.hub.choices import HUB_MODELS
from tui.depth.loader import default_model
from tui.depth.needs import lacking
from tui.depth.registry import MODELS, ModelSpec, find_spec, is_known
from tui.depth.remote.address import PREFIX, is_remote
from tui.depth.speed import expected_speed
from tui.depth.weights import WeightsMissing, cached_path, size_text
from tui.errors import DepthTuiError
from tui.instrument.said import Severity
from tui.instrument.wanted import EXACT, RECORDED
from tui.pipeline.brought import Need
from tui.screens import servers
from tui.screens.asking import Asking
from tui.screens.fetch import FetchDialog
from tui.screens.info import InfoDialog
from tui.screens.pick import Choice, PickDialog, Picked
from tui.storage.completing import paths_from
from tui.storage.tips import first_time

_ACCURACY = (
    (-19, "best"),
    (-10, "very good"),
    (12, "good"),
    (35, "fair"),
    (1000, "coarse"),
)
"""Words for errors of up to so many per cent more than dpt-large-384's."""

_BROUGHT = {
    EXACT: "the demo room's own geometry, no network: nothing is ever off",
    RECORDED: "the maps that were recorded with the pictures, no network: what is read is what was read then",
}


class ModelDialogs:
    """Asks, and has the instrument carry out the answer."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._error: DepthTuiError | None = None
        self._mentioned = False
        self._answered = ""
        """Of servers, the one that answered last."""

    def begin(self) -> None:
        """Load what was asked for at the start, else the best that is there."""
        options = self._asking.instrument.wanted
        exact = options.model == EXACT
        name = default_model(live=True) if exact else options.model or default_model(live=True)
        if name is not None:
            wanted = options if name == options.model else options.with_model(name)
            named = options.model is not None or options.weights is not None
            need = Need.STAND_BY if exact else Need.NAMED if named else Need.USUAL
            self._asking.instrument.load_model(wanted, name, need)

    def look(self) -> None:
        """What could not be loaded may be asked about, once."""
        error = self._asking.instrument.snapshot.loading.error
        if error is not None and error is not self._error:
            self._failed(error)
        self._error = error

    def mapped(self, name: str, engine: str) -> None:
        """A model made a map, on an engine: a server that answers is offered again."""
        typed = servers.typed_of(self._asking.instrument.wanted)
        answers = self._is_there and engine.startswith(PREFIX.removesuffix(":"))
        if typed != self._answered and is_remote(typed) and answers:
            self._answered = typed
            servers.remember(self._asking.answers, typed)
        self._mention_larger(name)

    def _mention_larger(self, name: str) -> None:
        """Say once on this machine that there are larger networks than the one that comes with the program."""
        if self._mentioned or not (is_known(name) and find_spec(name).bundled):
            return
        self._mentioned = True  # and asks the disk once, not with every map
        if first_time("larger-models"):
            text = f"{name} is the network that comes with depth-tui; m offers larger ones to download"
            self._asking.instrument.voice.say(text, Severity.TIP)

    def pick(self) -> None:
        """Models of the registry, or a file of the user's own."""
        choices = [_choice(spec) for spec in (*MODELS, *HUB_MODELS)]
        in_use = self._in_use()
        if in_use is None and (own := self._own()):
            choices.insert(0, Choice(own, _label(own), "in use\na network of your own"))
            in_use = own
        choices += servers.recent(self._asking.answers, in_use)
        if (brought := self._brought()) is not None:
            choices.append(Choice(brought, brought, _BROUGHT[brought]))
        typing = (
            "or type hf:OWNER/NAME of the Hugging Face Hub, oip:http://HOST:8000/NAME of a server (--card FILE behind "
            "it where it has none), or a file of your own with its card, such as net.onnx:"
        )

        def answer(picked: Picked | None) -> None:
            if picked is not None:
                self._load(picked.value)

        dialog = PickDialog("Model", choices, typing, current=in_use, complete=paths_from)
        self._asking.screen.app.push_screen(dialog, answer)

    def _failed(self, error: DepthTuiError) -> None:
        """Say why a model is not there; if only its weights are missing, offer to fetch them."""
        if isinstance(error, WeightsMissing):
            self._offer_download(error.spec)
            return
        first, *more = str(error).splitlines()
        self._asking.tell(first, Severity.ERROR)
        if more:
            self._asking.screen.app.push_screen(InfoDialog("The model cannot be used", str(error)))

    def _load(self, name: str) -> None:
        instrument = self._asking.instrument
        if name == self._brought():
            spare = default_model(live=True) or ""  # for another source, whose depth nobody knows
            self._asking.order(lambda: instrument.load_model(instrument.wanted.with_model(spare), name, Need.STAND_BY))
            return
        wanted = servers.wanted_of(instrument.wanted, name)
        self._asking.order(lambda: instrument.load_model(wanted, _label(name)))

    def _brought(self) -> str | None:
        """What the pictures themselves bring in place of a network's maps."""
        frame = self._asking.instrument.snapshot.frame
        if frame is None or (frame.recorded is None and frame.true_depth_m is None):
            return None
        return EXACT if frame.recorded is None else RECORDED

    def _in_use(self) -> str | None:
        shown = self._asking.instrument.shown
        if shown is not None and shown.as_recorded:
            return RECORDED
        if shown is not None and not shown.identity.is_network:
            return EXACT
        name = shown.identity.name.partition("@")[0] if shown else ""  # of the Hub's, the commit stands behind it
        return next((spec.short_name for spec in (*MODELS, *HUB_MODELS) if name == spec.name), None)

    def _own(self) -> str:
        """The user's own network, if it is the one in use."""
        wanted = self._asking.instrument.wanted
        there = self._is_there and self._asking.instrument.shown is not None
        return servers.typed_of(wanted) if there and wanted.model and not is_known(wanted.model) else ""

    @property
    def _is_there(self) -> bool:
        """Whether the model that is wanted was loaded; while it is not, and where it fails, another one works on."""
        loading = self._asking.instrument.snapshot.loading
        return not loading.label and loading.error is None

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
                self._asking.tell(f"{spec.short_name} was not downloaded; m offers it again")

        self._asking.screen.app.push_screen(FetchDialog(f"Download {spec.short_name}?", facts, run), answer)


def _label(name: str) -> str:
    return servers.label(name) if is_remote(name) else Path(name).name


def _choice(spec: ModelSpec) -> Choice:
    here = "comes along" if spec.bundled else "installed"
    state = here if cached_path(spec).is_file() else f"{size_text(spec.size_bytes)} to fetch"
    if (extra := lacking(spec)) is not None:
        state += f", needs {extra.name}"
    label = f"hf: {spec.name.rpartition('/')[2]}" if is_hub(spec.name) else spec.short_name
    return Choice(spec.short_name, label, f"{state}\n{accuracy(spec)}, {speed_here(spec)}: {spec.use}")


def speed_here(spec: ModelSpec) -> str:
    """What was measured on this machine; nothing else is a speed."""
    speed = expected_speed(spec.name, measure=False)
    return f"{speed.text} here" if speed is not None and speed.is_measured else "speed not measured here"


def accuracy(spec: ModelSpec) -> str:
    """In words: as its makers compare it with dpt-large-384, as we measured ours, or that nothing is known here."""
    if spec.bundled:
        return "good in rooms, fair elsewhere"
    if spec.name == "dpt-large-384":
        return "good"
    match = re.search(r"(\d+)(?:-\d+)? % (less|more) error", spec.description)
    if match is None:
        return "accuracy as its page says"
    off = int(match[1]) * (-1 if match[2] == "less" else 1)
    return next(words for limit, words in _ACCURACY if off <= limit)
