"""Statuses as bytes and as text, held against the vectors of the draft (Token Status List, appendix)."""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_api.core.compact import Unreadable
from mock_api.core.status_codec import BYTES_LIMIT, compress, decompress, pack, status_at

PLACES = (0, 1993, 25460, 159495, 495669, 554353, 645645, 723232, 854545, 934534, 1000345)
STATUSES = {
    1: (1,) * 11,
    2: (1, 2, 1, 3, 1, 1, 2, 1, 1, 2, 3),
    4: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    8: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
}

LISTS = {  # Appendix C; its lists of 4 and 8 bits stand at other places.
    1: "eNrt3AENwCAMAEGogklACtKQPg9LugC9k_ACvreiogEAAKkeCQAAAAAAAAAAAAAAAAAAAIBylgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
       "AAAAAAAAAAAAAAAAAAAAXG9IAAAAAAAAAPwsJAAAAAAAAAAAAAAAvhsSAAAAAAAAAAAA7KpLAAAAAAAAAAAAAAAAAAAAAJsLCQAAAAAAAAAA"
       "ADjelAAAAAAAAAAAKjDMAQAAAACAZC8L2AEb",
    2: "eNrt2zENACEQAEEuoaBABP5VIO01fCjIHTMStt9ovGVIAAAAAABAbiEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEB5WwIAAAAA"
       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAID0ugQA"
       "AAAAAAAAAAAAAAAAQG12SgAAAAAAAAAAAAAAAAAAAAAAAAAAAOCSIQEAAAAAAAAAAAAAAAAAAAAAAAD8ExIAAAAAAAAAAAAAAAAAAAAAAAAA"
       "AAAAAAAAAAAAAAAAwJEuAQAAAAAAAAAAAAAAAAAAAAAAAMB9SwIAAAAAAAAAAAAAAAAAAACoYUoAAAAAAAAAAAAAAEBqH81gAQw",
}


def naive(statuses: list[int], bits: int) -> bytes:
    """Entry by entry, as the draft's words have it."""
    octets = bytearray(len(statuses) * bits // 8)
    for index, status in enumerate(statuses):
        octets[index * bits // 8] |= status << (index * bits % 8)
    return bytes(octets)


@pytest.mark.parametrize(("bits", "statuses", "packed", "zlib_hex", "lst"), [
    (1, (1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1), "b9a3", "78dadbb918000217015d", "eNrbuRgAAhcBXQ"),
    (2, (1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3), "c944f9", "78da3be9f2130003df0207", "eNo76fITAAPfAgc"),
])
def test_the_short_vectors_come_out(bits: int, statuses: tuple[int, ...], packed: str, zlib_hex: str, lst: str) -> None:
    assert pack(bytes(statuses), bits).hex() == packed
    assert decompress(lst).hex() == packed
    assert urlsafe_b64encode(bytes.fromhex(zlib_hex)).rstrip(b"=").decode() == lst
    if _zlib_is_the_usual_one():
        assert compress(bytes.fromhex(packed)) == lst


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_the_long_vectors_come_out(bits: int) -> None:
    statuses = [0] * 2**20
    for place, status in zip(PLACES, STATUSES[bits], strict=True):
        statuses[place] = status
    packed = pack(bytes(statuses), bits)
    assert packed == naive(statuses, bits)
    assert len(packed) == 2**20 * bits // 8
    lst = compress(packed)
    assert decompress(lst) == packed
    for place, status in zip(PLACES, STATUSES[bits], strict=True):
        assert status_at(packed, bits, place) == status
        assert status_at(packed, bits, place + 1) == 0
    assert status_at(packed, bits, 2**20) is None
    if _zlib_is_the_usual_one() and bits in LISTS:
        assert lst == LISTS[bits]


@given(data=st.data(), bits=st.sampled_from([1, 2, 4, 8]))
def test_whatever_is_packed_is_found_in_its_place(data: st.DataObject, bits: int) -> None:
    statuses = data.draw(st.lists(st.integers(0, 2**bits - 1), max_size=64).filter(lambda given: len(given) % 8 == 0))
    packed = pack(bytes(statuses), bits)
    assert packed == naive(statuses, bits)
    assert [status_at(packed, bits, index) for index in range(len(statuses) + 8)] == [*statuses, *[None] * 8]
    assert decompress(compress(packed)) == packed


def test_what_fills_no_whole_byte_is_not_packed() -> None:
    with pytest.raises(ValueError, match="whole bytes"):
        pack(bytes(7), 1)


@pytest.mark.parametrize("lst", [
    "", "eNrbuRgAAhcBXQ=", "eNrbuRgAAhcBX", "AAAA", "eNrbuRgAAhcBXQeNrb",
    urlsafe_b64encode(zlib.compress(bytes(BYTES_LIMIT + 1), 9)).rstrip(b"=").decode(),
], ids=["empty", "padded", "cut", "no zlib", "with a tail", "a bomb"])
def test_what_is_no_list_is_refused(lst: str) -> None:
    with pytest.raises(Unreadable):
        decompress(lst)


def _zlib_is_the_usual_one() -> bool:
    """zlib-ng compresses to other bytes, which unpack to the same."""
    return "ng" not in zlib.ZLIB_RUNTIME_VERSION
