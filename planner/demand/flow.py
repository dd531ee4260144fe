"""From step times to throughput: one pool that mixes prefill and decoding, or separate pools for each."""

from __future__ import annotations

SOFTNESS = 3.0  # how sharply two limits meet; 1 adds their times, infinity takes the slower


def mixed_rate(batch: float, output_tokens: float, decode_s: float, prefill_s: float) -> float:
    """Requests per second of a replica that always holds `batch` sequences.

    While one sequence decodes its output, every sequence of the batch is prefilled once:
    batch / (output x decode + batch x prefill).
    """
    return batch / (output_tokens * decode_s + batch * prefill_s)


def split_rate(
    concurrency: float, output_tokens: float, decode_s: float, prefill_s: float, prefill_workers: float
) -> float:
    """Requests per second of separate pools at a number of requests in flight.

    `decode_s` is a step of the decode pool at that concurrency, `prefill_s` the work of one prefill worker for one
    request. Either the round trip limits, or the prefill pool is full; near the crossing both count.
    """
    round_trip = concurrency / (prefill_s + output_tokens * decode_s)
    full = prefill_workers / prefill_s
    return float((round_trip**-SOFTNESS + full**-SOFTNESS) ** (-1.0 / SOFTNESS))
