"""SVG to PNG in a process of its own: the converter holds Python's lock, and the next figure can be drawn meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import BinaryIO, Self, cast

import vl_convert

SCALE = 1.5  # pixels per figure pixel: 1,150 across, and half the work of 2; for more there is the SVG
LENGTH = 8  # bytes of the number before each picture


class Painter:
    """Takes SVGs one by one, at once, and gives all PNGs in their order at the end. Use it in a `with` block."""

    def __init__(self) -> None:
        # Not a pool: that would run the caller's own script again where it has no `__main__` guard. And the file
        # alone, not as a part of its package, which takes a while to load.
        command = [sys.executable, "-P", __file__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - ours.
        self._svgs = cast("BinaryIO", self._process.stdin)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if error is not None:
            self._process.kill()
        with self._process as process:  # Waits, and closes the pipes.
            process.poll()

    def paint(self, svg: str) -> None:
        """Begin to paint."""
        self._svgs.write(json.dumps(svg).encode() + b"\n")
        self._svgs.flush()

    def pictures(self) -> list[bytes]:
        """The PNGs of all that was given; raises RuntimeError where one could not be painted."""
        painted, _ = self._process.communicate()
        if self._process.returncode != 0:
            raise RuntimeError("a figure could not be painted; the lines above say why")
        found = []
        while painted:
            end = LENGTH + int.from_bytes(painted[:LENGTH], "big")
            found.append(painted[LENGTH:end])
            painted = painted[end:]
        return found


def main(lines: BinaryIO, out: BinaryIO) -> None:
    """Paint the SVG in each JSON line; say nothing before the last, for nobody listens while lines come."""
    painted = [vl_convert.svg_to_png(json.loads(line), scale=SCALE) for line in lines]
    for png in painted:
        out.write(len(png).to_bytes(LENGTH, "big") + png)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
