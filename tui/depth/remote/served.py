"""What a server says of itself and of a network: names, shapes, datatypes, and the card among its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tui.depth.card import CARD_EXAMPLE, Card, InputCard
from tui.depth.framing import FixedSize, check_sides, other_layout
from tui.depth.remote.client import printable
from tui.depth.remote.wire import DTYPES
from tui.errors import CARD_FOLLOWS, ModelError

BINARY = "binary_tensor_data"
CONFIGURATION = "model_configuration"
"""Extensions of the protocol, as Triton names them: tensors as bytes; a model's configuration to be read."""

CARD_PARAMETER = "card"
"""The model's parameter that holds the card's text."""

RT_INFO = ("model_info", "depth_tui_card")
"""Where an OpenVINO IR keeps it: of all that it holds, OpenVINO Model Server passes on what is in `model_info`."""

_BINARY_UNSAID = "OpenVINO Model Server"
"""The name of a server that takes and gives tensors as bytes, but lists no extension at all."""

_LONGEST_SIDE = 4096

_DATATYPES = {"float32": ("FP32", "FP16", "FP64"), "float16": ("FP16", "FP32", "FP64"), "uint8": ("UINT8",)}
"""What a card's dtype may be on a server; which float it is, the server says."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    """-1 for a free side."""


@dataclass(frozen=True, slots=True)
class Served:
    """A network as its server describes it."""

    binary: bool
    """Whether tensors go as bytes."""
    input: Tensor
    outputs: tuple[Tensor, ...]
    card: str | None
    """The card's text, where the server has it."""

    def fixed(self, card: InputCard, where: str) -> FixedSize:
        """The sides that the network prescribes, after its input was found to be what the card says.

        Raises:
            ModelError: names the card's field that does not fit.
        """
        shape, name = self.input.shape, self.input.name
        if len(shape) != 4:
            raise ModelError(
                f"{where}: the network takes {name!r:.80} of shape {list(shape)}: expected four axes, such as "
                "[-1, 3, -1, -1]"
            )
        channel, height, width = (1, 2, 3) if card.layout == "NCHW" else (3, 1, 2)
        if shape[0] not in (-1, 1):
            raise ModelError(f"{where}: the network takes {list(shape)}, {shape[0]} pictures at once: it must take one")
        if shape[channel] not in (-1, 3):
            raise ModelError(
                f'card {where}: input.layout is "{card.layout}", but the network takes {list(shape)}'
                f"{other_layout(shape)}"
            )
        if self.input.datatype not in _DATATYPES[card.dtype]:
            right = next((dtype for dtype, each in _DATATYPES.items() if self.input.datatype in each), None)
            remedy = "" if right is None else f': write dtype = "{right}"'
            raise ModelError(
                f'card {where}: input.dtype is "{card.dtype}", but the network takes {self.input.datatype}{remedy}'
            )
        sides = [None if shape[axis] == -1 else shape[axis] for axis in (width, height)]
        if any(side is not None and not 1 <= side <= _LONGEST_SIDE for side in sides):
            raise ModelError(f"{where}: the network takes {list(shape)}, sides that no picture has")
        fixed = FixedSize(*sides)
        check_sides(card, fixed, "the network", f"card {where}", str(list(shape)))
        return fixed

    def output(self, card: Card, where: str) -> Tensor:
        """The output that is the map.

        Raises:
            ModelError: the card names none of several, or one that is not there.
        """
        if card.output.focal_name or card.input.focal_name:
            raise ModelError(
                f"card {where}: focal_name is for model files on this machine; of a server's network write the focal "
                "length that its metres hold for, as output.canonical_focal_px"
            )
        if card.output.sky_name:
            raise ModelError(
                f"card {where}: sky_name is for model files on this machine; of a server's network leave it out, and "
                "read no distance in the sky"
            )
        names = ", ".join(repr(each.name)[:60] for each in self.outputs[:12])
        if not card.output.name:
            if len(self.outputs) == 1:
                return self.outputs[0]
            raise ModelError(f"card {where}: the network has several outputs; write output.name as one of {names}")
        found = next((each for each in self.outputs if each.name == card.output.name), None)
        if found is None:
            raise ModelError(f"card {where}: output.name is {card.output.name!r}, but there are {names}")
        return found


