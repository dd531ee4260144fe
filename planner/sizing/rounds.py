"""Sizing and packing in turn, until packing has nothing to add and the networks are large enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from planner.errors import TimeLimitReached
from planner.packing.data import PackingProblem, PackingResult
from planner.sizing.alike import in_halls_alike
from planner.sizing.answer import Settled
from planner.sizing.certificates import certificates_for, remember_certificates
from planner.sizing.data import Cut, Mix, NetworkCut, PartCut, SizingData, SizingResult, Stage
from planner.sizing.exact_networks import exact_networks, knows, surroundings, systems_in, widest_of
from planner.sizing.model import DETERMINISTIC_TIME, Caps, Progress, SizingInfeasible, size
from planner.sizing.network import Surroundings, with_free_ports
from planner.sizing.open_stages import recounted, with_open_stages
from planner.sizing.packed_racks import pack_all, packing_problem, pdus_of, racks_of
from planner.sizing.pdus import with_pdus_at_no_price
from planner.sizing.prepare import Prepared, prepare
from planner.sizing.question import Question
from planner.sizing.row_by_row import row_by_row

MOST_ROUNDS = 12


class Outgrown(SizingInfeasible):
    """No counts meet the limits once networks are as large as what was packed asks: `around` by hall."""

    def __init__(self, around: Mapping[str, Surroundings]) -> None:
        self.around = around
        super().__init__()


@dataclass(frozen=True)
class Found:
    """Where rounds of sizing and packing ended."""

    prepared: Prepared
    done: Completed
    cuts: tuple[Cut, ...]
    rounds: int
    sized_for: Mapping[str, Surroundings]

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
class Rounds:
    """Sizing and packing in turn, until packing has nothing to add and the networks are large enough."""

    question: Question
    only: frozenset[str] | None = None
    progress: Progress | None = None
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
    most: int = MOST_ROUNDS
    time: float = DETERMINISTIC_TIME  # of each solve
    bound: int = 0  # on the objective that was solved last, in the last round
    networks: tuple[NetworkCut, ...] = ()  # of mixes, in place of networks at their largest for all
    shares: bool = False  # starts from certificates of questions like this one, and leaves its own to them

    def run(
        self, common: Surroundings, *, main_only: bool = False, prove_packing: bool = True, grow: bool = True
    ) -> Found:
        """Every hall is sized for the same surroundings, so that halls that are alike do not take turns.

        Where the run must end, the last answer whose racks hold everything is the best found.
        """
        best: Found | None = None
        for number in range(1, self.most + 1):
            around = {
                hall.id: common if hall.id in self.shared else with_free_ports(self.question, common, hall)
                for _, hall in self.question.request.halls()
            }
            prepared = self.prepared(around)
            prepared = replace(prepared, data=self.with_what_was_refused(prepared.data))
            if self.shares:
                self.cuts = tuple(dict.fromkeys((*self.cuts, *certificates_for(self.question, prepared.data))))
            try:
                sized = size(
                    prepared.data, self.cuts, deadline=self.question.deadline, progress=self.progress,
                    main_only=main_only, caps=self.caps, canonical=self.canonical, deterministic_time=self.time,
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
            self.bound = sized.stages[-1].lower_bound
            done = complete(
                self.question, prepared.data, sized, prove_packing=prove_packing, pdus=self.pdus, known=known
            )
            learned_anywhere = dict.fromkeys(in_halls_alike(prepared.data, done.learned))
            new = tuple(cut for cut in learned_anywhere if cut not in self.cuts)
            parts = tuple(cut for cut in done.part_cuts if cut not in self.part_cuts)
            self.cuts, self.part_cuts = (*self.cuts, *new), (*self.part_cuts, *parts)
            learned = bool(new or parts)
            if self.shares:
                remember_certificates(self.question, prepared.data, new)
            wider = done.widest(common)
            shared = {hall.key for hall in prepared.data.halls if len(systems_in(hall, done.sizing)) > 1} - self.shared
            shared = {hall for hall in shared if around[hall].has_free_ports}
            if not grow:  # a first look keeps the ports for any answer, so that its bound holds for every one
                shared = set()
            self.shared |= shared
            if not learned and not shared and (not grow or not done.outgrown or wider == common):
                return Found(prepared, done, self.cuts, number, around)
            best = Found(prepared, done, self.cuts, number, around) if done.stands and not done.broken_off else best
            if best is not None and self.question.deadline.over():
                return best
            common = common if learned or shared else wider
        raise TimeLimitReached(f"sizing and packing did not agree within {self.most} rounds")

    def with_what_was_refused(self, data: SizingData) -> SizingData:
        """The same question, and what the floor and packing row by row have refused."""
        data = replace(data, avoid=self.avoid, spread=self.spread, part_cuts=self.part_cuts, networks=self.networks)
        return row_by_row(data, self.by_row) if self.by_row else data

    def prepared(self, around: Mapping[str, Surroundings]) -> Prepared:
        """The question in integers; under caps it is asked again and again, and prepared once."""
        if self.networks:
            free = prepare(self.question, around, self.only, every_pdu=True)
            return replace(free, data=with_pdus_at_no_price(free.data))
        make = partial(prepare, self.question, around, self.only, every_pdu=self.every_pdu)
        if not self.caps:
            return make()
        key = ("prepared", self.question.request.policy.objective, self.only, frozenset(around.items()))
        return self.question.once(key, make)


@dataclass(frozen=True)
class Completed:
    """A sizing whose networks are counted exactly for the storage and PDUs that its own packing has."""

    sizing: SizingResult
    packed: Mapping[str, PackingResult]
    problems: Mapping[str, PackingProblem]
    around: Mapping[str, Surroundings]
    learned: tuple[Cut, ...]
    part_cuts: tuple[PartCut, ...]
    outgrown: bool  # an exact count is larger than sizing allowed for
    broken_off: bool  # a certificate was learned, which sizing should know before anything is packed again
    sized: SizingResult  # with the networks that sizing counted

    def widest(self, before: Surroundings) -> Surroundings:
        """Surroundings that cover every hall."""
        return widest_of(before, self.around.values())

    @property
    def stands(self) -> bool:
        """Whether every hall with nodes has racks for them."""
        halls = {hall for hall, problem in self.problems.items() if any(device.count for device in problem.devices)}
        return halls <= self.packed.keys()


def complete(
    question: Question, data: SizingData, sized: SizingResult, *, prove_packing: bool, pdus: bool,
    known: Sequence[Cut] | None,
) -> Completed:  # fmt: skip
    """Packs, counts the networks for what was packed, and packs again, until nothing changes.

    Without `prove_packing` a packing that opens no more than sizing did is good enough. Where `known` tells the
    certificates that sizing had, one that it had not ends the work.
    """
    counts, settled, sparing, broken_off = sized, False, False, False
    for _ in range(MOST_ROUNDS):
        problems = {h.key: packing_problem(h, counts, data.objectives[0]) for h in data.halls}
        packed, learned, parts = pack_all(question, data, problems, sized, prove=prove_packing, pdus=sparing)
        around = {h.key: surroundings(question, h, counts, packed.get(h.key)) for h in data.halls}
        exact = exact_networks(question, data, counts, around)
        settled = exact.counts == counts.counts
        broken_off = known is not None and any(cut not in known for cut in learned)
        if broken_off or not knows(data, exact) or (settled and sparing == pdus):
            break
        counts, sparing = exact, sparing or (pdus and settled)  # PDUs are weighed once the networks have come to rest
    grown = any(n > sized.counts[h].get(key, 0) for h, found in exact.counts.items() for key, n in found.items())
    if pdus:
        racks = {h.key: racks_of(h, counts.racks[h.key], packed.get(h.key)) for h in data.halls}
        counts = replace(
            counts, racks=racks, more_pdus={h.key: pdus_of(question, h, packed.get(h.key)) for h in data.halls}
        )
    outgrown = grown or not settled
    return Completed(counts, packed, problems, around, tuple(learned), tuple(parts), outgrown, broken_off, sized)
