"""Separate pools for prefill and decoding: each with its own replica shape, sized on its own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.demand.replica_search import LONG_PROMPT, TAIL, Server, StepLine, Targets, largest_batch
from planner.demand.serving import NETWORK_B_S, Replica

PREFILL_BUSY = 0.6  # share of the time that a prefill pool works, so that prompts rarely wait; an assumption


@dataclass(frozen=True)
class SplitPools:
    """Replicas of both pools for a request rate, spares included in each."""

    prefill: Replica
    prefill_replicas: int
    decode: Replica
    decode_replicas: int
    decode_batch: int
    transfer_s: float  # of one request's cache from one pool to the other

    @property
    def accelerators(self) -> int:
        """Accelerators of both pools."""
        return self.prefill_accelerators + self.decode_accelerators

    @property
    def prefill_accelerators(self) -> int:
        """Accelerators that prefill."""
        return self.prefill.accelerators * self.prefill_replicas

    @property
    def decode_accelerators(self) -> int:
        """Accelerators that decode."""
        return self.decode.accelerators * self.decode_replicas

    def units(self, unit: int) -> int:
        """Groups of `unit` accelerators that hold both pools, each replica whole within one group."""
        pools = ((self.prefill, self.prefill_replicas), (self.decode, self.decode_replicas))
        return sum(math.ceil(replicas / (unit // replica.accelerators)) for replica, replicas in pools)


def split_pools(
    server: Server, lines: Sequence[StepLine], targets: Targets, rate: float, spare: int
) -> SplitPools | None:
    """The pools with the fewest accelerators; None when no shape meets a target.

    A decoding step carries no prefill, so its batch is the largest whose step meets the token time. The first token
    waits for its prompt, the transfer of the cache over the network, and one step.
    """
    transfer = server.g.cached_elements(targets.input_tokens) * server.numbers.cache_bytes / NETWORK_B_S
    faster = math.exp(-server.coefficients.get("factor.split", 0.0))
    decode = min(_decode_pools(lines, targets, rate, spare, faster), key=_order, default=None)
    prefill = min(_prefill_pools(lines, targets, rate, spare, faster, transfer), key=_order, default=None)
    if decode is None or prefill is None:
        return None
    return SplitPools(prefill.replica, prefill.replicas, decode.replica, decode.replicas, decode.batch, transfer)


@dataclass(frozen=True)
class _Pool:
    replica: Replica
    replicas: int
    batch: int = 0


def _order(pool: _Pool) -> tuple[int, int, int]:
    return (pool.replicas * pool.replica.accelerators, pool.replica.accelerators, pool.replica.tensor)


def _decode_pools(
    lines: Sequence[StepLine], targets: Targets, rate: float, spare: int, faster: float
) -> Iterator[_Pool]:
    limit = math.inf if targets.tpot_s is None else targets.tpot_s * targets.speculative_gain / faster
    for line in lines:
        batch = _largest(line, limit)
        if batch >= 1:
            step = faster * line.decode_s(batch)
            one = batch * targets.speculative_gain / (targets.output_tokens * step)
            yield _Pool(line.replica, max(1, math.ceil(rate / one)) + spare, batch)


def _largest(line: StepLine, limit_s: float) -> int:
    return largest_batch(line.batch_most, lambda batch: line.decode_s(batch) <= limit_s)


def _prefill_pools(
    lines: Sequence[StepLine], targets: Targets, rate: float, spare: int, faster: float, transfer: float
) -> Iterator[_Pool]:
    for line in lines:
        work = faster * line.prefill_s
        wait = TAIL * PREFILL_BUSY * work / (2.0 * (1.0 - PREFILL_BUSY))
        first = LONG_PROMPT * work * line.replica.groups + wait + transfer
        if targets.ttft_s is None or first <= targets.ttft_s:
            yield _Pool(line.replica, max(1, math.ceil(rate * work / PREFILL_BUSY)) + spare)
