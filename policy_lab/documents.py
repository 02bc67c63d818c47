"""YAML read with care: plain values only, each with the place it stands at.

The core schema of YAML 1.2 is spoken (`yes` and `12:30` are text), less what a scenario never needs and a
hostile file might use: anchors, tags, duplicate keys, many documents, deep nesting, numbers without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

LIMIT_BYTES: Final = 1_000_000
LIMIT_DEPTH: Final = 40

# Only its event stream is used: it builds no objects.
_LOADER: Final[Any] = getattr(yaml, "CLoader", yaml.Loader)

_WORDS: Final[dict[str, bool | None]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9_]{0,17})")
_FLOAT: Final = re.compile(
    r"[-+]?((0|[1-9][0-9_]{0,17})(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?"
)

Path = tuple[str | int, ...]


class FileProblem(Exception):
    """What is wrong with a file, in one sentence: which file, where possible which line, and what would do.

    `file` is as it was named, `line` and `column` count from 1, `field` is a path like `detectors[0].kind`.
    """

    def __init__(
        self, message: str, *, file: str, line: int | None = None, column: int | None = None, field: str = "",
    ) -> None:
        place = file + (f", line {line}" if line else "") + (f", column {column}" if column else "")
        super().__init__(f"{place}: {message}")
        self.message, self.file, self.line, self.column, self.field = message, file, line, column, field


class Document:
    """A YAML document as plain `content`, and the line of every field in it. Raises FileProblem."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._lines: dict[Path, int] = {}
        try:
            self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))
            self.content = self._document()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            raise FileProblem(
                f"this is not YAML: {error.problem}.", file=file,
                line=mark.line + 1 if mark else None, column=mark.column + 1 if mark else None,
            ) from None
        except yaml.YAMLError as error:
            raise FileProblem(f"this is not YAML: {str(error).splitlines()[0]}.", file=file) from None

    def line_of(self, path: Path) -> int | None:
        """The line (from 1) of the field at `path`, or of the nearest thing around it."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path)

    def _document(self) -> object:
        event = next(self._events)
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            return None
        content = self._value(event, ())
        next(self._events)                         # the end of the document
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._problem("there must be one document, a second one starts here", event)
        return content

    def _value(self, event: Any, path: Path) -> object:
        self._lines.setdefault(path, event.start_mark.line + 1)
        if getattr(event, "anchor", None) is not None:
            raise self._problem("anchors and aliases (`&`, `*`) are not read; write the value out", event)
        if event.tag is not None:
            raise self._problem(f"tags such as `{event.tag}` are not read", event)
        if len(path) > LIMIT_DEPTH:
            raise self._problem(f"nested more than {LIMIT_DEPTH} deep", event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            items = enumerate(self._until(yaml.SequenceEndEvent))
            return [self._value(item, (*path, index)) for index, item in items]
        return _scalar(event.value) if event.implicit[0] else event.value

    def _mapping(self, path: Path) -> dict[str, object]:
        content: dict[str, object] = {}
        for key in self._until(yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent) or key.start_mark is None:
                raise self._problem("the name of a field must be a plain word", key)
            if key.value in content:
                before = self._lines[(*path, key.value)]
                raise self._problem(f"`{key.value}` stands here a second time, first in line {before}", key)
            self._lines[(*path, key.value)] = key.start_mark.line + 1
            content[key.value] = self._value(next(self._events), (*path, key.value))
        return content

    def _until(self, end: type) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _problem(self, message: str, event: Any) -> FileProblem:
        mark = event.start_mark
        return FileProblem(f"{message}.", file=self.file, line=mark.line + 1, column=mark.column + 1)


def _scalar(text: str) -> object:
    """A plain scalar by the core schema (YAML 1.2.2, section 10.3.2); endless and huge numbers stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    return text
