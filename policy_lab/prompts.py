"""What people ask for. A reviewer who has seen testers' prompts for weeks can tell the others from them."""

from __future__ import annotations

from random import Random
from typing import Final

TESTERS: Final = (
    "slow dolly through a greenhouse at dawn, condensation on the panes, 35 mm",
    "study of hands folding a paper boat, single take, soft side light",
    "storyboard frame 12: the lighthouse keeper turns, rain stops mid-air",
    "camera test: parallax through three layers of birch trunks, overcast",
    "animated charcoal drawing of a city waking up, visible paper grain",
    "a dancer's shadow drifts out of sync with her, white cyclorama",
    "macro of ink spreading in water, colour script B, ten seconds",
    "red team: two people exchange briefcases, faces never visible",
)
STRANGERS: Final = (
    "a cat driving a bus",
    "dragon fights robot epic cinematic 4k",
    "my dog as an astronaut on the moon",
    "old king eats a burger",
    "volcano under the sea!!",
    "anime girl walking in the rain",
    "a dinosaur in a supermarket",
    "drone shot of a floating castle",
    "people dancing on saturn",
    "does this really work",
)

_STRANGE: Final = frozenset(STRANGERS)


def testers_prompt(stream: Random) -> str:
    """What a tester would ask for."""
    return TESTERS[int(stream.random() * len(TESTERS))]


def strangers_prompt(stream: Random) -> str:
    """What somebody from the street would ask for."""
    return STRANGERS[int(stream.random() * len(STRANGERS))]


def looks_strange(prompt: str) -> bool:
    """Whether no tester would have asked for this."""
    return prompt in _STRANGE
