"""Ways of access to storage: sizes from the request and the catalog, times from what was bought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner import document
from planner.demand.architecture import geometry
from planner.plan.library import Library, load_library
from planner.plan.schema import StorageChoice, StoragePattern
from planner.plan.storage_patterns import storage_patterns
from planner.report.view.storage_patterns import duration
from planner.request import read_request

GOOD = Path(__file__).parents[1] / "bad" / "good.yaml"
RUN = {"id": "run", "kind": "training", "model": "llama-3.1-8b", "tokens": "1 T tokens", "within": "10 days"}
TUNE = {"id": "tune", "kind": "fine-tuning", "model": "llama-3.1-8b", "tokens": "1 B tokens", "within": "1 day"}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def patterns(library: Library, *more: dict[str, Any], **service: Any) -> dict[tuple[str, str], StoragePattern]:
    source = document.load(GOOD, "request")
    source.data["workloads"] = [{**source.data["workloads"][0], **service}, *more]
    store = StorageChoice(hall="hall-1", product="any", units=2, usable_tb=100, read_gb_s=40, write_gb_s=20)
    found = storage_patterns(read_request(source)[0], library, [store])
    return {(p.pattern, p.subject): p for p in found}


def test_checkpoints_take_fourteen_bytes_a_trained_parameter_at_the_rate_bought(library: Library) -> None:
    found = patterns(library, RUN, TUNE)
    parameters = geometry(library.models.get("llama-3.1-8b")).total
    write, restore = found["checkpoint-write", "run"], found["checkpoint-restore", "run"]
    assert write.size_bytes == restore.size_bytes == 14 * parameters
    assert write.seconds == pytest.approx(14 * parameters / 20e9, rel=1e-5)
    assert restore.seconds == pytest.approx(write.seconds / 2, rel=1e-5)
    adapter = found["checkpoint-write", "tune"].size_bytes
    assert adapter == pytest.approx(14 * parameters / 100, rel=1e-6)


def test_datasets_are_brought_in_at_the_write_rate_and_read_at_the_read_rate(library: Library) -> None:
    found = patterns(library)
    assert found["dataset-staging", "records"].seconds == pytest.approx(20e12 / 20e9)
    assert found["dataset-pass", "records"].seconds == pytest.approx(20e12 / 40e9)


def test_steady_reads_are_rates_and_only_hits_are_read_from_a_cache(library: Library) -> None:
    assert patterns(library, RUN)["training-data", "run"].rate_b_s == -(-4 * 10**12 // 864_000)
    assert ("cache-offload", "assistant") not in patterns(library)
    half, whole = (
        patterns(library, prefix_cache_hit=h)["cache-offload", "assistant"].rate_b_s for h in ("40 %", "80 %")
    )
    assert half is not None and whole == pytest.approx(2 * half, rel=1e-6)


@pytest.mark.parametrize(("seconds", "words"), [(0.25, "0.25 s"), (66.4, "1.1 min"), (4000, "1.1 h"), (2.6e5, "3 d")])
def test_a_time_is_told_in_its_largest_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words
