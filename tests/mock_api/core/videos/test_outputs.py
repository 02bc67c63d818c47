"""What leaves is never video, says so, and leads back to its token."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from struct import unpack
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mock_api.core.errors import Invalid, NotFound
from mock_api.core.mp4 import MANIFEST_UUID, trackless_mp4
from mock_api.core.watermark import Provenance, Watermark


def boxes(content: bytes) -> dict[str, bytes]:
    """The boxes of an ISO media file (14496-12 §4.2), by type; every byte must belong to one."""
    found, place = {}, 0
    while place < len(content):
        size, kind = unpack(">I4s", content[place:place + 8])
        assert size >= 8
        assert place + size <= len(content)
        found[kind.decode()] = content[place + 8:place + size]
        place += size
    return found


def test_the_video_is_a_container_without_tracks_that_holds_a_manifest(studio: Any) -> None:
    video = studio.finished(prompt="a quiet street", size="1920x1080")
    content = studio.download(video.id)
    assert content.media_type == "video/mp4"
    top = boxes(content.body)
    assert list(top) == ["ftyp", "moov", "uuid"]
    assert list(boxes(top["moov"])) == ["mvhd"]
    assert top["uuid"][:16] == MANIFEST_UUID.bytes
    manifest = msgspec.json.decode(top["uuid"][16:])
    assert manifest["simulated"] is True
    assert "SIMULATED" in manifest["notice"]
    assert (manifest["video_id"], manifest["size"]) == (video.id, "1920x1080")
    assert "quiet" not in content.body.decode("latin-1")


def test_the_movie_header_is_whole_and_its_time_survives_the_year_2100() -> None:
    header = boxes(boxes(trackless_mp4(b"{}", 4_102_444_800))["moov"])["mvhd"]
    assert len(header) == 112
    version, made_at, _, timescale, duration = unpack(">I2QIQ", header[:32])
    assert (version >> 24, made_at - 2_082_844_800, timescale, duration) == (1, 4_102_444_800, 1000, 0)


@pytest.mark.parametrize("variant", ["thumbnail", "spritesheet"])
@pytest.mark.parametrize("size", ["480x360", "720x1280", "1792x1024"])
def test_a_card_is_a_webp_image_that_says_simulated(studio: Any, variant: str, size: str) -> None:
    video = studio.finished(size=size)
    content = studio.download(video.id, variant)
    assert content.media_type == "image/webp"
    with Image.open(BytesIO(content.body)) as image:
        image.load()
        assert image.format == "WEBP"
        assert b"SIMULATED" in image.info["xmp"]
        assert len(image.getcolors(1 << 24) or ()) > 2  # Something is written on it.
    assert len(content.body) < 100_000


@pytest.mark.parametrize("variant", ["video", "thumbnail", "spritesheet"])
def test_the_watermark_of_every_variant_leads_to_the_token(studio: Any, variant: str) -> None:
    video = studio.finished()
    body = studio.download(video.id, variant).body
    assert studio.authority.videos.attribute(body) == (video.id, studio.jti, studio.tester_id)
    assert studio.tester_id.encode() not in body
    assert studio.jti.encode() not in body


def test_the_watermark_is_good_after_deletion_and_after_a_restart(studio: Any) -> None:
    video = studio.finished()
    body = studio.download(video.id).body
    studio.authority.tester.delete_video(studio.caller, video.id)
    assert studio.range.replayed().videos.attribute(body).video_id == video.id


def test_the_watermark_survives_being_retyped_over_several_lines(studio: Any) -> None:
    video = studio.finished()
    code = studio.authority.videos.outputs._watermark.code(Provenance(video.id, "at_1", "tester_1"))
    lines = "\r\n ".join(code[place:place + 20] for place in range(0, len(code), 20))
    typed = f"seen on a forum:\n{lines}\nSIMULATED"
    assert studio.authority.videos.attribute(typed.encode()).video_id == video.id


@pytest.mark.parametrize(
    "content", [b"", b"LLW1.", b"LLW1." + b"A" * 64 + b".", b"\x00" * 100, b"LLW1.AAAA." * 999]
)
def test_content_without_a_genuine_watermark_is_not_attributed(studio: Any, content: bytes) -> None:
    with pytest.raises(NotFound):
        studio.authority.videos.attribute(content)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(place=st.integers(0, 10_000), letter=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_damaged_watermark_is_not_attributed(
    open_studio: Callable[..., Any], place: int, letter: str
) -> None:
    watermark = open_studio().authority.videos.outputs._watermark
    code = watermark.code(Provenance("video_12", "at_1", "tester_1"))
    place = 5 + place % (len(code) - 7)  # Not the last letter, some of whose bits are padding.
    damaged = code[:place] + letter + code[place + 1:]
    if damaged == code:
        assert watermark.read(damaged.encode()).video_id == "video_12"
    else:
        with pytest.raises(NotFound):
            watermark.read(damaged.encode())


def test_a_watermark_of_another_range_is_not_attributed(open_studio: Callable[..., Any]) -> None:
    class Strange:
        def get(self, name: str) -> bytes | None:
            return b"another key of thirty-two bytes."

        def put(self, name: str, secret: bytes) -> None: ...

    ours = open_studio().authority
    foreign = Watermark(Strange(), ours.secrets).code(Provenance("video_1", "at_1", "tester_1"))
    with pytest.raises(NotFound):
        ours.videos.attribute(foreign.encode())


def test_an_unknown_variant_is_refused_with_the_known_ones(studio: Any) -> None:
    video = studio.finished()
    with pytest.raises(Invalid, match="video, thumbnail, spritesheet") as refused:
        studio.download(video.id, "poster")
    assert refused.value.param == "variant"
