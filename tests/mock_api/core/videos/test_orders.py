"""What may be ordered."""

from __future__ import annotations

from typing import Any

import pytest

from mock_api.core.errors import Invalid
from mock_api.core.orders import (
    EXTENSION_SECONDS,
    PROMPT_LONGEST,
    SECONDS,
    SIZES,
    VideoOrder,
    check_order,
    inherit,
)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seconds", SECONDS)
def test_every_size_goes_with_every_length(size: str, seconds: str) -> None:
    check_order(VideoOrder(prompt="x", size=size, seconds=seconds))


@pytest.mark.parametrize("seconds", EXTENSION_SECONDS)
def test_an_extension_may_be_longer(seconds: str) -> None:
    check_order(VideoOrder(prompt="x", seconds=seconds, source="extension"))


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"prompt": ""}, "prompt", "1 to 32000"),
        ({"prompt": " \n"}, "prompt", "not blank"),
        ({"prompt": "x" * (PROMPT_LONGEST + 1)}, "prompt", "got 32001"),
        ({"prompt": "\ud800"}, "prompt", "surrogates"),
        ({"model": ""}, "model", "1 to 100"),
        ({"model": "m" * 101}, "model", "1 to 100"),
        ({"style": ""}, "style", "1 to 100"),
        ({"style": "s" * 101}, "style", "1 to 100"),
        ({"seconds": "6"}, "seconds", "4, 5, 8, 10, 12"),
        ({"seconds": "16"}, "seconds", "4, 5, 8, 10, 12"),
        ({"seconds": "4.0"}, "seconds", "4, 5, 8, 10, 12"),
        ({"seconds": "24", "source": "extension"}, "seconds", "16, 20"),
        ({"size": "1x1"}, "size", "1920x1080"),
        ({"size": ""}, "size", "480x360"),
        ({"source": "remix"}, "video_id", "id of the video"),
    ],
)
def test_a_field_outside_its_range_is_named_with_what_is_allowed(
    fields: dict[str, Any], param: str, says: str
) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        check_order(VideoOrder(**{"prompt": "x", **fields}))
    assert refused.value.param == param


def test_the_longest_prompt_is_accepted() -> None:
    check_order(VideoOrder(prompt="x" * PROMPT_LONGEST))


def test_a_remix_takes_everything_but_the_prompt_from_its_source() -> None:
    source = VideoOrder(prompt="old", model="mock-video-1-turbo", seconds="12", size="480x360", style="noir")
    remix = inherit(VideoOrder(prompt="new", source="remix", source_video_id="video_1"), source)
    assert (remix.prompt, remix.model, remix.seconds, remix.size, remix.style) == (
        "new", "mock-video-1-turbo", "12", "480x360", "noir",
    )


def test_an_extension_keeps_its_own_length() -> None:
    source = VideoOrder(prompt="old", seconds="12")
    extension = VideoOrder(prompt="new", seconds="20", source="extension", source_video_id="video_1")
    assert inherit(extension, source).seconds == "20"
