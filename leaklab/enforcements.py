"""Enforcements by name, as the command line takes them: `push`, `introspection,ttl=5`."""

from __future__ import annotations

import typing
from difflib import get_close_matches

import msgspec

from mock_api.core.enforcement import Enforcement

from .problems import Problem

NAMES = (
    "expiry-only", "introspection", "push", "pull", "status-list", "cutoff", "key-rotation", "freshness", "in-process",
)


def enforcement_named(text: str) -> Enforcement:
    """The enforcement of `NAME[,key=value…]`; raises Problem."""
    name, *settings = (part.strip() for part in text.split(","))
    if name not in NAMES:
        near = get_close_matches(name, NAMES, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise Problem(f"There is no enforcement called {name}.{meant} There are {', '.join(NAMES)}.", exit_code=2)
    knobs = _knobs(name)
    told: dict[str, str] = {"kind": name}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or key.strip() == "kind":
            raise Problem(f"{setting!r} is no setting. Write it as in `{name},key=value`.", exit_code=2)
        if key.strip() not in knobs:
            known = ", ".join(knobs) or "none"
            raise Problem(f"{name} has no knob {key.strip()!r}. Its knobs: {known}.", exit_code=2)
        told[key.strip()] = value.strip()
    try:
        enforcement: Enforcement = msgspec.convert(told, Enforcement, strict=False)
    except msgspec.ValidationError as problem:
        raise Problem(f"The enforcement {text!r} cannot be read: {problem}.", exit_code=2) from None
    return enforcement


def _knobs(name: str) -> tuple[str, ...]:
    kinds = {kind.__struct_config__.tag: kind for kind in typing.get_args(Enforcement)}
    return tuple(field.name for field in msgspec.structs.fields(kinds[name]))
