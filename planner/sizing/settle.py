"""Sizing and packing in turn until they agree: counts, racks by pattern, exact fabrics, and a bound for all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from planner.catalog.fabrics import FabricDesign
from planner.catalog.schema import System
from planner.errors import TimeLimitReached
from planner.fabric.generic import fitted
from planner.facility.standing import free_ports
from planner.packing.data import Certificate, DeviceClass, PackingInfeasible, PackingProblem, PackingResult, RackClass
from planner.packing.model import pack
from planner.sizing.apart import caps_of
from planner.sizing.apart_racks import counted_together, split_by_domain
from planner.sizing.certificates import certificates_for, remember_certificates
from planner.sizing.data import Cut, HallData, Mix, PartCut, PositionClass, SizingData, SizingResult, Stage
from planner.sizing.limits import NOTHING
from planner.sizing.model import Caps, Progress, SizingInfeasible, size
from planner.sizing.network import Surroundings, counts_in_hall, devices_of
from planner.sizing.open_stages import recounted, with_open_stages
from planner.sizing.pdus import (
    MONEY,
    by_number_of_pdus,
    capex_of_counted,
    cost_of_racks,
    cost_opened,
    cost_with_pdus,
    counted,
    fits_the_positions,
    has_idle_choices,
    of_any_number,
)
from planner.sizing.phase_ratings import PhasesInfeasible, keep_the_phases, pdus_on_a_feed, rack_in
from planner.sizing.prepare import Prepared, prepare
from planner.sizing.question import Question
from planner.sizing.rack_kinds import by_kind, members_of_kinds, rack_kinds
from planner.sizing.row_by_row import cut_of_parts, row_by_row
from planner.sizing.spread_racks import heat_parts_ways, split_by_class
from planner.sizing.variables import fits

MOST_ROUNDS = 12
PACKING_TIME = 1.0  # deterministic; where it does not close the gap, the proof of packing says so
PDU_TIME = 0.3  # deterministic, for racks by their number of PDUs: the bound alone is of use
RESOURCES = ("height_u", "design_w", "peak_w", "air_w", "weight_kg")
UNLIMITED = 10**9


@dataclass(frozen=True)
class Bound:
    """What no plan is below in an objective, and the certificates of packing that it rests on."""

    objective: str
    value: int
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True)
class Settled:
    """Counts and racks that fit together. `bound` is the first objective's bound, valid for every plan."""

    prepared: Prepared
    sizing: SizingResult
    packing: Mapping[str, PackingResult]  # by hall; halls without nodes are left out
    problems: Mapping[str, PackingProblem]
    around: Mapping[str, Surroundings]
    cuts: tuple[Cut, ...]
    bounds: Mapping[str, int]  # objective -> lower bound
    rounds: int
    agreed: bool
    whole: Bound | None = None  # with all that is bought; None: not looked for


def settle(
    question: Question,
    *,
    progress: Progress | None = None,
    avoid: tuple[Mix, ...] = (),
    spread: frozenset[str] = frozenset(),
    by_row: frozenset[str] = frozenset(),
) -> Settled:
    """The best counts that pack, and the proof of how good they are.

    A first look solves the main objective alone with the networks at their least: its bound holds for every plan. Each
    packing that needs more racks than sizing allowed adds its certificate as a cut. Then every objective is solved in
    order, with the networks sized for the storage ports and rack PDUs that were found. The answer is none of the mixes
    to `avoid`, and racks of the halls in `spread` hold what sizing put into each position class; those in `by_row` are
    sized and packed row by row. The bound does not know of any of them.

    Raises:
        SizingInfeasible: proven impossible.
        PackingInfeasible: the counts that sizing wants fit no racks of the hall, and no cut could be learned.
        TimeLimitReached: nothing found within the limits.
    """
    look = _look(question)
    found = _in_full(question, look, progress, avoid, spread, by_row)
    bounds = {stage.objective: stage.lower_bound for stage in found.stages}
    bounds |= {
        stage.objective: min(stage.lower_bound, reached.value)
        for stage, reached in zip(look.done.sizing.stages, found.stages, strict=False)
    }
    bounds |= _bounds_of_later(question, found, len(look.done.sizing.stages))
    return _with_every_pdu(question, look, found.settled(bounds, look.rounds, exact=True))


