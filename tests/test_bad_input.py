"""Every file of tests/bad through the real command line: the exact message, exit code 2, and nothing written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from planner.cli import BAD_INPUT, OK, main

BAD = Path(__file__).parent / "bad"


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of the command line, run here; anything but an exit is a traceback and fails the test."""
    monkeypatch.setattr(sys, "argv", ["planner", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def cases(folder: str) -> list[str]:
    """Names in one folder, each of which has its message beside it."""
    found = sorted(path.name for path in (BAD / folder).iterdir() if path.suffix != ".expected")
    messages = sorted(path.stem for path in (BAD / folder).glob("*.expected"))
    assert messages == found
    return found


CASES = [(folder, name) for folder in ("requests", "catalogs", "prices") for name in cases(folder)]
ARGUMENTS = {
    "requests": lambda name: [name],
    "catalogs": lambda name: ["../good.yaml", "--catalog", name],
    "prices": lambda name: ["../good.yaml", "--prices", name],
}


@pytest.mark.parametrize(("folder", "name"), CASES, ids=lambda part: part)
def test_message_is_exact_and_nothing_is_written(
    folder: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(BAD / folder)
    out = tmp_path / "out"
    code = run(["plan", *ARGUMENTS[folder](name), "-o", str(out)], monkeypatch)
    printed = capsys.readouterr()
    assert printed.err == (BAD / folder / f"{name}.expected").read_text(encoding="utf-8")
    assert (code, printed.out, out.exists()) == (BAD_INPUT, "", False)


def test_the_good_request_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each broken request is one edit away from it."""
    monkeypatch.chdir(BAD)
    assert run(["check", "good.yaml"], monkeypatch) == OK


def refused(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """The message of a refused command line, run in an empty folder that stays as it was."""
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert run(words, monkeypatch) == BAD_INPUT
    assert sorted(tmp_path.rglob("*")) == before
    return capsys.readouterr().err


def test_a_directory_for_a_request(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "site.yaml").mkdir()
    message = refused(["plan", "site.yaml"], tmp_path, monkeypatch, capsys)
    assert message == "site.yaml: found a directory, expected a request file; name the file inside it\n"


def test_a_file_that_is_not_there(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "request.yaml").write_text("x")
    message = refused(["plan", "requests.yaml"], tmp_path, monkeypatch, capsys)
    assert message == "requests.yaml: found no such file, expected a request file; did you mean request.yaml?\n"


def test_a_huge_file(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(16 * 2**20 + 1)
    message = refused(["plan", "huge.yaml"], tmp_path, monkeypatch, capsys)
    expected = "huge.yaml: found 16,777,217 bytes, expected a request of at most 16,777,216 bytes; split the file\n"
    assert message == expected


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_without_end(opening, tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "deep.yaml").write_text(opening * 200_000)
    message = refused(["plan", "deep.yaml"], tmp_path, monkeypatch, capsys)
    assert message.startswith("deep.yaml:1:")
    assert "Traceback" not in message


def test_more_values_than_any_document_has(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("planner.yaml_reader.MAX_NODES", 1000)
    (tmp_path / "wide.yaml").write_text("[" + "0," * 2000 + "0]")
    message = refused(["plan", "wide.yaml"], tmp_path, monkeypatch, capsys)
    assert message == "wide.yaml:1:2000: [999]: found more than 1,000 values, expected a smaller document\n"


def test_a_plan_file_that_is_no_plan(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "plan.json").write_text('{"schema": "plan/v1",\n "inputs": 3}\n')
    for command in (["verify", "plan.json"], ["report", "plan.json", "--html", "r.html"]):
        message = refused(command, tmp_path, monkeypatch, capsys)
        assert message.startswith('plan.json:1:1: found no "')
        assert len(message.splitlines()) == 21


def test_output_that_is_a_file(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "taken").write_text("mine")
    message = refused(["plan", str(BAD / "good.yaml"), "-o", "taken/plan"], tmp_path, monkeypatch, capsys)
    assert message == f"{tmp_path / 'taken'}: -o: found a file, expected a folder; name a folder\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_output_without_permission(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    message = refused(["plan", str(BAD / "good.yaml"), "-o", "locked/plan"], tmp_path, monkeypatch, capsys)
    assert message == f"{locked}: -o: found no permission to write, expected a folder that can be written\n"


def test_catalog_and_price_paths_that_are_wrong(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "file").write_text("x")
    good = str(BAD / "good.yaml")
    found = [
        refused(["plan", good, *words], tmp_path, monkeypatch, capsys)
        for words in (["--catalog", "nowhere"], ["--catalog", "file"], ["--prices", "nowhere.csv"], ["--prices", "."])
    ]
    assert found == [
        "nowhere: --catalog: found no such folder, expected a folder of catalog files\n",
        "file: --catalog: found no such folder, expected a folder of catalog files\n",
        "nowhere.csv: found no such file, expected a price book file\n",
        ".: found a directory, expected a price book file; name the file inside it\n",
    ]


def test_a_link_that_leaves_the_catalog(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "own" / "system").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("password: x")
    (tmp_path / "own" / "system" / "leak.yaml").symlink_to(tmp_path / "secret.yaml")
    message = refused(["plan", str(BAD / "good.yaml"), "--catalog", "own"], tmp_path, monkeypatch, capsys)
    expected = "own/system/leak.yaml: found a link that leaves the catalog, expected a file in the folder\n"
    assert message == expected
