"""`pocket` read through KServe's, MLServer's and Triton's own servers, as on this machine.

Each wants an environment of its own: `PYTEST_KSERVE=/path/to/python` names one that has `kserve` and `openvino`,
`PYTEST_MLSERVER` and `PYTEST_NVIDIA_PYTRITON` likewise; without it one is made by `-m large`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.depth.remote.real import CARD, KINDS, RealServer, environment
from tui.camera.demo.source import DemoSource
from tui.camera.imread import read_picture
from tui.cli.root import run
from tui.depth.estimator import infer
from tui.depth.loader import ModelRequest, load_estimator
from tui.errors import ModelError

PARAMETERS = [
    pytest.param(kind, id=kind.package, marks=() if kind.variable in os.environ else (pytest.mark.large,))
    for kind in KINDS
]


@pytest.fixture(params=PARAMETERS, scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    kind = request.param
    given = os.environ.get(kind.variable)
    folder = request.config.cache.mkdir(kind.package) if request.config.cache else tmp_path_factory.mktemp("env")
    python = Path(given) if given else environment(kind, folder)
    running = RealServer(kind, python, tmp_path_factory.mktemp(kind.package) / "log")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    source = DemoSource()
    path = tmp_path / "room.png"
    cv2.imwrite(str(path), np.ascontiguousarray(source.read().image[..., ::-1]))
    source.close()
    return path


def test_the_same_picture_reads_the_same_as_on_this_machine(
    server: RealServer, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["measure", str(picture), "--json", "--at", "50,60", "--at", "150,100", "--at", "250,200"]
    asked += ["--reference", "50,200=1.5m", "--reference", "250,50=4m", "--reference", "160,150=2.5m"]
    found = []
    for model in (["pocket"], [server.model, "--card", str(CARD)]):
        assert run([*asked, "--model", *model]) == 0
        found.append(json.loads(capsys.readouterr().out))
    here, there = found
    assert there["engine"].startswith("oip ")
    assert len(here["readings"]) == 3
    for mine, theirs in zip(here["readings"], there["readings"], strict=True):
        assert mine["status"] == theirs["status"]
        assert theirs["distance_m"] == pytest.approx(mine["distance_m"], rel=1e-3)


def test_a_restart_is_an_error_in_between_and_the_same_network_after_it(server: RealServer, picture: Path) -> None:
    image = read_picture(picture)
    estimator = load_estimator(ModelRequest(server.model, card=CARD))
    before = infer(estimator, image)
    for _ in range(2):
        server.stop()
        with pytest.raises(ModelError, match=r"reached|broke off|closed"):
            estimator.estimate(image)
        server.start()
        again = load_estimator(ModelRequest(server.model, card=CARD))
        after = infer(again, image)
        np.testing.assert_allclose(after.full, before.full, rtol=1e-3)
        assert after.made_by == before.made_by
        again.close()
    estimator.close()