def _with_every_pdu(question: Question, look: _Found, settled: Settled) -> Settled:
    """The answer with a bound on all that is bought: PDUs of racks without a price are counted as well."""
    main = look.done.sizing.stages[-1]
    settled = replace(settled, whole=Bound(main.objective, main.lower_bound))
    if main.objective not in MONEY or not has_idle_choices(look.prepared.data) or question.deadline.over():
        return settled
    rounds = _Rounds(question, None, None, settled.cuts, pdus=True, every_pdu=True)
    with suppress(SizingInfeasible, PackingInfeasible, TimeLimitReached):  # the bound without them stands
        further = rounds.run(Surroundings(), main_only=True, prove_packing=False, grow=False)
        bound = further.done.sizing.stages[-1].lower_bound
        if bound > main.lower_bound:
            return replace(settled, whole=Bound(main.objective, bound, further.cuts))
    return settled


def _bounds_of_later(question: Question, found: _Found, first: int) -> dict[str, int]:
    """Bounds of later objectives that networks smaller than sized have brought below what was proven of them.

    They hold for every plan that is no worse in the objectives before, with its networks at their least.
    """
    bounds = {}
    for n, stage in enumerate(found.stages[first:], first):
        if stage.value < found.done.sizing.stages[n].lower_bound:
            caps = tuple((s.objective, s.value) for s in found.stages[:n])
            policy = question.request.policy.model_copy(update={"objective": (stage.objective,)})
            alone = replace(question, request=question.request.model_copy(update={"policy": policy}))
            with suppress(TimeLimitReached):  # nothing is proven then
                bounds[stage.objective] = min(stage.value, least_under(alone, caps, found.cuts))
    return bounds


def _look(question: Question) -> _Found:
    rounds = _Rounds(question, None, None, pdus=True)
    return rounds.run(Surroundings(), main_only=True, prove_packing=False, grow=False)


def _in_full(
    question: Question, look: _Found, progress: Progress | None, avoid: tuple[Mix, ...], spread: frozenset[str],
    by_row: frozenset[str],
) -> _Found:  # fmt: skip
    """Every objective, from where the first look ended; the look itself where the run must end before more is found."""
    rounds = _Rounds(question, None, progress, look.cuts, avoid, spread, by_row, pdus=True)
    useful = look.done.stands and not (avoid or spread or by_row)
    if useful and question.deadline.over():
        return look
    try:
        return rounds.run(look.done.widest(Surroundings()) if look.done.outgrown else Surroundings())
    except TimeLimitReached:
        if not useful or not question.deadline.stopped:
            raise
        return look


def first_look(question: Question) -> SizingResult:
    """The main objective alone with the networks at their least, in counts that pack: a bound for every plan.

    Raises:
        SizingInfeasible, PackingInfeasible, TimeLimitReached: as `settle`.
    """
    return _look(question).done.sizing


def settle_with(question: Question, only: frozenset[str], like: Settled) -> Settled:
    """The best counts with some systems alone, for comparison with another answer: same model, same objectives.

    Networks start from what surrounds `like`; packings have no proof of their own, for none is shown.

    Raises:
        SizingInfeasible, PackingInfeasible, TimeLimitReached: as `settle`.
    """
    start = _widest(Surroundings(), like.around.values())
    found = _Rounds(question, only, None, like.cuts).run(start, prove_packing=False)
    bounds = {stage.objective: stage.lower_bound for stage in found.done.sizing.stages}
    return found.settled(bounds, 0)


class Outgrown(SizingInfeasible):
    """No counts meet the limits once networks are as large as what was packed asks: `around` by hall."""

    def __init__(self, around: Mapping[str, Surroundings]) -> None:
        self.around = around
        super().__init__()


