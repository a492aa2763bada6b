"""A real RTSP server (GStreamer's), run by the system's Python, which has its bindings: not imported by the tests.

Arguments: a pipeline, USER PASSWORD or two empty ones, 'udp' for a server without TCP transport, and its port or 0 for
any that is free. Prints its port, then 'client' and 'gone' as clients come and go. Ends when its standard input does;
stops the picture at a line 'stall'. An element `appsrc name=timed` is fed with pictures that show when they were made.
"""

from __future__ import annotations

import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402  # the versions come first

WIDTH, HEIGHT = 160, 120
COLUMNS, ROWS = 8, 5
"""Of blocks, black for 0 and white for 1: 32 bits of milliseconds, 8 of their sum."""


def timed_picture(now_ms: int) -> bytes:
    """A picture that shows a time, I420."""
    raw = (now_ms & 0xFFFFFFFF).to_bytes(4, "big")
    rows = []
    for byte in (*raw, sum(raw) & 0xFF):
        row = b"".join((b"\xeb" if byte >> (7 - bit) & 1 else b"\x10") * (WIDTH // COLUMNS) for bit in range(COLUMNS))
        rows.append(row * (HEIGHT // ROWS))
    return b"".join(rows) + b"\x80" * (WIDTH * HEIGHT // 2)


def feed(source: Gst.Element, rate: int) -> None:
    """Give it pictures, each of its own time (`time.monotonic()`, the same in all processes), until it takes none."""
    while True:
        time.sleep(1 / rate - time.monotonic() % (1 / rate))
        buffer = Gst.Buffer.new_wrapped(timed_picture(int(1000 * time.monotonic())))
        if source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
            return


def start_feeding(media: GstRtspServer.RTSPMedia) -> None:
    """Feed it, if it is one that shows times."""
    source = media.get_element().get_by_name("timed")
    if source is not None:
        rate = source.get_property("caps").get_structure(0).get_fraction("framerate").value_numerator
        threading.Thread(target=feed, args=(source, rate), daemon=True).start()


def main(launch: str, user: str, password: str, transport: str, port: str) -> None:
    """Serve until standard input ends."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_service(port)
    server.set_address("127.0.0.1")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch)
    if transport == "udp":
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    if user:
        require_login(server, factory, user, password)
    medias = []

    def configured(_: object, media: GstRtspServer.RTSPMedia) -> None:
        medias.append(media)
        start_feeding(media)

    factory.connect("media-configure", configured)

    def arrives(_: object, client: GstRtspServer.RTSPClient) -> None:
        print("client", flush=True)
        client.connect("closed", lambda _: print("gone", flush=True))

    server.connect("client-connected", arrives)
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)
    loop = GLib.MainLoop()

    def listen() -> None:
        for line in sys.stdin:
            if line.strip() == "stall":
                for media in medias:
                    media.get_element().set_state(Gst.State.PAUSED)
        loop.quit()

    threading.Thread(target=listen, daemon=True).start()
    print(server.get_bound_port(), flush=True)
    loop.run()


def require_login(
    server: GstRtspServer.RTSPServer, factory: GstRtspServer.RTSPMediaFactory, user: str, password: str
) -> None:
    """Digest only."""
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "viewer")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    for what in [GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS, GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT]:
        permissions.add_permission_for_role("viewer", what, True)
    factory.set_permissions(permissions)


if __name__ == "__main__":
    main(*sys.argv[1:6])
