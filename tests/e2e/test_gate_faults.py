"""Four gates pushed to over Redis under load: whatever breaks, each keeps its bound or fails as it says, then heals.

`LEAKLAB_TEST_FAULT_SECONDS` is how long each fault lasts, `LEAKLAB_TEST_RATE` the requests a second over all gates.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mock_api.core.enforcement import Push
from tests.e2e.gates import Incident, RunningGate, gate, incident
from tests.e2e.lines import Cut, Line, line_to
from tests.e2e.running import RunningRange, start
from tests.services.redis import Redis, redis

pytestmark = [pytest.mark.slow, pytest.mark.server]

FAULT = float(os.environ.get("LEAKLAB_TEST_FAULT_SECONDS", "2.5"))
RATE = float(os.environ.get("LEAKLAB_TEST_RATE", "100"))
REVOKE_EVERY = 0.2                 # seconds
CALM = 1.0                         # seconds of load before the first fault and after the last
LIFETIME = 3600.0                  # of tokens, seconds
CLOSED = Push(pulse=0.2, silent_after=1.0, skew=0.3, silence="fail-closed")
OPEN = Push(pulse=0.2, silent_after=1.0, skew=0.3, silence="fail-open")
POLICY = """
name: faults
summary: Gates in front, told by push; nothing else gets in the way of the load.
token_lifetime: 3600
quota: {requests_per_minute: 10000000, renders_per_day: 1000, concurrent_renders: 20}
"""


async def test_gates_keep_their_word_through_every_fault_and_none_stays_behind(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    with redis() as feed:
        async with scene(tmp_path, feed) as (story, line_to_authority, line_to_redis):
            first, second, cut_open, cut_closed = story.gates
            silences: list[tuple[float, float]] = []  # in which the gate that fails open heard nothing
            async with under_load(story):
                await asyncio.sleep(CALM)
                await all_agree(story)

                begun = time.time()
                await asyncio.to_thread(feed.kill)
                await asyncio.sleep(FAULT)
                await asyncio.to_thread(feed.start)  # It comes back empty.
                await all_agree(story)
                silences.append((begun, time.time()))

                second.stop()
                await asyncio.sleep(FAULT)
                second.cont()
                await all_agree(story)

                begun = time.time()
                await killed_and_started(story, api_options(tmp_path, feed))
                await story.revoke(story.alive())
                await all_agree(story)
                silences.append((begun, time.time()))

                for how in ("silent", "refused"):
                    begun = time.time()
                    await cut_off(story, (line_to_authority, line_to_redis), how)
                    await all_agree(story)
                    silences.append((begun, time.time()))
                await asyncio.sleep(CALM)
            await verdicts_are_the_same(story)
        for one in (first, second, cut_closed):
            late = admitted_late(one, story)
            assert not late, f"{one.name} admitted {len(late)} too late, the worst {max(late):.2f} s after"
        late = admitted_late(cut_open, story, but_for=silences)
        assert not late, f"{cut_open.name} admitted too late while it was in touch: {max(late):.2f} s"
    tell(story)


async def killed_and_started(story: Incident, options: list[str]) -> None:
    """Kill the authority and start it again at its address: it goes on with the same feed."""
    port = urlsplit(story.server.credentials["api_url"]).port
    ended(story.server)
    await asyncio.sleep(FAULT)
    again = (*options, "--port-api", str(port))
    story.server = await asyncio.to_thread(start, story.server.data, "api", *again)


async def cut_off(story: Incident, lines: tuple[Line, Line], how: Cut) -> None:
    """Cut two gates off from the authority and from Redis; one refuses everybody, one tells its age."""
    _, _, cut_open, cut_closed = story.gates
    for line in lines:
        line.cut(how)
    await asyncio.sleep(CLOSED.silent_after + 0.2)
    alive = story.alive()
    await story.revoke(alive)
    assert await story.verdict(cut_closed, alive) == (503, "view_stale")
    assert (await story.verdict(cut_open, alive))[0] == 200
    assert (await story.status(cut_open))["age"] > OPEN.silent_after
    assert (await story.status(cut_open))["enforcement"]["silence"] == "fail-open"
    await asyncio.sleep(max(0.0, FAULT - CLOSED.silent_after - 0.2))
    for line in lines:
        line.mend()


async def all_agree(story: Incident) -> None:
    """Return once every gate's view is as new as the newest revocation."""
    newest = story.version
    feed, seq = newest.rsplit(".", 1)
    async with asyncio.timeout(15):
        for one in story.gates:
            while True:
                version = str((await story.status(one))["version"])
                if version.startswith(f"{feed}.") and int(version.rsplit(".", 1)[1]) >= int(seq):
                    break
                await asyncio.sleep(0.02)


