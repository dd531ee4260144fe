"""`planner fabric` from the outside."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from planner.cli.fabric import command
from planner.errors import InputError


def run(*words: str) -> str:
    result = CliRunner().invoke(command, list(words), catch_exceptions=True)
    if isinstance(result.exception, InputError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_json_labels_switches_links_modules_and_cables() -> None:
    counts = json.loads(run("--design", "superpod-h100", "--systems", "127", "--json"))
    assert {entry["role"]: entry["count"] for entry in counts["switches"]}["storage-leaf"] == 12
    assert {(e["fabric"], e["where"]): e["count"] for e in counts["modules"]}["compute", "switch"] == 1536
    assert counts["sus"] == 4


def test_text_says_what_each_number_counts() -> None:
    text = run("--design", "basepod", "--systems", "8", "--compute-only")
    assert "links     compute isl                       400 Gb/s                32" in text
    assert "cables    compute isl                    nvidia-mcp4y10             16" in text


def test_generic_tree_and_list() -> None:
    counts = json.loads(
        run("--design", "fat-tree", "--switch", "nvidia-sn5600", "--oversubscription", "3:1", "--systems", "192",
            "--compute-only", "--json")
    )  # fmt: skip
    assert {entry["role"]: entry["count"] for entry in counts["switches"]} == {"compute-leaf": 16, "compute-spine": 4}
    assert "superpod-gb200           1 to 128" in run("--list")


@pytest.mark.parametrize(("words", "message"), [
    (("--design", "superpod-h10", "--systems", "8"), 'did you mean "superpod-h100"'),
    (("--design", "basepod", "--systems", "9"), "found 9 systems, expected 1 to 8 systems; era-2-8-9-400 takes 9"),
    (("--design", "fat-tree", "--switch", "nvidia-qm9700", "--oversubscription", "5:2", "--systems", "9"),
     "the nearest that divides is 3:1"),
    (("--design", "fat-tree", "--switch", "nvidia-qm97000", "--systems", "9"), 'did you mean "nvidia-qm9700"'),
])  # fmt: skip
def test_bad_input_says_what_would_work(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError) as error:
        run(*words)
    assert message in str(error.value)
