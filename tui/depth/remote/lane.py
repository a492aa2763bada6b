"""One connection to a server, and the network that was found behind it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tui.depth.card import Card, parse_card
from tui.depth.engines.network import Batch, single_map
from tui.depth.enlarging import Enlarging, Kernel
from tui.depth.estimator import DepthMap, ModelIdentity
from tui.depth.file_model import focal_factor, inverse_depth
from tui.depth.framing import FixedSize, Framing, framed, prepare
from tui.depth.remote.address import ServerAddress
from tui.depth.remote.client import Answer, Away, Client, Gone, Late
from tui.depth.remote.fingerprint import PICTURE_PX, Fingerprint, identify, picture
from tui.depth.remote.pace import LATE_S, Asked, Pace
from tui.depth.remote.served import Served, Tensor, check_datatype, no_card, read_served
from tui.depth.remote.wire import decode, encode, most_bytes, parse_object
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage, check_rgb

FIRST_S = 30.0
"""For the test picture: a server may have to load and compile first."""

METADATA_S = 5.0
"""For what a server says of itself: it may still be at work on a map that came too late."""

AGAIN_S = 60.0
"""After so long the network is looked at again, although the connection is the same: a server may load another one."""

_MOST_METADATA_BYTES = 1 << 20
_SKEWED = 1.3
"""By which the scale across may differ from that down; more, and the sides are exchanged, or it is another's map."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A network with a card that fits it."""

    served: Served
    card: Card
    fixed: FixedSize
    output: Tensor

    def framing(self, width: int, height: int) -> Framing:
        """How a picture stands in the input."""
        return framed(self.card.input, self.fixed, width, height)


@dataclass(frozen=True, slots=True)
class Found:
    """A network that was looked at."""

    fit: Fit
    identity: ModelIdentity
    print: Fingerprint
    scale: tuple[float, float]
    """Width and height of a map over those of its input."""
    looked_s: float
    """When, by `time.monotonic()`."""


