"""Self-signed cameras and digest logins, against servers on loopback that do these for real."""

from __future__ import annotations

import hashlib
import re
import secrets
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.certificates import self_signed
from tui.camera.certificate import UntrustedCertificate
from tui.camera.web import open_web
from tui.errors import SourceError

USER, PASSWORD = "me", "s3#c:re@t"
ADDRESS_LOGIN = "me:s3%23c%3Are%40t"


def picture() -> bytes:
    buffer = BytesIO()
    Image.fromarray(np.full((16, 16, 3), 77, np.uint8)).save(buffer, "JPEG")
    return buffer.getvalue()


class Camera(BaseHTTPRequestHandler):
    """Gives a picture to whoever logs in by digest; offers MD5 and SHA-256, each nonce for one request."""

    protocol_version = "HTTP/1.1"
    algorithms: tuple[str, ...] = ("MD5", "SHA-256")
    used: list[str]
    nonces: set[str]

    def do_GET(self) -> None:
        if self.algorithms and not self._knows(self.headers.get("Authorization", "")):
            self.send_response(401)
            for algorithm in self.algorithms:
                nonce = secrets.token_hex(8)
                self.nonces.add(nonce)
                text = f'Digest realm="cam", nonce="{nonce}", algorithm={algorithm}, qop="auth", opaque="o"'
                self.send_header("WWW-Authenticate", text)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        data = picture()
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _knows(self, text: str) -> bool:
        quoted, plain = re.findall(r'(\w+)="([^"]*)"', text), re.findall(r"(\w+)=([^\s,\"]+)", text)
        said = dict([*quoted, *plain])
        if said.get("nonce") not in self.nonces or said["uri"] != self.path:
            return False
        self.nonces.discard(said["nonce"])
        name = {"MD5": "md5", "SHA-256": "sha256"}[said["algorithm"]]

        def hashed(*parts: str) -> str:
            return hashlib.new(name, ":".join(parts).encode()).hexdigest()

        secret, asked = hashed(USER, "cam", PASSWORD), hashed("GET", self.path)
        expected = hashed(secret, said["nonce"], said["nc"], said["cnonce"], "auth", asked)
        self.used.append(said["algorithm"])
        return bool(said["response"] == expected)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> type[Camera]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Own(Camera):
        used: list[str] = []  # noqa: RUF012  # one class a test
        nonces: set[str] = set()  # noqa: RUF012  # one class a test

    return Own


def serve(camera: type[Camera], context: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), camera)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is no news
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server


@pytest.mark.parametrize("algorithms", [("MD5", "SHA-256"), ("SHA-256", "MD5"), ("MD5",), ("SHA-256",)])
def test_digest_logins_by_the_best_that_is_offered(camera: type[Camera], algorithms: tuple[str, ...]) -> None:
    camera.algorithms = algorithms
    server = serve(camera)
    try:
        source = open_web(f"http://{ADDRESS_LOGIN}@127.0.0.1:{server.server_address[1]}/shot.jpg?channel=1")
        for _ in range(2):  # the nonce of the first is not good for the second
            assert abs(int(source.read().image[4, 4, 0]) - 77) <= 1
        source.close()
        assert set(camera.used) == {"SHA-256" if "SHA-256" in algorithms else "MD5"}
        camera.used.clear()
        with pytest.raises(SourceError, match="user or password is wrong"):
            open_web(f"http://me:wrong@127.0.0.1:{server.server_address[1]}/")
        assert len(camera.used) == 1, "a wrong password is tried once: cameras shut out whoever goes on"
    finally:
        server.shutdown()
        server.server_close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A new self-signed certificate for 127.0.0.1, and its SHA-256 fingerprint as people write it."""
    file = self_signed(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    der = ssl.PEM_cert_to_DER_cert(file.read_text().partition("-----BEGIN PRIVATE")[0])
    return context, hashlib.sha256(der).digest().hex(":").upper()


@pytest.fixture
def secure(camera: type[Camera], tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An https camera's address, and its certificate's fingerprint."""
    context, fingerprint = certificate(tmp_path)
    server = serve(camera, context)
    yield f"https://{ADDRESS_LOGIN}@127.0.0.1:{server.server_address[1]}/shot.jpg", fingerprint
    server.shutdown()
    server.server_close()


def test_a_self_signed_camera_is_opened_by_its_fingerprint_only(
    secure: tuple[str, str], camera: type[Camera], tmp_path: Path
) -> None:
    address, fingerprint = secure
    with pytest.raises(UntrustedCertificate) as caught:
        open_web(address)
    message = str(caught.value)
    assert f"at the end of the address: #sha256={fingerprint}" in message
    assert "http://" not in message
    assert "\n" not in message
    assert "s3" not in message
    assert caught.value.confirmed(address) == f"{address}#sha256={fingerprint}"
    for written in [fingerprint, fingerprint.replace(":", "").lower()]:
        source = open_web(f"{address}#sha256={written}")
        assert abs(int(source.read().image[4, 4, 0]) - 77) <= 1
        source.close()
    camera.used.clear()
    other = certificate(tmp_path)[1]
    with pytest.raises(UntrustedCertificate, match="another certificate than the one that was confirmed") as caught:
        open_web(f"{address}#sha256={other}")
    assert fingerprint in str(caught.value)
    assert camera.used == [], "nothing was asked of it, and no password sent"


def test_a_trusted_certificate_needs_no_fingerprint(
    secure: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = tmp_path.glob("*.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    source = open_web(secure[0])
    assert abs(int(source.read().image[4, 4, 0]) - 77) <= 1
    source.close()


def test_a_fingerprint_that_is_none(secure: tuple[str, str]) -> None:
    with pytest.raises(SourceError, match="has 64 hex digits"):
        open_web(secure[0] + "#sha256=AB:CD")
