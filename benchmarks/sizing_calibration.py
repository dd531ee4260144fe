"""Fits the coefficients of sizing to published measurements; `sizing_priors` writes them down.

A coefficient is the exponential of a number with a normal prior around a physically sensible centre; errors are
logarithms of throughput, with a loss that grows linearly beyond 35 % so that odd rows pull little. Gauss-Newton.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.sizing_cases import Case, Searched, Serving, TokenTime, Trained
from planner.demand.flow import mixed_rate, split_rate
from planner.demand.serving import DECODE_TERMS, PREFILL_TERMS
from planner.demand.training_time import TRAINING_TERMS

Array = NDArray[np.float64]
KNEE = 0.35  # log error beyond which the loss is linear
FACTOR_SPREAD = 0.25  # prior spread of a named factor around none
SEARCH_FACTORS = ("mlperf_v51",)
TAILED = "mlperf_v51"  # the round whose software is too far from the fitted one for a tail of 1
TAILS = (1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.5, 4.0)
TAIL_SPREAD = 0.5  # prior spread of the logarithm of a tail around 1
NEW_MODEL = 1.25  # a model never measured is further from the few measured ones than they are from each other
ANCHOR_ROWS = 3.0  # rows of one model that count as much as the prior that it is like the others

# name -> (centre, spread of its logarithm). A centre of 1.3 on reading weights says 77 % of peak bandwidth.
DECODE_CENTRES = {
    "weights": (1.3, 0.15),
    "expert_weights": (1.3, 0.15),
    "cache": (1.5, 0.3),
    "dense_compute": (1.5, 0.25),
    "expert_compute": (3.0, 0.6),
    "score_compute": (2.0, 0.8),
    "layer": (10e-6, 0.8),
    "join": (10e-6, 0.8),
    "expert_layer": (20e-6, 0.8),
    "reduce": (1.0, 0.8),
    "dispatch": (2.0, 0.8),
    "sequence": (20e-6, 0.8),
    "step": (1e-3, 0.8),
}
PREFILL_CENTRES = {
    "dense_compute": (1.8, 0.6),
    "expert_compute": (4.0, 0.8),
    "score_compute": (2.5, 0.8),
    "elementwise": (1.0, 0.8),
    "reduce": (0.7, 0.5),
    "dispatch": (2.0, 0.8),
    "layer": (10e-6, 1.0),
}
# NVFP4 on experts is centred where it gains nothing over FP8: their matrices are too small to be compute bound.
TRAINING_CENTRES = {
    "dense_compute.bf16": (1.7, 0.4),
    "dense_compute.fp8": (1.8, 0.4),
    "dense_compute.mxfp8": (2.0, 0.4),
    "dense_compute.nvfp4": (2.8, 0.4),
    "expert_compute.bf16": (2.6, 0.4),
    "expert_compute.fp8": (2.4, 0.4),
    "expert_compute.mxfp8": (2.6, 0.4),
    "expert_compute.nvfp4": (7.5, 0.3),
    "score_compute": (2.8, 0.3),
    "elementwise": (2.0, 0.3),
    "expert_traffic": (2.0, 0.3),
    "state_traffic": (12.0, 0.3),
    "dispatch": (0.8, 0.3),
    "reduce": (0.5, 0.7),
    "launch": (300e-6, 0.7),
    "expert_launch": (2e-3, 0.5),
    "exchange": (0.06, 0.3),
    "expert_exchange": (0.4, 0.3),
    "step": (0.05, 1.0),
}


@dataclass
class Problem:
    """Cases of one task as arrays: log error = log measured - log predicted(coefficients, factors)."""

    names: list[str]
    centre: Array
    spread: Array
    log_measured: Array
    log_predicted: Callable[[Array], Array]
    noise: float
    extra: Array = field(default_factory=lambda: np.zeros((0, 0)))  # rows x factors

    def errors(self, x: Array) -> Array:
        """Log of measured over predicted."""
        k = len(self.names) - self.extra.shape[1]
        return self.log_measured - self.log_predicted(np.exp(x[:k])) - self.extra @ x[k:]


def fit(problem: Problem, rounds: int = 40) -> dict[str, float]:
    """The most likely coefficients and factors, by name."""
    x = problem.centre.copy()
    errors = problem.errors(x)
    best, damping = _cost(problem, x, errors), 1e-2
    for _ in range(rounds):
        slope = _slope(problem, x, errors)
        weight = np.minimum(1.0, KNEE / np.maximum(np.abs(errors), 1e-9)) / problem.noise**2
        pull = (x - problem.centre) / problem.spread**2
        curve = slope.T @ (slope * weight[:, None]) + np.diag(1.0 / problem.spread**2)
        gradient = slope.T @ (weight * errors) + pull
        gain = 0.0
        for _ in range(6):
            step = np.clip(-np.linalg.solve(curve + damping * np.diag(np.diag(curve)), gradient), -1.0, 1.0)
            tried = problem.errors(x + step)
            cost = _cost(problem, x + step, tried)
            if cost < best:
                gain, x, errors, best, damping = best - cost, x + step, tried, cost, max(damping / 3.0, 1e-6)
                break
            damping *= 4.0
        if gain < 1e-4:
            break
    k = len(problem.names) - problem.extra.shape[1]
    return {n: float(np.exp(v)) if i < k else float(v) for i, (n, v) in enumerate(zip(problem.names, x, strict=True))}


def _cost(problem: Problem, x: Array, errors: Array) -> float:
    size = np.abs(errors)
    loss = np.where(size < KNEE, size**2, 2.0 * KNEE * size - KNEE**2) / problem.noise**2
    return float(loss.sum() + (((x - problem.centre) / problem.spread) ** 2).sum())


def _slope(problem: Problem, x: Array, errors: Array) -> Array:
    columns = []
    for j in range(len(x)):
        moved = x.copy()
        moved[j] += 1e-4
        columns.append((problem.errors(moved) - errors) / 1e-4)
    return np.array(columns).T


def serving_problem(cases: Sequence[Serving]) -> Problem:
    """Inference at a stated load."""
    decode, prefill = np.array([c.decode for c in cases]), np.array([c.prefill for c in cases])
    k = len(DECODE_TERMS)

    def log_predicted(c: Array) -> Array:
        steps, fills = decode @ c[:k], prefill @ c[k:]
        rates = [
            split_rate(case.concurrency, case.output, step, fill, case.prefill_workers)
            if case.prefill_workers
            else mixed_rate(case.batch, case.output, step, fill)
            for case, step, fill in zip(cases, steps, fills, strict=True)
        ]
        return np.log([r * case.output / case.accelerators for r, case in zip(rates, cases, strict=True)])

    centres = [DECODE_CENTRES[n] for n in DECODE_TERMS] + [PREFILL_CENTRES[n] for n in PREFILL_TERMS]
    names = [f"decode.{n}" for n in DECODE_TERMS] + [f"prefill.{n}" for n in PREFILL_TERMS]
    return _with_factors(names, centres, cases, log_predicted, 0.25, ("sglang", "vllm", "split"))


def training_problem(cases: Sequence[Trained]) -> Problem:
    """Training throughput."""
    names = list(TRAINING_CENTRES)
    place = {name: i for i, name in enumerate(names)}
    matrix = np.zeros((len(cases), len(names)))
    for row, case in zip(matrix, cases, strict=True):
        for name, term in zip(TRAINING_TERMS, case.terms, strict=True):
            key = f"{name}.{case.number_format}" if name in ("dense_compute", "expert_compute") else name
            row[place[key]] = term
    sign = np.array([-1.0 if c.inverse else 1.0 for c in cases])
    scale = np.log([c.scale for c in cases])

    def log_predicted(c: Array) -> Array:
        # throughput, whatever the unit of the row: an inverse unit has its sign turned on both sides
        return sign * scale - np.log(matrix @ c)

    problem = _with_factors(
        names, list(TRAINING_CENTRES.values()), cases, log_predicted, 0.2, ("evaluation", "older_software")
    )
    problem.log_measured = sign * problem.log_measured
    power = np.array([[c.headroom] for c in cases])
    problem.extra = np.hstack([problem.extra, power])
    problem.names = [*problem.names, "factor.power"]
    problem.centre = np.append(problem.centre, 0.15)
    problem.spread = np.append(problem.spread, 0.15)
    return problem


def _with_factors(
    names: list[str],
    centres: list[tuple[float, float]],
    cases: Sequence[Case],
    log_predicted: Callable[[Array], Array],
    noise: float,
    factors: tuple[str, ...],
) -> Problem:
    extra = np.array([[float(f in case.features) for f in factors] for case in cases])
    return Problem(
        [*names, *(f"factor.{f}" for f in factors)],
        np.append(np.log([c for c, _ in centres]), np.zeros(len(factors))),
        np.append([s for _, s in centres], np.full(len(factors), FACTOR_SPREAD)),
        np.log([case.measured for case in cases]),
        log_predicted,
        noise,
        extra,
    )


def search_factors(cases: Sequence[Searched], values: dict[str, float]) -> dict[str, float]:
    """Factors of benchmark rounds, and the tail of the token time, from what the search leaves unexplained.

    For each tail the factors by ridge regression, then the tail with the least loss.
    """
    if not cases:
        return {}
    table = np.array([[float(f in case.features) for f in SEARCH_FACTORS] for case in cases])
    errors = np.array([_errors_by_tail(case, values) for case in cases]).T
    fits: list[tuple[float, float, Array]] = []
    for tail, column in zip(TAILS, errors, strict=True):
        loss, factors = _ridge(table, column)
        fits.append((loss + (0.25 * math.log(tail) / TAIL_SPREAD) ** 2, tail, factors))
    _, tail, x = min(fits, key=lambda found: found[:2])
    return {**{f"factor.{n}": float(v) for n, v in zip(SEARCH_FACTORS, x, strict=True)}, f"tail.{TAILED}": tail}


def _errors_by_tail(case: Searched, values: dict[str, float]) -> list[float]:
    tails = TAILS if TAILED in case.features and case.targets is not None and case.targets.tpot_s else TAILS[:1]
    found = [math.log(case.measured / predicted) for predicted in case.predictions(values, tails)]
    return found if len(found) > 1 else found * len(TAILS)


def _ridge(table: Array, errors: Array) -> tuple[float, Array]:
    """(loss, factors) of the errors that factors leave, rows far off pulling little."""
    ridge = np.diag(np.full(table.shape[1], (0.25 / FACTOR_SPREAD) ** 2))
    x: Array = np.zeros(table.shape[1], dtype=np.float64)
    for _ in range(20):
        weight = np.minimum(1.0, KNEE / np.maximum(np.abs(errors - table @ x), 1e-9))
        x = np.asarray(np.linalg.solve(table.T @ (table * weight[:, None]) + ridge, table.T @ (weight * errors)))
    size = np.abs(errors - table @ x)
    return float(np.where(size < KNEE, size**2, 2.0 * KNEE * size - KNEE**2).sum()), x


def layer_latency(cases: Sequence[TokenTime], values: dict[str, float]) -> dict[str, float]:
    """Values with the latency per layer that the measured times ask for, everything else as given."""
    place = DECODE_TERMS.index("layer")
    missing = [(c.measured - c.predict(values)) / 1000.0 / c.decode[place] for c in cases]
    more = max(0.0, float(np.mean(missing))) if missing else 100e-6
    return {**values, "decode.layer": values["decode.layer"] + more}


@dataclass(frozen=True)
class Calibration:
    """Coefficients by vendor class and task, fitted on some cases."""

    inference: dict[str, float]
    trainium: dict[str, float]
    training: dict[str, float]

    def values(self, case: Case) -> dict[str, float]:
        """The coefficients that predict a case."""
        if case.task != "inference":
            return self.training
        return self.trainium if case.vendor_class == "trainium" else self.inference

    def error(self, case: Case) -> float:
        """Log of measured over predicted throughput."""
        return case.throughput_error(self.values(case))


def calibrate(cases: Sequence[Case], tasks: tuple[str, ...] = ("inference", "training")) -> Calibration:
    """Fits everything on the cases, anchors of measured models included. A task left out has no coefficients."""
    inference: dict[str, float] = {}
    trainium: dict[str, float] = {}
    training: dict[str, float] = {}
    if "inference" in tasks:
        loads = [c for c in cases if isinstance(c, Serving)]
        inference = fit(serving_problem(loads))
        trainium = layer_latency([c for c in cases if isinstance(c, TokenTime)], inference)
        searched = [c for c in cases if isinstance(c, Searched)]
        inference |= anchors(loads, inference)
        inference |= search_factors(searched, inference)
    if "training" in tasks:
        trained = [c for c in cases if isinstance(c, Trained)]
        training = fit(training_problem(trained))
        training |= anchors(trained, training)
    return Calibration(inference, trainium, training)


def without(cases: Sequence[Case], tested: Case, key: Callable[[Case], str]) -> Calibration:
    """The calibration that never saw the key (the model, the group) of a case, nor the row of its id."""
    others = [case for case in cases if key(case) != key(tested) and case.id != tested.id]
    return calibrate(others, ("inference" if tested.task == "inference" else "training",))


def left_out(cases: Sequence[Case], key: Callable[[Case], str]) -> dict[str, float]:
    """Log errors by case id, each predicted by a calibration that never saw its key (its model, its group)."""
    errors: dict[str, float] = {}
    for name in sorted({key(case) for case in cases}):
        tested = [case for case in cases if key(case) == name]
        tasks = tuple(sorted({"inference" if c.task == "inference" else "training" for c in tested}))
        found = calibrate([case for case in cases if key(case) != name], tasks)
        errors |= {case.id: found.error(case) for case in tested}
    return errors


def anchors(cases: Sequence[Case], values: dict[str, float]) -> dict[str, float]:
    """Log of measured over predicted per catalog model, drawn towards 0 when there are few rows."""
    errors: dict[str, list[float]] = {}
    for case in cases:
        errors.setdefault(case.catalog_model, []).append(case.throughput_error(values))
    return {
        f"factor.model.{name}": float(np.median(found)) * len(found) / (len(found) + ANCHOR_ROWS)
        for name, found in sorted(errors.items())
    }


def band_name(case: Case, anchored: bool) -> str:
    """The band a case belongs to: experts or not, and whether the model itself was measured elsewhere."""
    return ("moe" if case.moe else "dense") + (".measured" if anchored else "")


def band_of(errors: Sequence[float], wider: float = 1.0) -> dict[str, float]:
    """Quantiles of measured over predicted, their distance from the median stretched by `wider`."""
    marks = {"p10": 0.10, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p90": 0.90}
    middle = float(np.median(np.array(errors)))
    quantiles = {name: float(np.quantile(np.array(errors), q)) for name, q in marks.items()}
    return {name: math.exp(middle + wider * (value - middle)) for name, value in quantiles.items()}


def pool(case: Case) -> str:
    """Cases whose errors share a band: fine-tunes are shorter, smaller and more alike than training runs."""
    if case.task != "inference":
        return case.task
    return "inference" if case.vendor_class == "nvidia" else "trainium"


def bands(cases: Sequence[Case], errors: dict[str, float], which: str, anchored: bool) -> dict[str, dict[str, float]]:
    """Band by name for one pool of cases."""
    found: dict[str, list[float]] = {}
    for case in cases:
        if pool(case) == which:
            found.setdefault(band_name(case, anchored), []).append(errors[case.id])
    return {name: band_of(values, 1.0 if anchored else NEW_MODEL) for name, values in sorted(found.items())}
