"""The ways in: which origins used a leaked credential, from when to when; the copies that served nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from policy_lab.report.account import Account
from policy_lab.report.spread import Branch

from .theme import INK, STRANGERS, WIDTH, no_y_axis, phase_bands, time_x, with_halo
from .vega import Rows, Spec, layered, unit, word

MOST_WAYS = 8


def ways_in(account: Account) -> Rows:
    """Rows for the busiest origins, the rest of them together, the copies that served, those that did not.

    `m` and `m2` are the first and the last minute in which it served; copies that did not have only `m`.
    """
    tree = account.spread
    rows = list(_busiest(account, tree.origins.values(), "origins"))
    serving = [mirror for mirror in tree.mirrors.values() if mirror.served]
    rows += _busiest(account, serving, "copies")
    barren = [mirror for mirror in tree.mirrors.values() if not mirror.served]
    visits = sum(mirror.refused for mirror in barren)
    copies = "1 copy" if len(barren) == 1 else f"{len(barren):,} copies"
    rows += [
        {
            "name": "barren copies",
            "m": account.minute(mirror.first_at),
            "served": 0,
            "refused": mirror.refused,
            "text": f"{copies} without a credential: none of {visits:,} visits served",
        }
        for mirror in barren
    ]
    return rows


def ways_panel(account: Account, ways: Rows, *, labelled: bool) -> Spec:
    """A lane per way in: a bar while it served, × where one appeared that never did."""
    x, y = time_x(account, labelled=labelled), word("name", sort=None, axis=no_y_axis())
    served, barren = [way for way in ways if way["served"]], [way for way in ways if not way["served"]]
    bar = {"height": 7, "color": STRANGERS, "stroke": INK, "strokeWidth": 0.6}
    layers = [
        *phase_bands(account),
        unit(served, "bar", bar, x=x, x2={"field": "m2"}, y=y),
        unit(barren, "text", {"text": "×", "fontSize": 16}, x=x, y=y),
    ]
    for flipped in (False, True):
        layers += _labels(account, ways, (x, y), flipped=flipped)
    lanes = len({way["name"] for way in ways})
    title = "Ways in" if ways else "Ways in: none; no stranger used a credential"
    return layered(layers, (WIDTH, 30 * max(1, lanes)), title)


def _busiest(account: Account, branches: Iterable[Branch], kind: str) -> Iterable[dict[str, Any]]:
    ordered = sorted(branches, key=lambda branch: (-branch.served, branch.first_at, branch.name))
    for branch in ordered[:MOST_WAYS]:
        yield _bar(account, branch.name, [branch])
    if ordered[MOST_WAYS:]:
        yield _bar(account, f"{len(ordered) - MOST_WAYS:,} more {kind}", ordered[MOST_WAYS:])


def _bar(account: Account, name: str, branches: Sequence[Branch]) -> dict[str, Any]:
    served, refused = sum(branch.served for branch in branches), sum(branch.refused for branch in branches)
    last = max(branch.first_at if branch.last_at is None else branch.last_at for branch in branches)
    return {
        "name": name,
        "m": account.minute(min(branch.first_at for branch in branches)),
        "m2": account.minute(last),
        "served": served,
        "refused": refused,
        "text": f"{name}: {served:,} let in, {refused:,} refused",
    }


def _labels(account: Account, ways: Rows, channels: tuple[Spec, Spec], *, flipped: bool) -> list[Spec]:
    """The text over each lane, running to the left where there is no room to the right."""
    middle = (account.minute(account.start) + account.minute(account.end)) / 2
    firsts = {way["name"]: way for way in reversed(ways)}
    mine = [way for way in firsts.values() if (way["m"] > middle) == flipped]
    style = {"align": "right" if flipped else "left", "dx": 4 if flipped else -4, "dy": -10, "limit": WIDTH / 2 + 100}
    return with_halo(unit(mine, "text", style, x=channels[0], y=channels[1], text=word("text"))) if mine else []
