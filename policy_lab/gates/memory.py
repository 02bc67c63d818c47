"""How much memory a view takes."""

from __future__ import annotations

from collections.abc import Iterator
from sys import getsizeof

import msgspec

Leaf = str | bytes | int | float | bool


def held(thing: object) -> int:
    """Bytes of `thing` and of everything it holds, each object once; classes and functions do not count."""
    seen: set[int] = set()
    waiting = [thing]
    total = 0
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen or isinstance(each, type) or callable(each):
            continue
        seen.add(id(each))
        total += getsizeof(each)
        if not isinstance(each, Leaf):
            waiting.extend(_parts(each))
    return total


def _parts(thing: object) -> Iterator[object]:
    if isinstance(thing, dict):
        yield from thing.keys()
        yield from thing.values()
    elif isinstance(thing, list | tuple | set | frozenset):
        yield from thing
    elif isinstance(thing, msgspec.Struct):
        yield from (getattr(thing, name) for name in thing.__struct_fields__)
    else:
        yield from getattr(thing, "__dict__", {}).values()
        for kind in type(thing).__mro__:
            slots = getattr(kind, "__slots__", ())
            yield from (getattr(thing, name, None) for name in ([slots] if isinstance(slots, str) else slots))
