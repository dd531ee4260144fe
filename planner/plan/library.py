"""Everything the catalog folders hold, read once: products and prices, models, priors, fabrics, rules, factors."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.catalog.fabrics import FabricDesign, load_fabrics
from planner.catalog.factors import Factors, load_factors
from planner.catalog.files import files_in
from planner.catalog.load import Catalog, load_catalog
from planner.catalog.models import Models, load_models
from planner.catalog.priors import Priors, load_priors
from planner.catalog.profiles import Profile, load_profiles
from planner.catalog.rules import RuleBook, load_rules
from planner.catalog.schema import Region, Storage, System
from planner.document import Document
from planner.errors import InputError
from planner.plan.busbar_checks import busbar_problems
from planner.plan.power_cap_checks import power_cap_problems
from planner.request.check import unknown_ids
from planner.request.check_existing import existing_problems
from planner.request.schema import Request

OTHER_FOLDERS = ("fabrics", "factors", "models", "priors", "profiles", "rules")


@dataclass(frozen=True)
class Library:
    """The catalog in the wide sense. `sha256` covers every file of every folder but the prices."""

    catalog: Catalog
    models: Models
    priors: Priors
    fabrics: Mapping[str, FabricDesign]
    rules: RuleBook
    profiles: Mapping[str, Profile]
    factors: Factors
    sha256: str


def load_library(folders: Sequence[Path] = (), price_files: Sequence[Path] = ()) -> Library:
    """Reads every folder, the user's first.

    Raises:
        InputError: with file, line and column.
    """
    catalog = load_catalog(folders, price_files)
    rules = load_rules(catalog.roots)
    return Library(
        catalog=catalog,
        models=load_models(folders),
        priors=load_priors(folders),
        fabrics=load_fabrics(catalog.roots),
        rules=rules,
        profiles=load_profiles(catalog.roots, rules),
        factors=load_factors(folders),
        sha256=_joint(catalog),
    )


def _joint(catalog: Catalog) -> str:
    digest = hashlib.sha256(catalog.sha256.encode())
    for folder in OTHER_FOLDERS:
        for number, root in enumerate(catalog.roots):
            for path in files_in(root, folder):
                digest.update(f"{number}/{folder}/{path.name}\n".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def models_of(request: Request, library: Library) -> Models:
    """The models of the catalog, and before them those that the request brings."""
    return Models((*request.models, *library.models)) if request.models else library.models


def check_ids(request: Request, source: Document, library: Library) -> None:
    """Refuses ids that the library does not have.

    Raises:
        InputError: each with its line and the nearest valid id.
    """
    catalog = library.catalog
    currencies = {entry.currency for entry in catalog.prices.bare.values()}
    aliases = {name for model in models_of(request, library) for name in (model.id, *model.aliases)}
    problems = unknown_ids(
        request,
        source,
        models=sorted(aliases),
        products={
            "system": list(catalog.of(System)),
            "storage": list(catalog.of(Storage)),
            "region": list(catalog.of(Region)),
        },
        profiles=sorted(library.profiles),
        currencies=sorted(currencies),
    )
    problems += existing_problems(request, source, catalog)
    problems += power_cap_problems(request, source, catalog)
    problems += busbar_problems(request, source, catalog)
    if problems:
        raise InputError(problems)