def read_served(
    server: Mapping[str, object],
    model: Mapping[str, object],
    where: str,
    configuration: Callable[[], Mapping[str, object]],
) -> Served:
    """Read both metadata.

    Args:
        server: of `GET /v2`.
        model: of `GET /v2/models/NAME`.
        where: names the model in messages.
        configuration: asks for the model's configuration; called where the server has that and no card was found.

    Raises:
        ModelError: they are not as the protocol says, or no network for pictures.
    """
    listed = server.get("extensions")
    extensions = {each for each in listed if isinstance(each, str)} if isinstance(listed, list) else set()
    inputs, outputs = _tensors(model.get("inputs"), where), _tensors(model.get("outputs"), where)
    if len(inputs) != 1:
        raise ModelError(f"{where} has {len(inputs)} inputs: only networks with one picture as input can be used")
    if not outputs:
        raise ModelError(f"{where} tells no output: its metadata must name it")
    card = _card_in(model)
    if card is None and CONFIGURATION in extensions:
        card = _card_in(configuration())
    binary = BINARY in extensions or server.get("name") == _BINARY_UNSAID
    return Served(binary, inputs[0], outputs, card)


def no_card(where: str) -> ModelError:
    """What to do about a network without a card."""
    return ModelError(
        f"{where} has no card among its parameters: give one with --card net.toml{CARD_FOLLOWS}{CARD_EXAMPLE}"
    )


def check_datatype(tensor: Tensor, where: str) -> None:
    """Refuse what no map is made of, where the metadata say so already.

    Raises:
        ModelError: names it.
    """
    if tensor.datatype not in DTYPES:
        raise ModelError(f"{where}: its {tensor.name!r:.80} is {tensor.datatype}, which no picture or map is made of")


def _tensors(listed: object, where: str) -> tuple[Tensor, ...]:
    if listed is None:
        return ()
    if not isinstance(listed, list) or len(listed) > 256:
        raise ModelError(f"{where}: its metadata are not as the protocol says")
    return tuple(_tensor(each, where) for each in listed)


def _tensor(table: object, where: str) -> Tensor:
    if isinstance(table, dict):
        name, datatype, shape = table.get("name"), table.get("datatype"), table.get("shape")
        numbers = _shape(shape)
        if isinstance(name, str) and isinstance(datatype, str) and numbers is not None:
            return Tensor(name, printable(datatype)[:20], numbers)
    raise ModelError(f"{where}: its metadata are not as the protocol says: {table!r:.100}")


def _shape(listed: object) -> tuple[int, ...] | None:
    if not isinstance(listed, list) or len(listed) > 16:
        return None
    numbers = []
    for each in listed:
        try:  # the protocol's 64-bit numbers are texts in what protobuf writes as JSON
            number = int(each) if isinstance(each, int | str) and not isinstance(each, bool) else None
        except ValueError:
            number = None
        if number is None or not -1 <= number <= 1 << 20:
            return None
        numbers.append(number)
    return tuple(numbers)


def _card_in(table: Mapping[str, object]) -> str | None:
    """A card among parameters: a text, or {"string_value": text}; or in an IR's rt_info."""
    parameters = table.get("parameters")
    if isinstance(parameters, dict):
        found = parameters.get(CARD_PARAMETER)
        if isinstance(found, dict):
            found = found.get("string_value")
        if isinstance(found, str) and found.strip():
            return found
    inner: object = table.get("rt_info")
    for key in RT_INFO:
        inner = inner.get(key) if isinstance(inner, dict) else None
    return inner if isinstance(inner, str) and inner.strip() else None
