"""What terminals send when something is wrong: random bytes, sequences cut, joined and garbled; from a seed."""

from __future__ import annotations

import random

WHOLE = (
    b"\x1b[A", b"\x1b[1;5D", b"\x1bOP", b"\x1b[[A", b"\x1b[3~", b"\x1b[3$", b"\x1b[I", b"\x1b[O", b"\x1b[24;80R",
    b"\x1b[<35;10;20M", b"\x1b[<0;90;30m", b"\x1b[<64;1;1M", b"\x1b[<0;-3;9M", b"\x1b[32;10;10M", b"\x1b[M !!",
    b"\x1b[M \xf0\xc1", b"\x1b[97u", b"\x1b[97;2;65u", b"\x1b[99999999;5u", b"\x1b[55296u", b"\x1b[97;1;55296u",
    b"\x1b[?2026;2$y", b"\x1b[?2048;2$y", b"\x1b[?2048;9$y", b"\x1b[48;24;80;480;800t", b"\x1b[48;0;0;0;0t",
    b"\x1b[48;99999;99999;0;0t", b"\x1b[48;24:1:2;80;480;800t", b"\x1b[?62;4c", b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    b"\x1bP>|tmux 3.4\x1b\\", b"\x1b_Gi=31;OK\x1b\\", b"\x1b[200~pasted\r\nlines\x1b[201~", b"\x1b[200~\x1b[201~",
    b"\x1b[200~", b"\x1b[201~", b"\x1b", b"\x1b\x1b", b"\x1b\r", b"\x1b\x7f", b"\xc3\xa4", b"\xe4", b"\xff",
    b"\xf0\x9f", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\x9b1;5A", b"\x00", b"\t", b"\r", b"\x7f",
)  # fmt: skip

_LEAVING = bytes((0x03, 0x11, 0x1A))
"""ctrl+c, ctrl+q and ctrl+z do what they should, which would be the end of it."""


def noise(count: int, seed: int, *, keep_out: bytes = b"") -> list[bytes]:
    """`count` pieces; none holds one of the bytes of `keep_out`, or leaves the app by a control key."""
    chance = random.Random(seed)
    refused = _LEAVING + keep_out
    return [_piece(chance).translate(None, refused) for _ in range(count)]


def _piece(chance: random.Random) -> bytes:
    one = chance.choice(WHOLE)
    match chance.randrange(6):
        case 0:
            return one
        case 1:
            return one[: chance.randrange(len(one) + 1)]
        case 2:
            return one[chance.randrange(len(one)) :] if chance.random() < 0.2 else one[:-1] + chance.choice(WHOLE)
        case 3:
            at = chance.randrange(len(one))
            return one[:at] + chance.randbytes(1) + one[at + 1 :]
        case 4:
            return b"\x1b[" + bytes(chance.choice(b"0123456789;:<>?$-MmuRt~") for _ in range(chance.randrange(1, 12)))
        case _:
            return chance.randbytes(chance.randrange(1, 5))
