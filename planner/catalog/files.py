"""The files of a catalog: which folders, in which order, and one reader for each schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from planner import document
from planner.errors import InputError, Problem
from planner.paths import data_root

Model = TypeVar("Model", bound=BaseModel)


def catalog_roots(extra: Sequence[Path] = ()) -> tuple[Path, ...]:
    """The user's folders first, then the catalog that comes with the planner.

    Raises:
        InputError: a named folder does not exist.
    """
    for folder in extra:
        if not folder.is_dir():
            raise InputError(Problem(str(folder), 0, 0, "--catalog", "no such folder", "a folder of catalog files"))
    return (*extra, data_root() / "catalogs")


def files_in(root: Path, folder: str) -> Iterator[Path]:
    """The YAML files below `root/folder`, sorted by name. Links that leave the folder are refused."""
    base = root / folder
    if not base.is_dir():
        return
    inside = base.resolve()
    for path in sorted(base.rglob("*.yaml")):
        if not path.resolve().is_relative_to(inside):
            raise InputError(Problem(str(path), 0, 0, "", "a link that leaves the catalog", "a file in the folder"))
        yield path


def read_all(roots: Sequence[Path], folder: str, model: type[Model]) -> list[tuple[Path, Model]]:
    """Every file of one folder over all roots, in search order, as `model`.

    Raises:
        InputError: with file, line and column.
    """
    found = []
    for root in roots:
        for path in files_in(root, folder):
            found.append((path, document.build(model, document.load(path, "catalog file"))))
    return found
