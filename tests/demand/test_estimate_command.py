from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from planner.cli.estimate import command
from planner.errors import Infeasible, InputError

TRAIN = ["training", "--model", "llama-3.1-8b", "--system", "nvidia-dgx-b200"]
SERVE = ["inference", "--model", "llama-3.1-70b", "--system", "nvidia-dgx-b200"]


def run(*words: str) -> str:
    return CliRunner().invoke(command, list(words), catch_exceptions=False, standalone_mode=False).output


def test_inference_prints_count_band_limit_layout_and_assumptions() -> None:
    text = run(*SERVE, "--requests", "30 /s")
    for part in ("accelerators of nvidia-dgx-b200", "band:", "limited by:", "layout:", "assumed:", "p25"):
        assert part in text


def test_json_is_the_need_itself() -> None:
    need = json.loads(run(*TRAIN, "--tokens", "100 B tokens", "--within", "30 days", "--json"))
    assert need["feasible"] and need["indivisible"]
    assert need["accelerators_p10"] <= need["accelerators"] <= need["accelerators_p90"]


def test_a_deadline_out_of_reach_ends_as_infeasible() -> None:
    with pytest.raises(Infeasible, match="no count finishes"):
        run(*TRAIN, "--tokens", "15 T tokens", "--within", "1 h")


ON = ["--system", "nvidia-dgx-b200"]
SMALL = ["--model", "llama-3.1-8b", *ON]


@pytest.mark.parametrize(
    "words",
    [
        ["fine-tuning", *SMALL, "--tokens", "1 B tokens", "--within", "1 day"],
        ["fine-tuning", *SMALL, "--tokens", "1 B tokens", "--within", "1 day", "--tuning", "preference"],
        [
            "fine-tuning", *SMALL, "--tokens", "1 B tokens", "--within", "1 day", "--method", "full", "--tuning",
            "reinforcement", "--prompt", "500", "--answer", "1000",
        ],
        ["batch", *SMALL, "--requests", "1000000", "--within", "2 days"],
        ["embedding", "--model", "bge-m3", *ON, "--tokens-per-second", "50000"],
        ["notebooks", *ON, "--users", "40", "--memory", "40 GB"],
    ],
)  # fmt: skip
def test_every_kind_of_workload_can_be_estimated(words: list[str]) -> None:
    text = run(*words)
    for part in ("accelerators of nvidia-dgx-b200", "band:", "limited by:", "assumed:"):
        assert part in text
    need = json.loads(run(*words, "--json"))
    assert need["feasible"] and need["accelerators"] >= need["accelerators_p10"] >= 1 and need["assumptions"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["batch", "--model", "llama-3.1-8b", *ON, "--requests", "9", "--within", "soon"], "--within"),
        (
            ["fine-tuning", *SMALL, "--tokens", "1 B tokens", "--within", "1 day", "--tuning", "reinforcement"],
            "--prompt and --answer",
        ),
        ([*SERVE, "--requests", "thirty"], "--requests: found"),
        ([*SERVE, "--requests", "30"], "--requests"),
        ([*SERVE, "--requests", "0 /s"], "more than nothing"),
        ([*SERVE, "--requests", "3 /s", "--prefix-hit", "100 %"], "below 100 %"),
        (["inference", "--model", "lama-3.1-70b", "--system", "nvidia-dgx-b200", "--requests", "3 /s"], "llama"),
        (
            ["inference", "--model", "llama-3.1-8b", "--system", "nvidia-dgx-b20", "--requests", "3 /s"],
            "nvidia-dgx-b200",
        ),
        (["inference", "--model", "none.json", "--system", "nvidia-dgx-b200", "--requests", "3 /s"], "no such file"),
    ],
)
def test_bad_words_are_refused_with_what_to_write(words: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(*words)
