"""Rules of a request that one field alone cannot state, each with the line where it is broken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from planner import document
from planner.document import Document, Location, nearest
from planner.errors import InputError, Problem
from planner.request import check_existing, check_ground, check_phases, check_rear_doors
from planner.request.check_ground import each_hall
from planner.request.check_power import power_trees_hold
from planner.request.check_types import truths_are_no_numbers
from planner.request.files import with_files
from planner.request.schema import Request
from planner.request.times import answers_have_a_length, times_can_be_kept
from planner.request.workload import Inference

Check = Callable[[Request, Document], Iterator[Problem]]


def load_request(path: Path) -> tuple[Request, Document]:
    """Reads and checks a request file, all but what needs a catalog.

    Raises:
        InputError: up to twenty problems, each with line and column.
    """
    return read_request(with_files(document.load(path, "request"), path.parent))


def read_request(source: Document) -> tuple[Request, Document]:
    """The request in a parsed document, checked as `load_request` does."""
    request = document.build(Request, source)
    problems = [problem for check in (truths_are_no_numbers, *CHECKS) for problem in check(request, source)]
    if problems:
        raise InputError(problems)
    return request, source


def _repeated(ids: list[tuple[str, Location]], what: str, source: Document) -> Iterator[Problem]:
    first: dict[str, Location] = {}
    for name, location in ids:
        if name in first:
            line = source.mark(first[name]).line
            yield source.problem(
                location, f'the {what} id "{name}" a second time', "an id of its own", f"it stands first at line {line}"
            )
        first.setdefault(name, location)


def unique_ids(request: Request, source: Document) -> Iterator[Problem]:
    """Sites, halls, rows of a hall, feeds of a hall, loops of a hall, workloads and datasets have ids of their own."""
    sites = [(s.id, ("sites", i, "id")) for i, s in enumerate(request.sites)]
    yield from _repeated(list(sites), "site", source)
    halls: list[tuple[str, Location]] = []
    for i, site in enumerate(request.sites):
        for j, hall in enumerate(site.halls):
            at: Location = ("sites", i, "halls", j)
            halls.append((hall.id, (*at, "id")))
            rows: list[tuple[str, Location]] = [(r.id, (*at, "rows", k, "id")) for k, r in enumerate(hall.rows)]
            feeds: list[tuple[str, Location]] = [
                (f.id, (*at, "power", "feeds", k, "id")) for k, f in enumerate(hall.power.feeds)
            ]
            loops: list[tuple[str, Location]] = [
                (p.id, (*at, "cooling", "loops", k, "id")) for k, p in enumerate(hall.cooling.loops)
            ]
            yield from _repeated(rows, "row", source)
            yield from _repeated(feeds, "feed", source)
            yield from _repeated(loops, "loop", source)
    yield from _repeated(halls, "hall", source)
    yield from _repeated([(w.id, ("workloads", i, "id")) for i, w in enumerate(request.workloads)], "workload", source)
    yield from _repeated([(m.id, ("models", i, "id")) for i, m in enumerate(request.models)], "model", source)
    yield from _repeated([(d.id, ("datasets", i, "id")) for i, d in enumerate(request.datasets)], "dataset", source)


def rows_have_their_feeds(request: Request, source: Document) -> Iterator[Problem]:
    """A row names feeds of its hall, each once, and no more than the hall has; every active feed powers a row."""
    for at, hall in each_hall(request):
        known = [feed.id for feed in hall.power.feeds]
        used: set[str] = set()
        for k, row in enumerate(hall.rows):
            for n, feed in enumerate(row.feeds):
                place = (*at, "rows", k, "feeds", n)
                if feed not in known:
                    hint = nearest(feed, known) or f"the hall has {', '.join(known)}"
                    yield source.problem(place, f'the feed "{feed}"', "a feed of this hall", hint)
                elif feed in row.feeds[:n]:
                    yield source.problem(place, f'the feed "{feed}" twice', "each feed once")
            used.update(row.feeds)
        for k, feed_ in enumerate(hall.power.feeds):
            if feed_.id not in used and feed_.role == "active":
                yield source.problem(
                    (*at, "power", "feeds", k, "id"),
                    f'the feed "{feed_.id}", which powers nothing',
                    "a feed that a row names",
                    "name it in a row's feeds, or remove it",
                )


def existing_load_fits_its_feed(request: Request, source: Document) -> Iterator[Problem]:
    """A feed does not already carry more than it can."""
    for at, hall in each_hall(request):
        for k, feed in enumerate(hall.power.feeds):
            if feed.existing_load > feed.capacity:
                yield source.problem(
                    (*at, "power", "feeds", k, "existing_load"),
                    f"{feed.existing_load:,} W",
                    f"at most the feed's {feed.capacity:,} W",
                )


def liquid_rows_have_a_loop(request: Request, source: Document) -> Iterator[Problem]:
    """A row with liquid cooling names a loop of its hall; a loop reaches a row."""
    for at, hall in each_hall(request):
        known = [loop.id for loop in hall.cooling.loops]
        used = {row.loop for row in hall.rows if "liquid" in row.cooling}
        used |= {row.rear_door.loop for row in hall.rows if row.rear_door is not None}
        for k, row in enumerate(hall.rows):
            place = (*at, "rows", k)
            if "liquid" in row.cooling and row.loop is None:
                yield source.problem((*place, "cooling"), "liquid cooling without a loop", 'the key "loop"')
            elif row.loop is not None and row.loop not in known:
                hint = nearest(row.loop, known) or (f"the hall has {', '.join(known)}" if known else "add it to loops")
                yield source.problem((*place, "loop"), f'the loop "{row.loop}"', "a loop of this hall", hint)
            elif row.loop is not None and "liquid" not in row.cooling:
                yield source.problem((*place, "loop"), "a loop for a row without liquid", 'cooling with "liquid" in it')
        for k, loop in enumerate(hall.cooling.loops):
            if loop.id not in used:
                yield source.problem(
                    (*at, "cooling", "loops", k, "id"),
                    f'the loop "{loop.id}", which cools nothing',
                    "a loop that a row names",
                )


def shelves_are_shared_by_the_feeds(request: Request, source: Document) -> Iterator[Problem]:
    """A rack with a busbar has as many power shelves on every feed of its row."""
    for at, hall in each_hall(request):
        for k, row in enumerate(hall.rows):
            if row.busbar is not None and row.busbar.shelves % len(row.feeds):
                yield source.problem(
                    (*at, "rows", k, "busbar", "shelves"),
                    f"{row.busbar.shelves} shelves on {len(row.feeds)} feeds",
                    f"a multiple of {len(row.feeds)}, as many on every feed",
                )


def blocked_positions_exist(request: Request, source: Document) -> Iterator[Problem]:
    """Blocked numbers are positions of the row, and leave at least one free."""
    for at, hall in each_hall(request):
        for k, row in enumerate(hall.rows):
            for n, number in enumerate(row.blocked):
                if not 1 <= number <= row.positions:
                    yield source.problem(
                        (*at, "rows", k, "blocked", n), f"position {number}", f"a number from 1 to {row.positions}"
                    )
            if len(set(row.blocked)) >= row.positions:
                yield source.problem((*at, "rows", k, "blocked"), "every position blocked", "a free position")


def dates_are_not_past(request: Request, source: Document) -> Iterator[Problem]:
    """Nothing is ordered or in service before the request's date, and service follows the order."""
    policy = request.policy
    order = policy.order_date or request.date
    if order < request.date:
        yield source.problem(
            ("policy", "order_date"), f"{order}, which is past", f"a date from {request.date} on, the request's date"
        )
    if policy.in_service_by is not None and policy.in_service_by <= order:
        yield source.problem(("policy", "in_service_by"), f"{policy.in_service_by}", f"a date after {order}")


