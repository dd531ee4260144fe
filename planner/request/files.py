"""Files that a request names: model configurations and arrivals, read beside it and written into its data.

The document that comes out stands alone: a plan that holds it can be checked where the files are not.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from planner.catalog.hub_config import read_hub_config
from planner.document import Document, Location, nearest
from planner.errors import Expected, InputError
from planner.request.arrivals import load_of, read_trace
from planner.request.units import PERCENTILE, percentile

GIVEN_BY_ARRIVALS = ("peak_requests", "input_tokens", "output_tokens")
Data = dict[str, Any]


def with_files(source: Document, folder: Path) -> Document:
    """The document with what its workloads take from files: `model: ./my-model/config.json`, `arrivals: calls.csv`.

    Paths are relative to `folder`, that of the request, and stay inside it.

    Raises:
        InputError: a path leaves the folder or is no file (line and column of the request), or a file is wrong (its
            own line and column).
    """
    if not isinstance(source.data, dict) or not isinstance(source.data.get("workloads"), list):
        return source  # the schema says what is missing
    models, workloads = _listed(source.data.get("models")), []
    for number, workload in enumerate(source.data["workloads"]):
        place: Location = ("workloads", number)
        if _names_a_configuration(workload, models):
            path = _inside(source, (*place, "model"), workload["model"], folder)
            models.append(_own_model(workload["model"], path, models, source.data.get("date")))
        workloads.append(_with_arrivals(source, place, workload, folder) if _names_arrivals(workload) else workload)
    data = {**source.data, "workloads": workloads}
    return replace(source, data={**data, "models": models} if models else data)


def _listed(models: Any) -> list[Any]:
    return list(models) if isinstance(models, list) else []


def _names_a_configuration(workload: Any, models: list[Any]) -> bool:
    name = workload.get("model") if isinstance(workload, dict) else None
    if not isinstance(name, str) or not name.lower().endswith(".json"):
        return False
    return all(name not in (model.get("aliases") or ()) for model in models if isinstance(model, dict))


def _names_arrivals(workload: Any) -> bool:
    return isinstance(workload, dict) and isinstance(workload.get("arrivals"), str)


def _inside(source: Document, place: Location, text: str, folder: Path) -> Path:
    """The file that a request names, if it is one and lies in the request's folder."""
    expected, path = "a file in the folder of the request", folder / text
    if "\0" in text or not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(source.problem(place, f'the path "{text}", which leaves it', expected, "copy the file there"))
    try:
        found = path.is_file()
    except OSError:
        found = False
    if not found:
        beside = sorted(p.name for p in path.parent.iterdir()) if path.parent.is_dir() else []
        raise InputError(source.problem(place, f'no file "{text}"', expected, nearest(path.name, beside)))
    return path


def _own_model(text: str, path: Path, models: list[Any], day: Any) -> Data:
    """The model of a configuration, under an id that no measured model of the catalog has and the path as alias."""
    known = isinstance(day, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", day)
    model = read_hub_config(path, str(day) if known else "1970-01-01")
    taken = {other.get("id") for other in models if isinstance(other, dict)}
    own = next(name for name in _ids(f"own-{model.id[:60]}") if name not in taken)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    changed = {"id": own, "source": text, "aliases": (text,), "notes": (f"sha256 of the file: {digest}",)}
    return model.model_copy(update=changed).model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _ids(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _with_arrivals(source: Document, place: Location, workload: Data, folder: Path) -> Data:
    """The workload with the rate and the lengths that its arrivals ask for."""
    for key in GIVEN_BY_ARRIVALS:
        if key in workload:
            raise InputError(
                source.problem((*place, key), f'"{key}" and arrivals', "one of them", "the arrivals give it", key=True)
            )
    path = _inside(source, (*place, "arrivals"), workload["arrivals"], folder)
    share = _share(source, place, workload)
    load = load_of(read_trace(path), share)
    return {
        **workload,
        "percentile": share,
        "peak_requests": f"{math.ceil(load.peak_requests_s * 1e6) / 1e6:.6f} /s",
        "input_tokens": load.input_tokens,
        "output_tokens": load.output_tokens,
        "arrivals": {
            "file": workload["arrivals"],
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "requests": load.requests,
            "mean_requests": f"{math.ceil(load.mean_requests_s * 1e6) / 1e6:.6f} /s",
            "longest_tokens": load.longest_tokens,
        },
    }


def _share(source: Document, place: Location, workload: Mapping[str, Any]) -> float:
    try:
        return percentile(workload.get("percentile", PERCENTILE))
    except Expected as error:
        raise InputError(source.problem((*place, "percentile"), error.found, error.expected, error.hint)) from None
