"""The main screen's keys: what each does, in words; the palette and the bottom row are made from these."""

from __future__ import annotations

from textual.binding import Binding, BindingType

_ZOOM, _WINDOW = Binding.Group("zoom", compact=True), Binding.Group("window", compact=True)
_PAGE = Binding.Group("other picture", compact=True)

MAIN_KEYS: tuple[BindingType, ...] = (
    Binding("enter", "pin", "pin", id="main.pin"),
    Binding("r", "ask('reference')", "reference", id="main.reference"),
    Binding("R,shift+r", "carry", "carry references along", id="main.carry", key_display="R", show=False),
    Binding("w", "suggest", "where next", id="main.suggest"),
    Binding("space", "freeze", "freeze", id="main.freeze"),
    Binding("g", "go", "go to x,y", id="main.go"),
    Binding("c", "capture", "capture", id="main.capture"),
    Binding("C,shift+c", "record", "record, or end the recording", id="main.record", key_display="C", show=False),
    Binding("m", "model", "model", id="main.model"),
    Binding("s", "source", "source", id="main.source"),
    Binding("p", "profile", "profile", id="main.profile"),
    Binding("v", "view", "view", id="main.view"),
    Binding("plus,equals_sign", "zoom(1)", "zoom in", id="main.zoom_in", key_display="+", group=_ZOOM),
    Binding("minus", "zoom(-1)", "zoom out", id="main.zoom_out", key_display="-", group=_ZOOM),
    Binding("x", "loupe", "loupe", id="main.loupe"),
    Binding("u", "units", "units", id="main.units"),
    Binding("y", "copy", "copy the reading", id="main.copy"),
    Binding("i", "camera", "camera", id="main.camera"),
    Binding("b", "ask('marker')", "markers", id="main.marker"),
    Binding("L,shift+l", "ask('length')", "known length", id="main.length", key_display="L"),
    Binding("f", "ask('floor')", "floor", id="main.floor"),
    Binding("B,shift+b", "two_views", "two views and a ruler", id="main.two_views", key_display="B", show=False),
    Binding("a", "renewal", "renew or hold", id="main.renewal"),
    Binding("o", "ask('smoothing')", "smoothing", id="main.smoothing"),
    Binding("z", "undo", "undo", id="main.undo"),
    Binding("Z,shift+z", "redo", "redo", id="main.redo", key_display="Z", show=False),
    Binding("e", "messages", "messages so far", id="main.messages"),
    Binding("escape", "refuse", "do without what is offered", id="main.refuse", show=False),
    Binding("K,shift+k", "ask('scale')", "type scale, shift", id="main.scale", key_display="K"),
    Binding("d", "contours", "distance lines", id="main.contours"),
    Binding("n", "palette", "colours", id="main.palette"),
    Binding("left_square_bracket", "window(-1)", "smaller window", id="main.window_less", group=_WINDOW),
    Binding("right_square_bracket", "window(1)", "larger window", id="main.window_more", group=_WINDOW),
    Binding("pageup", "step(-1)", "picture or frame back", id="main.page_back", group=_PAGE),
    Binding("pagedown", "step(1)", "picture or frame on", id="main.page_on", group=_PAGE),
    Binding("less_than_sign", "seek(-10)", "10 s back", id="main.seek_back", key_display="<", show=False),
    Binding("greater_than_sign", "seek(10)", "10 s on", id="main.seek_on", key_display=">", show=False),
    Binding("J,shift+j", "time", "go to a time", id="main.time", key_display="J", show=False),
    Binding("T,shift+t", "turn", "turn the picture by 90 degrees", id="main.turn", key_display="T", show=False),
    Binding("F,shift+f", "flip", "mirror the picture", id="main.flip", key_display="F", show=False),
    Binding("tab", "app.focus_next", "next pane", id="main.next", show=False),
    Binding("shift+tab", "app.focus_previous", "pane before", id="main.previous", show=False),
    Binding("question_mark,ctrl+p", "help", "all keys", id="main.help", key_display="?"),
)
