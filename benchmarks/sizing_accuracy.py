"""How far the planner's sizing is from published measurements.

    python -m benchmarks.sizing_accuracy [--truth FILE] [--in-sample] [--json]

Rows that the shipped priors were fitted on are predicted by priors fitted anew without any row of their model. Other
rows are predicted by the priors as shipped. `--in-sample` predicts every row by the shipped priors instead.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.sizing_calibration import NEW_MODEL, band_name, band_of, left_out, pool, without
from benchmarks.sizing_cases import Case, Unpredictable
from benchmarks.sizing_rows import ODD_VALUES, TRUTH, read_cases
from planner.catalog.priors import Band, Priors, PriorSet, load_priors
from planner.errors import InputError

SKIPPED_MOST = 0.15
BAND_ROWS_LEAST = 7  # fewer errors of a class make no quantiles: the pool's are taken


@dataclass(frozen=True)
class Scored:
    """One predicted row: the relative error, and whether the measurement lies in the stated band."""

    case: Case
    log_error: float  # log of measured over predicted throughput
    in_band: bool

    @property
    def relative(self) -> float:
        """Absolute relative error of the predicted value."""
        return abs(math.exp(-self.log_error) - 1.0)


@dataclass(frozen=True)
class Family:
    """The figures of one family of rows."""

    n: int
    skipped: int
    median: float
    p90: float
    worst: float
    in_band: float

    @classmethod
    def of(cls, scored: Sequence[Scored], skipped: int) -> Family:
        """The figures of rows that were predicted, in percent for errors and as a share for the band."""
        errors = sorted(100.0 * s.relative for s in scored)
        if not errors:
            return cls(0, skipped, math.nan, math.nan, math.nan, math.nan)
        inside = sum(s.in_band for s in scored) / len(scored)
        return cls(len(errors), skipped, statistics.median(errors), quantile(errors, 0.9), errors[-1], inside)

    def as_json(self) -> dict[str, float | int | None]:
        """Plain numbers; a family without a prediction has none."""
        figures = {"median": self.median, "p90": self.p90, "worst": self.worst, "in_band": self.in_band}
        shown = {name: None if math.isnan(value) else round(value, 4) for name, value in figures.items()}
        return {"n": self.n, "skipped": self.skipped, **shown}


def quantile(ordered: Sequence[float], share: float) -> float:
    """The quantile of ordered values, interpolated between neighbours."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def shipped_values(prior: PriorSet) -> dict[str, float]:
    """The coefficients of a prior set, anchors of measured models included."""
    return {**prior.values, **{f"factor.model.{name}": value for name, value in prior.models.items()}}


def score_shipped(cases: Sequence[Case], priors: Priors) -> tuple[list[Scored], list[tuple[Case, str]]]:
    """Rows predicted by the priors as they are; a row that no shape can serve is skipped with the reason."""
    scored, failed = [], []
    for case in cases:
        prior = priors.of(case.task, case.vendor_class)  # type: ignore[arg-type]
        band = prior.band(band_name(case, case.catalog_model in prior.models))
        try:
            error = case.throughput_error(shipped_values(prior))
        except Unpredictable as reason:
            failed.append((case, str(reason)))
            continue
        except ODD_VALUES as odd:
            failed.append((case, f"a condition cannot be computed with: {odd}"))
            continue
        scored.append(Scored(case, error, _inside(error, band)))
    return scored, failed


def score_left_out(
    known: Sequence[Case], wanted: Sequence[Case], priors: Priors
) -> tuple[list[Scored], list[tuple[Case, str]]]:
    """Rows predicted without their model; the band is that of the other models of the same class.

    A row that has the id of a known one and says something else is predicted as it stands, without the known one.
    """
    errors = left_out(known, _model)
    before = {case.id: case for case in known}
    scored: list[Scored] = []
    failed: list[tuple[Case, str]] = []
    for case in wanted:
        try:
            error = errors[case.id] if case == before[case.id] else without(known, case, _model).error(case)
        except Unpredictable as reason:
            failed.append((case, str(reason)))
            continue
        except ODD_VALUES as odd:
            failed.append((case, f"a condition cannot be computed with: {odd}"))
            continue
        scored.append(Scored(case, error, _inside(error, _band_without(case, known, errors, priors))))
    return scored, failed


