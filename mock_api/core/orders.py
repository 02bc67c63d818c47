"""What may be ordered: callers' values are checked here, in the core, whichever adapter brings them."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from . import errors

Source = Literal["create", "remix", "edit", "extension"]

PROMPT_LONGEST = 32_000  # characters, as in the OpenAI API description
NAME_LONGEST = 80        # characters of a character's name, likewise
WORD_LONGEST = 100       # characters of a model or a style
SIZES = (
    "480x360", "360x360", "640x360", "360x640", "480x480", "854x480", "480x854", "720x720", "720x1280",
    "1280x720", "1024x1792", "1792x1024", "1080x1080", "1920x1080", "1080x1920",
)
SECONDS = ("4", "5", "8", "10", "12")
EXTENSION_SECONDS = (*SECONDS, "16", "20")


class VideoOrder(Struct, frozen=True, kw_only=True):
    """What a tester asks for; `seconds` is a string on the wire and stays one.

    A remix or an edit takes model, seconds, size and style from its source; an extension all but seconds.
    """

    prompt: str
    model: str = "mock-video-1"
    seconds: str = "4"
    size: str = "720x1280"
    style: str | None = None
    source: Source = "create"
    source_video_id: str | None = None


def check_order(order: VideoOrder) -> None:
    """Refuse an order with a field outside its range: `Invalid` with the field as `param`."""
    check_text("prompt", order.prompt, PROMPT_LONGEST)
    check_text("model", order.model, WORD_LONGEST)
    if order.style is not None:
        check_text("style", order.style, WORD_LONGEST)
    _check_choice("seconds", order.seconds, EXTENSION_SECONDS if order.source == "extension" else SECONDS)
    _check_choice("size", order.size, SIZES)
    if order.source == "remix" and order.source_video_id is None:
        raise errors.Invalid("A remix needs the id of the video it is made from.", param="video_id")


def check_text(param: str, text: str, longest: int) -> None:
    """Refuse a text that is not 1 to `longest` characters long, blank, or holds what UTF-8 cannot write."""
    if not 1 <= len(text) <= longest or not text.strip():
        allowed = f"1 to {longest} characters long and not blank"
        raise errors.Invalid(f"`{param}` must be {allowed}, got {len(text)} characters.", param=param)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise errors.Invalid(f"`{param}` must be text without lone surrogates.", param=param) from None


def inherit(order: VideoOrder, source: VideoOrder) -> VideoOrder:
    """The order with what it takes over from the order of its source video."""
    return msgspec.structs.replace(
        order, model=source.model, size=source.size, style=source.style,
        seconds=order.seconds if order.source == "extension" else source.seconds,
    )


def _check_choice(param: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise errors.Invalid(f"`{param}` must be one of {', '.join(allowed)}.", param=param)