def settle_unproved(
    question: Question, around: Mapping[str, Surroundings] | None = None, by_row: frozenset[str] = frozenset()
) -> Settled:
    """The best counts that pack, with no bound of their own and no proof of their packings: what one change leads to.

    What packing has proven of the same racks holds from the start. Networks start from what surrounds the halls in
    `around`, else at their least. Halls in `by_row` are sized and packed row by row.

    Raises:
        SizingInfeasible, PackingInfeasible, TimeLimitReached: as `settle`.
    """
    start = _widest(Surroundings(), (around or {}).values())
    rounds = _Rounds(question, None, None, by_row=by_row, shares=True)
    return rounds.run(start, prove_packing=False).settled({}, 0)


def settle_under(question: Question, caps: Caps, like: Settled, *, roomy: bool = False) -> Settled:
    """The best counts of which no objective in `caps` passes its value there; what `like` proved holds from the start.

    Networks are at their least, which makes the bound that of every plan, and grow only where they must; `roomy` starts
    with what surrounds `like`, and the answer has no bounds. Packings have no proof of their own, and among equal
    answers the solver's first is taken.

    Raises:
        SizingInfeasible, PackingInfeasible, TimeLimitReached: as `settle`.
    """
    rounds = _Rounds(question, None, None, like.cuts, caps=caps, canonical=False)
    if roomy:
        return rounds.run(_widest(Surroundings(), like.around.values()), prove_packing=False).settled({}, 0)
    look = rounds.run(Surroundings(), prove_packing=False, grow=False)
    bounds = {stage.objective: stage.lower_bound for stage in look.done.sizing.stages}
    if look.done.outgrown:
        return rounds.run(look.done.widest(Surroundings()), prove_packing=False).settled(bounds, look.rounds)
    return look.settled(bounds, 0)


def least_under(question: Question, caps: Caps, cuts: tuple[Cut, ...]) -> int:
    """A bound on the first objective that holds for every plan within `caps`: networks at their least, racks by volume.

    Raises:
        SizingInfeasible: no counts are within the caps.
        TimeLimitReached: no bound within the deterministic limit.
    """
    prepared = question.once(("least networks", question.request.policy.objective), partial(prepare, question))
    return size(prepared.data, cuts, main_only=True, caps=caps).stages[-1].lower_bound


@dataclass(frozen=True)
class NoLayout:
    """No counts meet the limits row by row: what packing had proven when that was found, and in which halls."""

    cuts: tuple[Cut, ...]
    part_cuts: tuple[PartCut, ...]
    by_row: frozenset[str]


def no_layout(question: Question, by_row: frozenset[str]) -> NoLayout | None:
    """The proof that no counts meet the limits row by row, with the networks at their least; None: not proven."""
    rounds = _Rounds(question, None, None, by_row=by_row)
    try:
        rounds.run(Surroundings(), main_only=True, prove_packing=False, grow=False)
    except SizingInfeasible:
        return NoLayout(rounds.cuts, rounds.part_cuts, by_row)
    except (PackingInfeasible, TimeLimitReached):
        return None
    return None


def refusal_cuts(question: Question) -> tuple[Cut, ...]:
    """What packing had proven when a question turned out to have no answer."""
    return refusal_of(question)[0]


def refusal_of(question: Question) -> tuple[tuple[Cut, ...], str]:
    """What packing had proven of a question without an answer, and why its racks cannot be wired, or ""."""
    rounds = _Rounds(question, None, None)
    try:
        rounds.run(Surroundings(), main_only=True, prove_packing=False, grow=False)
    except PhasesInfeasible as refusal:
        return rounds.cuts, str(refusal)
    except (SizingInfeasible, PackingInfeasible):
        return rounds.cuts, ""
    return rounds.cuts, ""


