"""The spread tree: the ways in, the clips that brought further clips, and what was cut off."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from policy_lab.report.account import Account
from policy_lab.report.spread import Branch, Clip

from .theme import INK, MUTED, STRANGERS, WIDTH, Figure, finished, phase_bands, phase_names, time_x
from .vega import Rows, Spec, layered, number, stacked, unit, word

MOST_WAYS, MOST_CLIPS = 8, 240


def spread(account: Account, name: str) -> Figure:
    """Ways in as bars, families of clips as a tree over time, clips without offspring as ticks."""
    title = _title(account)
    ways, families, lone = _ways(account), *_families(account)
    panels = [*phase_names(account), _ways_panel(account, ways, labelled=not account.spread.clips)]
    if families:
        panels.append(_tree_panel(account, families))
    if lone:
        panels.append(_lone_panel(account, lone))
    return Figure(
        name, title,
        "Above, a bar per way in, from the first to the last request let in; × marks one that served nobody."
        " Below, a dot per displayed clip, the larger the more visits its share link brought; a line leads from a clip"
        " to the clips those visitors made; ticks are clips that brought none.",
        f"{title}. Ways in: " + ("; ".join(f"{way['name']}: {way['text']}" for way in ways) or "none") + ".",
        finished(stacked(panels), title), [*ways, *families, *lone],
    )


def _title(account: Account) -> str:
    tree = account.spread
    if not tree.clips:
        ways = len(tree.origins)
        return f"{ways:,} {'way' if ways == 1 else 'ways'} in; no clip was shown at a front end"
    brought, further = tree.visits_per_clip or 0.0, tree.reproduction_number or 0.0
    verdict = "it could not live on sharing alone" if further < 1 else "sharing alone kept it going"
    return f"Each clip brought {brought:.2f} visits and {further:.2f} further clips (reproduction number): {verdict}"


def _ways(account: Account) -> Rows:
    """One row per way in: the busiest origins and the copies; the rest together in one line."""
    rows = list(_branches(account, account.spread.origins.values(), "", "let in"))
    rows += _branches(account, account.spread.mirrors.values(), "copy ", "served")
    return rows


def _branches(account: Account, branches: Iterable[Branch], kind: str, word: str) -> Iterable[dict[str, Any]]:
    ordered = sorted(branches, key=lambda branch: (-branch.served, branch.first_at, branch.name))
    for branch in ordered[:MOST_WAYS]:
        last = branch.first_at if branch.last_at is None else branch.last_at
        yield {
            "name": f"{kind}{branch.name}", "m": account.minute(branch.first_at), "m2": account.minute(last),
            "served": branch.served, "refused": branch.refused,
            "text": f"{branch.served:,} {word}, {branch.refused:,} refused",
        }
    rest = ordered[MOST_WAYS:]
    if rest:
        served, refused = sum(branch.served for branch in rest), sum(branch.refused for branch in rest)
        yield {
            "name": f"{len(rest):,} more {'copies' if kind else 'origins'}", "m": account.minute(min(b.first_at for b in rest)),
            "m2": account.minute(max(b.last_at or b.first_at for b in rest)), "served": served, "refused": refused,
            "text": f"{served:,} {word}, {refused:,} refused",
        }


def _families(account: Account) -> tuple[Rows, Rows]:
    """The clips that brought or were brought by others, laid out as a tree; and the lone ones."""
    clips = account.spread.clips
    children: dict[str | None, list[Clip]] = {}
    for clip in clips.values():
        children.setdefault(clip.parent, []).append(clip)
    heights: dict[str, int] = {}
    for root in children.get(None, []):
        if root.children and len(heights) < MOST_CLIPS:
            _place(root, children, heights)
    rows: Rows = [_dot(account, clips[clip_id], clips, heights) for clip_id in heights]
    lone: Rows = [
        {"clip": clip.clip_id, "m": account.minute(clip.at)} for clip in clips.values() if clip.clip_id not in heights
    ]
    return rows, lone


def _place(root: Clip, children: dict[str | None, list[Clip]], heights: dict[str, int]) -> None:
    """Give the family of `root` its heights, depth first, so that lines do not cross."""
    waiting = [root]
    while waiting:
        clip = waiting.pop()
        heights[clip.clip_id] = len(heights)
        waiting.extend(reversed(children.get(clip.clip_id, [])))


def _dot(account: Account, clip: Clip, clips: dict[str, Clip], heights: dict[str, int]) -> dict[str, Any]:
    parent = clips.get(clip.parent or "")
    row = {"clip": clip.clip_id, "m": account.minute(clip.at), "y": heights[clip.clip_id], "visits": clip.visits}
    if parent is not None:
        row |= {"parent": parent.clip_id, "m2": account.minute(parent.at), "y2": heights[parent.clip_id]}
    return row


def _ways_panel(account: Account, ways: Rows, *, labelled: bool) -> Spec:
    x, y = time_x(account, labelled=labelled), word("name", sort=None, axis=None)
    served, barren = [way for way in ways if way["served"]], [way for way in ways if not way["served"]]
    bar = {"height": 7, "color": STRANGERS, "stroke": INK, "strokeWidth": 0.6}
    layers = [
        *phase_bands(account),
        unit(served, "bar", bar, x=x, x2={"field": "m2"}, y=y),
        unit(barren, "text", {"text": "×", "fontSize": 15}, x=x, y=y),
        *(_way_labels(account, ways, x, y, flipped=flipped) for flipped in (False, True)),
    ]
    title = "Ways in" if ways else "Ways in: none; no stranger used a credential"
    return layered(layers, (WIDTH, 24 * max(1, len(ways))), title)


def _way_labels(account: Account, ways: Rows, x: Spec, y: Spec, *, flipped: bool) -> Spec:
    """Name and tally over each bar, running to the left where there is no room to the right."""
    middle = (account.minute(account.start) + account.minute(account.end)) / 2
    mine: Rows = [
        {"m": way["m"], "name": way["name"], "text": f"{way['name']}: {way['text']}"}
        for way in ways if (way["m"] > middle) == flipped
    ]
    style = {"align": "right" if flipped else "left", "dx": -8 if flipped else 8, "dy": -9, "limit": WIDTH / 2 + 100}
    return unit(mine, "text", style, x=x, y=y, text=word("text"))


def _tree_panel(account: Account, families: Rows) -> Spec:
    x, y = time_x(account), number("y", axis=None, scale={"domain": [len(families), -1]})
    edges = [row for row in families if "parent" in row]
    size = number("visits", legend=None, scale={"domain": [0, 30], "range": [12, 220]})
    layers = [
        *phase_bands(account),
        unit(edges, "rule", {"color": MUTED, "strokeWidth": 0.8}, x=x, x2={"field": "m2"}, y=y, y2={"field": "y2"}),
        unit(families, "circle", {"color": STRANGERS, "opacity": 0.9, "stroke": INK, "strokeWidth": 0.5}, x=x, y=y, size=size),
    ]
    title = f"Clips that brought further clips, and those clips ({len(families):,})"
    return layered(layers, (WIDTH, max(50, min(320, 5 * len(families)))), title)


def _lone_panel(account: Account, lone: Rows) -> Spec:
    tick = unit(lone, "tick", {"color": INK, "thickness": 1, "height": 12, "opacity": 0.7}, x=time_x(account))
    return layered([*phase_bands(account), tick], (WIDTH, 16), f"Clips that brought no further clip ({len(lone):,})")
