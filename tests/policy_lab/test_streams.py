"""Chance by name: nobody's draws shift another's luck."""

from __future__ import annotations

from policy_lab.ids import CountingIds, StreamSecrets
from policy_lab.streams import Streams


def test_the_same_name_gives_the_same_numbers_whoever_else_draws() -> None:
    alone, in_company = Streams(1, 0), Streams(1, 0)
    in_company.stream("noise").random()

    expected = [alone.stream("visitors").random() for _ in range(5)]
    drawn = []
    for _ in range(5):
        drawn.append(in_company.stream("visitors").random())
        in_company.stream("noise").random()

    assert drawn == expected


def test_asking_again_goes_on_where_the_stream_stood() -> None:
    streams = Streams(1, 0)

    assert streams.stream("a") is streams.stream("a")
    assert streams.stream("a").random() != streams.stream("a").random()


def test_seed_replication_and_name_each_make_a_difference() -> None:
    first = {
        Streams(seed, replication).stream(name).random()
        for seed in (1, 2) for replication in (0, 1) for name in ("a", "b")
    }

    assert len(first) == 8


def test_the_numbers_are_those_they_have_always_been() -> None:
    """A change here silently changes every published run."""
    assert Streams(1, 0).stream("visitors").random() == 0.7533406745518803


def test_ids_count_up_by_prefix() -> None:
    ids = CountingIds()

    assert [ids.new("video"), ids.new("clip"), ids.new("video")] == [
        "video_1", "clip_1", "video_2"
    ]


def test_secrets_repeat_with_their_stream() -> None:
    first, again = (StreamSecrets(Streams(1, 0).stream("secrets")) for _ in range(2))

    assert first.token_bytes(32) == again.token_bytes(32)
    assert len(first.token_bytes(16)) == 16
