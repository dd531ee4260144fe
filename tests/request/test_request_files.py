"""Files that a request names: model configurations and arrivals, read inside its folder and embedded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from planner import document
from planner.errors import InputError
from planner.request import Request, load_request, read_request
from planner.request.workload import Inference

GOOD = Path(__file__).parents[1] / "bad" / "good.yaml"
CONFIG = {
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
    "_name_or_path": "acme/Llama-3.1-8B",
}
GIVEN = ("    peak_requests: 5 /s\n    input_tokens: 800\n    output_tokens: 200\n", "    arrivals: calls.csv\n")
CALLS = "timestamp,input_tokens,output_tokens\n" + "".join(f"{60 * k},{100 + k},20\n" for k in range(100))


def write(folder: Path, *edits: tuple[str, str], config: Any = CONFIG, calls: str = CALLS) -> Path:
    """A request beside a model configuration and a trace."""
    text = GOOD.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "mine").mkdir(exist_ok=True)
    (folder / "mine" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "calls.csv").write_text(calls, encoding="utf-8")
    path = folder / "request.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def model_edit(path: str) -> tuple[str, str]:
    line = next(line for line in GOOD.read_text(encoding="utf-8").splitlines() if "    model:" in line)
    return line, f"    model: {path}"


def service(request: Request) -> Inference:
    return next(w for w in request.workloads if isinstance(w, Inference))


def message(path: Path) -> str:
    with pytest.raises(InputError) as error:
        load_request(path)
    return str(error.value)


def test_a_configuration_beside_the_request_becomes_a_model_of_it_under_an_id_of_its_own(tmp_path: Path) -> None:
    request, source = load_request(write(tmp_path, model_edit("./mine/config.json")))
    (model,) = request.models
    assert model.aliases == ("./mine/config.json",) == (service(request).model,)
    assert model.id == "own-llama-3.1-8b" and model.source == "./mine/config.json"
    assert model.width == 4096 and str(tmp_path) not in document.canonical_json(source.data)


def test_arrivals_give_the_rate_and_the_lengths(tmp_path: Path) -> None:
    burst = CALLS + "".join(f"{3000 + k / 10},400,80\n" for k in range(120))
    at_99 = service(load_request(write(tmp_path, GIVEN, calls=burst))[0])
    whole = service(load_request(write(tmp_path, (GIVEN[0], GIVEN[1] + "    percentile: 100 %\n"), calls=burst))[0])
    assert at_99.arrivals is not None and at_99.arrivals.requests == 220 and at_99.arrivals.longest_tokens == 480
    assert at_99.peak_requests < whole.peak_requests == pytest.approx(121 / 60, abs=1e-5)
    assert whole.input_tokens == -(-(sum(100 + k for k in range(100)) + 120 * 400) // 220)
    assert (at_99.percentile, whole.percentile) == (0.99, 1.0)


def test_what_was_read_stands_alone(tmp_path: Path) -> None:
    path = write(tmp_path, model_edit("./mine/config.json"), GIVEN)
    request, source = load_request(path)
    for name in ("calls.csv", "mine/config.json"):
        (tmp_path / name).unlink()
    assert read_request(source)[0] == request
    path.write_text(document.canonical_json(request.written()), encoding="utf-8")
    assert load_request(path)[0] == request


@pytest.mark.parametrize("name", ["../outside/config.json", "/etc/other.json", "./mine/../../outside/config.json"])
def test_a_path_does_not_leave_the_folder_of_the_request(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    assert f'workloads[0].model: found the path "{name}", which leaves it' in message(write(inside, model_edit(name)))


def test_a_link_does_not_leave_the_folder_of_the_request(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "calls.csv"
    inside.mkdir()
    path = write(inside, GIVEN)
    outside.write_text(CALLS, encoding="utf-8")
    (inside / "calls.csv").unlink()
    (inside / "calls.csv").symlink_to(outside)
    assert "which leaves it" in message(path)


def test_a_file_that_is_not_there_is_told_at_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, (GIVEN[0], "    arrivals: call.csv\n"))
    line = path.read_text(encoding="utf-8").splitlines().index("    arrivals: call.csv") + 1
    assert f'{path}:{line}:15: workloads[0].arrivals: found no file "call.csv"' in message(path)
    assert 'did you mean "calls.csv"?' in message(path)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ((GIVEN[0], GIVEN[0] + GIVEN[1]), 'found "peak_requests" and arrivals, expected one of them'),
        ((GIVEN[0], GIVEN[1] + "    percentile: 20 %\n"), "expected a percentile between 50 % and 100 %"),
        ((GIVEN[0], GIVEN[0] + "    percentile: 99 %\n"), "found a percentile without arrivals"),
        ((GIVEN[0], GIVEN[0] + "    arrivals: [1]\n"), "found a list"),
    ],
)
def test_arrivals_that_contradict_the_rest_are_refused(tmp_path: Path, edit: tuple[str, str], expected: str) -> None:
    assert expected in message(write(tmp_path, edit))


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ("timestamp,input_tokens\n1,2\n", "calls.csv:1:1: output_tokens"),
        (CALLS + "6000,many,20\n", 'calls.csv:102:2: input_tokens: found "many"'),
        ("timestamp,input_tokens,output_tokens\n0,1,1\n1e15,1,1\n", "expected at most 400; timestamps are in seconds"),
        ("", "found an empty file"),
    ],
)
def test_wrong_arrivals_are_told_at_their_own_line(tmp_path: Path, calls: str, expected: str) -> None:
    assert expected in message(write(tmp_path, GIVEN, calls=calls))


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            {k: v for k, v in CONFIG.items() if k != "hidden_size"},
            'config.json:1:1: hidden_size: found no "hidden_size"',
        ),
        ({**CONFIG, "num_hidden_layers": "many"}, "config.json:1:1"),
        ({**CONFIG, "num_hidden_layers": 10**30}, "config.json:1:1"),
        ({**CONFIG, "num_attention_heads": 0}, "config.json:1:1"),
        ({**CONFIG, "text_config": [1]}, "config.json:1:1"),
        ([1], "found no keys and values"),
    ],
)
def test_a_wrong_configuration_is_told_at_its_own_place(tmp_path: Path, config: Any, expected: str) -> None:
    assert expected in message(write(tmp_path, model_edit("./mine/config.json"), config=config))
