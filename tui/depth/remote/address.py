"""What `--model` says of a network on a server: `oip:http://host:8000/NAME`, and the token that it may ask for."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from tui.errors import InputError
from tui.storage.bounded import read_bounded
from tui.storage.paths import from_home

PREFIX = "oip:"
TOKEN = "DEPTH_TUI_TOKEN"  # noqa: S105  # the name of a variable
TOKEN_FILE = "DEPTH_TUI_TOKEN_FILE"  # noqa: S105 - a variable's name, no secret

_EXAMPLE = "write oip:http://HOST:8000/NAME"
_LONGEST_TOKEN = 16_384
_TOKEN_TEXT = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """One network of one server."""

    base: str
    """Scheme, host, port and what comes before `/v2`, without a slash at the end."""
    model: str
    version: str = ""
    """Empty for the one that the server takes by itself."""
    local: str = ""
    """What is used while the server is away, as `--model` takes it; empty for nothing."""

    @property
    def host(self) -> str:
        """Host and port, for people."""
        return urlsplit(self.base).netloc

    @property
    def path(self) -> str:
        """Of the model, below `base`."""
        version = f"/versions/{quote(self.version, safe='')}" if self.version else ""
        return f"/v2/models/{quote(self.model, safe='')}{version}"

    @property
    def text(self) -> str:
        """For messages: 'big on http://host:8000'."""
        return f"{self.model}{f' version {self.version}' if self.version else ''} on {self.base}"


def is_remote(name: str) -> bool:
    """Whether a model's name means one on a server."""
    return name.strip().lower().startswith(PREFIX)


def parse_server(name: str) -> ServerAddress:
    """The server and its network: `oip:http://host:8000/NAME`, `.../NAME,pocket` with what is used while it is away.

    `/v2/models/NAME` and `/v2/models/NAME/versions/2` may be written out.

    Raises:
        InputError: it is no such address.
    """
    text, _, local = name.strip()[len(PREFIX) :].partition(",")
    shown = f"--model {name.strip()[:200]!r}"
    try:
        parts = urlsplit(text.strip())
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise InputError(f"{shown}: {error}; {_EXAMPLE}") from error
    if parts.username is not None or parts.password is not None:
        raise InputError(f"--model {PREFIX}...@{host}: leave the password out and put a token into {TOKEN}")
    if parts.scheme not in {"http", "https"} or not host or not text.isprintable() or " " in text:
        raise InputError(f"{shown} is no address of a server; {_EXAMPLE}")
    if parts.query or parts.fragment:
        raise InputError(f"{shown}: nothing comes after the model's name; {_EXAMPLE}")
    names = [unquote(each) for each in parts.path.split("/") if each]
    if names and names[-1] == "infer":
        names.pop()
    version = ""
    if len(names) > 2 and names[-2] == "versions":
        version = names.pop()
        names.pop()
    if not names or names[-1] in {"v2", "models", "versions"}:
        raise InputError(f"{shown} names no model; {_EXAMPLE}")
    model = names.pop()
    if names[-2:] == ["v2", "models"]:
        del names[-2:]
    prefix = "".join(f"/{quote(each)}" for each in names)
    if is_remote(local):
        raise InputError(f"{shown}: after the comma comes a model of this machine, such as pocket")
    return ServerAddress(f"{parts.scheme}://{parts.netloc}{prefix}", model, version, local.strip())


def read_token() -> str:
    """The bearer token from the environment or from the file that it names; empty where there is none.

    Raises:
        InputError: the file cannot be read, or what was found is no token; it is never shown.
    """
    token, where = os.environ.get(TOKEN, ""), TOKEN
    path = os.environ.get(TOKEN_FILE, "")
    if not token.strip() and path:
        where = f"{TOKEN_FILE} {path}"
        try:
            token = read_bounded(from_home(path), _LONGEST_TOKEN).decode("ascii")
        except UnicodeDecodeError as error:
            raise InputError(f"{where}: this is no token, which is one word in ASCII") from error
        except OSError as error:
            raise InputError(f"{where}: cannot be read ({error.strerror or error})") from error
    token = token.strip()
    if token and (len(token) > _LONGEST_TOKEN or not _TOKEN_TEXT.fullmatch(token)):
        raise InputError(f"{where}: this is no token, which is one word in ASCII")
    return token
