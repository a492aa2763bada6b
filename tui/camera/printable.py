"""What may be shown of an address: never a password, however it is written; and of a name that is no text."""

from __future__ import annotations

import re

ESCAPES = "write # as %23, / as %2F, ? as %3F, @ as %40"
"""The remedy for a password that takes an address apart."""

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_SECRET = re.compile(
    r"(?<![a-z])(?:[a-z]{0,8}pass?[a-z]{0,8}|p[as]?s?wd?|[a-z_-]{0,8}token|[a-z_-]{0,8}key|[a-z_-]{0,8}secret|"
    r"auth[a-z]{0,10}|sid|session[a-z]{0,3}|sig[a-z]{0,7}|us[e]?r[a-z]{0,4}|login[a-z]{0,6}|pin|code|account)(?:=|%3d)",
    re.IGNORECASE,
)
"""A name in front of a login: cameras take it in the query, and some in the path (`/user=a_password=b_channel=1`)."""
_HARMLESS = re.compile(
    r"(?:action|cam|camera|ch|channel|codec|compression|fps|framerate|height|profile|quality|rate|res|resolution|size|"
    r"stream|streamtype|subtype|topic|type|width)=[\w.%/-]{0,40}",
    re.IGNORECASE,
)
"""A part of a query that tells one stream of a camera from another, and cannot be a login."""
_HIDDEN = "..."
_UNDECODED = re.compile("[\ud800-\udfff]")
_BYTES = range(0xDC80, 0xDD00)
"""How Python keeps a byte that it cannot decode."""


def writable(name: str) -> str:
    r"""A name as text that every file and protocol takes: a byte of it that is no UTF-8 stands as `\xff`."""
    return _UNDECODED.sub(_shown, name)


def printable_address(spec: str) -> str:
    """An address as it may stand in a message, a log or a recording; other sources (files, cameras) as they are.

    Without user and password, which end at the last @ (a password may hold any character, escaped or not); a query only
    up to the first part that might be a login; without a fragment; without control characters.
    """
    text = "".join(c if c.isprintable() else "?" for c in spec)
    scheme = _SCHEME.match(text)
    head, rest = (scheme[0], text[scheme.end() :]) if scheme else ("", text)
    before, _, after = rest.rpartition("@")
    if scheme and "@" in rest and not re.search(r"[/?#]", before):
        rest = after
    elif ":" in before or (scheme and "@" in re.split(r"[/?#]", rest, maxsplit=1)[0]):
        # A password that was not escaped, or an @ further on: what is left need not be a whole address.
        if "?" in before or _SECRET.search(before):  # or the end of what a query keeps secret
            return head + _HIDDEN
        head, rest = f"{head}{_HIDDEN}@", after
    if not scheme:
        return head + _cut_at_secret(rest)
    rest = rest.split("#", 1)[0]
    path, mark, query = rest.partition("?")
    shown = _cut_at_secret(path)
    return head + shown + (mark + _query(query) if mark and shown == path else "")


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code - 0xDC00:02x}" if code in _BYTES else f"\\u{code:04x}"


def _cut_at_secret(text: str) -> str:
    found = _SECRET.search(text)
    return text[: found.start()] + _HIDDEN if found else text


def _query(query: str) -> str:
    shown: list[str] = []
    for part in query.split("&"):
        if not _HARMLESS.fullmatch(part):
            return "&".join([*shown, _HIDDEN])
        shown.append(part)
    return "&".join(shown)
