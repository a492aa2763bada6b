"""The first card of a model file, with what its user has to check written into it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tui.depth.first_card.facts import FileFacts, Port
from tui.depth.first_card.known import UNKNOWN, Known, recognised
from tui.depth.first_card.trial import Trial
from tui.errors import ModelError

_DTYPES = {"u8": "uint8", "f16": "float16"}
_FAR_OFF = 3.0
"""By how much a network's metres may be wrong in a room that it has never seen."""
_MAP_NAMES = ("depth", "disp", "inv", "output")
"""Of outputs, what the map's name contains; the surest first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A card as far as the file and the test pictures tell it."""

    facts: FileFacts
    known: Known
    output: Port
    """That is the map, as far as can be told."""
    trial: Trial | None = None
    """None where it was not run."""
    failure: str = ""
    """Why it could not be run."""

    @property
    def kind(self) -> str:
        """As in a card: what is known of such networks, unless the test pictures clearly say otherwise."""
        seen = "" if self.trial is None else self.trial.kind
        if self.known.kind == "depth_m" or (self.known.kind and not seen):
            return self.known.kind
        if seen:
            return seen
        return "depth_m" if "metric" in self.facts.stem else "inverse_depth"

    @property
    def contradiction(self) -> str:
        """Where the test pictures say otherwise than what is known of such networks; empty where they do not."""
        seen = "" if self.trial is None else self.trial.kind
        if not (seen and self.known.kind) or seen == self.known.kind:
            return ""
        larger = "nearer" if seen == "inverse_depth" else "farther"
        return f"on the test pictures values are larger where it is {larger}, which {self.known.title} should not do"

    def text(self, *, raw: bool = False) -> str:
        """The card in TOML; `raw` is the one to run the test pictures with: the values as the network gives them."""
        lines = [*self._head(), "", "[input]", *self._input(), "", "[output]"]
        if raw:
            lines += ['kind = "inverse_depth"', *self._output_name()]
        else:
            lines += self._output()
        return "".join(f"{_printable(line)}\n" for line in lines)

    def _head(self) -> list[str]:
        known, facts = self.known, self.facts
        told = known.title or facts.metadata.get("description", "")
        lines = [f"# A first card for {facts.path.name}: {'it looks like ' + known.title if known.title else _UNTOLD}."]
        lines += ["# Lines with CHECK are guesses: compare them with how its makers prepare a picture."]
        if known.note:
            lines.append(f"# {known.note}.")
        if self.trial is not None:
            lines.append(f"# Test pictures of a room: {self.trial.words}.")
        if self.failure:
            lines.append(f"# CHECK: it could not be run as this card says: {self.failure}")
        if self.contradiction:
            lines.append(f"# CHECK: {self.contradiction}.")
        lines += ["", f"name = {_quoted(facts.path.stem)}"]
        lines.append(_field("licence", _quoted(known.licence), "" if known.licence else "CHECK: under which it came"))
        lines.append(_field("source", _quoted(known.source or told), "" if known.source else "CHECK: where it is from"))
        return lines

    def _input(self) -> list[str]:
        facts, known = self.facts, self.known
        layout = facts.layout
        sure = bool(known.title)
        dtype = _DTYPES.get(facts.picture.element, "float32")
        mean, std = known.mean, known.std
        scale, why = 1 / 255, "" if sure else "CHECK: 8-bit values are multiplied by this, then (value - mean) / std"
        which = "" if sure else "CHECK: these are ImageNet's; zeros and ones where there are none"
        if dtype == "uint8":
            scale, why, which = 1.0, "8-bit values go in as they are", ""
            mean, std = (0.0,) * 3, (1.0,) * 3
        elif facts.normalises is not None:
            scale, which = facts.normalises, "the network subtracts a mean and divides by itself"
            why = "as its first layers expect it"
            mean, std = (0.0,) * 3, (1.0,) * 3
        lines = [
            _field("layout", _quoted(layout or "NCHW"), "" if layout else 'CHECK: the file leaves it open; or "NHWC"'),
            _field("color", '"RGB"', "" if sure else 'CHECK: or "BGR"'),
            _field("dtype", _quoted(dtype), ""),
            _field("scale", repr(scale), why),
            _field("mean", str(list(mean)), which),
            _field("std", str(list(std)), ""),
        ]
        return [*lines, *self._sides(sure=sure), *self._told()]

    def _sides(self, *, sure: bool) -> list[str]:
        facts, known = self.facts, self.known
        height, width = facts.sides_px
        if height is not None and width is not None:
            prescribed = f"the file prescribes {width}x{height}: size can be left out"
            if known.pad_color is not None:
                return [_field("resize", '"pad"', prescribed), _field("pad_color", str(list(known.pad_color)), "")]
            return [_field("resize", '"stretch"', f"{prescribed}{'' if sure else _BARS}")]
        words = "" if sure else "CHECK: what it was made for"
        if height is not None or width is not None:
            size = f"[{height or known.size_px}, {width or known.size_px}]"
            return [_field("resize", '"stretch"', ""), _field("size", size, f"height, width; {words or 'one is free'}")]
        if known.stretch:
            return [_field("resize", '"stretch"', ""), _field("size", str(known.size_px), words)]
        step = facts.tile_px or (known.multiple_of if sure else facts.multiple_of or known.multiple_of)
        size_px = known.size_px if sure else (518 if facts.tile_px == 14 else known.size_px)
        size_px = max(step, round(size_px / step) * step)
        lines = [_field("resize", '"keep-aspect"', "" if sure else 'CHECK: or "stretch"')]
        lines += [_field("size", str(size_px), words), _field("multiple_of", str(step), "")]
        return lines

    def _told(self) -> list[str]:
        told = _focal_input(self.facts)
        if told is None:
            return []
        return [_field("focal_name", _quoted(told.name), "CHECK: its metres are proportional to it")]

    def _output_name(self) -> list[str]:
        if len(self.facts.outputs) < 2:
            return []
        others = ", ".join(port.text for port in self.facts.outputs if port is not self.output)
        sure = self.output.name == self.known.output
        return [_field("name", _quoted(self.output.name), f"{'' if sure else 'CHECK: '}not {others}")]

    def _off(self) -> float | None:
        """How many times too large metres are, where that is far off."""
        trial = self.trial
        if trial is None or not (trial.middle > 0 and trial.true_m > 0):
            return None
        factor = trial.middle / trial.true_m
        return None if 1 / _FAR_OFF < factor < _FAR_OFF else factor

    def _output(self) -> list[str]:
        kind, known = self.kind, self.known
        unsure = not known.kind and (self.trial is None or not self.trial.kind)
        other = 'or "depth_m", metres, larger = farther' if kind == "inverse_depth" else 'or "inverse_depth"'
        why = f"CHECK: {other}" if unsure else ""
        if kind == "depth_m" and not known.kind:
            why = "CHECK: metres? If they are none, they become so only by references"
        lines = [_field("kind", _quoted(kind), why), *self._output_name()]
        if kind == "depth_m" and not known.kind and (factor := self._off()) is not None:
            words = f"CHECK: values are about {factor:.2g} times the room's metres"
            lines.append(f"# {_field('scale', f'{1 / factor:.4g}', words)}")
        if kind == "inverse_depth":
            lines.append(_field("proportional", "false", "true: trained so that 0 is far away"))
        focal_px = known.canonical_focal_px
        if kind == "depth_m" and known.focal_output and _focal_input(self.facts) is None:
            lines.append(
                _field(
                    "focal_name",
                    _quoted(known.focal_output),
                    "the camera's own instead; leave it out to keep its guess",
                )
            )
        elif kind == "depth_m" and focal_px:
            lines.append(_field("canonical_focal_px", f"{focal_px}", "the camera's own takes its place"))
        elif kind == "depth_m" and not known.kind:
            lines.append("# canonical_focal_px = 1000.0  # CHECK: if its metres are proportional to the focal length")
        if known.sky_output:
            lines.append(
                _field("sky_name", _quoted(known.sky_output), "where this is above sky_above there is no distance")
            )
            lines.append(_field("sky_above", f"{known.sky_above}", ""))
        return lines