def names_are_known(request: Request, source: Document) -> Iterator[Problem]:
    """Workloads name datasets and locations that exist."""
    datasets = [d.id for d in request.datasets]
    locations = [hall.id for _, hall in each_hall(request)] + list(request.policy.regions)
    for i, workload in enumerate(request.workloads):
        for n, name in enumerate(workload.data.datasets):
            if name not in datasets:
                hint = nearest(name, datasets)
                yield source.problem(
                    ("workloads", i, "data", "datasets", n), f'the dataset "{name}"', "a dataset of the request", hint
                )
        for n, name in enumerate(workload.locations or ()):
            if name not in locations:
                hint = nearest(name, locations) or "regions are first allowed in policy.regions"
                yield source.problem(
                    ("workloads", i, "locations", n), f'the location "{name}"', "a hall or an allowed region", hint
                )


def percentiles_have_arrivals(request: Request, source: Document) -> Iterator[Problem]:
    """A percentile is one of arrivals, and without a file of them there are none."""
    for i, workload in enumerate(request.workloads):
        if isinstance(workload, Inference) and workload.percentile is not None and workload.arrivals is None:
            yield source.problem(
                ("workloads", i, "percentile"), "a percentile without arrivals", 'the key "arrivals"',
                "name a CSV of arrivals, or state the peak and remove the percentile", key=True,
            )  # fmt: skip


