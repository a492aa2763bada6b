"""Kinds of picture that are known by their first bytes and cannot be read here, each with what to do about it."""

from __future__ import annotations

HEAD_BYTES = 32
"""How much of a file's beginning `why_unreadable` and `begins_as_picture` look at."""

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}

_RAW = "a camera's raw picture; develop it first (darktable, RawTherapee), or take the JPEG beside it"
_HIGH_RANGE = "a picture of high dynamic range; convert it to a PNG or JPEG first, such as: magick IN OUT.png"
_UNREADABLE = (
    (b"\x76\x2f\x31\x01", f"OpenEXR, {_HIGH_RANGE}"),
    (b"#?RADIANCE", f"Radiance HDR, {_HIGH_RANGE}"),
    (b"#?RGBE", f"Radiance HDR, {_HIGH_RANGE}"),
    (b"\xff\x0a", "JPEG XL, which is not read; convert it first: djxl IN OUT.png"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL, which is not read; convert it first: djxl IN OUT.png"),
    (b"8BPS", "a Photoshop file; export it as PNG or JPEG"),
    (b"%PDF-", "a PDF document, not a picture; export the page as PNG"),
    (b"FUJIFILMCCD-RAW", _RAW),
    (b"IIRO", _RAW),
    (b"IIRS", _RAW),
    (b"IIU\0", _RAW),
    (b"FOVb", _RAW),
)


def begins_as_picture(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a kind of picture that is read here."""
    return head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def why_unreadable(head: bytes) -> str:
    """What a file is, and the remedy, where its first bytes are those of a kind that is not read; else empty."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _HEIF_BRANDS and b"avif" not in head[8:]:
            return (
                "HEIC, which is not read; convert it first: heif-convert IN.heic OUT.jpg (package libheif-examples), "
                "or let the phone save JPEG ('most compatible')"
            )
        return _RAW if brand == b"crx " else ""
    if head[:4] in (b"II*\0", b"MM\0*") and head[8:10] == b"CR":
        return _RAW
    return next((words for magic, words in _UNREADABLE if head.startswith(magic)), "")
