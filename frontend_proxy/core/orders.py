"""What a visitor may ask for."""

from __future__ import annotations

from msgspec import Struct

from .errors import EmptyPrompt, PromptTooLong, StyleTooLong, UnknownSeconds, UnknownSize


class ClipOrder(Struct, frozen=True, gc=False):
    """One wish: a prompt, a length in seconds (text, as on the wire), `WIDTHxHEIGHT`, perhaps a style."""

    prompt: str
    seconds: str = "10"
    size: str = "640x360"
    style: str | None = None
    model: str = "mock-video-1-turbo"


class Menu(Struct, frozen=True):
    """The choices on the page; the defaults are those of the front end of November 2024 and of the SDK."""

    seconds: tuple[str, ...] = ("4", "5", "8", "10", "12")
    sizes: tuple[str, ...] = (
        "480x360", "640x360", "854x480", "1280x720", "1920x1080", "720x1280", "1024x1792", "1792x1024",
    )
    styles: tuple[str, ...] = ("archival", "balloon world", "cardboard", "film noir", "natural")  # suggestions
    style_limit: int = 60
    prompt_limit: int = 500

    def check(self, order: ClipOrder) -> None:
        """Raise the BadOrder that fits, or return."""
        if not order.prompt.strip():
            raise EmptyPrompt("Please describe the clip you would like to see.")
        if len(order.prompt) > self.prompt_limit:
            raise PromptTooLong(f"Please keep the description to {self.prompt_limit} characters.")
        if order.seconds not in self.seconds:
            raise UnknownSeconds(f"Please choose a length of {' or '.join(self.seconds)} seconds.")
        if order.size not in self.sizes:
            raise UnknownSize(f"Please choose one of these sizes: {', '.join(self.sizes)}.")
        if order.style is not None and len(order.style) > self.style_limit:
            raise StyleTooLong(f"Please keep the style to {self.style_limit} characters.")
