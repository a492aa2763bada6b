"""From `oip:http://host:8000/NAME` to an estimator that is ready to run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tui.depth.card import read_card_file
from tui.depth.estimator import DepthEstimator
from tui.depth.remote.address import parse_server, read_token
from tui.depth.remote.client import Away
from tui.depth.remote.estimator import RemoteEstimator
from tui.depth.remote.standing_in import StandingIn
from tui.errors import InputError
from tui.storage.paths import from_home


def load_remote(
    name: str, card: Path | None, jobs: int, local: Callable[[str], DepthEstimator]
) -> RemoteEstimator | StandingIn:
    """Connect, and look at the network.

    Args:
        name: as `parse_server` takes it.
        card: given by the user; None for the one that the server has.
        jobs: requests that may be in flight in a batch; 0 for a live view.
        local: loads a model of this machine.

    Raises:
        InputError: the address, the token or the card's place cannot be used.
        ModelError: the server is away and nothing stands in, or what is wrong with it or with the card.
    """
    address, token = parse_server(name), read_token()
    if address.local and jobs:
        raise InputError(
            f"--model {name.strip()[:200]}: maps of a batch are of one network: leave ',{address.local}' out"
        )
    given = None if card is None else (read_card_file(from_home(card), address.text), str(card))
    remote, why = RemoteEstimator(address, token, given, jobs), ""
    try:
        remote.connect()
    except Away as error:
        if not address.local:
            remote.close()
            raise
        why = str(error)
    except BaseException:
        remote.close()
        raise
    return StandingIn(remote, lambda: local(address.local), address.local, why) if address.local else remote
