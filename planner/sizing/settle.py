"""The ways to ask for counts and racks that fit together: in full, alone, under caps, and why there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from planner.errors import TimeLimitReached
from planner.packing.data import PackingInfeasible
from planner.sizing.answer import Bound, Settled
from planner.sizing.certificates import certificates_for, remember_certificates
from planner.sizing.data import Cut, Mix, NetworkCut, PartCut, SizingData, SizingResult
from planner.sizing.exact_networks import widest_of
from planner.sizing.model import DETERMINISTIC_TIME, Caps, Progress, SizingInfeasible, size
from planner.sizing.network import Surroundings
from planner.sizing.network_cuts import InHand, bounds_with_networks, joined, larger_networks
from planner.sizing.packed_racks import pack_all, packing_problem
from planner.sizing.pdus import MONEY, has_idle_choices
from planner.sizing.phase_ratings import PhasesInfeasible
from planner.sizing.prepare import prepare
from planner.sizing.question import Question
from planner.sizing.rounds import MOST_ROUNDS, Found, Outgrown, Rounds
from planner.sizing.systems_within import systems_used, systems_within

PDU_ROUNDS = 3  # each raises the bound by less and takes as long
PDU_TIME = 2.0  # deterministic, of each solve: the bound alone is of use
FEW_LOOKS = 8  # for a mix whose networks fit: each is a sizing and a packing
AGAIN_TIME = 6.0  # deterministic, of each solve after the floor has refused: the bound is known, any counts are of use


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
    look, again = _look(question), bool(avoid or spread or by_row)
    time = AGAIN_TIME if again else DETERMINISTIC_TIME
    search = partial(
        Rounds, question, progress=progress, avoid=avoid, spread=spread, by_row=by_row, pdus=True, time=time
    )
    found, within = _in_full(question, look, search, again=again)
    found, bounds = _proven(question, look, found, None if again else search, within)
    return _with_every_pdu(question, look, found.settled(bounds, look.rounds, exact=True))


Search = Callable[..., Rounds]


def _proven(
    question: Question, look: Found, found: Found, search: Search | None, within: frozenset[str] | None
) -> tuple[Found, dict[str, int]]:
    """The answer with bounds of its objectives; where they leave room for a better one, that one if it is found.

    Without a `search` it is looked for no more: the floor has refused the best. `within` are the systems of all plans
    as good in the main objective; None: not known yet.
    """
    networks: tuple[NetworkCut, ...] = ()
    for last in (False, True):
        bounds = _known_bounds(look, found)
        wanted = [n for n, stage in enumerate(found.stages) if bounds[stage.objective] < stage.value]
        if not wanted or question.deadline.over():
            break
        if within is None:
            within = _systems_as_good(question, look, found)
        closer = bounds_with_networks(question, InHand(found.stages, found.cuts), wanted, within, networks)
        found, networks = replace(found, cuts=closer.cuts), closer.networks
        bounds |= {name: max(bounds[name], bound) for name, bound in closer.bounds.items()}
        met = all(bounds[stage.objective] == stage.value for stage in found.stages)
        better = None if met or last or search is None else _with_networks(found, search, networks)
        if better is None:
            break
        found = better
    return found, bounds


def _known_bounds(look: Found, found: Found) -> dict[str, int]:
    """The bounds that a first look and the search for the answer have given.

    What the search proved of later objectives holds for plans with networks as large as it sized for: for all plans
    where those were the least.
    """
    of_all = found.sized_for == look.sized_for
    bounds = {stage.objective: stage.lower_bound if of_all else 0 for stage in found.stages}
    for stage, reached in zip(look.done.sizing.stages, found.stages, strict=False):
        bounds[stage.objective] = min(stage.lower_bound, reached.value)
    return bounds


def _with_networks(found: Found, search: Search, networks: tuple[NetworkCut, ...]) -> Found | None:
    """A better answer, sized with the networks of each mix instead of the largest for all; None: none was found."""
    try:
        other = search(cuts=found.cuts, networks=networks).run(Surroundings())
    except (SizingInfeasible, PackingInfeasible, TimeLimitReached):
        return None
    values = [[stage.value for stage in one.stages] for one in (other, found)]
    return other if other.done.stands and not other.done.outgrown and values[0] < values[1] else None


def _with_every_pdu(question: Question, look: Found, settled: Settled) -> Settled:
    """The answer with a bound on all that is bought; it holds for every answer of a question, and is found once."""
    work = partial(_whole_bound, question, look, settled.cuts)
    return replace(settled, whole=question.once(("whole bound", question.request.policy.objective), work))


def _whole_bound(question: Question, look: Found, cuts: tuple[Cut, ...]) -> Bound:
    """The bound of the first look, or a better one where PDUs of racks without a price are counted as well."""
    main = look.done.sizing.stages[-1]
    known = Bound(main.objective, main.lower_bound)
    if main.objective not in MONEY or not has_idle_choices(look.prepared.data) or question.deadline.over():
        return known
    rounds = Rounds(question, cuts=cuts, pdus=True, every_pdu=True, most=PDU_ROUNDS, time=PDU_TIME)
    with suppress(SizingInfeasible, PackingInfeasible, TimeLimitReached):  # the bound of each round holds
        rounds.run(Surroundings(), main_only=True, prove_packing=False, grow=False)
    return Bound(main.objective, rounds.bound, rounds.cuts) if rounds.bound > main.lower_bound else known


def _look(question: Question) -> Found:
    """The first look; a question that is asked again, of other mixes or row by row, has looked already."""
    rounds = Rounds(question, pdus=True)
    work = partial(rounds.run, Surroundings(), main_only=True, prove_packing=False, grow=False)
    found: Found = question.once(("first look", question.request.policy.objective), work)
    return found


def _in_full(question: Question, look: Found, search: Search, *, again: bool) -> tuple[Found, frozenset[str] | None]:
    """Every objective, from where the first look ended, and the systems of all plans as good as its answer, if known.

    Where the run must end before more is found, the look itself, unless the question is asked `again`.
    """
    useful = look.done.stands and not again
    if useful and question.deadline.over():
        return look, None
    start = look.done.widest(Surroundings()) if look.done.outgrown else Surroundings()
    try:
        if useful and (found := _among_few(question, look, search, start)) is not None:
            return found
        return search(cuts=look.cuts).run(start), None
    except Outgrown:
        return _network_by_network(question, look, search), None
    except TimeLimitReached:
        if not useful or not question.deadline.stopped:
            raise
        return look, None


def _network_by_network(question: Question, look: Found, search: Search) -> Found:
    """The answer where networks as large as all that was packed asks fit no hall: each mix with its own.

    Raises:
        SizingInfeasible: proven impossible.
        PackingInfeasible: as `settle`.
        TimeLimitReached: every mix that was tried has networks that do not fit, and others were not ruled out.
    """
    networks: tuple[NetworkCut, ...] = ()
    cuts = look.cuts
    for _ in range(FEW_LOOKS):
        tried = search(cuts=cuts, networks=networks, canonical=False, time=PDU_TIME)
        found = tried.run(Surroundings(), main_only=True, prove_packing=False, grow=False)
        if not found.done.outgrown:
            return search(cuts=found.cuts, networks=networks, time=AGAIN_TIME).run(Surroundings(), grow=False)
        larger = joined((*networks, *larger_networks(question, found.prepared.data, found.done.sized)))
        if larger == networks:
            break
        networks, cuts = larger, found.cuts
    raise TimeLimitReached(
        "counts meet every limit, but the networks of those that were tried do not; it is not proven that none do: "
        "raise the tightest limit of power, air or positions a little, or ask less"
    )


def _among_few(
    question: Question, look: Found, search: Search, start: Surroundings
) -> tuple[Found, frozenset[str]] | None:
    """The answer among the systems of plans as good as the look's, and those systems; None: others may be better.

    It comes with all that the question offers, as if it had been found among all.
    """
    within = _systems_as_good(question, look, look)
    if within is None:
        return None
    try:
        found: Found = search(only=within, cuts=look.cuts).run(start)
    except (SizingInfeasible, PackingInfeasible):
        return None  # the networks of the look's answer break a limit
    main = _main(question, look)
    values = [[stage.value for stage in one.stages[: main + 1]] for one in (found, look)]
    if values[0] > values[1]:
        return None
    return replace(found, prepared=prepare(question, found.sized_for)), within


def _systems_as_good(question: Question, look: Found, found: Found) -> frozenset[str] | None:
    """The systems of all plans that are no worse than an answer in the main objective; None: not decided in time."""
    caps = InHand(found.stages, found.cuts).caps(_main(question, found))
    return systems_within(look.prepared.data, caps, found.cuts, systems_used(found.done.sizing), question.deadline)


def _main(question: Question, found: Found) -> int:
    """The number of the first objective of the request among all that are solved."""
    return next(n for n, stage in enumerate(found.stages) if stage.objective == question.request.policy.objective[0])


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
    start = widest_of(Surroundings(), like.around.values())
    found = Rounds(question, only, cuts=like.cuts).run(start, prove_packing=False)
    bounds = {stage.objective: stage.lower_bound for stage in found.done.sizing.stages}
    return found.settled(bounds, 0)


def settle_unproved(
    question: Question, around: Mapping[str, Surroundings] | None = None, by_row: frozenset[str] = frozenset()
) -> Settled:
    """The best counts that pack, with no bound of their own and no proof of their packings: what one change leads to.

    Among equal answers the solver's first is taken. What packing has proven of the same racks holds from the start.
    Networks start from what surrounds the halls in `around`, else at their least. Halls in `by_row` are sized and
    packed row by row.

    Raises:
        SizingInfeasible, PackingInfeasible, TimeLimitReached: as `settle`.
    """
    start = widest_of(Surroundings(), (around or {}).values())
    rounds = Rounds(question, by_row=by_row, shares=True, canonical=False)
    return rounds.run(start, prove_packing=False).settled({}, 0)


def settle_from_a_look(question: Question) -> Settled:
    """As `settle_unproved`, with networks that start from what the main objective asks: they grow in another order.

    Raises:
        SizingInfeasible, PackingInfeasible, TimeLimitReached: as `settle`.
    """
    look = Rounds(question, shares=True).run(Surroundings(), main_only=True, prove_packing=False, grow=False)
    return settle_unproved(question, look.done.around if look.done.outgrown else None)


def settle_under(
    question: Question, caps: Caps, like: Settled, *, roomy: bool = False, only: frozenset[str] | None = None
) -> Settled:
    """The best counts of which no objective in `caps` passes its value there; what `like` proved holds from the start.

    Networks are at their least, which makes the bound that of every plan, and grow only where they must; `roomy` starts
    with what surrounds `like`, and the answer has no bounds. Packings have no proof of their own, and among equal
    answers the solver's first is taken. `only` are the systems of all plans within the caps.

    Raises:
        SizingInfeasible, PackingInfeasible, TimeLimitReached: as `settle`.
    """
    rounds = Rounds(question, only, cuts=like.cuts, caps=caps, canonical=False)
    if roomy:
        return rounds.run(widest_of(Surroundings(), like.around.values()), prove_packing=False).settled({}, 0)
    look = rounds.run(Surroundings(), prove_packing=False, grow=False)
    bounds = {stage.objective: stage.lower_bound for stage in look.done.sizing.stages}
    if look.done.outgrown:
        return rounds.run(look.done.widest(Surroundings()), prove_packing=False).settled(bounds, look.rounds)
    return look.settled(bounds, 0)


def least_under(question: Question, caps: Caps, cuts: tuple[Cut, ...], only: frozenset[str] | None = None) -> int:
    """A bound on the first objective that holds for every plan within `caps`: networks at their least, racks by volume.

    Every PDU is counted. `only` are the systems of all plans within the caps.

    Raises:
        SizingInfeasible: no counts are within the caps.
        TimeLimitReached: no bound within the deterministic limit.
    """
    key = ("least networks", question.request.policy.objective, only)
    prepared = question.once(key, partial(prepare, question, None, only, every_pdu=True))
    return size(prepared.data, cuts, main_only=True, caps=caps).stages[-1].lower_bound


def systems_under(question: Question, caps: Caps, like: Sequence[Settled]) -> frozenset[str] | None:
    """The systems of all plans within `caps`, of which those in `like` are some; None: not decided."""
    known = frozenset[str]().union(*(systems_used(one.sizing) for one in like))
    return systems_within(prepare(question).data, caps, like[-1].cuts, known, question.deadline)


@dataclass(frozen=True)
class NoLayout:
    """No counts meet the limits row by row: what packing had proven when that was found, and in which halls."""

    cuts: tuple[Cut, ...]
    part_cuts: tuple[PartCut, ...]
    by_row: frozenset[str]


def no_layout(question: Question, by_row: frozenset[str]) -> NoLayout | None:
    """The proof that no counts meet the limits row by row, with the networks at their least; None: not proven."""
    rounds = Rounds(question, by_row=by_row, time=AGAIN_TIME)
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
    rounds = Rounds(question)
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
            _, learned, _ = pack_all(question, data, problems, sized, prove=False)
        except (SizingInfeasible, PackingInfeasible):
            return False
        new = tuple(cut for cut in learned if cut not in cuts)
        if not new:
            return True
        remember_certificates(question, data, new)
        cuts = (*cuts, *new)
    raise TimeLimitReached(f"sizing and packing did not agree within {MOST_ROUNDS} rounds")