def _model(case: Case) -> str:
    return case.model


def _band_without(case: Case, known: Sequence[Case], errors: Mapping[str, float], priors: Priors) -> Band:
    if case.vendor_class == "trainium":
        return priors.of("inference", "trainium").band("all")
    others = [other for other in known if pool(other) == pool(case) and other.model != case.model]
    alike = [errors[other.id] for other in others if other.moe == case.moe]
    if len(alike) < BAND_ROWS_LEAST:
        alike = [errors[other.id] for other in others]
    return Band(**band_of(alike, NEW_MODEL))


def _inside(log_error: float, band: Band) -> bool:
    return band.p10 <= math.exp(log_error) <= band.p90


@dataclass(frozen=True)
class Report:
    """All families, and why rows were skipped."""

    families: dict[str, Family]
    scored: tuple[Scored, ...]
    skipped: tuple[tuple[str, str, str], ...]  # family, row id, reason


def evaluate(truth: Path = TRUTH, in_sample: bool = False) -> Report:
    """Predicts every row of a truth file that can be predicted."""
    cases, unread = read_cases(truth)
    priors = load_priors()
    known = read_cases(TRUTH)[0]
    known_ids = {case.id for case in known}
    fresh = [case for case in cases if in_sample or case.id not in known_ids]
    again = [case for case in cases if not in_sample and case.id in known_ids]
    scored, failed = score_shipped(fresh, priors)
    if again:
        scored_again, failed_again = score_left_out(known, again, priors)
        scored, failed = scored + scored_again, failed + failed_again
    skipped = [(str(row["family"]), str(row["id"]), reason) for row, reason in unread]
    skipped += [(case.family, case.id, reason) for case, reason in failed]
    names = sorted({case.family for case in cases} | {family for family, _, _ in skipped})
    families = {
        name: Family.of([s for s in scored if s.case.family == name], sum(f == name for f, _, _ in skipped))
        for name in names
    }
    return Report(families, tuple(scored), tuple(skipped))


def _line(name: str, family: Family) -> str:
    return (
        f"{name:26} {family.n:5} {family.skipped:8} {family.median:8.1f} {family.p90:8.1f} {family.worst:8.1f} "
        f"{100 * family.in_band:8.0f}"
    )


def _print(report: Report, title: str) -> None:
    click.echo(
        f"{title}\n{'family':26} {'n':>5} {'skipped':>8} {'median':>8} {'p90':>8} {'worst':>8} {'in band':>8}  %"
    )
    for name, family in report.families.items():
        late = " TOO MANY SKIPPED" if family.skipped > SKIPPED_MOST * (family.n + family.skipped) else ""
        click.echo(_line(name, family) + late)
    for task in ("training", "fine-tuning", "inference"):
        scored = [s for s in report.scored if s.case.task == task]
        if scored:
            click.echo(_line(f"all {task}", Family.of(scored, 0)))
    for family_name, row, reason in report.skipped:
        click.echo(f"skipped {family_name} {row}: {reason}")


@click.command()
@click.option("--truth", default=TRUTH, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--in-sample", is_flag=True, help="Predict every row by the shipped priors.")
@click.option("--json", "as_json", is_flag=True)
def main(truth: Path, in_sample: bool, as_json: bool) -> None:
    """Print the error of every family, with each row's own model left out of the fit."""
    try:
        report = evaluate(truth, in_sample)
    except InputError as wrong:
        click.echo(str(wrong), err=True)
        raise SystemExit(2) from None
    if as_json:
        families = {name: family.as_json() for name, family in report.families.items()}
        click.echo(json.dumps({"families": families}, indent=2))
        return
    if in_sample:
        _print(report, "in sample")
        return
    _print(report, "left out: no prior has seen a row of the model, or the row itself")
    click.echo("")
    _print(evaluate(truth, in_sample=True), "in sample (shipped priors)")


if __name__ == "__main__":
    main()