_BARS = '; CHECK: or "pad", if its makers keep the aspect between bars'
_UNTOLD = "nothing tells what it is"


def drafted(facts: FileFacts) -> Draft:
    """The card of a file that was only looked at.

    Raises:
        ModelError: no card can make it usable: it takes or gives something else.
    """
    if len(facts.inputs) > 1 and _focal_input(facts) is None:
        there = ", ".join(port.text for port in facts.inputs)
        raise ModelError(
            f"{facts.path} takes {there}: only networks with one picture as input can be used, and with a focal length"
        )
    _ = facts.layout  # its pictures have three channels
    known = recognised(facts)
    return Draft(facts, known, _map_of(facts, known))


def _map_of(facts: FileFacts, known: Known = UNKNOWN) -> Port:
    maps = [port for port in facts.outputs if port.is_map]
    if not maps:
        there = ", ".join(port.text for port in facts.outputs)
        raise ModelError(f"{facts.path} gives {there}: expected one map, such as [1,1,?,?]")
    for port in maps:
        if port.name == known.output:
            return port
    named = [port for word in _MAP_NAMES for port in maps if word in port.name.lower()]
    return (named or maps)[0]


def _focal_input(facts: FileFacts) -> Port | None:
    others = [port for port in facts.inputs if port is not facts.picture]
    return others[0] if len(others) == 1 and others[0].is_number else None


def _field(name: str, value: str, comment: str) -> str:
    return f"{name} = {value}".ljust(30) + f" # {comment}" if comment else f"{name} = {value}"


def _quoted(text: str) -> str:
    """A TOML string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _printable(line: str) -> str:
    """A name in a file may be anything; a text in UTF-8 may not."""
    return "".join(each if each.isprintable() else "?" for each in line)
