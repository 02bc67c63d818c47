"""The one page of the front end: what stands on it, and its template, style sheet and script."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct

from frontend_proxy.core.gallery import Clip
from frontend_proxy.core.orders import ClipOrder, Menu
from frontend_proxy.wording import Notice

HERE = Path(__file__).parent
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class StaticFile(NamedTuple):
    """A file served as it is; `version` changes with its content."""

    body: bytes
    media_type: str
    version: str


class Mistake(NamedTuple):
    """What was wrong with the form: one sentence, and the field at fault (empty if none is)."""

    message: str
    field: str = ""


class Card(NamedTuple):
    """One clip as shown; `age` is said in words."""

    clip: Clip
    age: str
    has_still: bool


class Page(Struct, frozen=True, kw_only=True):
    """All that stands on the page. `notice` is about the desk, `mine` about the visitor's own submission,
    which `asked_for` says what it is to show.
    """

    title: str
    base: str
    menu: Menu
    order: ClipOrder
    notice: Notice
    can_submit: bool
    mine: Notice | None = None
    state: str = "open"
    result: Card | None = None
    shared: Card | None = None
    asked_for: str = ""
    gallery: list[Card]
    mistake: Mistake | None = None

    @property
    def is_open(self) -> bool:
        """Whether the visitor has a submission that waits or is being made."""
        return self.state in ("waiting", "rendering")


class Templates:
    """Renders pages and holds the static files; read once, when the app is made."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(HERE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.static = {
            path.name: StaticFile(path.read_bytes(), MEDIA_TYPES[path.suffix], _version(path))
            for path in sorted(HERE.iterdir())
            if path.suffix in MEDIA_TYPES
        }
        self._environment.globals["asset"] = self._asset

    def render(self, page: Page) -> str:
        """The page as HTML."""
        return self._environment.get_template("page.html").render(page=page)

    def render_trouble(self, title: str, headline: str, detail: str) -> str:
        """A page for what went wrong outside the form."""
        template = self._environment.get_template("trouble.html")
        return template.render(title=title, headline=headline, detail=detail)

    def _asset(self, name: str) -> str:
        return f"/static/{name}?v={self.static[name].version}"


def _version(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]
