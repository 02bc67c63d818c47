"""The stories a secret scanner can play, each with what the protocol promises for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mock_api.core import tester_keys

from .garbage import guesses
from .names import Story
from .reporter import Answered, Reporter
from .scanner import ScannerKeyPair, batch_of

AT_ONCE = 500  # tokens of one batch


def signed(reporter: Reporter, tokens: Sequence[str]) -> Iterator[Answered]:
    """Report the tokens, properly signed."""
    reporter.adopt((reporter.scanner, True))
    for first in range(0, len(tokens), AT_ONCE):
        body = batch_of(tokens[first : first + AT_ONCE], reporter.place, reporter.source)
        yield reporter.report("signed with the adopted key", body, reporter.scanner.headers(body))


def unknown_key(reporter: Reporter, tokens: Sequence[str]) -> Iterator[Answered]:
    """Sign with a key that the range has never heard of."""
    reporter.adopt((reporter.scanner, True))
    stranger = ScannerKeyPair.fresh()
    body = batch_of(tokens[:AT_ONCE], reporter.place, reporter.source)
    yield reporter.report("signed with a key that nobody adopted", body, stranger.headers(body), 401)
    claimed = {**stranger.headers(body), "Github-Public-Key-Identifier": reporter.scanner.identifier}
    yield reporter.report("the same, under the name of the adopted key", body, claimed, 401)


def bad_signature(reporter: Reporter, tokens: Sequence[str]) -> Iterator[Answered]:
    """Send other bytes than were signed."""
    reporter.adopt((reporter.scanner, True))
    body = batch_of(tokens[:AT_ONCE], reporter.place, reporter.source)
    good = reporter.scanner.headers(body)
    yield reporter.report("one byte more than was signed", body + b" ", good, 401)
    yield reporter.report("no signature", body, {**good, "Github-Public-Key-Signature": ""}, 401)
    yield reporter.report("a signature that is none", body, {**good, "Github-Public-Key-Signature": "!"}, 401)


def rotated_key(reporter: Reporter, tokens: Sequence[str]) -> Iterator[Answered]:
    """Change keys: the old one holds while it is listed, and no longer."""
    old, new = reporter.scanner, ScannerKeyPair.fresh()
    body = batch_of(tokens[:AT_ONCE], reporter.place, reporter.source)
    try:
        reporter.adopt((new, True), (old, False))
        yield reporter.report("old key, listed as not current", body, old.headers(body))
        yield reporter.report("new key", body, new.headers(body))
        reporter.adopt((new, True), without=[old])
        yield reporter.report("old key, no longer listed", body, old.headers(body), 401)
    finally:
        reporter.adopt((old, True), without=[new])  # The pair in the folder is the one that is believed afterwards.
    yield reporter.report("new key, after the old one came back", body, new.headers(body), 401)


def duplicates(reporter: Reporter, tokens: Sequence[str]) -> Iterator[Answered]:
    """Report each token three times in one batch, then send that batch again."""
    reporter.adopt((reporter.scanner, True))
    body = batch_of(list(tokens[: AT_ONCE // 3]) * 3, reporter.place, reporter.source)
    first = reporter.report("each token three times", body, reporter.scanner.headers(body))
    again = reporter.report("the same batch again", body, reporter.scanner.headers(body))
    yield first
    yield again._replace(as_promised=again.as_promised and again[1:5] == first[1:5])


def false_positives(reporter: Reporter, tokens: Sequence[str]) -> Iterator[Answered]:
    """Report what looks like a secret and is none, with one real secret among it."""
    reporter.adopt((reporter.scanner, True))
    source, place = reporter.source, reporter.place
    for what, prefix in (("tester keys", tester_keys.TESTER), ("refresh tokens", tester_keys.REFRESH)):
        body = batch_of(guesses(100, prefix), place, source)
        told = reporter.report(f"{what} that were never issued", body, reporter.scanner.headers(body))
        yield told._replace(as_promised=told.ours == 0)
    body = batch_of(["password123", "", "ghp_" + "x" * 36, "eyJ.eyJ.eyJ", *guesses(96, "llx")], place, source)
    told = reporter.report("other people's secrets, and none at all", body, reporter.scanner.headers(body))
    yield told._replace(as_promised=told.ours == 0)
    body = batch_of([*guesses(99), tokens[0]], place, source)
    told = reporter.report("one real secret among 99 guesses", body, reporter.scanner.headers(body))
    yield told._replace(as_promised=told.ours == 1)


PLAYED: dict[Story, Callable[[Reporter, Sequence[str]], Iterator[Answered]]] = {
    Story.SIGNED: signed, Story.UNKNOWN_KEY: unknown_key, Story.BAD_SIGNATURE: bad_signature,
    Story.ROTATED_KEY: rotated_key, Story.DUPLICATES: duplicates, Story.FALSE_POSITIVES: false_positives,
}
