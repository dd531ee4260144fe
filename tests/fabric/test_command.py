"""`planner fabric` from the outside."""

from __future__ import annotations

import json
from fractions import Fraction

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
    (("--design", "fat-tree", "--switch", "nvidia-sn5600", "--systems", "5000"),
     "expected 1 to 1024 systems; fat-tree --tiers 3 takes 5000 systems"),
    (("--design", "fat-tree", "--switch", "nvidia-q3400-ra", "--speed", "400", "--systems", "9"),
     "breakout: found links at 400 Gb/s, expected a speed its ports make (800)"),
    (("--design", "fat-tree-xdr", "--system", "nvidia-dgx-b200", "--systems", "9"),
     "found 400 Gb/s ports of nvidia-dgx-b200, expected ports of 800 Gb/s"),
    (("--design", "fat-tree", "--switch", "nvidia-qm97000", "--systems", "9"), 'did you mean "nvidia-qm9700"'),
])  # fmt: skip
def test_bad_input_says_what_would_work(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError) as error:
        run(*words)
    assert message in str(error.value)


def test_a_partial_unit_is_shown_both_ways_with_the_price_between() -> None:
    text = run("--design", "superpod-h100", "--systems", "40", "--compute-only")
    assert "full-unit 24 switches" in text
    assert "right-size 20 switches" in text
    assert "saves: 128 cables nvidia-mfp7e10, 128 modules nvidia-mma4z00-ns, 4 switches nvidia-qm9700" in text
    assert "saving at book prices: USD" in text


def test_oversubscription_of_each_fabric_is_that_of_its_links() -> None:
    ratios = json.loads(run("--design", "superpod-h100", "--systems", "31", "--json"))["oversubscription"]
    counts = json.loads(run("--design", "superpod-h100", "--systems", "31", "--json"))
    up = sum(e["count"] * 400 for e in counts["links"] if (e["fabric"], e["tier"]) == ("compute", "leaf-spine"))
    down = 31 * 8 * 400 + 4 * 200  # eight links of each system, and the fabric manager's
    assert ratios["compute"] == f"{Fraction(down, up)}"
    assert "storage" in ratios


@pytest.mark.parametrize("words", [("--rails", "0"), ("--planes", "0")])
def test_no_rail_or_plane_is_a_usage_error(words: tuple[str, str]) -> None:
    words = ("--design", "fat-tree", "--switch", "nvidia-sn5600", "--systems", "9", *words)
    assert CliRunner().invoke(command, words).exit_code == 2


def test_scale_up_is_a_fact_of_the_system() -> None:
    text = run("--design", "superpod-gb200", "--systems", "8")
    assert "scale-up  nvidia-gb200-nvl72: domains of 72 accelerators at 1,800 GB/s each" in text
    assert "domains of 144 accelerators" in run("--design", "aws-efa-trn3-gen2", "--systems", "1")
