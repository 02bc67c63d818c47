"""The files beside the page: their names, shapes and figures."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from policy_lab.ledger import Ledger
from policy_lab.report import write_report
from policy_lab.report.assembly import slugged
from policy_lab.runs import DesignPointResult, summary

FIGURES = ("epidemic", "spread", "queues", "approvals")


def test_one_design_point_gives_the_summary_that_others_build_on(quiet: DesignPointResult, quiet_report: Path) -> None:
    found = json.loads((quiet_report / "summary.json").read_text(encoding="utf-8"))
    assert {"scenario", "policy", "seed", "replications", "estimates"} <= set(found)
    assert found == json.loads(json.dumps(summary(quiet)))
    assert found["replications"][0]["replication"] == 0
    assert set(found["replications"][0]["ledger"]) == set(Ledger.__struct_fields__)


def test_several_design_points_stand_side_by_side_with_their_comparisons(report_of_three: Path) -> None:
    found = json.loads((report_of_three / "summary.json").read_text(encoding="utf-8"))
    first = found["policies"][0]
    assert {name: found[name] for name in first} == first  # Who reads the shape of one design point finds it here too.
    assert [point["policy"] for point in found["policies"]] == ["as-it-happened", "hold-outputs", "revoke-one"]
    collateral = [
        comparison
        for comparison in found["comparisons"]
        if (comparison["policy"], comparison["measure"]) == ("revoke-one", "testers_cut_off")
    ]
    assert collateral[0]["baseline"] == "as-it-happened"
    assert collateral[0]["difference"]["mean"] < 0
    assert collateral[0]["decides"]
    assert "lower under revoke-one" in collateral[0]["verdict"]
    stop = next(comparison for comparison in found["comparisons"] if comparison["measure"] == "time_to_stop")
    assert stop["verdict"].startswith("time to stop in seconds: ")


def test_the_table_of_runs_has_a_line_per_policy_and_replication(report_of_three: Path) -> None:
    with (report_of_three / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["policy"], row["replication"]) for row in rows][:4] == [
        ("as-it-happened", "0"),
        ("as-it-happened", "1"),
        ("as-it-happened", "2"),
        ("hold-outputs", "0"),
    ]
    assert set(Ledger.__struct_fields__) <= set(rows[0])


def test_the_events_of_the_first_run_stand_one_per_line(report_of_three: Path, three: list[DesignPointResult]) -> None:
    for name, result in zip(("events", "events-hold-outputs", "events-revoke-one"), three, strict=True):
        lines = (report_of_three / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(result.events)
        assert all({"type", "at"} <= set(json.loads(line)) for line in lines)


def test_every_figure_is_written_as_svg_png_and_data(report_of_three: Path) -> None:
    names = ["clocks", "comparison"] + [
        f"{figure}-{policy}" for policy in ("as-it-happened", "hold-outputs", "revoke-one") for figure in FIGURES
    ]
    folder = report_of_three / "figures"
    assert sorted(path.stem for path in folder.glob("*.svg")) == sorted(names)
    for name in names:
        root = ET.fromstring((folder / f"{name}.svg").read_text(encoding="utf-8"))
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert (folder / f"{name}.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        with (folder / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert list(csv.DictReader(file))


def test_figures_with_hostile_names_are_well_formed(make_result: Any, tmp_path: Path) -> None:
    results = [make_result('<a href="x">&\x02'), make_result("b", stop="revoke")]
    write_report(tmp_path, results, "x")
    for path in (tmp_path / "figures").glob("*.svg"):
        root = ET.fromstring(path.read_text(encoding="utf-8"))
        assert not [element for element in root.iter() if element.tag.endswith("}a")]


def test_no_file_holds_a_key_or_a_token(report_of_three: Path) -> None:
    secret = re.compile(rb"ll[ko]_[0-9A-Za-z]{20}|eyJ[0-9A-Za-z_-]{10}")
    assert [
        path.name for path in report_of_three.rglob("*") if path.is_file() and secret.search(path.read_bytes())
    ] == []


def test_policies_are_told_apart_by_plain_names() -> None:
    assert slugged(["only"]) == [""]
    assert slugged(["As It Happened!", "b"]) == ["-as-it-happened", "-b"]
    assert slugged(["same", "Same", "???"]) == ["-same-1", "-same-2", "-policy-3"]
