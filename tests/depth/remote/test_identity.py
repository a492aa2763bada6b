"""A network on a server keeps its name, and another one never slips in under it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.depth.remote.asking import PICTURE, Load
from tests.depth.remote.fake import FakeServer, another, red
from tui.depth.estimator import infer
from tui.depth.remote import lane
from tui.depth.remote.fingerprint import fingerprints_path


def test_the_same_network_keeps_its_identity_over_restarts_and_small_differences(
    server: FakeServer, load: Load
) -> None:
    first = load(server)
    name = first.identity.sha256
    server.stop()
    server.behaviour.network = lambda batch: red(batch) * np.float32(1.0004)
    server.start()
    first.estimate(PICTURE)
    assert first.identity.sha256 == name
    assert first.notes == ()
    again = load(server)
    assert again.identity.sha256 == name


def test_another_network_never_slips_in(server: FakeServer, load: Load) -> None:
    estimator = load(server)
    before = infer(estimator, PICTURE)
    server.stop()
    server.behaviour.network = another
    server.start()
    after = infer(estimator, PICTURE)
    assert before.made_by is not None
    assert after.made_by is not None
    assert before.made_by.key != after.made_by.key
    assert estimator.identity == after.made_by
    assert any("another network" in note for note in estimator.notes)
    server.stop()
    server.behaviour.network = red
    server.start()
    assert infer(estimator, PICTURE).made_by == before.made_by, "and the first is known again"


def test_another_network_on_the_same_connection_is_found_out(
    server: FakeServer, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimator = load(server)
    name = estimator.identity.key
    server.behaviour.network = another
    monkeypatch.setattr(lane, "AGAIN_S", 0.0)
    made_by = infer(estimator, PICTURE).made_by
    assert made_by is not None
    assert made_by.key != name
    assert server.behaviour.connections == 1


def test_names_are_given_anew_where_none_can_be_remembered(server: FakeServer, load: Load) -> None:
    name = load(server).identity.sha256
    fingerprints_path().write_text("[[[", encoding="utf-8")
    assert load(server).identity.sha256 == name
    assert json.loads(fingerprints_path().read_text(encoding="utf-8"))["maps"]
