"""Logins that a server asks for: the best of several challenges, and the answer to it (RFC 7616, RFC 7617).

HTTP and RTSP share them; the client libraries know only those of HTTP, and take the first or the last of several.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.request import parse_http_list

_HASHES = {"MD5": "md5", "SHA": "sha1", "SHA-256": "sha256", "SHA-512-256": "sha512_256", "SHA-512": "sha512"}
"""From the weakest to the strongest."""
_HASHES_HERE = {name: kind for name, kind in _HASHES.items() if kind in hashlib.algorithms_available}
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  # a grammar's word, no secret


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to log in that a server offers."""

    scheme: str
    """In lower case: 'digest', 'basic'."""
    fields: Mapping[str, str]

    @property
    def algorithm(self) -> str:
        """Of a digest, in upper case, without '-SESS'."""
        return self.fields.get("algorithm", "MD5").upper().removesuffix("-SESS")

    @property
    def rank(self) -> int:
        """How strong it is; 0 where it cannot be answered."""
        if self.scheme == "basic":
            return 1
        if self.scheme != "digest" or self.algorithm not in _HASHES_HERE or not {"realm", "nonce"} <= set(self.fields):
            return 0
        return 0 if _qop(self.fields) is None else 2 + list(_HASHES).index(self.algorithm)


@dataclass(slots=True)
class Login:
    """User and password for one server, and how it wants to be told them."""

    user: str
    password: str = field(repr=False)
    _challenge: Challenge | None = field(default=None, repr=False)
    _count: int = 0

    def choose(self, headers: Iterable[str]) -> bool:
        """Take the best challenge of a refused answer's WWW-Authenticate headers; False if none can be answered."""
        best = max(challenges(headers), key=lambda challenge: challenge.rank, default=None)
        if best is None or best.rank == 0:
            return False
        self._challenge, self._count = best, 0
        return True

    def answer(self, method: str, uri: str) -> str | None:
        """The Authorization header of a request; None before the first challenge: nothing is told unasked."""
        if self._challenge is None:
            return None
        if self._challenge.scheme == "basic":
            return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()
        self._count += 1
        return _digest(self._challenge, self, method, uri, self._count)


def challenges(headers: Iterable[str]) -> list[Challenge]:
    """The challenges of all WWW-Authenticate headers, each of which may hold several; in order."""
    found: list[tuple[str, dict[str, str]]] = []
    for item in (item for header in headers for item in parse_http_list(header)):
        begin = re.fullmatch(rf"({_TOKEN})(?:\s+([^=\s].*))?", item, re.DOTALL)
        if begin:
            found.append((begin[1].lower(), {}))
        pair = re.fullmatch(rf"({_TOKEN})\s*=\s*(.*)", (begin[2] or "") if begin else item, re.DOTALL)
        if pair and found:
            found[-1][1].setdefault(pair[1].lower(), _unquoted(pair[2]))
    return [Challenge(scheme, fields) for scheme, fields in found]


def _digest(challenge: Challenge, login: Login, method: str, uri: str, count: int) -> str:
    fields = challenge.fields

    def hashed(*parts: str) -> str:
        return hashlib.new(_HASHES_HERE[challenge.algorithm], ":".join(parts).encode()).hexdigest()

    nonce, qop, cnonce = fields["nonce"], _qop(fields), secrets.token_hex(8)
    secret = hashed(login.user, fields["realm"], login.password)
    if fields.get("algorithm", "").upper().endswith("-SESS"):
        secret = hashed(secret, nonce, cnonce)
    asked = hashed(method, uri)
    words = {"username": login.user, "realm": fields["realm"], "nonce": nonce, "uri": uri}
    plain: dict[str, str] = {}
    if qop:
        plain = {"qop": qop, "nc": f"{count:08x}"}
        words |= {"cnonce": cnonce, "response": hashed(secret, nonce, plain["nc"], cnonce, qop, asked)}
    else:  # as RFC 2069 had it
        words["response"] = hashed(secret, nonce, asked)
    if "opaque" in fields:
        words["opaque"] = fields["opaque"]
    if "algorithm" in fields:
        plain["algorithm"] = fields["algorithm"]
    quoted = [f'{name}="{_quoted(value)}"' for name, value in words.items()]
    return "Digest " + ", ".join([*quoted, *(f"{name}={value}" for name, value in plain.items())])


def _qop(fields: Mapping[str, str]) -> str | None:
    """'auth', or '' for a server that does not know of it; None where it wants only what we do not do."""
    if "qop" not in fields or not fields["qop"].strip():
        return ""
    return "auth" if "auth" in [each.strip().lower() for each in fields["qop"].split(",")] else None


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
