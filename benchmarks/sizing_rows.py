"""Rows of published measurements as cases that the planner's own estimator predicts.

Every case is built from the row's conditions alone: model, system, number format, lengths, load, layout. The measured
value, and anything derived from it, is only kept to be compared with. What a row does not say is filled by a rule
stated in `inference_rows` or `training_rows`.
"""

from __future__ import annotations

import math
from pathlib import Path

import yaml

from benchmarks.inference_rows import at_concurrency, full_load, submission, trainium
from benchmarks.row_products import Products, Row
from benchmarks.sizing_cases import Case, Unpredictable
from benchmarks.training_rows import training
from planner.document import read_text
from planner.errors import InputError

TRUTH = Path(__file__).parent / "truth" / "sizing_truth.yaml"
ODD_VALUES = (TypeError, ValueError, AttributeError, ArithmeticError)  # what a word where a number belongs ends in


def case_of(products: Products, row: Row) -> Case:
    """The case of a row, with the catalog's models and accelerators.

    Raises:
        Unpredictable: the row does not say enough, or its model or system is not in the catalog.
    """
    _refuse_odd_values(row)
    family = str(row["family"])
    if family == "inf_trtllm_overview":
        return full_load(products, row)
    if family == "inf_silicon_sample":
        return at_concurrency(products, row)
    if family.startswith("inf_mlperf"):
        return submission(products, row)
    if family == "inf_trainium":
        return trainium(products, row)
    if family.startswith("train_"):
        return training(products, row)
    raise Unpredictable(f'no reading of the family "{family}"')


def _refuse_odd_values(row: Row) -> None:
    """A row has a measured value above nothing, whole accelerators (or none stated), and conditions."""
    value, gpus = row["value"], row["gpus"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise Unpredictable(f"the value {value!r} is no number above 0")
    if gpus is not None and (isinstance(gpus, bool) or not isinstance(gpus, int) or gpus < 1):
        raise Unpredictable(f"{gpus!r} accelerators")
    if not isinstance(row["conditions"], dict):
        raise Unpredictable("the row has no conditions")


def read_rows(path: Path) -> list[Row]:
    """The rows of a truth file.

    Raises:
        InputError: no text, no YAML, or no list "measurements" of rows with an id and a family.
    """
    try:
        data = yaml.load(read_text(path, "truth file"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise InputError.of("", f"no YAML ({type(error).__name__})", "a truth file", file=str(path)) from None
    rows = data.get("measurements") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise InputError.of("measurements", "no list", "rows of measurements", file=str(path))
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or not {"id", "family"} <= row.keys():
            raise InputError.of(f"measurements[{number}]", "no id or no family", "both", file=str(path))
    return rows


def read_cases(path: Path) -> tuple[list[Case], list[tuple[Row, str]]]:
    """(cases, rows that cannot be predicted with the reason)."""
    products = Products()
    cases: list[Case] = []
    skipped: list[tuple[Row, str]] = []
    for row in read_rows(path):
        try:
            cases.append(case_of(products, row))
        except Unpredictable as reason:
            skipped.append((row, str(reason)))
        except KeyError as missing:
            skipped.append((row, f"the row does not state {missing}"))
        except ODD_VALUES as odd:
            skipped.append((row, f"a condition cannot be read: {odd}"))
    return cases, skipped
