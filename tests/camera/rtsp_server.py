"""A real RTSP server (GStreamer's), run by the system's Python, which has its bindings: not imported by the tests.

Arguments: a pipeline, USER PASSWORD or two empty ones, and 'udp' for a server without TCP transport. Prints its port,
then 'client' and 'gone' as clients come and go. Ends when its standard input does; stops the picture at a line 'stall'.
"""

from __future__ import annotations

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402  # the versions come first


def main(launch: str, user: str, password: str, transport: str) -> None:
    """Serve until standard input ends."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_service("0")
    server.set_address("127.0.0.1")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch)
    if transport == "udp":
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    if user:
        require_login(server, factory, user, password)
    medias = []
    factory.connect("media-configure", lambda _, media: medias.append(media))

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
    main(*sys.argv[1:5])
