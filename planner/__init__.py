"""Plans AI factories on your own premises: sized, placed, priced, proven and sourced.

    request = planner.load_request("request.yaml")
    plan = planner.plan(request)
    findings = planner.verify(plan)
    page = planner.render_html(plan)

Values in, values out: no global state, no network. `import planner` loads no solver; each function loads what it needs.
Bad input raises `InputError`, a request without a plan raises `Infeasible` with its explanation.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from planner.errors import Infeasible, InputError, TimeLimitReached

if TYPE_CHECKING:
    from planner.document import Document
    from planner.explain.explanation import Explanation
    from planner.explain.floor import FloorExplanation
    from planner.plan.library import Library as Catalog
    from planner.plan.phase_refusal import PhaseExplanation
    from planner.plan.schema import Finding, Plan
    from planner.report import render_html, render_pdf
    from planner.request import Request

__all__ = [
    "Catalog", "Infeasible", "InputError", "Plan", "Request", "TimeLimitReached", "explain", "load_catalog",
    "load_request", "plan", "render_html", "render_pdf", "verify",
]  # fmt: skip

_FROM = {
    "Catalog": ("planner.plan.library", "Library"),
    "Plan": ("planner.plan.schema", "Plan"),
    "Request": ("planner.request", "Request"),
    "render_html": ("planner.report", "render_html"),
    "render_pdf": ("planner.report", "render_pdf"),
}


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    module, attribute = _FROM[name]
    return getattr(importlib.import_module(module), attribute)


def load_request(path: str | PathLike[str]) -> Request:
    """The request in a YAML or JSON file.

    Raises:
        InputError: up to twenty problems, each with line and column.
    """
    from planner.request import load_request as load  # noqa: PLC0415 - so that `import planner` stays quick

    return load(Path(path))[0]


def load_catalog(folders: Sequence[str | PathLike[str]] = (), prices: Sequence[str | PathLike[str]] = ()) -> Catalog:
    """The catalog that comes with the planner, with your folders and price files (YAML or CSV) searched first.

    Raises:
        InputError: with file, line and column of every fault, up to twenty.
    """
    from planner.plan.library import load_library  # noqa: PLC0415

    return load_library([Path(folder) for folder in folders], [Path(file) for file in prices])


def plan(
    request: Request | str | PathLike[str], catalog: Catalog | None = None, *, time_limit: float | None = None
) -> Plan:
    """The plan of a request, or of the request in a file (then explanations name its lines).

    `time_limit` ends the search after so many seconds with the best plan found; the plan then says so.

    Raises:
        InputError: the request is wrong, or names what the catalog does not have.
        Infeasible: no plan meets the request; `explanation` says why.
        TimeLimitReached: the limit came before a first plan.
    """
    from planner.deadline import Deadline  # noqa: PLC0415
    from planner.plan.build import make_plan  # noqa: PLC0415

    return make_plan(*_read(request), catalog or load_catalog(), deadline=Deadline(time_limit))


def explain(
    request: Request | str | PathLike[str], catalog: Catalog | None = None
) -> Explanation | FloorExplanation | PhaseExplanation | None:
    """Why a request has no plan and the ways out, by limits, by the floor or by a phase; None when there is a plan.

    Raises:
        InputError: the request is wrong, or names what the catalog does not have.
        TimeLimitReached: neither a plan nor the proof that there is none was found in time.
    """
    from planner.plan.build import refusal_of  # noqa: PLC0415

    return refusal_of(*_read(request), catalog or load_catalog())


def verify(plan: Plan, catalog: Catalog | None = None) -> tuple[Finding, ...]:
    """Everything in a plan recomputed from the request inside it and the catalog; a finding for each broken promise."""
    from planner.verify.check import verify as check  # noqa: PLC0415

    return check(plan, catalog or load_catalog())


def _read(request: Request | str | PathLike[str]) -> tuple[Request, Document]:
    from planner import document  # noqa: PLC0415
    from planner import request as room  # noqa: PLC0415

    if not isinstance(request, room.Request):
        return room.load_request(Path(request))
    # A value has no file: it is written as a document, and checked again because a copy may have been changed.
    return room.read_request(document.parse(document.canonical_json(request.written()), "request"))


_CALLS = {f"{__name__}.{call.__name__}": call for call in (plan, explain, verify)}


class _Room(ModuleType):
    """A room that shares its name with a function of the API: `planner.plan` is both."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _CALLS[self.__name__](*args, **kwargs)


class _Package(ModuleType):
    """Importing a room binds it here over the function of its name; the room then answers the call."""

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, ModuleType) and value.__name__ in _CALLS:
            value.__class__ = _Room
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
