"""A page as a file: SVG, or PDF at 600 dots an inch."""

from __future__ import annotations

import io
from html import escape

from tui.targets.printed import Bar, Page

DOTS_PER_INCH = 600
_MM_PER_INCH = 25.4
_DIGITS = 4
"""Of a millimetre in an SVG."""


def svg_of(page: Page) -> str:
    """As SVG, whose units are millimetres; all that is black is one path, so that nothing shows where parts touch."""
    size = f'width="{_number(page.width)}mm" height="{_number(page.height)}mm"'
    box = f'viewBox="0 0 {_number(page.width)} {_number(page.height)}"'
    path = "".join(map(_outline, page.bars))
    words = "".join(
        f'<text x="{_number(each.left)}" y="{_number(each.base)}" font-size="{_number(each.height)}">'
        f"{escape(each.text)}</text>\n"
        for each in page.words
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>\n<rect width="100%" height="100%" fill="#fff"/>\n'
        f'<path d="{path}" fill="#000" fill-rule="nonzero"/>\n<g font-family="sans-serif" fill="#000">\n{words}</g>\n'
        "</svg>\n"
    )


def pdf_of(page: Page) -> bytes:
    """As PDF of the page's own size: a picture in black and white, a dot of which is 0.04 mm."""
    from PIL import Image, ImageDraw, ImageFont

    scale = DOTS_PER_INCH / _MM_PER_INCH
    picture = Image.new("1", (round(page.width * scale), round(page.height * scale)), 1)
    draw = ImageDraw.Draw(picture)
    for each in page.bars:
        left, top = round(each.left * scale), round(each.top * scale)
        right, bottom = round((each.left + each.width) * scale), round((each.top + each.height) * scale)
        draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=0)
    for word in page.words:
        font = ImageFont.load_default(size=word.height * scale)
        draw.text((word.left * scale, word.base * scale), word.text, fill=0, font=font, anchor="ls")
    stream = io.BytesIO()
    picture.save(stream, "PDF", resolution=DOTS_PER_INCH)
    return stream.getvalue()


def _outline(bar: Bar) -> str:
    width = _number(bar.width)
    return f"M{_number(bar.left)} {_number(bar.top)}h{width}v{_number(bar.height)}h-{width}z"


def _number(value: float) -> str:
    return f"{round(value, _DIGITS):.{_DIGITS}f}".rstrip("0").rstrip(".")
