"""The figures as a page: three tables in plain words, and the machine they were measured on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .measuring import Costs

HELD = (
    "Enforcement", "Live tokens", "Authority: bytes per live token", "per revoked token",
    "Gate: bytes per live token", "per revoked token", "Check at the gate, ns", "Messages per check",
    "Messages per revocation and gate", "Bytes per revocation and gate",
)
MASS = ("What is revoked", "Enforcement")
STOPPED = "Tokens stopped at the largest"
RECOVERY = (
    "Live tokens", "Events in the journal", "Authority back after, s", "Snapshot, bytes", "Snapshot made in, ms",
    "Gate ready after, ms",
)
NOTES = """\
How to read it. One process, no network: a message's travel, and a server's parsing of it, come on top.

* *Authority, bytes per live token*: what each token in the books takes, all indexes included. *Per revoked token*:
  what each revocation of a single token adds; a cutoff (tester, cohort, all, issued before) takes as much once.
* *Gate, bytes per live token*: after every live token was judged once. *Per revoked token*: after the gate has
  learnt of a tenth of the tokens (at most 100 000), revoked one by one. The lists of `status-list` have as many places
  for live as for revoked tokens, so all of it stands in the first of the two.
* *Check at the gate*: the view's verdict on a token whose signature has been read. For `introspection` the authority's
  work on the question is in it, and what it remembers is bounded. *Check* of `in-process` is the authority's own.
* *Messages per check*: a question and its answer are two. *Per revocation and gate*: from the revocation of one token
  until the gate's view is up to date, the next fetch included where there is one; a fetch may serve any number of
  revocations. Bytes are those of bodies. With `key-rotation` every holder of a token also buys a new one.
* *Acknowledged after*: the responder's call as a whole, blast radius and outputs included, after a dry run of the same;
  medians where there were several. Writing it to disk comes on top. *Issued before, at once*: a second cutoff right
  after the first, which has to do what the first left for later; *later*: once that was done, a little every 10 ms.
* *Authority back after*: an SQLite journal read, checked, decoded and replayed. *Gate ready after*: a push gate, from a
  snapshot with all revoked tokens in it.
"""


def page(costs: Costs) -> str:
    """The whole page in Markdown."""
    machine = costs.machine
    packages = ", ".join(f"{name} {number}" for name, number in machine.packages.items())
    on = (
        f"Measured with `leaklab bench cost` on {machine.cpu}, {machine.cores} cores, {machine.memory:g} GB, "
        f"{machine.system}, {machine.python}; {packages}."
    )
    return "\n".join([
        "# What revocation costs", "", f"{on} Compare rows with each other: on another machine all of them differ.", "",
        "## Memory, work and messages", "", *_markdown(HELD, held(costs)), "",
        "## Mass revocation: acknowledged after", "", *_markdown(mass_headings(costs), mass(costs)), "",
        "## Recovery after a restart", "", *_markdown(RECOVERY, recovery(costs)), "", NOTES,
    ])


def held(costs: Costs) -> list[list[str]]:
    """A row per enforcement and size, under `HELD`."""
    rows = []
    plain = {each.tokens: each for each in costs.authority if not each.lists}
    listed = {each.tokens: each for each in costs.authority if each.lists}
    for gate in costs.gates:
        at = (listed if gate.enforcement == "status-list" else plain)[gate.tokens]
        rows.append([
            gate.enforcement, f"{gate.tokens:,}", f"{at.bytes_per_live:.0f}", f"{at.bytes_per_revoked:.0f}",
            f"{gate.bytes_per_live:.1f}", f"{gate.bytes_per_revoked:.1f}", f"{gate.check_ns:.0f}",
            f"{gate.messages_per_check:.1f}", f"{gate.messages:,}", f"{gate.wire_bytes:,}",
        ])
    rows += [
        ["in-process", f"{at.tokens:,}", f"{at.bytes_per_live:.0f}", f"{at.bytes_per_revoked:.0f}", "–", "–",
         f"{at.check_ns:.0f}", "0.0", "0", "0"]
        for at in plain.values()
    ]
    order = list(dict.fromkeys(gate.enforcement for gate in costs.gates))
    return sorted(rows, key=lambda row: [*order, "in-process"].index(row[0]))


def mass_headings(costs: Costs) -> list[str]:
    """The headings over `mass`: a column per size, then the largest to the smallest."""
    sizes = dict.fromkeys(each.tokens for each in costs.mass)
    return [*MASS, *(f"of {size:,} tokens, µs" for size in sizes), "largest / smallest", STOPPED]


def mass(costs: Costs) -> list[list[str]]:
    """A row per scope and enforcement, under `mass_headings`."""
    rows = []
    for scope in dict.fromkeys(each.scope for each in costs.mass):
        for name in dict.fromkeys(each.enforcement for each in costs.mass):
            of_row = [each for each in costs.mass if (each.scope, each.enforcement) == (scope, name)]
            ratio = of_row[-1].microseconds / of_row[0].microseconds
            times = (f"{each.microseconds:,.0f}" for each in of_row)
            rows.append([scope, name, *times, f"{ratio:.1f}", f"{of_row[-1].stopped:,}"])
    return rows


def recovery(costs: Costs) -> list[list[str]]:
    """A row per size, under `RECOVERY`."""
    return [
        [
            f"{each.tokens:,}", f"{each.events:,}", f"{each.seconds:.2f}", f"{each.snapshot_bytes:,}",
            f"{each.snapshot_made * 1e3:.1f}", f"{each.snapshot_loaded * 1e3:.1f}",
        ]
        for each in costs.recovery
    ]


def _markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    ruler = [":--" if heading in {"Enforcement", "What is revoked"} else "--:" for heading in headings]
    return [f"| {' | '.join(cells)} |" for cells in (headings, ruler, *rows)]
