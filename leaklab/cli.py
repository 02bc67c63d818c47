"""The command line: one file per verb in `commands/`; here they are gathered, and problems become sentences."""

from __future__ import annotations

import errno
import sys

import typer
from rich.console import Console

from policy_lab.files import FileProblem

from .commands import approvals, demo, docs, doctor, policies, report, run, scenarios, serve, show, testers, tokens
from .problems import EXIT_CODES, Problem
from .vault import VaultUnreadable

app = typer.Typer(
    name="leaklab",
    help="A laboratory for leaked API credentials: how their use spreads, what shuts it down, how fast, at what cost.",
    epilog="Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()) + ".",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("scenarios")(scenarios.scenarios)
app.command("policies")(policies.policies)
app.command("show")(show.show)
app.command("report")(report.report)
app.add_typer(serve.app, name="serve")
app.add_typer(testers.app, name="testers")
app.add_typer(tokens.app, name="tokens")
app.add_typer(approvals.app, name="approvals")
app.command("doctor")(doctor.doctor)
app.command("docs", hidden=True)(docs.docs)


def main() -> None:
    """Run the command line and turn every expected problem into one sentence and an exit code."""
    try:
        app()
    except Problem as problem:
        _end(str(problem), problem.exit_code)
    except FileProblem as problem:
        _end(str(problem), 3)
    except VaultUnreadable as problem:
        _end(str(problem), 3)
    except KeyboardInterrupt:
        _end("Interrupted.", 130)
    except OSError as problem:
        _end(_os_sentence(problem), 4)


def _end(sentence: str, exit_code: int) -> None:
    Console(stderr=True, highlight=False).print(f"leaklab: {sentence}", style="bold red", markup=False)
    sys.exit(exit_code)


def _os_sentence(problem: OSError) -> str:
    where = problem.filename or "this machine"
    match problem.errno:
        case errno.ENOSPC:
            return f"The disk is full ({where}). Free some space, or choose another folder with --out or --data."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"{where} cannot be written. Choose a folder of your own with --out or --data."
        case errno.EADDRINUSE:
            return f"The port is taken ({problem.strerror}). Choose another with --port-api or --port-proxy."
        case _:
            return f"{where}: {problem.strerror or problem}."
