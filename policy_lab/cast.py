"""Casting: who plays in a scenario, and with which luck. Nobody shares a stream with another role."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from frontend_proxy.core.settings import DeskSettings
from mock_api.core.policy import Policy

from .actors.client import Client
from .actors.finder import Finder, draw_finders, finder, scanner
from .actors.journalist import journalist
from .actors.leaker import Leak, change_concurrency, publish_front_end
from .actors.mirror_maker import mirror_makers
from .actors.responder import Duty, responder
from .actors.reviewer import Office, reviewer
from .actors.tester import Day, tester
from .actors.visitor import Crowd, CrowdStreams
from .agenda import Agenda, Process
from .key_holder import KeyHolder
from .parts import AccessLeak, SecretLeak
from .ports import Tell
from .scenario import Scenario
from .spread import visits
from .streams import Streams
from .truth import Phase, StrangerOrigin
from .venue import Page, Venue

FRONT_END_ORIGIN = "203.0.113.10 frontend-proxy"
GIST = "https://gists.invalid/7f3a"


class Scene(NamedTuple):
    """Everything a cast is made with; `tell` takes what really happens."""

    scenario: Scenario
    policy: Policy
    agenda: Agenda
    streams: Streams
    venue: Venue
    tell: Tell


class Player(NamedTuple):
    """A tester of the programme: whom they belong to, the client they use, and their key."""

    cohort: str
    client: Client
    tester_key: str


def tester_origin(number: int) -> str:
    """What the gate sees of tester `number`: an address of the benchmark range (RFC 2544), and a client."""
    return f"198.18.{number // 250}.{number % 250 + 1} videos-sdk"


def stranger_origin(number: int) -> str:
    """What the gate sees of finder `number` of a posted secret: a documentation address (RFC 5737)."""
    return f"203.0.113.{number % 200 + 20} script-{number}"


def cast(scene: Scene) -> None:
    """Invite the programme, let its testers in, and start everybody on the agenda."""
    scene.tell(Phase(scene.agenda.clock.now(), "quiet"))
    players = _invite(scene)
    _cast_testers(scene, players)
    _cast_reviewers(scene)
    newest_clip: Callable[[], bytes | None] = _no_clip
    leak = scene.scenario.leak
    if leak is not None:
        leaker = _leaker(scene, players)
        if isinstance(leak, AccessLeak):
            newest_clip = _cast_access_leak(scene, leak, leaker).newest_clip
        else:
            _cast_secret_leak(scene, leak, leaker)
    _cast_responder(scene, newest_clip)


def _invite(scene: Scene) -> list[Player]:
    """Invite every cohort; each tester has used their key before the story begins."""
    venue, players = scene.venue, list[Player]()
    for cohort, count in scene.scenario.cohorts.items():
        for invited in venue.invite(count, cohort):
            origin = tester_origin(len(players))
            client = Client(venue.tokens, venue.videos, origin, _key(scene, origin))
            client.hold_key(invited.tester_id, invited.tester_key)
            client.buy_token()
            players.append(Player(cohort, client, invited.tester_key))
    return players


def _leaker(scene: Scene, players: list[Player]) -> Player:
    cohort = scene.scenario.leaker_cohort or next(iter(scene.scenario.cohorts))
    return scene.streams.stream("leaker").choice([each for each in players if each.cohort == cohort])


def _cast_testers(scene: Scene, players: list[Player]) -> None:
    habits = scene.scenario.testers
    day = Day(scene.agenda.clock, scene.scenario.opens_hour, habits.diurnal_swing)
    for number, player in enumerate(players):
        luck = scene.streams.stream(f"tester/{number}")
        scene.agenda.start(tester(player.client, habits, day, luck))


def _cast_reviewers(scene: Scene) -> None:
    habits, venue = scene.scenario.reviewers, scene.venue
    day = Day(scene.agenda.clock, scene.scenario.opens_hour)
    office = Office(venue.approvals, venue.incidents, day)
    for number in range(1, habits.count + 1):
        luck = scene.streams.stream(f"reviewer/{number}")
        process = reviewer(f"reviewer {number}", office, habits, luck)
        scene.agenda.start(process, luck.random() * habits.look_again)


def _cast_responder(scene: Scene, newest_clip: Callable[[], bytes | None]) -> None:
    duty = Duty(
        scene.venue.incidents, scene.policy.playbook, scene.scenario.responder, scene.venue.alerts_raised,
        newest_clip, scene.agenda.clock, scene.tell,
    )
    scene.agenda.start(responder(duty, scene.agenda, scene.streams.stream("responder")))


def _cast_access_leak(scene: Scene, plan: AccessLeak, leaker: Player) -> Page:
    spec = plan.front_end
    settings = DeskSettings(
        concurrency=spec.concurrency, queue_limit=spec.queue_limit, poll_interval=spec.poll_interval,
        timeout=spec.timeout, health_interval=spec.health_interval,
    )
    page = scene.venue.open_front_end(settings, FRONT_END_ORIGIN)
    leak = Leak(leaker.client, leaker.tester_key, plan.what, "front_end")
    scene.agenda.start(_open_front_end(scene, plan, leak, page), plan.after)
    return page


def _open_front_end(scene: Scene, plan: AccessLeak, leak: Leak, page: Page) -> Process:
    """At the instant of the leak, start everybody who has to do with the front end."""
    agenda, scenario, luck = scene.agenda, scene.scenario, scene.streams.stream
    clock, tell = agenda.clock, scene.tell
    tell(StrangerOrigin(clock.now(), FRONT_END_ORIGIN))
    agenda.start(publish_front_end(leak, page, plan.renewal, luck("leaker/renewal"), tell, clock))
    agenda.start(change_concurrency(page, plan.front_end.changes))
    roles = CrowdStreams(luck("crowd/deciding"), luck("crowd/wishing"), luck("crowd/sharing"))
    crowd = Crowd(page, agenda, plan.audience, roles)
    times = visits(plan.audience, luck("crowd/coming"), scenario.horizon - plan.after)
    agenda.start(crowd.come(times))
    agenda.start(mirror_makers(page, page, plan.mirrors, agenda, luck("mirror-makers")))
    if scenario.journalist is not None:
        reports = scene.venue.incidents
        agenda.start(journalist(page, reports, scenario.journalist, luck("journalist"), tell, clock))
    yield from ()


def _cast_secret_leak(scene: Scene, plan: SecretLeak, leaker: Player) -> None:
    finders = draw_finders(plan.finders, scene.streams.stream("finders"))
    leak = Leak(leaker.client, leaker.tester_key, plan.what, plan.channel)
    scene.agenda.start(_post_secret(scene, plan, leak, finders), plan.after)


def _post_secret(scene: Scene, plan: SecretLeak, leak: Leak, finders: list[Finder]) -> Process:
    """At the instant of the leak, post the secret; the scanner and the finders come to it."""
    agenda, venue, luck = scene.agenda, scene.venue, scene.streams.stream
    scene.tell(Phase(agenda.clock.now(), "leaked"))
    secret = leak.post(agenda.clock, scene.tell)
    agenda.start(scanner(plan.scanner, secret, venue.incidents, GIST, luck("scanner")))
    for number, found in enumerate(finders):
        origin = stranger_origin(number)
        client = Client(venue.tokens, venue.videos, origin, _key(scene, origin))
        if plan.what == "tester_key":
            client.hold_key(leak.client.tester_id, secret)
        else:
            client.hold_token(secret)
        process = finder(client, found.kind, plan.finders, luck(f"finder/{number}"), agenda.clock, scene.tell)
        agenda.start(process, found.after)
    yield from ()


def _key(scene: Scene, origin: str) -> KeyHolder | None:
    """Anybody can make a key, where the policy binds tokens; what binds is whose key bought the token."""
    return KeyHolder(origin, scene.agenda.clock) if scene.policy.dpop is not None else None


def _no_clip() -> bytes | None:
    return None
