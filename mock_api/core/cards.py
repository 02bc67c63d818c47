"""Thumbnail and spritesheet: WebP cards that say what they are, watermarked in print and in XMP metadata."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from textwrap import wrap
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

CARDS_KEPT = 64      # a card is some 10 kB
FRAMES = 6           # of a spritesheet, in rows of three
_SHORT_SIDE = 270    # pixels
_INK, _PAPER, _MARK = (235, 238, 245), (24, 28, 38), (255, 176, 0)
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="SIMULATED" '
    'dc:creator="Leaklab" dc:identifier="{video_id}" dc:rights="{code}"/></rdf:RDF></x:xmpmeta>'
)


@lru_cache(maxsize=CARDS_KEPT)
def card(kind: Literal["thumbnail", "spritesheet"], video_id: str, size: str, code: str) -> bytes:
    """WebP bytes of a card for the clip `video_id` of `size` (`1280x720`), watermarked with `code`."""
    width, height = _fit(size)
    if kind == "thumbnail":
        image = Image.new("RGB", (width, height), _PAPER)
        _write(image, "SIMULATED", video_id, code)
    else:
        image = Image.new("RGB", (3 * width, FRAMES // 3 * height), _PAPER)
        for frame in range(FRAMES):
            tile = Image.new("RGB", (width - 4, height - 4), tuple(part + 4 * frame for part in _PAPER))
            _write(tile, f"SIMULATED {frame + 1}/{FRAMES}", video_id, code)
            image.paste(tile, (frame % 3 * width + 2, frame // 3 * height + 2))
    content = BytesIO()
    xmp = _XMP.format(video_id=video_id, code=code).encode()
    image.save(content, "WEBP", quality=75, method=2, xmp=xmp)
    return content.getvalue()


def _fit(size: str) -> tuple[int, int]:
    """The clip's shape with a short side that text fits in, in even pixels."""
    width, height = (int(side) for side in size.split("x"))
    scale = _SHORT_SIDE / min(width, height)
    return round(width * scale / 2) * 2, round(height * scale / 2) * 2


def _write(image: Image.Image, title: str, video_id: str, code: str) -> None:
    draw = ImageDraw.Draw(image)
    width, height = image.size
    draw.rectangle((0, 0, width - 1, height - 1), outline=_MARK, width=3)
    draw.text((width / 2, height * 0.26), title, fill=_MARK, anchor="mm", font=_font(26))
    notice = "LEAKLAB · no video was made"
    draw.text((width / 2, height * 0.40), notice, fill=_INK, anchor="mm", font=_font(14))
    draw.text((width / 2, height * 0.50), video_id, fill=_INK, anchor="mm", font=_font(10))
    lines = wrap(code, (width - 16) // 7)
    draw.multiline_text((8, height - 8), "\n".join(lines), fill=_INK, anchor="ld", font=_font(10), spacing=1)


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
