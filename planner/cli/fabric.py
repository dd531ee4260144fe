"""`planner fabric`: switches, links, modules and cables of a fabric design, each counted apart."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.options import Number, catalog_option, json_option

if TYPE_CHECKING:
    from planner.catalog.fabrics import FabricDesign, Growth
    from planner.fabric.counts import FabricCounts

ABOVE_LEAVES = ("leaf-spine", "spine-core", "isl", "site", "uplink")
GENERIC, MOST_TIERS = "fat-tree", 3


@click.command("fabric")
@click.option("--design", "design_id", metavar="ID", help=f'A fabric design, or "{GENERIC}" with --switch.')
@click.option("--systems", type=int, help="Systems to connect.")
@click.option("--list", "list_designs", is_flag=True, help="List the designs and the sizes they take.")
@click.option("--growth", type=click.Choice(["full-unit", "right-size"]), help="Default: as the design says.")
@click.option("--compute-only", is_flag=True, help="Leave out storage, in-band and out-of-band.")
@click.option("--system", "system_id", metavar="ID", help="Fit a generic design to the ports of this system.")
@click.option("--switch", "switch_id", metavar="ID", help=f'Switch of a "{GENERIC}".')
@click.option(
    "--rails",
    type=click.IntRange(1, 1024),
    default=8,
    show_default=True,
    help="Links of a system, each to a rail of its own.",
)
@click.option(
    "--planes", type=click.IntRange(1, 64), default=1, show_default=True, help="Independent copies of the tree."
)
@click.option("--tiers", type=click.IntRange(2, 3), default=2, show_default=True, help="Tiers of switches.")
@click.option(
    "--speed", "speed_gbit_s", type=Number(0, min_open=True), default=400, show_default=True, help="Link speed in Gb/s."
)
@click.option("--oversubscription", default="1:1", show_default=True, help="Down to up at a leaf, such as 3:1.")
@click.option("--single-homed", is_flag=True, help="All links of a system to one leaf instead of one per rail.")
@catalog_option
@json_option
def command(design_id: str | None, systems: int | None, list_designs: bool, catalogs: tuple[Path, ...],
            as_json: bool, growth: str | None, compute_only: bool, **choice: object) -> None:  # fmt: skip
    """Count the networks of a number of systems under a fabric design."""
    from planner.catalog.fabrics import load_fabrics
    from planner.catalog.files import catalog_roots

    designs = load_fabrics(catalog_roots(catalogs))
    if list_designs:
        _print_designs(designs.values(), as_json)
        return
    if design_id is None or systems is None:
        raise click.UsageError("give --design and --systems, or --list")
    design = _design(design_id, designs, catalogs, choice)
    counts = _count(design, systems, growth, compute_only, _nearby(design_id, designs, catalogs, choice))
    if as_json:
        ratios = {fabric: str(ratio) for fabric, ratio in oversubscription(counts).items()}
        click.echo(json.dumps({**asdict(counts), "oversubscription": ratios}, indent=2, ensure_ascii=False))
        return
    click.echo(as_text(counts))
    for line in _scale_up(choice["system_id"] or next(iter(design.systems), None), catalogs):
        click.echo(line)
    saving = _saving_text(design, systems, catalogs)
    if saving:
        click.echo(saving)


def _scale_up(system_id: object, catalogs: tuple[Path, ...]) -> list[str]:
    """The scale-up domain of the system: a fact of the product, not a part of the counts."""
    from planner.catalog.load import load_catalog
    from planner.catalog.schema import Accelerator, System

    if system_id is None:
        return []
    catalog = load_catalog(catalogs)
    system = catalog.get(str(system_id), System)
    speed = catalog.get(system.accelerator, Accelerator).scale_up_gb_s.value
    each = "at unknown bandwidth" if speed is None else f"at {speed:,g} GB/s each, both directions"
    return [f"  scale-up  {system.id}: domains of {system.scale_up_accelerators} accelerators {each}"]


def _nearby(
    design_id: str, designs: dict[str, FabricDesign], catalogs: tuple[Path, ...], choice: dict[str, object]
) -> dict[str, FabricDesign]:
    """Designs that an error may name: for a generic tree the one with a tier more, else those of the catalog."""
    if design_id != GENERIC:
        return designs
    if choice["tiers"] == MOST_TIERS:
        return {}
    larger = _design(design_id, designs, catalogs, {**choice, "tiers": MOST_TIERS})
    return {"larger": larger.model_copy(update={"id": f"{GENERIC} --tiers {MOST_TIERS}"})}


def _count(
    design: FabricDesign, systems: int, growth: str | None, compute_only: bool, designs: dict[str, FabricDesign]
) -> FabricCounts:
    from planner.fabric import count_fabric, count_site_fabrics

    mode: Growth | None = None if growth is None else "full-unit" if growth == "full-unit" else "right-size"
    if compute_only:
        return count_fabric(design, systems, growth=mode, others=designs)
    return count_site_fabrics(design, systems, growth=mode, others=designs)


def _saving_text(design: FabricDesign, systems: int, catalogs: tuple[Path, ...]) -> str:
    """What right-sizing a partly filled unit saves, in pieces and money; "" when there is nothing between the two."""
    from planner.catalog.load import load_catalog
    from planner.fabric import growth_saving, priced

    saving = growth_saving(design, systems)
    if not saving.saved:
        return ""
    pieces = ", ".join(f"{e.count:,} {PLURAL[e.kind]} {e.product or 'not fixed'}" for e in saving.saved)
    lines = [
        f"  partial unit, both ways: full-unit {_pieces(saving.full)}; right-size {_pieces(saving.right)}",
        f"  right-size instead of full-unit saves: {pieces}",
    ]
    for money in priced(saving.saved, load_catalog(catalogs).prices):
        if money.currency:
            span = f"{money.low:,.0f} to {money.high:,.0f}"
            lines.append(f"  saving at book prices: {money.currency} {money.typical:,.0f} ({span})")
        if money.unpriced:
            names = ", ".join(entry.product or entry.kind for entry in money.unpriced)
            lines.append(f"  quote required for the rest of the saving: {names}")
    return "\n".join(lines)


PLURAL = {"switch": "switches", "module": "modules", "cable": "cables"}


def _pieces(counts: FabricCounts) -> str:
    modules, cables = (sum(entry.count for entry in entries) for entries in (counts.modules, counts.cables))
    return f"{counts.switch_total:,} switches, {modules:,} modules, {cables:,} cables"


def oversubscription(counts: FabricCounts) -> dict[str, Fraction]:
    """Bandwidth into the leaves of each fabric with spines over that up to the spines, as cabled."""
    found = {}
    for fabric in dict.fromkeys(link.fabric for link in counts.links):
        own = [link for link in counts.links if link.fabric == fabric]
        up = sum(Fraction(link.speed_gbit_s) * link.count for link in own if link.tier == "leaf-spine")
        down = sum(Fraction(link.speed_gbit_s) * link.count for link in own if link.tier not in ABOVE_LEAVES)
        if up:
            found[fabric] = down / up
    return found


def _design(
    design_id: str, designs: dict[str, FabricDesign], catalogs: tuple[Path, ...], choice: dict[str, object]
) -> FabricDesign:
    from planner.catalog.load import load_catalog
    from planner.catalog.schema import Switch, System
    from planner.document import nearest
    from planner.errors import InputError
    from planner.fabric import FatTree, fat_tree, fitted

    if design_id == GENERIC:
        if choice["switch_id"] is None:
            raise click.UsageError(f'"{GENERIC}" needs --switch')
        switch = load_catalog(catalogs).get(str(choice["switch_id"]), Switch)
        return fat_tree(
            switch,
            FatTree(
                rails=int(str(choice["rails"])),
                planes=int(str(choice["planes"])),
                tiers=int(str(choice["tiers"])),
                link_gbit_s=float(str(choice["speed_gbit_s"])),
                oversubscription=str(choice["oversubscription"]),
                single_homed=bool(choice["single_homed"]),
            ),
        )
    if design_id not in designs:
        raise InputError.of("--design", f'"{design_id}"', "a fabric design", nearest(design_id, [*designs, GENERIC]))
    design = designs[design_id]
    if choice["system_id"] is not None:
        return fitted(design, load_catalog(catalogs).get(str(choice["system_id"]), System))
    return design


def _print_designs(designs: Iterable[FabricDesign], as_json: bool) -> None:
    from planner.fabric import limits

    rows = []
    for design in designs:
        low, high = limits(design)
        rows.append({"id": design.id, "name": design.name, "min_systems": low, "max_systems": high,
                     "unit_systems": design.unit_systems, "confidence": design.confidence})  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        most = "as supplied" if row["max_systems"] is None else f"{row['max_systems']:,}"
        click.echo(f"{row['id']:<24} {row['min_systems']} to {most:<12} unit {row['unit_systems']:<4} {row['name']}")


def as_text(counts: FabricCounts) -> str:
    """The counts as a table, each line saying what it counts."""
    tiers = {0: "supplied", 1: "one tier", 2: "two tiers", 3: "three tiers"}[counts.tiers]
    lines = [
        f"{counts.design}: {counts.systems} systems in {counts.sus} scalable units, {tiers}, "
        f"planes {counts.planes}, growth {counts.growth}, room for {counts.capacity} systems"
    ]
    if counts.endpoint_gbit_s is not None:
        lines.append(f"bandwidth at the systems: {counts.endpoint_gbit_s:,.0f} Gb/s")
    for entry in counts.switches:
        lines.append(f"  switches  {entry.role:<22} {entry.product:<28} {entry.count:>8,}")
    for entry in counts.appliances:
        lines.append(f"  managers  {entry.role:<22} {entry.product:<28} {entry.count:>8,}")
    for link in counts.links:
        what = f"{link.fabric} {link.tier}"
        lines.append(f"  links     {what:<30} {link.speed_gbit_s:>6g} Gb/s {'':<8} {link.count:>8,}")
    for module in counts.modules:
        what = f"{module.fabric} at {module.where}"
        lines.append(f"  modules   {what:<22} {module.product or 'not fixed':<28} {module.count:>8,}")
    for cable in counts.cables:
        what = f"{cable.fabric} {cable.tier}"
        lines.append(f"  cables    {what:<30} {cable.product or 'not fixed':<20} {cable.count:>8,}")
    for fabric, ratio in oversubscription(counts).items():
        lines.append(f"  bandwidth {fabric} leaves, down to up as cabled {'':<18} {float(ratio):>8.3g} to 1")
    lines += [f"  unknown   {what}" for what in counts.unknown]
    lines += [f"  note {note.rule}: {note.text}" for note in counts.notes]
    return "\n".join(lines)