async def verdicts_are_the_same(story: Incident) -> None:
    """Every gate refuses every revoked token and admits the others, with one version."""
    await story.revoke(story.alive())  # The newest there is: the one before may have gone unacknowledged.
    await all_agree(story)
    assert {(await story.status(one))["version"] for one in story.gates} == {story.version}
    for one in story.gates:
        for jti in [*story.revoked_at, *sorted(story.tokens.keys() - set(story.doomed))[:20]]:
            expected = (401, "token_revoked") if jti in story.revoked_at else (200, "")
            assert await story.verdict(one, jti) == expected, f"{one.name} on {jti}"


def admitted_late(
    one: RunningGate, story: Incident, but_for: list[tuple[float, float]] | None = None
) -> list[float]:
    """By how many seconds requests that a gate admitted came after the acknowledgement, where beyond its bound."""
    bound = CLOSED.bound_in_silence(LIFETIME)
    late = []
    for passage in one.passages():
        acknowledged = story.revoked_at.get(passage.jti or "")
        if acknowledged is None or passage.code is not None or passage.status == 0:
            continue
        excused = any(begun <= passage.started <= ended for begun, ended in but_for or [])
        if passage.started - acknowledged > bound and not excused:
            late.append(passage.started - acknowledged)
    return late


def tell(story: Incident) -> None:
    """Print what was put to the test."""
    print(f"\n{story.answered} requests answered, {story.skipped} not sent, {len(story.revoked_at)} revocations")
    for one in story.gates:
        passages = one.passages()
        after = [
            passage.started - story.revoked_at[passage.jti]
            for passage in passages
            if passage.jti in story.revoked_at and passage.code is None and passage.status
            and passage.started > story.revoked_at[passage.jti]
        ]  # fmt: skip
        stale = sum(passage.code == "view_stale" for passage in passages)
        print(
            f"{one.name}: {len(passages)} requests, {stale} refused as stale, {len(after)} admitted after the "
            f"acknowledgement, the last {max(after, default=0.0) * 1e3:.1f} ms after"
        )


@asynccontextmanager
async def under_load(story: Incident) -> AsyncIterator[None]:
    """Requests and revocations for the length of a block."""
    begun, answered = time.perf_counter(), story.answered
    work = [asyncio.create_task(story.knock(RATE)), asyncio.create_task(story.revoke_again_and_again(REVOKE_EVERY))]
    try:
        yield
        rate = (story.answered - answered) / (time.perf_counter() - begun)
        assert rate > RATE / 2, f"only {rate:.0f} requests a second were answered"
    finally:
        for one in work:
            if one.done() and not one.cancelled():
                one.result()
            one.cancel()
        await asyncio.gather(*work, return_exceptions=True)


@asynccontextmanager
async def scene(folder: Path, feed: Redis) -> AsyncIterator[tuple[Incident, Line, Line]]:
    """The authority, two gates close to it, and two behind lines that can be cut; one of these fails open."""
    server = await asyncio.to_thread(start, folder / "range", "api", *api_options(folder, feed))
    port = urlsplit(server.credentials["api_url"]).port or 0
    lines = line_to(port), line_to(feed.port)
    with ExitStack() as stack:
        async with lines[0] as line_to_authority, lines[1] as line_to_redis, incident(server) as story:
            stack.callback(lambda: ended(story.server))
            near = {"authority": port, "redis": feed.port, "upstream": port}
            far = {"authority": line_to_authority.port, "redis": line_to_redis.port, "upstream": port}
            for name, declared, ports in (
                ("near-1", CLOSED, near), ("near-2", CLOSED, near), ("far-open", OPEN, far), ("far-closed", CLOSED, far)
            ):
                starting = gate(name, folder, declared, **ports)
                story.gates.append(await asyncio.to_thread(stack.enter_context, starting))
            await story.issue(int(60 + (5 * FAULT + 40) / REVOKE_EVERY))
            yield story, line_to_authority, line_to_redis


def api_options(folder: Path, feed: Redis) -> list[str]:
    """How the authority is started."""
    enforcement = "push,pulse=0.2,silent_after=1.0,skew=0.3"
    return [
        "--policy", str(folder / "policy.yaml"), "--enforcement", enforcement, "--redis", feed.url,
        "--gate-key-file", str(folder / "gate-key"),
    ]  # fmt: skip


def ended(server: RunningRange) -> None:
    """Kill a server and close its pipe."""
    server.kill()
    if server.process.stdout is not None:
        server.process.stdout.close()
