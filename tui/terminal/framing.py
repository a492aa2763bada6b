"""From a terminal's bytes to whole keys, reports and pastes, whatever is cut off, garbled or not text at all."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from enum import Enum, auto

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.constants import ESCAPE_DELAY

LONE_ESCAPE_S = ESCAPE_DELAY
"""So long after an ESC it was the key of that name, and what came of another sequence has been torn off."""
OVER_S = 1.0
"""After so much quiet, a sequence or a paste whose end never came is over."""
_PAUSE_S = 0.3
"""A single key after so much quiet is typed, not pasted."""

_ESC = 0x1B
_MOST_SEQUENCE = 256
_MOST_PASTE = 1 << 20
_PASTE_BEGIN, _PASTE_END = b"\x1b[200~", b"\x1b[201~"
_ANYWHERE = frozenset(b"\x03\x11")
"""ctrl+c and ctrl+q are keys even in the middle of something."""
_ANSWERS = (b"\x1bP1$r", b"\x1bP1+r")
"""Of the strings only these are told: answers to DECRQSS and XTGETTCAP."""
_STRING_STARTS = frozenset(b"]P_^X")
_STRING_ENDS = frozenset(b"\x07\x18\x1a")
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}

_CSI = re.compile(
    rb"\x1b\[(?:"
    rb"<[0-9]+;-?[0-9]+;-?[0-9]+[Mm]"  # the mouse
    rb"|[?>=][0-9;:]*\$?[Rcnuy]"  # answers
    rb"|[0-9;:]*\$?[A-Z~^@a-dtuyz]"  # keys, focus, the cursor's place, sizes
    rb"|[0-9]+\$"  # rxvt's keys with shift
    rb"|\[[A-E]"  # the Linux console's function keys
    rb")"
)
"""What terminals send; anything else that begins alike is torn or garbled."""
_CSI_BEGUN = re.compile(rb"\x1b\[(?:<[0-9;-]*|[?>=]?[0-9;:]*\$?|\[)")
"""What the beginning of such a sequence looks like."""
_KITTY_KEY = re.compile(rb"\x1b\[[0-9;:]+u")


@dataclass(frozen=True, slots=True)
class Pasted:
    """Text that was pasted, without control characters but newlines and tabs."""

    text: str


class _State(Enum):
    GROUND = auto()
    ESCAPE = auto()
    LONE = auto()
    """An ESC that has been told as a key, but may yet turn out to be torn off the sequence that follows."""
    CSI = auto()
    SS3 = auto()
    MOUSE = auto()
    """The three bytes of an X10 mouse report."""
    STRING = auto()
    GARBAGE = auto()
    """The rest of something torn, until the terminal pauses."""
    PASTE = auto()


class Framer:
    """Cuts what a terminal sends into units: one character, one whole escape sequence, or what was pasted.

    It looks at no clock: whoever reads says how long nothing had come. What was cut off by a pause is told neither
    then nor when its rest comes, unless the two make a whole; a single key that is no such rest is a key.
    """

    def __init__(self) -> None:
        self._state = _State.GROUND
        self._sequence = bytearray()
        self._string = bytearray()
        """What an ESC has ended, if it is the end of a string."""
        self._paste = bytearray()
        self._mouse_left = 0
        self._torn = False
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._units: list[str | Pasted] = []

    @property
    def waits(self) -> bool:
        """Whether quiet alone will change something."""
        return self._state is not _State.GROUND

    def feed(self, data: bytes, quiet_s: float) -> list[str | Pasted]:
        """What `data`, which came together after `quiet_s` of nothing, completes."""
        self._rest(quiet_s)
        if self._ends_by_typing(data, quiet_s):
            self._over()
        elif self._state in {_State.CSI, _State.SS3} and self._torn:
            self._take_up(data)
        elif self._state is _State.LONE:
            # Torn right after its ESC: nobody types a whole sequence at once.
            whole = len(data) > 1 and data[0] in b"[O"
            self._state = _State.ESCAPE if whole else _State.GROUND
            self._sequence[:] = b"\x1b"
        self._torn = False
        position = 0
        while position < len(data):
            if self._state is _State.PASTE:
                position = self._take_pasted(data, position)
            else:
                self._take(data[position])
                position += 1
        return self._told()

    def rest(self, quiet_s: float) -> list[str | Pasted]:
        """What `quiet_s` of nothing completes."""
        self._rest(quiet_s)
        return self._told()

    def _told(self) -> list[str | Pasted]:
        units, self._units = self._units, []
        return units

    def _text(self, data: bytes, *, final: bool = False) -> None:
        self._units += self._decode(data, final)

    # --- quiet

    def _rest(self, quiet_s: float) -> None:
        if quiet_s >= LONE_ESCAPE_S:
            self._text(b"", final=True)
            if self._state is _State.ESCAPE:
                self._units.append("\x1b")
                self._state = _State.LONE
            elif self._state in {_State.GARBAGE, _State.MOUSE}:
                self._state = _State.GROUND
            else:
                self._torn = self._state is not _State.GROUND
        if quiet_s >= OVER_S:
            self._over()

    def _over(self) -> None:
        if self._state is _State.PASTE:
            self._tell_paste()
        self._state = _State.GROUND

    def _ends_by_typing(self, data: bytes, quiet_s: float) -> bool:
        """Whether a paste or a string has no end, because somebody types again."""
        if self._state not in {_State.PASTE, _State.STRING} or quiet_s < _PAUSE_S:
            return False
        return (len(data) == 1 and data[0] != _ESC) or _KITTY_KEY.fullmatch(data) is not None

    def _take_up(self, data: bytes) -> None:
        """Whether what comes after a pause is the rest of what came before it."""
        if self._state is _State.CSI:
            joined = bytes(self._sequence) + data[:1]
            fits = any(each.fullmatch(joined) for each in (_CSI, _CSI_BEGUN))
        else:
            fits = data[:1].isalpha() and data[:1].isupper()
        if not fits:
            self._state = _State.GROUND if len(data) == 1 or data[0] == _ESC else _State.GARBAGE

    # --- bytes

    def _take(self, byte: int) -> None:
        state = self._state
        if byte == _ESC:
            if state is _State.ESCAPE:
                self._units.append("\x1b")
            self._text(b"", final=True)
            self._string[:] = self._sequence if state is _State.STRING else b""
            self._sequence[:] = b"\x1b"
            self._state = _State.ESCAPE
        elif state is _State.GROUND:
            self._text(bytes((byte,)))
        elif state is _State.ESCAPE:
            self._take_second(byte)
        elif state is _State.MOUSE:
            self._mouse_left -= 1
            if not self._mouse_left:
                self._state = _State.GROUND
        elif byte in _ANYWHERE:
            self._state = _State.GROUND
            self._units.append(chr(byte))
        elif state is _State.CSI:
            self._take_csi(byte)
        elif state is _State.SS3:
            self._take_ss3(byte)
        elif state is _State.STRING:
            if byte in _STRING_ENDS:
                self._state = _State.GROUND
            elif len(self._sequence) < _MOST_SEQUENCE:
                self._sequence.append(byte)

    def _take_second(self, byte: int) -> None:
        if byte == ord("["):
            self._state = _State.CSI
        elif byte == ord("O"):
            self._state = _State.SS3
        elif byte in _STRING_STARTS:
            self._state = _State.STRING
        else:
            self._state = _State.GROUND
            if byte >= 0x80:
                self._text(bytes((byte,)))
            elif byte != ord("\\"):
                self._units.append("\x1b" + chr(byte))
            elif self._string.startswith(_ANSWERS):  # the end of a string
                self._units.append(self._string.decode("latin-1") + "\x1b\\")
            return
        self._sequence.append(byte)

    def _take_csi(self, byte: int) -> None:
        sequence = self._sequence
        if sequence == b"\x1b[" and byte == ord("M"):
            self._state, self._mouse_left = _State.MOUSE, 3
            return
        sequence.append(byte)
        if sequence == _PASTE_BEGIN:
            self._state = _State.PASTE
            self._paste.clear()
        elif _CSI.fullmatch(sequence) or sequence.decode("latin-1") in ANSI_SEQUENCES_KEYS:
            self._state = _State.GROUND
            self._units.append(sequence.decode("ascii"))
        elif not _CSI_BEGUN.fullmatch(sequence) or len(sequence) > _MOST_SEQUENCE:
            self._state = _State.GARBAGE

    def _take_ss3(self, byte: int) -> None:
        self._sequence.append(byte)
        if 0x30 <= byte <= 0x3B and len(self._sequence) < _MOST_SEQUENCE:
            return
        if 0x40 <= byte <= 0x7E:
            self._state = _State.GROUND
            self._units.append(self._sequence.decode("ascii"))
        else:
            self._state = _State.GARBAGE

    def _take_pasted(self, data: bytes, position: int) -> int:
        """Take what belongs to the paste; where it ends in `data`."""
        before = len(self._paste)
        self._paste += data[position:]
        end = self._paste.find(_PASTE_END, max(0, before - len(_PASTE_END)))
        if end < 0:
            # What is too much is left out, but for what may be the beginning of the end.
            del self._paste[_MOST_PASTE : -len(_PASTE_END)]
            return len(data)
        after = len(self._paste) - end - len(_PASTE_END)
        del self._paste[end:]
        self._tell_paste()
        self._state = _State.GROUND
        return len(data) - after

    def _tell_paste(self) -> None:
        text = self._paste.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
        self._paste.clear()
        if text:
            self._units.append(Pasted(text))
