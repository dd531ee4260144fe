"""What an estimate of inference takes for granted, each with its value and source."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.priors import PriorSet
from planner.demand.bands import band_name, prior_assumptions
from planner.demand.replica_search import LENGTH_CV2, LONG_PROMPT, Server, Targets
from planner.demand.results import Assumption
from planner.demand.serving import NETWORK_B_S
from planner.demand.workloads import Choice
from planner.wording import sentence

WAIT_P99 = 4.6  # times the mean: the 99th percentile of an exponential tail


def assumptions_of(server: Server, prior: PriorSet, wanted: Choice, targets: Targets) -> tuple[Assumption, ...]:
    """All of them: of number formats, memory, waiting, prompts, network, speculative decoding, and the priors'."""
    return (
        _precision(server, wanted),
        _estimate(
            "memory",
            sentence("assumed.serving-memory"),
            sentence("assumed.serving-memory-value"),
            sentence("source.fragmentation"),
        ),
        *(_of_the_first_token() if targets.ttft_s is not None else ()),
        _estimate(
            "network",
            sentence("assumed.network-link"),
            sentence("figure.gbit-s", value=NETWORK_B_S * 8 / 1e9),
            sentence("source.one-port"),
        ),
        *(_speculative(targets.speculative_gain) if targets.speculative_gain > 1.0 else ()),
        *prior_assumptions(prior, band_name(prior, server.model)),
    )


def _estimate(name: str, what: str, value: str, source: str) -> Assumption:
    return Assumption(f"inference.{name}", what, value, source, "estimate")


def _precision(server: Server, wanted: Choice) -> Assumption:
    formats = server.numbers
    value = sentence(
        "assumed.precision-value", weights=formats.weights, compute=formats.compute, cache=formats.cache_bytes
    )
    source = sentence(
        "source.ships-in",
        accelerator=server.system.accelerator.id,
        model=server.model.id,
        format=server.model.native,
    )
    what = sentence("assumed.precision-chosen" if wanted == "auto" else "assumed.precision")
    return Assumption("inference.precision", what, value, source, "vendor")


def _of_the_first_token() -> Iterator[Assumption]:
    """Prompts wait for one another, and are not all of one length."""
    yield _estimate(
        "ttft",
        sentence("assumed.first-token"),
        sentence("assumed.first-token-value", times=WAIT_P99),
        sentence("source.queue"),
    )
    lengths = sentence("assumed.prompt-lengths-value", spread=LENGTH_CV2, long=LONG_PROMPT)
    yield _estimate("lengths", sentence("assumed.prompt-lengths"), lengths, sentence("source.planner"))


def _speculative(gain: float) -> Iterator[Assumption]:
    yield _estimate(
        "speculative",
        sentence("assumed.speculative"),
        sentence("figure.plain", value=gain),
        sentence("source.stated-speculative"),
    )
