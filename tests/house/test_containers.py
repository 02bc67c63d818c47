"""The image and its services: nothing runs as root, nothing is open, and what is secret passes through volumes."""

from __future__ import annotations

import re
import shlex
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
WITH_POSTGRES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.postgres.yml").read_text(encoding="utf-8"))


GATES = {"redis", "gate-1", "gate-2"}
OURS = SERVICES.keys() - {"redis"}


def test_the_file_suits_both_composes_and_has_its_services() -> None:
    assert "version" not in COMPOSE
    assert {key for key in COMPOSE if not key.startswith("x-")} == {"services", "volumes"}
    assert SERVICES.keys() == {"api", "proxy", "load"} | GATES
    profiles = {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service}
    assert profiles == {"load": ["load"], **{name: ["gates"] for name in GATES}}


def test_one_service_builds_the_image_and_no_other_asks_a_registry_for_it() -> None:
    assert {SERVICES[name]["image"] for name in OURS} == {"leaklab:local"}
    assert [name for name, service in SERVICES.items() if "build" in service] == ["api"]
    assert {SERVICES[name]["pull_policy"] for name in OURS - {"api"}} == {"never"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_shut_in(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert not {"privileged", "cap_add", "network_mode", "pid"} & service.keys()
    assert service.get("user") == ("redis" if name == "redis" else None)  # Our image says itself whom it runs as.


def test_the_credential_passes_through_a_volume_that_the_front_end_cannot_write() -> None:
    leak = SERVICES["api"]["environment"]["LEAKLAB_LEAK_FILE"]
    assert SERVICES["proxy"]["environment"]["LEAKLAB_CREDENTIAL_FILE"] == leak
    assert "leak:/leak" in SERVICES["api"]["volumes"]
    assert SERVICES["proxy"]["volumes"] == ["leak:/leak:ro"]
    assert SERVICES["load"]["volumes"] == ["data:/data:ro"]


@pytest.mark.parametrize("name", ["gate-1", "gate-2"])
def test_the_gate_key_passes_through_a_volume_that_gates_cannot_write(name: str) -> None:
    service = SERVICES[name]
    key = SERVICES["api"]["environment"]["LEAKLAB_GATE_KEY_FILE"]
    assert service["environment"]["LEAKLAB_GATE_KEY_FILE"] == key
    assert "gate:/gate" in SERVICES["api"]["volumes"]
    assert service["volumes"] == ["gate:/gate:ro"]
    assert service["environment"]["LEAKLAB_GATE_NAME"] == name
    assert not any("llg_" in str(value) for value in service["environment"].values())


def test_gates_and_the_api_mean_the_same_redis_which_keeps_nothing_and_is_open_to_nobody_else() -> None:
    redis = SERVICES["redis"]
    assert redis["image"] == "redis:7-alpine"
    assert "ports" not in redis
    assert redis["command"][1:] == ["--save", "", "--appendonly", "no"]
    assert {SERVICES[name]["environment"]["LEAKLAB_REDIS"] for name in ("api", "gate-1", "gate-2")} == {
        "redis://redis:6379"
    }
    assert SERVICES["api"]["environment"]["LEAKLAB_ENFORCEMENT"] == "push"


def test_each_service_waits_until_the_one_before_is_healthy() -> None:
    assert SERVICES["proxy"]["depends_on"] == {"api": {"condition": "service_healthy"}}
    assert SERVICES["load"]["depends_on"] == {"proxy": {"condition": "service_healthy"}}
    healthy = {"condition": "service_healthy"}
    assert all(SERVICES[name]["depends_on"] == {"api": healthy, "redis": healthy} for name in ("gate-1", "gate-2"))
    assert all("healthcheck" in SERVICES[name] for name in SERVICES.keys() - {"load"})


def test_the_image_runs_as_nobody_in_particular() -> None:
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["leaklab"]
    assert "--require-hashes" in DOCKERFILE


def test_whatever_the_image_copies_gets_past_dockerignore() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [line[1:] for line in lines if line.startswith("!")]
    assert "*" in lines
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        for source in shlex.split(line)[:-1]:
            assert (ROOT / source).exists()
            assert any(fnmatch(source, pattern) for pattern in kept), f"{source} is not let through"


def test_everything_let_through_is_copied() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in (line[1:] for line in lines if line.startswith("!")):
        assert re.search(rf"^COPY .*\b{re.escape(name)}\b", DOCKERFILE, re.MULTILINE), f"{name} is not copied"


def test_the_database_is_shut_in_publishes_no_port_and_is_waited_for() -> None:
    database = WITH_POSTGRES["services"]["postgres"]
    assert (database["read_only"], database["cap_drop"], database["user"]) == (True, ["ALL"], "postgres")
    assert database["security_opt"] == ["no-new-privileges:true"]
    assert not {"ports", "privileged", "cap_add", "network_mode", "pid"} & database.keys()
    assert WITH_POSTGRES["services"]["api"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