def objectives_once(request: Request, source: Document) -> Iterator[Problem]:
    """Each objective stands once in the order of objectives."""
    seen: set[str] = set()
    for n, objective in enumerate(request.policy.objective):
        if objective in seen:
            yield source.problem(("policy", "objective", n), f'"{objective}" twice', "each objective once")
        seen.add(objective)
    if not request.policy.objective:
        yield source.problem(("policy", "objective"), "no objective", "at least one, such as tco")


def times_of_work(request: Request, source: Document) -> Iterator[Problem]:
    """Hours, profiles and priorities leave time for the work."""
    yield from answers_have_a_length(request.workloads, source)
    yield from times_can_be_kept(request.workloads, source, phased=bool(request.phases))


def relief_costs_have_a_rate(request: Request, source: Document) -> Iterator[Problem]:
    """Prices of relief are in the request's currency, or in one that has a rate."""
    relief = request.policy.relief_costs
    known = {request.currency, *(rate.base for rate in request.exchange_rates)}
    if relief is not None and relief.currency is not None and relief.currency not in known:
        yield source.problem(
            ("policy", "relief_costs", "currency"), f"no rate from {relief.currency} to {request.currency}",
            f"a currency with a rate, of {', '.join(sorted(known))}",
            "add {base: " + relief.currency + ", rate: ..., as_of: ..., source: ...} to exchange_rates",
        )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    unique_ids,
    rows_have_their_feeds,
    power_trees_hold,
    existing_load_fits_its_feed,
    liquid_rows_have_a_loop,
    shelves_are_shared_by_the_feeds,
    blocked_positions_exist,
    *check_ground.CHECKS,
    *check_rear_doors.CHECKS,
    *check_existing.CHECKS,
    dates_are_not_past,
    names_are_known,
    percentiles_have_arrivals,
    objectives_once,
    times_of_work,
    *check_phases.CHECKS,
    relief_costs_have_a_rate,
)


def unknown_ids(
    request: Request,
    source: Document,
    *,
    models: Collection[str],
    products: dict[str, Collection[str]],
    profiles: Collection[str],
    currencies: Collection[str],
) -> list[Problem]:
    """Ids that no catalog entry has: models, systems, storage, regions, profiles; currencies without a rate.

    `products` maps a kind ("system", "storage", "region") to its ids.
    """
    problems: list[Problem] = []

    def look(word: str, known: Collection[str], what: str, place: Location) -> None:
        if word not in known:
            hint = nearest(word, sorted(known)) or f"see `planner catalog list` for every {what}"
            problems.append(source.problem(place, f'the {what} "{word}"', f"a {what} of the catalog", hint))

    for i, workload in enumerate(request.workloads):
        model = getattr(workload, "model", None)
        if model is not None:
            look(model, models, "model", ("workloads", i, "model"))
        for n, name in enumerate(workload.systems or ()):
            look(name, products["system"], "system", ("workloads", i, "systems", n))
    for key, kind in (("systems", "system"), ("storage", "storage")):
        choice = getattr(request.policy, key)
        for side in ("allow", "exclude"):
            for n, name in enumerate(getattr(choice, side)):
                look(name, products[kind], kind, ("policy", key, side, n))
    for n, name in enumerate(request.policy.regions):
        look(name, products["region"], "region", ("policy", "regions", n))
    for n, name in enumerate(request.policy.sovereignty.profiles):
        look(name, profiles, "profile", ("policy", "sovereignty", "profiles", n))
    rates = {rate.base for rate in request.exchange_rates} | {request.currency}
    for currency in sorted(set(currencies) - rates):
        problems.append(
            source.problem(
                ("exchange_rates",) if request.exchange_rates else ("currency",),
                f"no rate from {currency} to {request.currency}",
                f"a rate for {currency}, in which the price book has prices",
                "add {base: " + currency + ", rate: ..., as_of: ..., source: ...}",
                key=True,
            )
        )
    return problems
