"""The options of `leaklab serve`, each with its help and its variable of the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .names import enforcement_names, policy_names

RANGE_POLICY = Path(__file__).parents[1] / "range.yaml"
DEFAULT_DATA = Path("out/range")
LOOPBACK = "127.0.0.1"

DataFolder = Annotated[
    Path,
    typer.Option("--data", help="Folder of the range: journal, keys, credentials.", envvar="LEAKLAB_DATA"),
]
Host = Annotated[
    str, typer.Option(help="Address to listen on; loopback unless you say otherwise.", envvar="LEAKLAB_HOST")
]
PortApi = Annotated[
    int, typer.Option(help="Port of the API; 0: any free one.", envvar="LEAKLAB_PORT_API", min=0, max=65535)
]
PortProxy = Annotated[
    int,
    typer.Option(help="Port of the front end; 0: any free one.", envvar="LEAKLAB_PORT_PROXY", min=0, max=65535),
]
PolicyName = Annotated[
    str | None,
    typer.Option(
        "--policy",
        help="A policy's name or file, for a new range; default: one made for people.",
        envvar="LEAKLAB_POLICY",
        autocompletion=policy_names,
    ),
]
Speed = Annotated[
    float,
    typer.Option(help="How much faster than real time the clock runs.", envvar="LEAKLAB_SPEED", min=0.1, max=600),
]
TesterCount = Annotated[
    int, typer.Option("--testers", help="Testers of a new range.", envvar="LEAKLAB_TESTERS", min=1, max=10_000)
]
LeakFile = Annotated[
    Path | None,
    typer.Option(help="Also write the tester's access token here: the leak.", envvar="LEAKLAB_LEAK_FILE"),
]
Database = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Keep a new range's journal in PostgreSQL: postgresql+psycopg://USER@HOST/DATABASE. Default: a file in "
        "--data. A password belongs in LEAKLAB_DATABASE or PGPASSWORD: here the process list would show it.",
        envvar="LEAKLAB_DATABASE",
        show_default=False,
    ),
]
IssuerUrl = Annotated[
    str | None,
    typer.Option(
        "--issuer",
        help="The name on a new range's tokens, where clients can discover it, such as http://127.0.0.1:8000.",
        envvar="LEAKLAB_ISSUER",
    ),
]
Upstream = Annotated[
    str,
    typer.Option(help="The API's address; loopback, or a host allowed by name.", envvar="LEAKLAB_UPSTREAM"),
]
CredentialFile = Annotated[
    Path | None,
    typer.Option(help="A file that holds the leaked access token.", envvar="LEAKLAB_CREDENTIAL_FILE"),
]
SignalHosts = Annotated[
    str,
    typer.Option(
        help="Hosts besides loopback that signals may be pushed to, with commas between.",
        envvar="LEAKLAB_SIGNAL_HOSTS",
    ),
]
AllowedHosts = Annotated[
    str, typer.Option(help="Hosts besides loopback, with commas between.", envvar="LEAKLAB_ALLOWED_HOSTS")
]
EnforcementName = Annotated[
    str | None,
    typer.Option(
        "--enforcement",
        metavar="NAME[,KEY=VALUE…]",
        help="How gates in front learn of revocations, such as push or introspection,ttl=5; default: the policy's.",
        envvar="LEAKLAB_ENFORCEMENT",
        autocompletion=enforcement_names,
    ),
]
RedisUrl = Annotated[
    str | None,
    typer.Option(
        "--redis",
        metavar="URL",
        help="Redis for push, as redis://127.0.0.1:6379. A password belongs in LEAKLAB_REDIS: here the process list "
        "would show it.",
        envvar="LEAKLAB_REDIS",
    ),
]
RedisOrAuto = Annotated[
    str | None,
    typer.Option(
        "--redis",
        metavar="URL|auto",
        help="Redis for push; auto: start one for as long as the range runs. Without it gates follow server-sent "
        "events.",
        envvar="LEAKLAB_REDIS",
    ),
]
GateCount = Annotated[
    int, typer.Option("--gates", help="Gates in front, a process each.", envvar="LEAKLAB_GATES", min=0, max=64)
]
HistoryFolder = Annotated[
    Path | None,
    typer.Option("--history", help="Folder for each gate's history, NAME.ndjson.", envvar="LEAKLAB_HISTORY"),
]
KeyFileOut = Annotated[
    Path | None,
    typer.Option("--gate-key-file", help="Also write the gate key here.", envvar="LEAKLAB_GATE_KEY_FILE"),
]
WithParent = Annotated[bool, typer.Option("--with-parent", hidden=True, envvar="LEAKLAB_WITH_PARENT")]
