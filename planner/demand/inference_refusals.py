"""Why a system cannot answer requests of a model within the targets, and what is nearest."""

from __future__ import annotations

import math

from planner.catalog.models import Model
from planner.catalog.priors import Priors
from planner.demand.architecture import geometry
from planner.demand.replica_search import Server, Targets, shapes, speed, step_lines
from planner.demand.serving import cache_bytes, weight_bytes
from planner.demand.systems import SystemRates
from planner.wording import sentence


def not_estimated(model: Model, system: SystemRates, priors: Priors, tokens: int) -> str:
    """What no estimate can be made without, or that a prompt is too long for the model; "" where there is one."""
    missing, kind = system.accelerator.missing, system.accelerator.vendor_class
    if missing:
        return sentence("need.facts-missing", facts=missing, product=system.accelerator.id)
    if not priors.has("inference", kind):
        return sentence("need.no-prior", task="inference", product=system.accelerator.id, kind=kind)
    if tokens > model.context_tokens:
        return sentence("need.prompt-too-long", tokens=tokens, most=model.context_tokens, model=model.id)
    return ""


def writes_nothing(model: Model) -> str:
    """That a model writes no text, or ""."""
    return sentence("need.only-embeddings", model=model.id) if model.role == "embed" else ""


def why_not(server: Server, targets: Targets) -> str:
    """Why no replica meets the targets, with the nearest that one does."""
    lines = step_lines(server, targets)
    if not lines:
        return too_large(server, targets.input_tokens + targets.output_tokens)
    alone = [speed(line, targets, 1) for line in lines]
    tpot, ttft = min(s[0] for s in alone), min(s[1] for s in alone)
    if targets.tpot_s is not None and tpot > targets.tpot_s:
        return sentence("need.tokens-too-slow", wanted=targets.tpot_s * 1e3, shortest=_up(tpot * 1e3))
    if targets.ttft_s is not None and ttft > targets.ttft_s:
        return sentence("need.first-token-too-slow", wanted=targets.ttft_s * 1e3, shortest=_up(ttft * 1e3))
    both = min(alone, key=lambda s: max(s[0] / (targets.tpot_s or math.inf), s[1] / (targets.ttft_s or math.inf)))
    return sentence("need.both-too-slow", token=_up(both[0] * 1e3), first=_up(both[1] * 1e3))


def shortfall(server: Server, targets: Targets) -> float | None:
    """How many times too slow the best shape is at one sequence; None where the model fits no shape."""
    wanted = (targets.tpot_s or math.inf, targets.ttft_s or math.inf)
    alone = [speed(line, targets, 1)[:2] for line in step_lines(server, targets)]
    return min((max(t / w for t, w in zip(times, wanted, strict=True)) for times in alone), default=None)


def too_large(server: Server, tokens: int) -> str:
    """That weights and the cache of so many tokens fit no replica, with the smallest that would hold them."""
    g, memory = geometry(server.model), server.system.accelerator.memory_bytes or 1
    largest = max(shapes(server.model, server.system), key=lambda r: (r.accelerators, r.tensor))
    bytes_all = weight_bytes(g, server.numbers, largest) + cache_bytes(g, server.numbers, largest, tokens)
    room = 0.9 * memory - 3e9
    needed = math.ceil(bytes_all * largest.accelerators / max(room, 1.0))
    return sentence(
        "need.weights-too-large",
        model=server.model.id,
        format=server.numbers.weights,
        accelerators=largest.accelerators,
        room=room * largest.accelerators / 1e9,
        needed=needed,
        memory=memory / 1e9,
    )


def _up(value: float) -> float:
    digits = max(0, 2 - math.floor(math.log10(value)))
    scale = 10.0**digits
    return math.ceil(value * scale) / scale
