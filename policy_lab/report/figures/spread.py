"""The spread tree: the ways in, the clips that brought visits and further clips, what was cut off."""

from __future__ import annotations

from typing import Any

from policy_lab.report.account import Account
from policy_lab.report.spread import Clip

from .theme import (
    INK,
    MUTED,
    STRANGERS,
    WIDTH,
    Figure,
    finished,
    no_y_axis,
    phase_bands,
    phase_names,
    time_x,
    whole_numbers,
)
from .vega import Rows, Spec, layered, number, stacked, unit
from .ways import ways_in, ways_panel

MOST_CLIPS = 240


def spread(account: Account, name: str) -> Figure:
    """Ways in as bars; families of clips as a tree over time; every clip with the visits it brought."""
    title = _title(account)
    ways, families, clips = ways_in(account), _families(account), _reach(account)
    panels = [*phase_names(account), ways_panel(account, ways, labelled=not clips)]
    if families:
        panels.append(_tree_panel(account, families))
    if clips:
        panels.append(_reach_panel(account, clips))
    stems = " Stems: the visits that a clip’s share link brought, dotted those that found the front end dead."
    branches = " Branches lead from a clip to the clips that its visitors made."
    told = dict.fromkeys(way["text"] for way in ways)
    return Figure(
        name,
        title,
        "A bar per way in, from its first request to the last let in; × marks what was never let in or served nobody."
        + (stems if clips else "")
        + (branches if families else ""),
        f"{title}. Ways in: {'; '.join(told) or 'none'}.",
        finished(stacked(panels), title),
        [*ways, *families, *clips],
    )


def _title(account: Account) -> str:
    tree = account.spread
    if not tree.clips:
        ways = len(tree.origins)
        if not any(way.served for way in tree.origins.values()):
            return f"{ways:,} {'origin' if ways == 1 else 'origins'} tried a leaked credential; none was let in"
        return f"{ways:,} {'way' if ways == 1 else 'ways'} in; no clip was shown at a front end"
    brought, further = tree.visits_per_clip or 0.0, tree.reproduction_number or 0.0
    verdict = f"sharing alone could {'not ' if further < 1 else ''}keep the page going"
    numbers = f"{brought:.2f} visits and {further:.2f} further clips (reproduction number)"
    return f"Each clip brought {numbers}: {verdict}"


def _families(account: Account) -> Rows:
    """The clips that brought or were brought by others, each with its height in the tree."""
    clips = account.spread.clips
    children: dict[str | None, list[Clip]] = {}
    for clip in clips.values():
        children.setdefault(clip.parent, []).append(clip)
    heights: dict[str, int] = {}
    for root in children.get(None, []):
        if root.children and len(heights) < MOST_CLIPS:
            _place(root, children, heights)
    return [_dot(account, clips[clip_id], clips, heights) for clip_id in heights]


def _place(root: Clip, children: dict[str | None, list[Clip]], heights: dict[str, int]) -> None:
    """Give the family of `root` its heights, depth first, so that branches do not cross."""
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


def _reach(account: Account) -> Rows:
    """The clips that brought the most visits, in the order in which they were shown."""
    most = sorted(account.spread.clips.values(), key=lambda clip: (-clip.visits, clip.at))[:MOST_CLIPS]
    return [
        {
            "clip": clip.clip_id,
            "m": account.minute(clip.at),
            "visits": clip.visits,
            "let_in": clip.visits - clip.cut_off,
        }
        for clip in sorted(most, key=lambda clip: clip.at)
    ]


def _tree_panel(account: Account, families: Rows) -> Spec:
    x = time_x(account, labelled=False)
    y = number("y", axis=no_y_axis(), scale={"domain": [len(families), -1]})
    branches = [row for row in families if "parent" in row]
    thin = {"color": MUTED, "strokeWidth": 0.9}
    size = number("visits", legend=None, scale={"domain": [0, 30], "range": [14, 200]})
    layers = [
        *phase_bands(account),
        unit(branches, "rule", thin, x=x | {"field": "m2"}, y=y, y2={"field": "y2"}),
        unit(branches, "rule", thin, x=x, x2={"field": "m2"}, y=y),
        unit(
            families,
            "circle",
            {"color": STRANGERS, "opacity": 1, "stroke": INK, "strokeWidth": 0.5},
            x=x,
            y=y,
            size=size,
        ),
    ]
    title = f"Clips that brought further clips, and those ({len(families):,})"
    return layered(layers, (WIDTH, max(26, min(320, 7 * len(families)))), title)


def _reach_panel(account: Account, clips: Rows) -> Spec:
    x, top = time_x(account), max(clip["visits"] for clip in clips)
    y = whole_numbers(top, "visits")
    cut = [clip for clip in clips if clip["visits"] > clip["let_in"]]
    layers = [
        *phase_bands(account),
        unit(clips, "rule", {"color": STRANGERS, "strokeWidth": 1.2}, x=x, y=y | {"field": "let_in"}, y2={"datum": 0}),
        unit(cut, "rule", {"color": INK, "strokeWidth": 1.2, "strokeDash": [1.5, 2]}, x=x, y=y, y2={"field": "let_in"}),
        unit(
            clips,
            "point",
            {"filled": True, "color": STRANGERS, "size": 12, "opacity": 1},
            x=x,
            y=y | {"field": "let_in"},
        ),
    ]
    shown, made = len(clips), len(account.spread.clips)
    which = f"all {made:,} clips" if shown == made else f"the {shown:,} of {made:,} clips that brought most"
    return layered(layers, (WIDTH, 70), f"Visits brought by a clip’s share link ({which})")
