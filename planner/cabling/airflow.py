"""Switch air flow against the side of the rack that its ports face."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from planner.cabling.model import CablingNote
from planner.catalog.schema import Switch
from planner.wording import sentence

Side = Literal["hot", "cold"]

# Air enters at the supplies and leaves at the ports (P2C): ports belong on the hot side; the reverse for C2P.
WANTED = {"hot": "power-to-port", "cold": "port-to-power"}


def airflow_notes(switches: Iterable[Switch], ports_face: Side) -> tuple[CablingNote, ...]:
    """One note for each switch product that must be ordered in one variant, or cannot blow the right way."""
    wanted = WANTED[ports_face]
    notes = []
    for switch in sorted(switches, key=lambda switch: switch.id):
        options = switch.airflow_options
        if not options:
            text = sentence("airflow.unknown", switch=switch.id, side=ports_face, wanted=wanted)
        elif wanted not in options:
            other = "cold" if ports_face == "hot" else "hot"
            text = sentence("airflow.only", switch=switch.id, made=options, side=other)
        elif len(options) > 1:
            text = sentence("airflow.order", switch=switch.id, wanted=wanted, side=ports_face)
        else:
            continue
        notes.append(CablingNote("airflow", text))
    return tuple(notes)
