"""What a plan says about the demand: what moves a count most, and which measurements were past their date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.demand import system_rates
from planner.plan.build import make_plan
from planner.plan.jobs import need_of, sensitivities_of
from planner.plan.library import Library, load_library, models_of
from planner.plan.notes import expired_findings
from planner.plan.question import needs_of, sensitivities_on
from planner.plan.schema import Assumption
from planner.request import Request, load_request
from planner.request.workload import Inference
from planner.verify import verify

BERLIN = Path(__file__).parents[2] / "examples" / "berlin-clinic.yaml"
SYSTEM = "nvidia-dgx-b200"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def request_() -> Request:
    return load_request(BERLIN)[0]


def test_the_inputs_that_move_a_count_are_keys_of_the_request_and_do_what_they_say(
    library: Library, request_: Request
) -> None:
    chat = next(w for w in request_.workloads if isinstance(w, Inference))
    moved = sensitivities_on(SYSTEM, chat, request_, library)
    ends = [[one.accelerators if n is None else n for n in (one.if_smaller, one.if_larger)] for one in moved]
    spans = [max(abs(n - one.accelerators) for n in both) for both, one in zip(ends, moved, strict=True)]
    assert spans == sorted(spans, reverse=True)  # most first
    assert all(spans)
    for one in moved:
        assert one.input in Inference.model_fields and one.system == SYSTEM
    rate = next(one for one in moved if one.input == "peak_requests")
    busier = chat.model_copy(update={"peak_requests": chat.peak_requests * rate.factor})
    rates = system_rates(library.catalog, SYSTEM)
    assert need_of(busier, rates, library.models, library.priors).accelerators == rate.if_larger
    assert need_of(chat, rates, library.models, library.priors).accelerators == rate.accelerators
    assert sensitivities_of(chat, rates, library.models, library.priors) == moved


def test_measurements_past_their_date_on_the_day_of_the_request_are_a_warning(
    library: Library, request_: Request
) -> None:
    prior = library.priors.of("inference", "nvidia")
    used = [Assumption(id=f"prior.{prior.id}", text="", value="", source="", confidence="press", used_by=("chat",))]
    last = request_.model_copy(update={"date": prior.valid_until})
    assert list(expired_findings(last, library.priors, used)) == []
    late = request_.model_copy(update={"date": "2030-01-01"})
    found = list(expired_findings(late, library.priors, used))
    assert [(f.severity, f.rule, f.place) for f in found] == [("warning", "priors-expired", "chat")]
    assert prior.valid_until in found[0].text
    assert list(expired_findings(late, library.priors, [])) == []


def test_a_plan_of_files_beside_its_request_is_verified_where_they_are_not(library: Library, tmp_path: Path) -> None:
    config = {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 131072,
    }  # fmt: skip
    calls = "".join(f"{k / 8},1500,250\n" for k in range(4000))
    (tmp_path / "calls.csv").write_text(f"timestamp,input_tokens,output_tokens\n{calls}", encoding="utf-8")
    (tmp_path / "own.json").write_text(json.dumps(config), encoding="utf-8")
    text = BERLIN.read_text(encoding="utf-8")
    for old, new in (
        ("    model: llama-3.1-70b\n", "    model: ./own.json\n"),
        ("    peak_requests: 30 /s\n    input_tokens: 1500\n    output_tokens: 250\n", "    arrivals: calls.csv\n"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "request.yaml"
    path.write_text(text, encoding="utf-8")
    plan = make_plan(*load_request(path), library)
    for file in tmp_path.iterdir():
        file.unlink()
    assert [f.text for f in verify(plan, library) if f.severity == "error"] == []
    told = {a.id: a for a in plan.assumptions}
    assert told["model.own-own"].used_by == told["arrivals.windows"].used_by == ("clinical-assistant",)
    assert plan.demand[0].summary.startswith("./own.json, fp8: 8.0")


def test_speculative_decoding_is_asked_for_and_told(library: Library, request_: Request) -> None:
    chat = next(w for w in request_.workloads if isinstance(w, Inference)).model_copy(update={"peak_requests": 500.0})
    rates = system_rates(library.catalog, SYSTEM)
    plain = need_of(chat, rates, library.models, library.priors)
    drafted = need_of(chat.model_copy(update={"speculative_tokens": 2.0}), rates, library.models, library.priors)
    assert drafted.accelerators < plain.accelerators
    told = {a.id: a.value for a in drafted.assumptions}
    assert told["inference.speculative"] == "2" and "inference.speculative" not in {a.id for a in plain.assumptions}


def test_a_model_that_writes_nothing_serves_no_chat(library: Library, request_: Request) -> None:
    chat = next(w for w in request_.workloads if isinstance(w, Inference)).model_copy(update={"model": "bge-m3"})
    need = need_of(chat, system_rates(library.catalog, SYSTEM), library.models, library.priors)
    assert not need.feasible and "size it as an embedding workload" in need.reason


def test_each_need_is_that_of_its_own_system_however_many_makers_build_the_same(
    library: Library, request_: Request
) -> None:
    tune = next(w for w in request_.workloads if w.kind == "fine-tuning")
    needs = list(needs_of(tune, request_, library))
    models = models_of(request_, library)
    for need in needs:
        assert need == need_of(tune, system_rates(library.catalog, need.system), models, library.priors)
    assert len({need.system for need in needs}) == len(needs)
