"""A network on a server, over real HTTP: the same map, and one line for whatever goes wrong."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tests.depth.conftest import noise_picture
from tests.depth.models import card_text
from tests.depth.remote.asking import PICTURE, SMALL, Load, refused
from tests.depth.remote.fake import OVMS, FakeServer, Floats, another
from tui.depth.estimator import infer
from tui.depth.loader import ModelRequest, load_estimator
from tui.depth.remote.estimator import RemoteEstimator
from tui.errors import InputError, ModelError


@pytest.mark.parametrize("extensions", [("binary_tensor_data",), ("something_else",), ()])
@pytest.mark.parametrize("card_in", ["parameters", "config", "rt_info"])
def test_the_map_is_what_the_network_says(
    server: FakeServer, load: Load, extensions: tuple[str, ...], card_in: str
) -> None:
    server.behaviour.extensions = (*extensions, "model_configuration")
    server.behaviour.card_in = card_in
    estimator = load(server)
    assert estimator.identity.name == "planted"
    assert len(estimator.identity.sha256) == 64
    np.testing.assert_array_equal(estimator.estimate(SMALL), SMALL[..., 0])
    assert ("JSON" in estimator.engine) == ("binary_tensor_data" not in extensions)
    found = infer(estimator, SMALL)
    assert found.round_trip_s is not None
    assert found.round_trip_s > 0
    assert found.made_by == estimator.identity


def test_openvino_model_server_takes_bytes_and_says_nothing_of_it(server: FakeServer, load: Load) -> None:
    """Its answer to /v2 has a name and a version only, and the model's metadata what is in the IR's `model_info`."""
    server.behaviour.server, server.behaviour.card_in = OVMS, "rt_info"
    estimator = load(server)
    assert "JSON" not in estimator.engine
    np.testing.assert_array_equal(estimator.estimate(SMALL), SMALL[..., 0])


def test_pictures_go_as_bytes_where_the_model_takes_them(server: FakeServer, load: Load) -> None:
    server.behaviour.datatype = "UINT8"
    server.behaviour.card = card_text(dtype="uint8")
    estimator = load(server)
    np.testing.assert_array_equal(estimator.estimate(SMALL), SMALL[..., 0])


@pytest.mark.parametrize("datatype", ["FP16", "FP64"])
def test_which_float_it_takes_the_server_says(server: FakeServer, load: Load, datatype: str) -> None:
    server.behaviour.datatype = server.behaviour.output_datatype = datatype
    np.testing.assert_array_equal(load(server).estimate(SMALL), SMALL[..., 0])


def test_a_card_beside_wins_over_the_servers(server: FakeServer, load: Load, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(card_text(output_scale=2.0).replace("planted", "mine"))
    estimator = load(server, card=tmp_path / "net.toml")
    assert estimator.identity.name == "mine"
    np.testing.assert_array_equal(estimator.estimate(SMALL), 2.0 * SMALL[..., 0])


def test_without_any_card_one_is_shown_that_would_do(server: FakeServer, load: Load) -> None:
    server.behaviour.card = None
    with pytest.raises(ModelError, match="--card") as caught:
        load(server)
    assert "[input]" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shape": [-1, 640, 640]}, "four axes"),
        ({"shape": [-1, 32, 32, 3]}, 'write layout = "NHWC"'),
        ({"shape": [4, 3, 32, 32]}, "4 pictures at once"),
        ({"shape": [1, 3, 64, 64]}, "input.size"),
        ({"shape": [1, 3, 1_000_000, 1_000_000]}, "sides"),
        ({"shape": [1, 3, 0, 32]}, "sides"),
        ({"shape": [1, 3, "wide", 32]}, "metadata"),
        ({"datatype": "UINT8"}, 'write dtype = "uint8"'),
        ({"datatype": "BYTES"}, "input.dtype"),
        ({"output_datatype": "BYTES"}, "BYTES"),
        ({"outputs": ("depth", "mask")}, "output.name"),
        ({"outputs": ()}, "no output"),
        ({"card": "name = "}, "card"),
        ({"card": card_text(size=0)}, "input.size"),
    ],
)
def test_what_does_not_fit_is_named(server: FakeServer, load: Load, changes: dict[str, object], words: str) -> None:
    for name, value in changes.items():
        setattr(server.behaviour, name, value)
    assert words in refused(lambda: load(server))


def test_one_connection_is_kept_and_looked_at_once(server: FakeServer, load: Load) -> None:
    estimator = load(server)
    for _ in range(5):
        estimator.estimate(PICTURE)
    assert server.behaviour.connections == 1
    assert server.behaviour.inferences == 6, "the test picture and five"
    server.drop()
    estimator.estimate(PICTURE)
    assert server.behaviour.connections == 2
    assert server.behaviour.inferences == 8, "looked at again before anything is asked of it"


def test_a_token_is_sent_and_never_shown(
    server: FakeServer, load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.behaviour.token = "s3cret"
    assert "DEPTH_TUI_TOKEN" in refused(lambda: load(server))
    monkeypatch.setenv("DEPTH_TUI_TOKEN", "wr0ng")
    line = refused(lambda: load(server))
    assert "401 (who are you?)" in line
    assert "wr0ng" not in line
    monkeypatch.setenv("DEPTH_TUI_TOKEN", "s3cret")
    load(server).estimate(PICTURE)
    monkeypatch.delenv("DEPTH_TUI_TOKEN")
    (tmp_path / "token").write_text("s3cret\n")
    monkeypatch.setenv("DEPTH_TUI_TOKEN_FILE", str(tmp_path / "token"))
    load(server).estimate(PICTURE)
    for junk in (b"two words", b"\xff\xfe", b"a" * 20_000):
        (tmp_path / "token").write_bytes(junk)
        assert "no token" in refused(lambda: load(server))
    (tmp_path / "token").unlink()
    assert "cannot be read" in refused(lambda: load(server))


def test_several_requests_are_in_flight_in_a_batch(server: FakeServer, load: Load) -> None:
    estimator = load(server, jobs=3)
    assert isinstance(estimator, RemoteEstimator)
    server.behaviour.hold = threading.Event()
    pictures = [noise_picture(32, 32, seed) for seed in range(3)]
    maps: dict[int, Floats] = {}
    threads = [
        threading.Thread(target=lambda at=at: maps.update({at: estimator.estimate(pictures[at])})) for at in range(3)
    ]
    for thread in threads:
        thread.start()
    while server.behaviour.most_at_once < 3:
        assert any(thread.is_alive() for thread in threads)
        time.sleep(0.005)
    server.behaviour.hold.set()
    for thread in threads:
        thread.join()
    for at, picture in enumerate(pictures):
        np.testing.assert_array_equal(maps[at], picture[..., 0])


def test_a_batch_waits_for_its_server_and_refuses_another_network(server: FakeServer, load: Load) -> None:
    estimator = load(server, jobs=1)
    server.stop()
    threading.Timer(0.3, server.start).start()
    np.testing.assert_array_equal(estimator.estimate(SMALL), SMALL[..., 0])
    server.stop()
    server.behaviour.network = another
    server.start()
    assert "another network" in refused(lambda: estimator.estimate(SMALL))


def test_a_local_model_stands_in_and_the_server_takes_over_again(
    server: FakeServer, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.depth.remote.standing_in._TRIES_S", (0.01,))
    estimator = load(server, ",pocket")
    remote = infer(estimator, PICTURE).made_by
    server.stop()
    stood_in = infer(estimator, PICTURE).made_by
    assert remote is not None
    assert stood_in is not None
    assert stood_in.name == "pocket"
    assert stood_in.key != remote.key
    assert any("pocket stands in" in note for note in estimator.notes)
    server.start()
    deadline_s = time.monotonic() + 20
    while infer(estimator, PICTURE).made_by != remote:
        assert time.monotonic() < deadline_s
    assert any("is back" in note for note in estimator.notes)


def test_a_local_model_stands_in_for_a_server_that_is_away_at_the_start(server: FakeServer, load: Load) -> None:
    server.stop()
    estimator = load(server, ",pocket")
    assert infer(estimator, PICTURE).made_by == estimator.identity
    assert estimator.identity.name == "pocket"
    assert any("pocket stands in" in note for note in estimator.notes)
    assert "leave" in refused(lambda: load(server, ",pocket", jobs=2))


@pytest.mark.parametrize(
    "name",
    [
        "oip:", "oip:host/net", "oip:http://", "oip:http://host", "oip:http://host:99999/net", "oip:http://host:x/net",
        "oip:http://user:s3cret@host/net", "oip:http://host/net?x=1", "oip:http://host/net#x", "oip:ftp://host/net",
        "oip:http://host/v2/models", "oip:http://[::1/net", "oip:http://ho st/net", "oip:http://host/net,oip:http://h/n",
    ],
)  # fmt: skip
def test_what_is_no_address_is_said(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_estimator(ModelRequest(name))
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("host", ["a..b", "...", "xn--", "a" * 300, "[v1.x]", "\u2024", "127.0.0.1:0"])
def test_a_host_that_cannot_be_is_one_line(host: str) -> None:
    assert host in refused(lambda: load_estimator(ModelRequest(f"oip:http://{host}/net")))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights": Path("w.pt")}, "--weights"),
        ({"engine": "torch"}, "--engine"),
        ({"precision": "bf16"}, "--precision"),
    ],
)
def test_options_that_are_the_servers_are_refused(
    server: FakeServer, load: Load, changes: dict[str, object], words: str
) -> None:
    assert words in refused(lambda: load(server, **changes))


def test_a_card_for_a_model_that_has_its_own_is_refused(tmp_path: Path) -> None:
    assert "--card" in refused(lambda: load_estimator(ModelRequest("pocket", card=tmp_path / "net.toml")))


def test_metres_that_ask_for_the_focal_length_do_so_from_a_server_too(server: FakeServer, load: Load) -> None:
    """32 px of input over 300: another length is another network, as the maps mean something else."""
    metres = card_text(kind="depth_m", valid_above=0.0)
    found = {}
    for focal_px in (300.0, 600.0):
        server.behaviour.card = f"{metres}canonical_focal_px = {focal_px}\n"
        found[focal_px] = load(server)
    bright = np.maximum(SMALL, 1)
    expected = 300.0 / (32.0 * bright[..., 0])
    np.testing.assert_allclose(found[300.0].estimate(bright), expected, rtol=1e-5)
    assert found[300.0].identity.usual is not None
    assert found[300.0].identity.usual.per_focal
    assert found[300.0].identity.key != found[600.0].identity.key
    server.behaviour.card = f'{metres}focal_name = "f"\n'
    assert "canonical_focal_px" in refused(lambda: load(server))


def test_a_size_that_the_network_prescribes_can_be_left_out_or_must_fit(server: FakeServer, load: Load) -> None:
    server.behaviour.shape = [-1, 3, 16, 32]
    server.behaviour.card = card_text().replace("size = 32\n", "")
    assert load(server).estimate(SMALL).shape == SMALL.shape[:2]
    server.behaviour.card = card_text(size=[32, 16])
    assert "write size = [16, 32]" in refused(lambda: load(server))


def test_a_picture_between_bars_comes_back_from_a_server_too(server: FakeServer, load: Load) -> None:
    """32x32 is enlarged by a half for 48x64, with a bar at the right; stretched it would be another network's map."""
    server.behaviour.card = card_text(resize="pad", size=[48, 64]).replace("[output]", 'pad_at = "end"\n\n[output]')
    padded = load(server)
    image = np.repeat(np.repeat(SMALL[:16, :16], 3, axis=0), 3, axis=1)
    np.testing.assert_array_equal(padded.estimate(image), image[..., 0])
    server.behaviour.card = card_text(resize="stretch", size=[48, 64])
    assert load(server).identity.key != padded.identity.key
