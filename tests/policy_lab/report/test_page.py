"""The page: complete, on its own, safe, the same each time."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from policy_lab.report import ReportError, write_report
from policy_lab.runs import DesignPointResult, Failure, Replication

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>\x01 {{ 7*7 }}'


class Elements(HTMLParser):
    """Collects the elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]


def _page(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_page_has_every_section(report_of_three: Path) -> None:
    ids = Elements(_page(report_of_three)).ids
    assert [name for name in ids if name in ("brief", "clocks", "cost", "ledger", "method")] == [
        "brief",
        "clocks",
        "cost",
        "ledger",
        "method",
    ]
    for number in (1, 2, 3):
        for part in ("policy", "epidemic", "spread", "queues", "approvals", "watch"):
            assert f"{part}-{number}" in ids


def test_every_link_of_the_contents_leads_somewhere(report_of_three: Path) -> None:
    page = Elements(_page(report_of_three))
    anchors = [value[1:] for name, value in page.attributes if name == "href" and value.startswith("#")]
    assert anchors
    assert set(anchors) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_page_asks_for_nothing_from_outside(report_of_three: Path) -> None:
    page = Elements(_page(report_of_three))
    addresses = [value for name, value in page.attributes if name in ("href", "src", "xlink:href", "action", "srcset")]
    assert all(value.startswith(("#", "data:")) for value in addresses)
    assert not {"script", "link", "iframe", "img", "object", "embed", "base"} & set(page.tags)
    assert not re.search(r"@import|url\((?!#)", _page(report_of_three))


def test_the_page_names_what_replays_it(report_of_three: Path) -> None:
    text = _page(report_of_three)
    assert "leaklab demo" in text
    assert "leaklab run invented --policy hold-outputs --seed 1 --replications 3" in text


def test_every_figure_is_described_and_carries_its_data(report_of_three: Path) -> None:
    page = Elements(_page(report_of_three))
    assert page.tags.count("figure") == 2 + 3 * 4
    assert sum(name == "aria-label" and len(value) > 40 for name, value in page.attributes) == 2 + 3 * 4
    assert sum(value.startswith("data:text/csv;base64,") for name, value in page.attributes if name == "href") == 14


def test_the_page_stays_small(report_of_three: Path) -> None:
    assert (report_of_three / "report.html").stat().st_size < 1_500_000


def test_what_people_wrote_stays_text(make_result: Any, tmp_path: Path) -> None:
    result = make_result("as-it-happened", name=HOSTILE)
    page = Elements(_page(write_report(tmp_path, [result], HOSTILE).parent))
    assert not {"script", "img"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "49" not in [value for name, value in page.attributes if name == "aria-label"]


def test_hostile_names_of_policies_stay_text_and_leave_the_folder_alone(make_result: Any, tmp_path: Path) -> None:
    results = [make_result(HOSTILE), make_result("../../etc/passwd", stop="revoke")]
    folder = write_report(tmp_path / "deep" / "out", results, "leaklab run x").parent
    page = Elements(_page(folder))
    assert not {"script", "img"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]


def test_the_same_results_give_the_same_files_to_the_byte(
    three: list[DesignPointResult], report_of_three: Path, tmp_path: Path
) -> None:
    write_report(tmp_path, three, "leaklab demo")
    first = {path.relative_to(report_of_three): path for path in report_of_three.rglob("*") if path.is_file()}
    second = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    assert list(first) == list(second) or set(first) == set(second)
    assert [name for name in first if first[name].read_bytes() != second[name].read_bytes()] == []


def test_a_quiet_run_is_told_without_clocks(quiet_report: Path) -> None:
    text = _page(quiet_report)
    assert "Nothing leaked in 5 h; false alarms: 0; no innocent tester lost access." in text
    assert "the clocks did not start" in text
    assert "no stranger used a credential" in text
    assert "nobody acted" in text


@pytest.mark.parametrize("cut", [0, 1, 40, 400, 900])
def test_a_log_that_breaks_off_still_gives_a_page(make_result: Any, tmp_path: Path, cut: int) -> None:
    assert "In brief" in _page(write_report(tmp_path, [make_result("as-it-happened", cut=cut)], "x").parent)


def test_runs_that_failed_stand_on_the_page_with_their_replay_line(make_result: Any, tmp_path: Path) -> None:
    sound = make_result("as-it-happened", runs=2)
    broken = Replication(2, None, Failure("ValueError: out of luck", "Traceback", "leaklab run x --first 2"))
    result = DesignPointResult(sound.scenario, sound.policy, 1, [*sound.replications, broken], sound.events)
    text = _page(write_report(tmp_path, [result], "x").parent)
    assert "ValueError: out of luck" in text
    assert "leaklab run x --first 2" in text


def test_a_design_point_of_failures_alone_still_gives_a_page(make_result: Any, tmp_path: Path) -> None:
    sound = make_result("as-it-happened")
    broken = Replication(0, None, Failure("ValueError: out of luck", "Traceback", "leaklab run x"))
    result = DesignPointResult(sound.scenario, sound.policy, 1, [broken], [])
    text = _page(write_report(tmp_path, [result, sound], "x").parent)
    assert "the first replication left no events" in text


def test_nothing_to_report_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no run to report"):
        write_report(tmp_path, [], "x")


def test_a_missing_extra_is_named(quiet: DesignPointResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_lab.report.find_spec", lambda _name: None)
    with pytest.raises(ReportError, match=r"pip install 'leaklab\[report\]'"):
        write_report(tmp_path, [quiet], "x")
    assert list(tmp_path.iterdir()) == []
