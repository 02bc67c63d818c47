"""The page in a real browser: without a script, on a phone, and with its script."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.frontend_proxy.serving import LiveSite, live_site
from tests.frontend_proxy.site import ORDER

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PATIENCE = 15_000  # milliseconds

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None and "CI" not in os.environ,
        reason="needs Chromium: apt-get install chromium (Debian), then run again",
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, or a failure in CI."""
    assert CHROMIUM is not None, "Chromium is missing, and in CI that is a failure: apt-get install chromium"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def live() -> Iterator[LiveSite]:
    with live_site() as site:
        yield site


def fill(page: Any, prompt: str = ORDER["prompt"]) -> None:
    """Ask for a clip."""
    page.fill("#prompt", prompt)
    page.get_by_role("button", name="Join the line").click()


def overflow(page: Any) -> int:
    """How many pixels the page is wider than the window."""
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert isinstance(width, int)
    return width


def test_the_page_works_without_a_script(browser: Any, live: LiveSite) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    live.desk.set_concurrency(0)
    page.goto(live.address)
    fill(page)
    assert page.get_by_role("heading", name="You are number 1 in line").is_visible()
    live.desk.set_concurrency(4)
    page.get_by_role("heading", name="Your clip is ready").wait_for(timeout=PATIENCE)
    page.get_by_role("link", name=re.compile("A paper boat")).click()
    assert page.url.startswith(f"{live.address}/c/clip_")
    live.desk.set_concurrency(0)
    page.goto(live.address)
    fill(page, "Another")
    page.get_by_role("button", name="Leave the line").click()
    assert page.get_by_role("heading", name="You left the queue").is_visible()
    context.close()


def test_nothing_overflows_on_a_phone(browser: Any, live: LiveSite) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(live.address)
    assert overflow(page) == 0
    live.desk.set_concurrency(0)
    fill(page, "Unbreakable" * 40)
    assert overflow(page) == 0
    live.desk.set_concurrency(4)
    page.get_by_role("heading", name="Your clip is ready").wait_for(timeout=PATIENCE)
    assert overflow(page) == 0
    page.goto(f"{live.address}/c/{live.desk.gallery.newest(1)[0].clip_id}")
    assert overflow(page) == 0
    page.goto(f"{live.address}/nowhere")
    assert overflow(page) == 0
    page.close()


def test_with_its_script_the_place_moves_up_and_the_clip_appears(browser: Any, live: LiveSite) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    live.desk.set_concurrency(0)
    other = browser.new_context().new_page()
    other.goto(live.address)
    fill(other)
    page.goto(live.address)
    fill(page)
    page.get_by_role("heading", name="You are number 2 in line").wait_for(timeout=PATIENCE)
    page.evaluate("window.stillHere = true")
    other.get_by_role("button", name="Leave the line").click()
    page.get_by_role("heading", name="You are number 1 in line").wait_for(timeout=PATIENCE)
    assert page.evaluate("window.stillHere") is True
    live.desk.set_concurrency(4)
    page.get_by_role("heading", name="Your clip is ready").wait_for(timeout=PATIENCE)
    assert page.get_by_role("button", name="Copy").is_visible()
    assert complaints == []
    other.context.close()
    context.close()


def test_every_field_has_a_label_and_nothing_comes_from_elsewhere(browser: Any, live: LiveSite) -> None:
    page = browser.new_page()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(live.address)
    unlabelled = page.evaluate(
        "[...document.querySelectorAll('input, select, textarea')].filter(e => !e.labels.length).length"
    )
    assert unlabelled == 0
    assert all(address.startswith(live.address) for address in addresses)
    page.close()
