"""Speaks HTTP for the authority: read the request, call one core method, shape the answer. Start at `app`."""

from .app import create_app
from .settings import WebSettings

__all__ = ["WebSettings", "create_app"]