def packs(question: Question, data: SizingData) -> bool:
    """Whether some counts meet every limit and fit into racks; False too where no cut could be learned.

    Raises:
        TimeLimitReached: not decided within the rounds.
    """
    cuts = certificates_for(question, data)
    for _ in range(MOST_ROUNDS):
        try:
            sized = size(data, cuts, main_only=True)
            problems = {h.key: packing_problem(h, sized, data.objectives[0]) for h in data.halls}
            _, learned, _ = _pack_all(question, data, problems, sized, prove=False)
        except (SizingInfeasible, PackingInfeasible):
            return False
        new = tuple(cut for cut in learned if cut not in cuts)
        if not new:
            return True
        remember_certificates(question, data, new)
        cuts = (*cuts, *new)
    raise TimeLimitReached(f"sizing and packing did not agree within {MOST_ROUNDS} rounds")


@dataclass(frozen=True)
class _Found:
    """Where rounds of sizing and packing ended."""

    prepared: Prepared
    done: _Completed
    cuts: tuple[Cut, ...]
    rounds: int

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The objectives of what is bought in the end."""
        return recounted(self.prepared.data, self.done.sizing).stages

    def settled(self, bounds: Mapping[str, int], earlier: int, *, exact: bool = False) -> Settled:
        """The answer with its bounds; `exact` tells its objectives as bought, not as sized."""
        done, data = self.done, self.prepared.data
        sizing = with_open_stages(data, recounted(data, done.sizing) if exact else done.sizing)
        return Settled(
            self.prepared, sizing, done.packed, done.problems, done.around, self.cuts, bounds, self.rounds + earlier,
            not done.outgrown,
        )  # fmt: skip


@dataclass
class _Rounds:
    """Sizing and packing in turn, until packing has nothing to add and the networks are large enough."""

    question: Question
    only: frozenset[str] | None
    progress: Progress | None
    cuts: tuple[Cut, ...] = ()
    avoid: tuple[Mix, ...] = ()
    spread: frozenset[str] = frozenset()
    by_row: frozenset[str] = frozenset()
    part_cuts: tuple[PartCut, ...] = ()
    shared: set[str] = field(default_factory=set)  # halls with several fabrics: only one of them has the existing ports
    caps: Caps = ()
    canonical: bool = True
    pdus: bool = False  # racks are packed with the PDUs in mind that they need
    every_pdu: bool = False  # those of racks without a price are counted too
    shares: bool = False  # starts from certificates of questions like this one, and leaves its own to them

    def run(
        self, common: Surroundings, *, main_only: bool = False, prove_packing: bool = True, grow: bool = True
    ) -> _Found:
        """Every hall is sized for the same surroundings, so that halls that are alike do not take turns.

        Where the run must end, the last answer whose racks hold everything is the best found.
        """
        best: _Found | None = None
        for number in range(1, MOST_ROUNDS + 1):
            around = {
                hall.id: replace(common, existing_ports=0 if hall.id in self.shared else free_ports(hall))
                for _, hall in self.question.request.halls()
            }
            prepared = self.prepared(around)
            prepared = replace(prepared, data=self.with_what_was_refused(prepared.data))
            if self.shares:
                self.cuts = tuple(dict.fromkeys((*self.cuts, *certificates_for(self.question, prepared.data))))
            try:
                sized = size(
                    prepared.data, self.cuts, deadline=self.question.deadline, progress=self.progress,
                    main_only=main_only, caps=self.caps, canonical=self.canonical,
                )  # fmt: skip
            except TimeLimitReached:
                if best is None or not self.question.deadline.stopped:
                    raise
                return best
            except SizingInfeasible:
                if common == Surroundings():
                    raise
                raise Outgrown(around) from None
            known = self.cuts if self.shares else None
            done = _complete(
                self.question, prepared.data, sized, prove_packing=prove_packing, pdus=self.pdus, known=known
            )
            new = tuple(cut for cut in done.learned if cut not in self.cuts)
            parts = tuple(cut for cut in done.part_cuts if cut not in self.part_cuts)
            self.cuts, self.part_cuts = (*self.cuts, *new), (*self.part_cuts, *parts)
            learned = bool(new or parts)
            if self.shares:
                remember_certificates(self.question, prepared.data, new)
            wider = done.widest(common)
            shared = {hall.key for hall in prepared.data.halls if len(systems_in(hall, done.sizing)) > 1} - self.shared
            shared = {hall for hall in shared if around[hall].existing_ports}
            if not grow:  # a first look keeps the ports for any answer, so that its bound holds for every one
                shared = set()
            self.shared |= shared
            if not learned and not shared and (not grow or not done.outgrown or wider == common):
                return _Found(prepared, done, self.cuts, number)
            best = _Found(prepared, done, self.cuts, number) if done.stands and not done.broken_off else best
            if best is not None and self.question.deadline.over():
                return best
            common = common if learned or shared else wider
        raise TimeLimitReached(f"sizing and packing did not agree within {MOST_ROUNDS} rounds")

    def with_what_was_refused(self, data: SizingData) -> SizingData:
        """The same question, and what the floor and packing row by row have refused."""
        data = replace(data, avoid=self.avoid, spread=self.spread, part_cuts=self.part_cuts)
        return row_by_row(data, self.by_row) if self.by_row else data

    def prepared(self, around: Mapping[str, Surroundings]) -> Prepared:
        """The question in integers; under caps it is asked again and again, and prepared once."""
        make = partial(prepare, self.question, around, self.only, every_pdu=self.every_pdu)
        if not self.caps:
            return make()
        key = ("prepared", self.question.request.policy.objective, self.only, frozenset(around.items()))
        return self.question.once(key, make)


def _widest(before: Surroundings, around: Iterable[Surroundings]) -> Surroundings:
    seen = [before, *around]
    stores = [s for s in seen if s.storage_units]
    largest = max(stores, key=lambda s: (s.storage_units, s.storage_product), default=before)
    return Surroundings(
        largest.storage_product, largest.storage_units, max(s.pdus for s in seen), max(s.others for s in seen)
    )


@dataclass(frozen=True)
class _Completed:
    """A sizing whose networks are counted exactly for the storage and PDUs that its own packing has."""

    sizing: SizingResult
    packed: Mapping[str, PackingResult]
    problems: Mapping[str, PackingProblem]
    around: Mapping[str, Surroundings]
    learned: tuple[Cut, ...]
    part_cuts: tuple[PartCut, ...]
    outgrown: bool  # an exact count is larger than sizing allowed for
    broken_off: bool  # a certificate was learned, which sizing should know before anything is packed again

    def widest(self, before: Surroundings) -> Surroundings:
        """Surroundings that cover every hall."""
        return _widest(before, self.around.values())

    @property
    def stands(self) -> bool:
        """Whether every hall with nodes has racks for them."""
        halls = {hall for hall, problem in self.problems.items() if any(device.count for device in problem.devices)}
        return halls <= self.packed.keys()


def _complete(
    question: Question, data: SizingData, sized: SizingResult, *, prove_packing: bool, pdus: bool,
    known: Sequence[Cut] | None,
) -> _Completed:  # fmt: skip
    """Packs, counts the networks for what was packed, and packs again, until nothing changes.

    Without `prove_packing` a packing that opens no more than sizing did is good enough. Where `known` tells the
    certificates that sizing had, one that it had not ends the work.
    """
    counts, settled, sparing, broken_off = sized, False, False, False
    for _ in range(MOST_ROUNDS):
        problems = {h.key: packing_problem(h, counts, data.objectives[0]) for h in data.halls}
        packed, learned, parts = _pack_all(question, data, problems, sized, prove=prove_packing, pdus=sparing)
        around = {h.key: _surroundings(question, h, counts, packed.get(h.key)) for h in data.halls}
        exact = _exact_networks(question, data, counts, around)
        settled = exact.counts == counts.counts
        broken_off = known is not None and any(cut not in known for cut in learned)
        if broken_off or not _knows(data, exact) or (settled and sparing == pdus):
            break
        counts, sparing = exact, sparing or (pdus and settled)  # PDUs are weighed once the networks have come to rest
    grown = any(n > sized.counts[h].get(key, 0) for h, found in exact.counts.items() for key, n in found.items())
    if pdus:
        counts = replace(counts, more_pdus={h.key: _pdus_of(question, h, packed.get(h.key)) for h in data.halls})
    outgrown = grown or not settled
    return _Completed(counts, packed, problems, around, tuple(learned), tuple(parts), outgrown, broken_off)


def _pdus_of(question: Question, hall: HallData, packed: PackingResult | None) -> dict[str, tuple[int, ...]]:
    """Racks with more than one PDU on each feed, as they were packed; each kind under its first class."""
    first = {kind: members[0] for kind, members in members_of_kinds(hall).items()}
    numbers = []
    for pattern, n in packed.patterns if packed is not None else ():
        place = first[pattern.rack]
        if place.pdus is not None and place.pdus.most > 1:
            choice, row = rack_in(question, hall, pattern.rack)
            numbers.append((place.key, pdus_on_a_feed(question, hall, choice, row, pattern), n))
    return counted(numbers)


def _knows(data: SizingData, sized: SizingResult) -> bool:
    """Whether every device counted is one that sizing had on offer: more storage may ask for a tier it had not."""
    return all(key in hall.items for hall in data.halls for key in sized.counts[hall.key])


def _exact_networks(
    question: Question, data: SizingData, sized: SizingResult, around: Mapping[str, Surroundings]
) -> SizingResult:
    """The same sizing with switches, fabric managers and management servers counted exactly."""
    counts: dict[str, dict[str, int]] = {}
    for hall in data.halls:
        network = {key for option in hall.systems for row in option.rows for key, _ in row.devices}
        kept = {key: n for key, n in sized.counts[hall.key].items() if key not in network}
        fabrics = fabrics_in(question, hall, sized)
        for (design, _), exact in zip(fabrics, counts_in_hall(question, fabrics, around[hall.key]), strict=True):
            for key, n in devices_of(design, exact).items():
                kept[key] = kept.get(key, 0) + n
        counts[hall.key] = dict(sorted(kept.items()))
    return replace(sized, counts=counts)


def fabrics_in(question: Question, hall: HallData, sized: SizingResult) -> list[tuple[FabricDesign, int]]:
    """The fabric design and the number of systems of every system product in a hall, in the order of products."""
    found = []
    for system in systems_in(hall, sized):
        design = question.designs[sized.rows[hall.key][system].design]
        product = question.catalog.get(hall.items[system].product, System)
        found.append((fitted(design, product), sized.counts[hall.key][system]))
    return found


def systems_in(hall: HallData, sized: SizingResult) -> list[str]:
    """The systems of a hall that have a fabric."""
    return [system for system in sorted(sized.rows[hall.key]) if sized.counts[hall.key].get(system)]


def rack_cost(place: PositionClass, objective: str) -> int:
    """What packing pays for a rack of a class: its part in the main objective first, then the rack itself.

    A rack that stands already costs nothing.
    """
    if place.standing:
        return 0
    price = {"tco": place.rack.tco, "capex": place.rack.capex}.get(objective, 0)
    return 1000 * price + 1


def packing_problem(hall: HallData, sized: SizingResult, objective: str) -> PackingProblem:
    """The nodes of one hall and the racks it could open."""
    counts, kinds = sized.counts[hall.key], rack_kinds(hall)
    outlets = sorted({name for c in kinds for name, _ in c.outlets})
    devices = [
        DeviceClass(
            id=key,
            size=(
                *(getattr(hall.items[key], resource) for resource in RESOURCES),
                *(dict(hall.items[key].outlets).get(name, 0) for name in outlets),
            ),
            count=count,
            allowed=frozenset(c.key for c in kinds if fits(hall, c, key, NOTHING)),
        )
        for key, count in sorted(counts.items())
        if hall.items[key].form == "node"
    ]
    free = by_kind(hall, {c.key: free_of_rack_systems(hall, c, sized) for c in hall.classes})
    racks = [
        RackClass(c.key, _capacity(c, outlets), rack_cost(c, objective), free.get(c.key, 0), c.gaps) for c in kinds
    ]
    return PackingProblem((*RESOURCES, *outlets), tuple(devices), tuple(racks))


def _capacity(place: PositionClass, outlets: list[str]) -> tuple[int, ...]:
    weight = UNLIMITED if place.weight_kg is None else max(0, place.weight_kg - place.rack.weight_kg)
    air = UNLIMITED if place.air_w is None else place.air_w
    given = dict(place.outlets)
    sockets = (given.get(name, 0) if given else UNLIMITED for name in outlets)
    return (place.height_u, place.design_w, place.peak_w, air, weight, *sockets)


def free_of_rack_systems(hall: HallData, place: PositionClass, sized: SizingResult) -> int:
    """Positions of a class that sizing leaves to racks: what rack systems and CDUs do not stand on."""
    taken = sum(n * hall.items[key].positions for key, n in sized.standing[hall.key][place.key].items())
    return max(0, place.positions - taken)


def _pack_all(
    question: Question,
    data: SizingData,
    problems: Mapping[str, PackingProblem],
    sized: SizingResult,
    *,
    prove: bool,
    pdus: bool = False,
) -> tuple[dict[str, PackingResult], list[Cut], list[PartCut]]:
    """Every hall with nodes packed, and the certificates of those that need more racks than sizing opened.

    Those of halls that are packed row by row are apart: what racks of a row do not hold, others may.
    """
    packed: dict[str, PackingResult] = {}
    learned: list[Cut] = []
    parts: list[PartCut] = []
    caps = caps_of(data, sized)
    rooms = {hall.key: hall for hall in data.halls}
    racks_of = {hall.key: by_kind(hall, sized.racks[hall.key]) for hall in data.halls}
    for hall, problem in sorted(problems.items()):
        if not any(device.count for device in problem.devices):
            continue
        price = {rack.id: rack.cost for rack in problem.racks}
        opened = sum(price[key] * n for key, n in racks_of[hall].items())
        try:
            result = _pack(question, problem, racks_of[hall], prove=prove)
            if pdus and result.cost <= opened and data.objectives[0] in MONEY:
                result, cuts = _with_fewest_pdus(question, rooms[hall], problem, result, sized)
                learned.extend(cuts)
            result = _apart(question, result, split_by_domain(rooms[hall], problem, caps))
            if hall in data.spread or hall in data.by_row or heat_parts_ways(rooms[hall]):
                by_class = split_by_class(rooms[hall], problem, sized, always=hall in data.by_row)
                refused: list[Certificate] = []
                result = _apart(question, result, by_class, refused)
                parts.extend(cut_of_parts(rooms[hall], proof) for proof in refused if hall in data.by_row)
            result = keep_the_phases(question, rooms[hall], problem, result)
        except PackingInfeasible as refusal:
            if refusal.certificate is None:
                raise
            learned.append(Cut(hall, refusal.certificate.weights, refusal.certificate.z))
            continue
        packed[hall] = result
        if result.cost > opened:
            learned.extend(Cut(hall, c.weights, c.z) for c in result.certificates)
    return packed, learned, parts


def _pack(question: Question, problem: PackingProblem, opened: Mapping[str, int], *, prove: bool) -> PackingResult:
    """The racks that sizing opened if they hold everything, else the cheapest found; with its bound to `prove` it.

    Racks of like cost may differ in later objectives, which sizing has weighed and packing has not.
    """
    within = _pack_within(question, problem, opened)
    if within is not None and not prove:
        return within
    work = partial(pack, problem, deterministic_time=PACKING_TIME, stop=_stop(question))
    found = question.once(("packed", problem), work)
    if within is None or found.cost < within.cost:
        return found
    return replace(found, patterns=within.patterns, cost=within.cost)


def _with_fewest_pdus(
    question: Question, hall: HallData, problem: PackingProblem, packed: PackingResult, sized: SizingResult
) -> tuple[PackingResult, list[Cut]]:
    """The packing, or another in no dearer racks that needs fewer PDUs; and what makes sizing pay for them."""
    by_number = by_number_of_pdus(hall, problem)
    paid = cost_opened(hall, problem, sized)
    if by_number is None or cost_with_pdus(hall, problem, packed) <= paid:
        return packed, []
    work = partial(pack, by_number, deterministic_time=PDU_TIME, enough=paid, stop=_stop(question))
    try:
        found = question.once(("packed with PDUs", by_number, paid), work)
    except (PackingInfeasible, TimeLimitReached):
        return packed, []
    cuts = [Cut(hall.key, c.weights, c.z) for c in found.certificates] if found.cost > paid else []
    other = replace(packed, patterns=of_any_number(found))
    other = replace(other, cost=cost_of_racks(problem, other))
    no_dearer = [other] if fits_the_positions(problem, other) and other.cost <= packed.cost else []
    return min([packed, *no_dearer], key=partial(_pdus_bought, question, hall)), cuts


def _pdus_bought(question: Question, hall: HallData, packed: PackingResult) -> int:
    """What the PDUs beyond the first on each feed cost, with those that the phases ask for."""
    return capex_of_counted(hall, _pdus_of(question, hall, packed))


def _apart(
    question: Question, packed: PackingResult, by_part: PackingProblem | None, refused: list[Certificate] | None = None
) -> PackingResult:
    """The packing part by part of a hall, where nodes are kept apart; what was proven of all parts still holds.

    Where the racks of some part do not hold its share, the packing stays as it was, and the floor refuses it. The
    proof, where packing finds one, is added to `refused`.
    """
    if by_part is None:
        return packed
    try:
        found = question.once(
            ("packed apart", by_part), partial(pack, by_part, deterministic_time=PACKING_TIME, stop=_stop(question))
        )
    except PackingInfeasible as refusal:
        if refused is not None and refusal.certificate is not None:
            refused.append(refusal.certificate)
        return packed
    except TimeLimitReached:
        return packed
    return replace(packed, patterns=counted_together(found.patterns), cost=found.cost)


def _pack_within(question: Question, problem: PackingProblem, opened: Mapping[str, int]) -> PackingResult | None:
    """A packing into the racks that sizing opened, with no bound of its own; None: none was found."""
    racks = tuple(replace(rack, limit=opened.get(rack.id, 0)) for rack in problem.racks)
    cost = sum(rack.cost * opened.get(rack.id, 0) for rack in problem.racks)
    limited = replace(problem, racks=racks)
    work = partial(pack, limited, deterministic_time=PACKING_TIME, enough=cost, stop=_stop(question))
    try:
        found = question.once(("packed within", problem, racks), work)
    except (PackingInfeasible, TimeLimitReached):
        return None
    return replace(found, lower_bound=0)


def _stop(question: Question) -> Callable[[], bool] | None:
    """What packing asks whether the run must end; nothing where it cannot."""
    return question.deadline.over if question.deadline.may_come else None


def _surroundings(
    question: Question, hall: HallData, sized: SizingResult, packed: PackingResult | None
) -> Surroundings:
    counts = sized.counts[hall.key]
    stores = [(s.item, counts[s.item]) for s in hall.storage if counts.get(s.item)]
    product, units = (hall.items[stores[0][0]].product, stores[0][1]) if stores else ("", 0)
    standing = {kind.key for kind in rack_kinds(hall) if kind.standing}
    patterns = packed.patterns if packed is not None else ()
    pdus = 0
    for pattern, n in patterns:
        if pattern.rack in standing:
            continue  # a rack that stands has its PDUs
        choice, row = rack_in(question, hall, pattern.rack)
        pdus += n * choice.feeds * pdus_on_a_feed(question, hall, choice, row, pattern)
    cdus = sum(counts.get(loop.cdu, 0) for loop in hall.loops if loop.cdu is not None)
    _, room = next((s, h) for s, h in question.request.halls() if h.id == hall.key)
    return Surroundings(product, units, pdus, cdus, free_ports(room))
