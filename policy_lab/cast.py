"""Casting: who plays in a scenario, and with which luck. Nobody shares a stream with another role."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from frontend_proxy.core.desk import Desk
from frontend_proxy.core.settings import DeskSettings
from mock_api.core.authority import Authority
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
from .frontend import FrontEndDriver
from .ids import CountingIds
from .parts import AccessLeak, SecretLeak
from .ports import Tell
from .scenario import Scenario
from .spread import visits
from .streams import Streams
from .truth import Phase, StrangerOrigin

FRONT_END_ORIGIN = "203.0.113.10 frontend-proxy"
GIST = "https://gists.invalid/7f3a"


class Scene(NamedTuple):
    """Everything actors are cast with. `log` takes the events of the front end, `tell` the truth."""

    scenario: Scenario
    policy: Policy
    agenda: Agenda
    streams: Streams
    ids: CountingIds
    authority: Authority
    log: Callable[[object], object]
    tell: Tell


class Player(NamedTuple):
    """A tester of the programme: the client they use, and their key."""

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
    players = invite(scene)
    _cast_testers(scene, list(players.values()))
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


def invite(scene: Scene) -> dict[str, Player]:
    """Invite every cohort; each tester has used their key before the story begins."""
    authority, players = scene.authority, dict[str, Player]()
    for cohort, count in scene.scenario.cohorts.items():
        for invited in authority.operator.invite_many(count, cohort, by="programme"):
            client = Client(authority.public, authority.tester, tester_origin(len(players)))
            client.hold_key(invited.tester_id, invited.tester_key)
            client.buy_token()
            players[invited.tester_id] = Player(client, invited.tester_key)
    return players


def _leaker(scene: Scene, players: dict[str, Player]) -> Player:
    cohort = scene.scenario.leaker_cohort or next(iter(scene.scenario.cohorts))
    members = [each for each in scene.authority.programme.testers.values() if each.cohort == cohort]
    return players[scene.streams.stream("leaker").choice(members).tester_id]


def _cast_testers(scene: Scene, players: list[Player]) -> None:
    habits = scene.scenario.testers
    day = Day(scene.agenda.clock, scene.scenario.opens_hour, habits.diurnal_swing)
    for number, player in enumerate(players):
        luck = scene.streams.stream(f"tester/{number}")
        scene.agenda.start(tester(player.client, habits, day, luck))


def _cast_reviewers(scene: Scene) -> None:
    habits, authority = scene.scenario.reviewers, scene.authority
    day = Day(scene.agenda.clock, scene.scenario.opens_hour)
    office = Office(authority.reviewer, authority.responder, day)
    for number in range(1, habits.count + 1):
        luck = scene.streams.stream(f"reviewer/{number}")
        process = reviewer(f"reviewer {number}", office, habits, luck)
        scene.agenda.start(process, luck.random() * habits.look_again)


def _cast_responder(scene: Scene, newest_clip: Callable[[], bytes | None]) -> None:
    authority = scene.authority
    cases = authority.playbook.cases
    duty = Duty(
        authority.responder, scene.policy.playbook, scene.scenario.responder, lambda: len(cases), newest_clip,
        scene.agenda.clock, scene.tell,
    )
    scene.agenda.start(responder(duty, scene.agenda, scene.streams.stream("responder")))


def _cast_access_leak(scene: Scene, plan: AccessLeak, leaker: Player) -> FrontEndDriver:
    agenda, authority = scene.agenda, scene.authority
    spec = plan.front_end
    settings = DeskSettings(
        concurrency=spec.concurrency, queue_limit=spec.queue_limit, poll_interval=spec.poll_interval,
        timeout=spec.timeout, health_interval=spec.health_interval,
    )
    desk = Desk(settings, agenda.clock, scene.ids, scene.log)
    driver = FrontEndDriver(desk, agenda, authority.public, authority.tester, FRONT_END_ORIGIN)
    leak = Leak(leaker.client, leaker.tester_key, plan.what, "front_end")
    agenda.start(_open_front_end(scene, plan, leak, driver), plan.after)
    return driver


def _open_front_end(scene: Scene, plan: AccessLeak, leak: Leak, driver: FrontEndDriver) -> Process:
    """At the instant of the leak, start everybody who has to do with the front end."""
    agenda, scenario, luck = scene.agenda, scene.scenario, scene.streams.stream
    clock, tell = agenda.clock, scene.tell
    tell(StrangerOrigin(clock.now(), driver.origin))
    agenda.start(publish_front_end(leak, driver, plan.renewal, luck("leaker/renewal"), tell, clock))
    agenda.start(change_concurrency(driver, plan.front_end.changes))
    roles = CrowdStreams(luck("crowd/deciding"), luck("crowd/wishing"), luck("crowd/sharing"))
    crowd = Crowd(driver, agenda, plan.audience, roles)
    times = visits(plan.audience, luck("crowd/coming"), scenario.horizon - plan.after)
    agenda.start(crowd.come(times))
    agenda.start(mirror_makers(driver, driver, plan.mirrors, agenda, luck("mirror-makers")))
    if scenario.journalist is not None:
        reports = scene.authority.responder
        agenda.start(journalist(driver, reports, scenario.journalist, luck("journalist"), tell, clock))
    yield from ()


def _cast_secret_leak(scene: Scene, plan: SecretLeak, leaker: Player) -> None:
    finders = draw_finders(plan.finders, scene.streams.stream("finders"))
    leak = Leak(leaker.client, leaker.tester_key, plan.what, plan.channel)
    scene.agenda.start(_post_secret(scene, plan, leak, finders), plan.after)


def _post_secret(scene: Scene, plan: SecretLeak, leak: Leak, finders: list[Finder]) -> Process:
    """At the instant of the leak, post the secret; the scanner and the finders come to it."""
    agenda, authority, luck = scene.agenda, scene.authority, scene.streams.stream
    scene.tell(Phase(agenda.clock.now(), "leaked"))
    secret = leak.post(agenda.clock, scene.tell)
    agenda.start(scanner(plan.scanner, secret, authority.responder, GIST, luck("scanner")))
    for number, found in enumerate(finders):
        client = Client(authority.public, authority.tester, stranger_origin(number))
        if plan.what == "tester_key":
            client.hold_key(leak.client.tester_id, secret)
        else:
            client.hold_token(secret)
        process = finder(client, found.kind, plan.finders, luck(f"finder/{number}"), agenda.clock, scene.tell)
        agenda.start(process, found.after)
    yield from ()


def _no_clip() -> bytes | None:
    return None