class Lane:
    """Asks for maps, one at a time, and looks at the network before, whenever the connection is a new one.

    Args:
        address: of the network.
        token: for the server; empty for none.
        card: given by the user, with its name for messages; None for the one that the server has.
        wait_s: how long an answer is waited for; None for as long as `Pace` says.
    """

    def __init__(
        self, address: ServerAddress, token: str, card: tuple[Card, str] | None, wait_s: float | None = None
    ) -> None:
        self._address, self._card = address, card
        self._client = Client(address.base, token)
        self._wait_s = wait_s
        self._pace = Pace()
        self._late: tuple[Asked[tuple[FloatMap, float]], float] | None = None
        """Whose answer did not come in time and is still under way, and how long it had."""
        self._found: Found | None = None
        self._last: Found | None = None
        """As it was before the connection was lost."""

    @property
    def found(self) -> Found | None:
        """The network behind the connection; None while that must be looked at."""
        return self._found

    def connect(self) -> Found:
        """Look at the network: over the connection that there is, or over a new one.

        Raises:
            Away: the server cannot be reached now.
            ModelError: what is wrong with it, or with the card.
        """
        self._settle()
        self._found = None
        address = self._address
        try:
            server = self._client.connect("/v2", most_bytes=_MOST_METADATA_BYTES, within_s=METADATA_S)
            model = self._metadata(address.path)
            fit = self._fit(parse_object(server.content, f"what {address.base} says of itself"), model)
            framing = fit.framing(*PICTURE_PX)
            inner = framing.inner
            raw, took_s = self._ask(fit, prepare(picture(*inner), fit.card.input, framing), FIRST_S)
        except Gone as error:
            raise Away(f"{error}: it must be kept between requests") from error
        self._pace.note(took_s)
        scale = self._scale(raw, framing.size)
        try:
            values = inverse_depth(raw, fit.card.output, focal_factor(fit.card.output, inner, inner))
            seen = Fingerprint.of(framing.cut(values))
        except ModelError as error:
            raise ModelError(f"{address.text}: {error}") from error
        card, last = fit.card, self._last
        known = last is not None and last.fit.card.input == card.input and last.print.same(seen)
        name = last.identity.sha256 if last is not None and known else card.input.named(identify(seen))
        identity = ModelIdentity(card.name, name, card.output.map_kind, card.output.usual)
        self._found = self._last = Found(fit, identity, seen, scale, time.monotonic())
        return self._found

    def infer(self, image: RGBImage) -> DepthMap:
        """The map of a picture, by a network that was looked at on this very connection.

        Args:
            image: RGB, uint8, (H, W, 3).

        Raises:
            Away: the server cannot be reached now, or broke off, or is late.
            ModelError: what it answers is no map.
        """
        check_rgb(image)
        self._settle()
        found = self._found
        if found is None or time.monotonic() - found.looked_s > AGAIN_S:
            found = self.connect()
        try:
            return self._infer(found, image)
        except Gone:  # between two pictures, as servers do after some seconds
            return self._infer(self.connect(), image)

    def empty_trip_s(self) -> float:
        """How long the shortest request takes, there and back.

        Raises:
            ModelError: as `connect`.
        """
        self._settle()
        started_s = time.perf_counter()
        self._client.connect("/v2/health/live", most_bytes=_MOST_METADATA_BYTES, within_s=METADATA_S)
        return time.perf_counter() - started_s

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        self._client.close()

    def _settle(self) -> None:
        """Have nothing under way: an answer that comes too late says how long answers take, and is dropped.

        Raises:
            Late: it is still not there.
        """
        if self._late is None:
            return
        asked, wait_s = self._late
        try:
            _, took_s = asked.answer(self._pace.wait_s)
        except TimeoutError:
            raise Late(f"{self._address.base} is still at work on a map that will come too late") from None
        except Late:  # given up: over a new connection, then
            self._found, took_s = None, wait_s + LATE_S
        except ModelError:
            self._late = self._found = None
            return
        self._late = None
        self._pace.note_late(took_s)

    def _infer(self, found: Found, image: RGBImage) -> DepthMap:
        try:
            return self._looked_at(found, image)
        except ModelError:
            if self._late is None:
                self._found = None
            raise

    def _looked_at(self, found: Found, image: RGBImage) -> DepthMap:
        """See `infer`."""
        height, width = image.shape[:2]
        card, framing = found.fit.card, found.fit.framing(width, height)
        batch, size = prepare(image, card.input, framing), framing.size
        if self._wait_s is None:
            raw, took_s = self._in_time(found.fit, batch, self._pace.wait_s)
        else:
            raw, took_s = self._ask(found.fit, batch, self._wait_s)
        self._pace.note(took_s)
        for side, taken, scale in zip(raw.shape[::-1], size, found.scale, strict=True):
            if abs(side - scale * taken) > 1 + 0.02 * side:
                raise ModelError(
                    f"{self._address.text} answers a map of {raw.shape[1]}x{raw.shape[0]} to a picture of "
                    f"{size[0]}x{size[1]}, another shape than before"
                )
        values = inverse_depth(raw, card.output, focal_factor(card.output, framing.inner, (width, height)))
        return DepthMap(framing.cut(values), Enlarging(Kernel.LINEAR, width, height), found.identity, took_s)

    def _in_time(self, fit: Fit, batch: Batch, wait_s: float) -> tuple[FloatMap, float]:
        """As `_ask`, which goes on for a while where the answer is late."""
        asked = Asked(lambda: self._ask(fit, batch, wait_s + LATE_S))
        try:
            return asked.answer(wait_s)
        except TimeoutError:
            self._late = asked, wait_s
            raise Late(
                f"{self._address.base} did not answer within {wait_s:.1f} s: that map is not waited for"
            ) from None

    def _ask(self, fit: Fit, batch: Batch, wait_s: float) -> tuple[FloatMap, float]:
        """The network's raw map, and how long it took."""
        names = fit.served.input.name, fit.output.name
        request = encode(batch, fit.served.input.datatype, names, binary=fit.served.binary)
        started_s = time.perf_counter()
        answer = self._client.ask(
            "POST",
            f"{self._address.path}/infer",
            request.content,
            request.headers,
            most_bytes=most_bytes(batch),
            within_s=wait_s,
        )
        took_s = time.perf_counter() - started_s
        return self._map(answer, fit), took_s

    def _map(self, answer: Answer, fit: Fit) -> FloatMap:
        try:
            values = decode(answer.headers, answer.content, fit.output.name)
            if not _fits(values.shape, fit.output.shape):
                raise ModelError(f"the answer has shape {values.shape}, its metadata say {fit.output.shape}")
            raw = single_map(values)
            if raw.size == 0:
                raise ModelError(f"the answer is empty, of shape {values.shape}")
            if not np.isfinite(raw).any():
                raise ModelError("the answer has not a single number")
        except ModelError as error:
            raise ModelError(f"{self._address.text}: {error}") from error
        return raw

    def _metadata(self, path: str) -> Mapping[str, object]:
        answer = self._client.ask("GET", path, most_bytes=_MOST_METADATA_BYTES, within_s=METADATA_S)
        return parse_object(answer.content, f"what {self._address.base} says of {self._address.model}")

    def _fit(self, server: Mapping[str, object], model: Mapping[str, object]) -> Fit:
        where = self._address.text
        served = read_served(server, model, where, lambda: self._metadata(f"{self._address.path}/config"))
        if self._card is not None:
            card, named = self._card
        elif served.card is not None:
            named = f"of {where}"
            card = parse_card(served.card, named)
        else:
            raise no_card(where)
        fixed, output = served.fixed(card.input, named), served.output(card, named)
        check_datatype(output, where)
        return Fit(served, card, fixed, output)

    def _scale(self, raw: FloatMap, size: tuple[int, int]) -> tuple[float, float]:
        across, down = raw.shape[1] / size[0], raw.shape[0] / size[1]
        if max(across / down, down / across) > _SKEWED:
            raise ModelError(
                f"{self._address.text} answers a map of {raw.shape[1]}x{raw.shape[0]} to a picture of "
                f"{size[0]}x{size[1]}: its sides do not belong to it"
            )
        return across, down


def _fits(shape: tuple[int, ...], promised: tuple[int, ...]) -> bool:
    """Whether an answer has the sides that the metadata promise; sides of 1 are not counted."""
    if not promised:
        return True
    if len(shape) == len(promised):
        return all(side in (-1, mine) for mine, side in zip(shape, promised, strict=True))
    if -1 in promised:
        return True
    return [side for side in shape if side != 1] == [side for side in promised if side != 1]
