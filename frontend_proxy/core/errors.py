"""Every way the desk says no.

* DeskRefusal
  - QueueIsFull          queue_is_full
  - OutOfCredentials     out_of_credentials
  - TooManyOpen          too_many_open          this visitor waits already
  - NoSuchSubmission     no_such_submission
  - NoSuchMirror         no_such_mirror
  - TooManyMirrors       too_many_mirrors
  - BadOrder             bad_order
    - EmptyPrompt        empty_prompt
    - PromptTooLong      prompt_too_long
    - UnknownSeconds     unknown_seconds
    - UnknownSize        unknown_size
    - StyleTooLong       style_too_long
"""

from __future__ import annotations

from typing import ClassVar


class DeskRefusal(Exception):
    """The desk understood and declines. `message` is one plain sentence for the visitor."""

    code: ClassVar[str] = "desk_refusal"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class QueueIsFull(DeskRefusal):
    """The line takes no more."""

    code = "queue_is_full"


class OutOfCredentials(DeskRefusal):
    """No living credential is left."""

    code = "out_of_credentials"


class TooManyOpen(DeskRefusal):
    """This visitor has as many open submissions as one may have."""

    code = "too_many_open"


class NoSuchSubmission(DeskRefusal):
    """Never made, or forgotten."""

    code = "no_such_submission"


class NoSuchMirror(DeskRefusal):
    """No copy goes by this id."""

    code = "no_such_mirror"


class TooManyMirrors(DeskRefusal):
    """More copies than are kept count of."""

    code = "too_many_mirrors"


class BadOrder(DeskRefusal):
    """The order asks for something that is not on the menu; `field` names the part at fault."""

    code = "bad_order"
    field: ClassVar[str] = "prompt"


class EmptyPrompt(BadOrder):
    """Nothing was asked for."""

    code = "empty_prompt"


class PromptTooLong(BadOrder):
    """More characters than a prompt may have."""

    code = "prompt_too_long"


class UnknownSeconds(BadOrder):
    """Not a length on the menu."""

    code = "unknown_seconds"
    field = "seconds"


class UnknownSize(BadOrder):
    """Not a size on the menu."""

    code = "unknown_size"
    field = "size"


class StyleTooLong(BadOrder):
    """More than a line about the style."""

    code = "style_too_long"
    field = "style"
