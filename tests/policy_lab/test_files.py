"""Files are refused in words that name the place and what would do."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_api.core.policy import NoticeDetector, Policy
from policy_lab.documents import LIMIT_BYTES, Document
from policy_lab.files import FileProblem, load, names, read
from policy_lab.scenario import Scenario
from policy_lab.schema import schema


def problem(tmp_path: Path, text: str | bytes, kind: type = Policy) -> FileProblem:
    path = tmp_path / "mine.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(FileProblem) as caught:
        read(kind, path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(("text", "line", "said"), [
    ("name: x\nfoo: 1", 2, "`foo` is not a field; there are name, summary,"),
    ("name: x\nsumary: y", 2, "did you mean `summary`?"),
    ("name: x\nquota:\n  renders_per_dy: 3", 3, "`renders_per_dy` is not a field of `quota`"),
    ("name: x\nquota:\n  renders_per_dy: 3", 3, "did you mean `renders_per_day`?"),
    ("summary: x", 1, "the file needs the field `name`: text."),
    ("name: 1", 1, "`name` must be text, found 1."),
    ("name: x\nquota: {renders_per_day: 0}", 2, "`quota.renders_per_day` must be a whole number,"),
    ("name: x\nquota: {renders_per_day: 1.5}", 2, "a whole number, at least 1, found 1.5."),
    ("name: x\n\ntoken_lifetime: 10m", 3, "`token_lifetime` must be a number, above 0"),
    ("name: x\ntoken_lifetime: .inf", 2, "found the text '.inf'"),
    ("name: x\ntoken_lifetime: " + "9" * 5000, 2, "must be a number, above 0"),
    ("name: x\napproval: {mode: hodl}", 2, "one of `contract`, `hold`, `none`, found the text 'hodl'"),
    ("name: x\nquota:", 2, "`quota` must be a group of fields, found nothing."),
    ("name: x\nquota: [1]", 2, "must be a group of fields, found a list."),
    ("name: x\ndetectors: {a: 1}", 2, "`detectors` must be a list, found a group of fields."),
    ("- name: x", 1, "the file must be a group of fields, found a list."),
    ("just words", 1, "the file must be a group of fields, found the text 'just words'."),
])
def test_a_wrong_field_is_named_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    found = problem(tmp_path, text)
    assert said in str(found)
    assert found.line == line


DETECTORS = "name: x\ndetectors:\n  - {kind: rate, name: a}\n  - "


@pytest.mark.parametrize(("text", "said"), [
    ("{kind: rat, name: b}", "`detectors[1].kind` must be one of `rate`, `cusum`, `concurrency`,"),
    ("{kind: rat, name: b}", "did you mean `rate`?"),
    ("{name: b}", "`detectors[1]` needs the field `kind`: one of `rate`, `cusum`, `concurrency`,"),
    ("{kind: notice, name: b}", "needs the field `source`: one of `leak_report`, `public`, `reviewer`."),
    ("{kind: rate, name: b, smothing: 1}", "there are kind, name, window, smoothing,"),
    ("{kind: rate, name: b, smoothing: 2}", "`detectors[1].smoothing` must be a number, at least 0.0001 and at most"),
    ("{kind: rate, name: a}", "detectors must have different names"),
])
def test_a_wrong_part_of_a_list_is_named_by_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert said in str(problem(tmp_path, DETECTORS + text))


def test_a_playbook_that_waits_for_a_detector_nobody_has_is_refused(tmp_path: Path) -> None:
    found = problem(tmp_path, "name: x\nplaybook:\n  - {when: siren, do: pause}")
    assert "`when: siren` names no detector" in str(found)


@pytest.mark.parametrize(("text", "said"), [
    ("", "the file is empty; a policy was expected."),
    ("# only words\n", "the file is empty"),
    ("a: b: c", "this is not YAML: mapping values are not allowed in this context."),
    ("a: 'b", "this is not YAML"),
    ("a: [1", "this is not YAML"),
    ("\ta: 1", "this is not YAML"),
    ("name: x\nname: y", "`name` stands here a second time, first in line 1."),
    ("name: x\nquota:\n  renders_per_day: 1\n  renders_per_day: 2", "a second time, first in line 3."),
    ("name: &x y\nsummary: *x", "anchors and aliases"),
    ("name: x\nquota: {<<: 1}", "`<<` is not a field of `quota`"),
    ("name: !!python/object/apply:os.getcwd []", "tags such as"),
    ("name: x\n---\nname: y", "there must be one document, a second one starts here."),
    ("? [a, b]\n: c", "the name of a field must be a plain word."),
    ("name: " + "[" * 100, "nested more than 40 deep."),
    ("name: " + "[" * 400_000, "nested more than 40 deep."),
    ("- " * 300_000, "nested more than 40 deep."),
    ("name: \x01", "this is not YAML: unacceptable character"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "this is not text in UTF-8."),
    (b"\x00" * 100, "this is not YAML"),
    (b"name: ok\nsummary: \xff", "line 2: this is not text in UTF-8."),
    (b"#" * (LIMIT_BYTES + 1), "the file is larger than 1 MB."),
])
def test_what_is_not_a_plain_yaml_document_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert said in str(problem(tmp_path, text))


def test_a_laughing_billion_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    layers = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert problem(tmp_path, "\n".join(["l0: &l0 lol", *layers])).line == 1


def test_words_that_older_yaml_took_for_something_else_are_words() -> None:
    words = "a: yes,b: 12:30,c: 2100-01-01,d: 1_000,e: 1e3,f: 010,g: .5,h: -3,i: ~,j: true,k: '1',l: 1."
    assert Document(words.replace(",", "\n"), "x").content == {
        "a": "yes", "b": "12:30", "c": "2100-01-01", "d": 1000, "e": 1000.0, "f": "010", "g": 0.5, "h": -3,
        "i": None, "j": True, "k": "1", "l": 1.0,
    }


@given(st.text())
@example("a: [")
@example("\n:\n")
@example("- - ? :")
def test_any_text_is_a_document_or_a_problem(text: str) -> None:
    with suppress(FileProblem):
        Document(text, "x")


@pytest.mark.parametrize("name", [".", "/dev/zero"])
def test_what_is_not_a_plain_file_is_not_opened(name: str) -> None:
    with pytest.raises(FileProblem, match=r"this is (a directory|not a plain file)"):
        load(Policy, name)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(FileProblem, match="not a plain file"):
        load(Policy, tmp_path / "pipe.yaml")


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: x")
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser reads everything
        assert read(Policy, path).name == "x"
        return
    with pytest.raises(FileProblem, match="cannot be read: Permission denied"):
        read(Policy, path)


@pytest.mark.parametrize(("given", "said"), [
    ("revoke-on", "revoke-on: no policy has that name; there are as-it-happened, "),
    ("revoke-on", "Did you mean `revoke-one`?"),
    ("", "'': no policy has that name"),
    ("nul\0byte", "no policy has that name"),
    ("somewhere/else.yaml", "somewhere/else.yaml: there is no such policy file."),
    ("mine.yaml", "mine.yaml: there is no such policy file."),
])
def test_an_unknown_name_lists_the_known_ones(given: str, said: str) -> None:
    with pytest.raises(FileProblem) as caught:
        load(Policy, given)
    assert said in str(caught.value)


def test_a_shipped_name_goes_before_a_file_that_lies_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "revoke-one").write_text("name: impostor")
    (tmp_path / "mine").write_text("name: mine")
    assert load(Policy, "revoke-one").name == "revoke-one"
    assert load(Policy, "mine").name == "mine"


def test_every_shipped_file_can_be_read() -> None:
    assert {load(Policy, name).name for name in names(Policy)} == set(names(Policy))
    assert {load(Scenario, name).name for name in names(Scenario)} == set(names(Scenario))


def test_a_file_becomes_the_struct_it_describes(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x\ndetectors:\n- kind: notice\n  name: news\n  source: public\n")
    assert read(Policy, path).detectors == (NoticeDetector(name="news", source="public"),)


@pytest.mark.parametrize("kind", [Policy, Scenario])
def test_the_schema_forbids_what_the_files_may_not_say(kind: type) -> None:
    made = schema(kind)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    groups = [part for part in made["$defs"].values() if part.get("type") == "object"]
    assert groups
    assert all(part.get("additionalProperties") is False for part in groups)
