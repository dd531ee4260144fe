"""Ways to break a plan. Each takes the plan as plain data, changes it, and says whether it found anything to change."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from planner import document

Data = dict[str, Any]
Mutant = Callable[[Data], bool]
MUTANTS: dict[str, Mutant] = {}


def mutant(function: Mutant) -> Mutant:
    MUTANTS[function.__name__.replace("_", " ")] = function
    return function


def bump(table: str, field: str, by: int = 1) -> Mutant:
    """Changes a number of the first entry of a table that has one."""

    def change(plan: Data) -> bool:
        for entry in plan[table]:
            if isinstance(entry.get(field), int | float) and not isinstance(entry[field], bool):
                entry[field] += by
                return True
        return False

    return change


def swap(table: str, field: str, value: Any) -> Mutant:
    """Changes a word of the first entry of a table."""

    def change(plan: Data) -> bool:
        for entry in plan[table]:
            if entry[field] != value:
                entry[field] = value
                return True
        return False

    return change


def drop(table: str, index: int = 0) -> Mutant:
    """Leaves out one entry of a table."""

    def change(plan: Data) -> bool:
        if not plan[table]:
            return False
        plan[table].pop(index)
        return True

    return change


def rehash(plan: Data) -> None:
    """Makes the plan state the hash of its changed request: the forger who thinks of everything."""
    plan["inputs"]["request_sha256"] = document.sha256(plan["request"])


def stacked(plan: Data) -> Data | None:
    """A pattern with two devices or more."""
    return next((p for p in plan["patterns"] if len(p["devices"]) > 1), None)


def halls(plan: Data) -> list[Data]:
    return [hall for site in plan["request"]["sites"] for hall in site["halls"]]


# What stands in the racks


@mutant
def a_device_moved_into_another(plan: Data) -> bool:
    pattern = stacked(plan)
    if pattern is None:
        return False
    pattern["devices"][0]["u"] = pattern["devices"][1]["u"]
    return True


@mutant
def a_device_moved_above_the_top(plan: Data) -> bool:
    pattern = stacked(plan)
    if pattern is None:
        return False
    pattern["devices"][0]["u"] = pattern["height_u"]
    pattern["devices"][0]["u"] += 1
    return True


@mutant
def a_device_below_the_floor(plan: Data) -> bool:
    pattern = stacked(plan)
    if pattern is None:
        return False
    min(pattern["devices"], key=lambda device: device["u"])["u"] = 0
    return True


@mutant
def a_device_squeezed_to_less_height(plan: Data) -> bool:
    for pattern in plan["patterns"]:
        for device in pattern["devices"]:
            if device["height_u"] > 1:
                device["height_u"] -= 1
                return True
    return False


@mutant
def a_device_dropped_from_its_rack(plan: Data) -> bool:
    pattern = stacked(plan)
    return bool(pattern and pattern["devices"].pop())


@mutant
def a_device_moved_to_another_pattern(plan: Data) -> bool:
    patterns = [p for p in plan["patterns"] if p["devices"]]
    if len(patterns) < 2:
        return False
    patterns[1]["devices"].append(patterns[0]["devices"].pop())
    return True


@mutant
def a_device_replaced_by_another_product(plan: Data) -> bool:
    products = sorted({d["product"] for p in plan["patterns"] for d in p["devices"]})
    pattern = stacked(plan)
    if pattern is None or len(products) < 2:
        return False
    device = pattern["devices"][0]
    device["product"] = next(name for name in products if name != device["product"])
    return True


@mutant
def a_device_of_no_catalog(plan: Data) -> bool:
    pattern = stacked(plan)
    if pattern is None:
        return False
    pattern["devices"][0]["product"] = "nobody-nothing"
    return True


@mutant
def an_outlet_too_few(plan: Data) -> bool:
    for pattern in plan["patterns"]:
        for outlet, count in pattern["outlets"].items():
            if count:
                pattern["outlets"][outlet] = count - 1
                return True
    return False


@mutant
def a_pdu_taken_out(plan: Data) -> bool:
    for pattern in plan["patterns"]:
        for name in list(pattern["pdus"]):
            pattern["pdus"][name] -= 1
            return True
    return False


@mutant
def all_pdus_taken_out(plan: Data) -> bool:
    for pattern in plan["patterns"]:
        if pattern["pdus"]:
            pattern["pdus"] = {}
            return True
    return False


MUTANTS |= {
    "a rack too many in a pattern": bump("patterns", "count"),
    "a pattern of more positions": bump("patterns", "positions"),
    "a pattern left out": drop("patterns"),
    "a device too many counted": bump("devices", "count"),
    "devices left out": drop("devices"),
    "a device counted under another role": swap("devices", "role", "firewall"),
}

# Where the racks stand

MUTANTS |= {
    "a rack left out": drop("racks"),
    "a rack of another pattern": swap("racks", "pattern", "no such pattern"),
    "a rack in another row": swap("racks", "row", "no such row"),
    "a rack under another name": swap("racks", "id", "hall/Z99"),
    "a rack shifted": bump("racks", "x_mm", 600),
    "a rack on one feed": swap("racks", "feeds", ["A"]),
    "a rack on no feed": swap("racks", "feeds", []),
    "a rack nowhere": swap("racks", "positions", []),
    "a rack beyond the row": swap("racks", "positions", [999]),
    "a rack on two positions": swap("racks", "positions", [1, 3]),
}


@mutant
def two_racks_on_one_position(plan: Data) -> bool:
    by_row: dict[tuple[str, str], Data] = {}
    for rack in plan["racks"]:
        other = by_row.setdefault((rack["hall"], rack["row"]), rack)
        if other is not rack:
            for name in ("positions", "x_mm", "y_mm"):
                rack[name] = other[name]
            return True
    return False


@mutant
def a_rack_on_a_position_that_is_now_blocked(plan: Data) -> bool:
    rack = plan["racks"][0]
    for hall in halls(plan):
        for row in hall["rows"]:
            if (hall["id"], row["id"]) == (rack["hall"], rack["row"]):
                row["blocked"] = [rack["positions"][0]]
                rehash(plan)
                return True
    return False


# Power


def lost_feed(field: str, value: Any) -> Mutant:
    """Changes how the first system runs with a feed lost."""

    def change(plan: Data) -> bool:
        for state in (state for entry in plan["supplies"] for state in entry["states"] if state["lost"] == "feed"):
            if state[field] != value:
                state[field] = value
                return True
        return False

    return change


def pattern_phases(field: str, value: Any) -> Mutant:
    """Changes the phases of the first pattern that has cords."""

    def change(plan: Data) -> bool:
        for entry in (entry for hall in plan["phase_balance"] for entry in hall["patterns"] if entry["cords"]):
            if field != "cords":
                entry[field] = value
                return True
            cords = entry["cords"][0]
            moved = {"first": [0] * len(cords["branches"]), "beyond": [99] * len(cords["branches"]), "none": []}
            cords["branches"] = moved[value]
            return True
        return False

    return change


def feed_phases(field: str, value: Any) -> Mutant:
    """Changes the phases of the first feed in its last state."""

    def change(plan: Data) -> bool:
        plan["phase_balance"][0]["feeds"][-1][field] = value
        return True

    return change


def turned_rack(plan: Data) -> bool:
    """Wires the first rack of uneven phases differently."""
    for hall in plan["phase_balance"]:
        uneven = {entry["pattern"] for entry in hall["patterns"] if entry["imbalance"] > 0}
        pattern_of = {rack["id"]: rack["pattern"] for rack in plan["racks"]}
        for entry in hall["rotations"]:
            if pattern_of[entry["rack"]] in uneven:
                entry["rotation"] = (entry["rotation"] + 1) % 3
                return True
    return False


def feed_state(field: str, by: int) -> Mutant:
    def change(plan: Data) -> bool:
        plan["power"][0]["feeds"][0]["states"][-1][field] += by
        return True

    return change


MUTANTS |= {
    "a pattern with less design power": bump("patterns", "power_design_w", -1),
    "a pattern with less peak power": bump("patterns", "power_peak_w", -1),
    "a pattern with less typical power": bump("patterns", "power_typical_w", -1),
    "a hall with less design power": bump("power", "design_w", -1),
    "a hall with less peak power": bump("power", "peak_w", -1),
    "a hall with less typical power": bump("power", "typical_w", -1),
    "more survivable power": bump("power", "survivable_w"),
    "less stranded power": bump("power", "stranded_w", -1),
    "another redundancy": swap("power", "redundancy", "4N"),
    "another standard": swap("power", "standard", "none"),
    "a hall without its power": drop("power"),
    "a hall without its phases": drop("phase_balance"),
    "a system that says nothing of lost supplies": drop("supplies"),
    "a system up with a feed lost": lost_feed("running", "up"),
    "more power with a feed lost": lost_feed("available_w", 10**6),
    "more supplies with a feed lost": lost_feed("left", 99),
    "a pattern on other phases": pattern_phases("worst_w", [1, 1, 1]),
    "a fuller phase kept quiet": pattern_phases("fullest_w", 1),
    "a phase of a larger rating": pattern_phases("continuous_w", 99_999),
    "all cords on one phase": pattern_phases("cords", "first"),
    "a cord on a phase that is not there": pattern_phases("cords", "beyond"),
    "a cord left out": pattern_phases("cords", "none"),
    "a feed with less on a phase": feed_phases("phases_w", [0, 0, 0]),
    "a better balanced feed": feed_phases("imbalance", -1.0),
    "a rack turned over": turned_rack,
    "another tolerance of phases": swap("phase_balance", "tolerance", 0.5),
    "a product of unknown power made up": swap("power", "unknown_power", ["nvidia-dgx-b200"]),
    "a lower load with a feed lost": feed_state("load_w", -1),
    "a feed of more capacity": feed_state("capacity_w", 1),
    "a feed that may carry more": feed_state("continuous_w", 1),
}


@mutant
def two_feeds_swapped(plan: Data) -> bool:
    feeds = plan["power"][0]["feeds"]
    if len(feeds) < 2:
        return False
    feeds[0]["feed"], feeds[1]["feed"] = feeds[1]["feed"], feeds[0]["feed"]
    return True


@mutant
def a_loss_state_left_out(plan: Data) -> bool:
    states = plan["power"][0]["feeds"][0]["states"]
    return len(states) > 1 and bool(states.pop())


@mutant
def a_lower_peak_on_a_feed(plan: Data) -> bool:
    plan["power"][0]["feeds"][0]["peak_w"] -= 1
    return True


@mutant
def feeds_of_less_capacity_in_the_request(plan: Data) -> bool:
    for feed in halls(plan)[0]["power"]["feeds"]:
        feed["capacity"] = "1 kW"
    rehash(plan)
    return True


@mutant
def racks_of_less_power_in_the_request(plan: Data) -> bool:
    for row in halls(plan)[0]["rows"]:
        row["rack_power"] = "1 kW"
    rehash(plan)
    return True


MUTANTS |= {
    "a way of access left out": drop("storage_patterns"),
    "a quicker access": bump("storage_patterns", "seconds", -0.5),
    "storage that gives more": bump("storage_patterns", "given_gb_s"),
}

# Who runs when


def runs_of(plan: Data, workload: str) -> Data | None:
    timetable = plan.get("timetable") or {"runs": []}
    return next((run for run in timetable["runs"] if run["workload"] == workload), None)


def run_with(workload: str, change: Callable[[list[int]], list[int]]) -> Mutant:
    """Changes what a workload of the shared hall holds, and the decision with it."""

    def apply(plan: Data) -> bool:
        run = runs_of(plan, workload)
        if run is None:
            return False
        run["accelerators"] = change(run["accelerators"])
        for decision in plan["decisions"]:
            if decision["workload"] == workload:
                decision["accelerators"] = max(run["accelerators"])
        return True

    return apply


def no_timetable(plan: Data) -> bool:
    told, plan["timetable"] = plan.get("timetable"), None
    return told is not None


def another_hour(plan: Data) -> bool:
    timetable = plan.get("timetable")
    if timetable is None:
        return False
    first, second, *_ = timetable["slots"]
    second.append(first.pop())
    return True


MUTANTS |= {
    "a service with a replica less at night": run_with("chat", lambda counts: [min(counts) - 1, *counts[1:]]),
    "a service with a replica more at its peak": run_with(
        "chat", lambda counts: [n + (n == max(counts)) for n in counts]
    ),
    "a night job that does less": run_with("archive", lambda counts: [n // 2 for n in counts]),
    "a night job by day": run_with("archive", lambda counts: [n or 1 for n in counts]),
    "a night job of more than there is": run_with("archive", lambda counts: [n and n + 64 for n in counts]),
    "people who keep their accelerators": run_with("notebooks", lambda counts: [max(counts)] * len(counts)),
    "a run with a slot too few": run_with("chat", lambda counts: counts[:-1]),
    "no timetable": no_timetable,
    "an hour in another slot": another_hour,
    "a run left out": lambda plan: bool(plan.get("timetable")) and bool(plan["timetable"]["runs"].pop()),
}


# Cooling and weight

MUTANTS |= {
    "a pattern with less heat to air": bump("patterns", "heat_air_w", -1),
    "a pattern with more heat to liquid": bump("patterns", "heat_liquid_w"),
    "a hall with less heat to air": bump("cooling", "air_w", -1),
    "a hall with more air cooling": bump("cooling", "air_capacity_w"),
    "a better known airflow": bump("cooling", "airflow_known_share", 1),
    "a hall without its cooling": drop("cooling"),
    "a lighter pattern": bump("patterns", "weight_kg", -1),
    "a weight claimed to be unknown": swap("patterns", "weight_known", False),
    "a weight claimed to be known": swap("patterns", "weight_known", True),
    "a position too many": bump("floor", "positions"),
    "a position fewer in use": bump("floor", "used", -1),
    "a rack fewer on the floor": bump("floor", "racks", -1),
    "a lighter heaviest rack": bump("floor", "heaviest_kg", -1),
    "another heaviest rack": swap("floor", "heaviest_rack", "nowhere"),
    "less pressure under a rack": bump("floor", "footprint_pa", -1),
    "less spread pressure": bump("floor", "distributed_pa", -1),
    "less load under a foot": bump("floor", "point_kg", -1),
    "a stronger floor": bump("floor", "distributed_limit_pa", 1),
    "an unknown weight made up": swap("floor", "unknown_weight", ["nvidia-dgx-b200"]),
    "a loop made up": lambda plan: bool(
        plan["cooling"][0]["loops"].append(
            {"loop": "L", "load_w": 0, "capacity_w": 1, "flow_l_min": None, "flow_capacity_l_min": None, "cdu": None,
             "cdus": 0, "cdu_capacity_w": None}
        )
        or True
    ),
}  # fmt: skip


@mutant
def a_weaker_floor_in_the_request(plan: Data) -> bool:
    halls(plan)[0].setdefault("floor", {})["point_load"] = "10 kg"
    rehash(plan)
    return True


@mutant
def a_narrower_door_in_the_request(plan: Data) -> bool:
    halls(plan)[0].setdefault("floor", {})["door_width"] = "400 mm"
    rehash(plan)
    return True


@mutant
def less_air_cooling_in_the_request(plan: Data) -> bool:
    halls(plan)[0]["cooling"]["air"] = "1 kW"
    rehash(plan)
    return True


@mutant
def rows_too_shallow_in_the_request(plan: Data) -> bool:
    for row in halls(plan)[0]["rows"]:
        row["rack_depth"] = "300 mm"
    rehash(plan)
    return True


# Demand and decisions

MUTANTS |= {
    "a workload without a decision": drop("decisions"),
    "a decision taken twice": lambda plan: bool(plan["decisions"].append(deepcopy(plan["decisions"][0])) or True),
    "a decision with fewer accelerators": bump("decisions", "accelerators", -1),
    "a workload elsewhere": swap("decisions", "location", "nowhere"),
    "a workload on nothing": swap("decisions", "system", ""),
    "a workload on another system": swap("decisions", "system", "nvidia-rtx-pro-6000-server"),
    "availability that is better": bump("systems", "availability", 1e-4),
    "a system fewer": bump("systems", "count", -1),
    "a system more": bump("systems", "count"),
    "a spare fewer": bump("systems", "spares", -1),
    "spares beyond their number": bump("systems", "spares", 10_000),
    "more accelerators": bump("systems", "accelerators"),
    "a system for no workload": swap("systems", "workloads", []),
    "systems left out": drop("systems"),
    "a storage unit fewer": bump("storage", "units", -1),
    "more usable storage": bump("storage", "usable_tb"),
    "faster storage": bump("storage", "read_gb_s"),
    "less storage asked for": bump("storage_demand", "usable_tb", -1),
    "less bandwidth asked for": bump("storage_demand", "read_gb_s", -1),
    "a site without storage demand": drop("storage_demand"),
    "a workload that is not asked for": swap("demand", "id", "nobody"),
}


def every_need(field: str, by: int) -> Mutant:
    """Lowers a number of the need that a decision rests on."""

    def change(plan: Data) -> bool:
        chosen = {(d["workload"], d["system"]) for d in plan["decisions"]}
        for workload in plan["demand"]:
            for need in workload["needs"]:
                if (workload["id"], need["system"]) in chosen:
                    need[field] += by
                    return True
        return False

    return change


MUTANTS |= {
    "a smaller need": every_need("accelerators", -1),
    "a brighter forecast": every_need("accelerators_p90", -1),
    "fewer units": every_need("units", -1),
}


def sensitivity(field: str, by: int) -> Mutant:
    """Changes a number of the first input that moves a count."""

    def change(plan: Data) -> bool:
        for workload in plan["demand"]:
            for moved in workload["sensitivities"]:
                moved[field] += by
                return True
        return False

    return change


MUTANTS["an input said to move the count more"] = sensitivity("if_larger", 8)


@mutant
def inputs_that_move_the_count_left_out(plan: Data) -> bool:
    moved = [workload for workload in plan["demand"] if workload["sensitivities"]]
    for workload in moved:
        workload["sensitivities"].pop()
    return bool(moved)


@mutant
def more_requests_asked_for(plan: Data) -> bool:
    for workload in plan["request"]["workloads"]:
        if "peak_requests" in workload:
            workload["peak_requests"] = "3000 /s"
            rehash(plan)
            return True
    return False


@mutant
def the_vendor_is_excluded(plan: Data) -> bool:
    vendor = next(p["vendor"] for p in plan["products"] if p["kind"] == "system")
    plan["request"]["policy"]["vendors"] = {"exclude": [vendor]}
    rehash(plan)
    return True


@mutant
def the_system_is_excluded(plan: Data) -> bool:
    plan["request"]["policy"]["systems"] = {"exclude": [plan["systems"][0]["product"]]}
    rehash(plan)
    return True


@mutant
def another_storage_is_asked_for(plan: Data) -> bool:
    if not plan["storage"]:
        return False
    plan["request"]["policy"]["storage"] = {"allow": ["nobody-nothing"]}
    rehash(plan)
    return True


@mutant
def a_workload_kept_from_its_hall(plan: Data) -> bool:
    plan["request"]["workloads"][0]["systems"] = ["nvidia-dgx-h100"]
    rehash(plan)
    return plan["decisions"][0]["system"] != "nvidia-dgx-h100"


@mutant
def a_used_product_listed_as_excluded(plan: Data) -> bool:
    entry = {"kind": "product", "id": plan["systems"][0]["product"], "workload": "*", "rule": "r", "reason": "made up"}
    plan["excluded"].append(entry)
    return True


# The request and the catalog


@mutant
def a_request_changed_without_its_hash(plan: Data) -> bool:
    plan["request"]["name"] += " (2)"
    return True


@mutant
def a_request_that_is_none(plan: Data) -> bool:
    plan["request"] = {"schema": "request/v1"}
    return True


MUTANTS |= {
    "another day": lambda plan: bool(plan["inputs"].update(date="2001-01-01") or True),
    "another name": lambda plan: bool(plan["inputs"].update(request_name="another") or True),
    "another currency": lambda plan: bool(plan["cost"].update(currency="XXX") or True),
    "another horizon": lambda plan: bool(plan["cost"].update(horizon_years=14) or True),
}

# Networks


def fabric(change_one: Callable[[Data], bool]) -> Mutant:
    def change(plan: Data) -> bool:
        return any(f["fabric"] == "compute" and f["counts_known"] and change_one(f) for f in plan["fabrics"])

    return change


def first_key(field: str, by: int) -> Callable[[Data], bool]:
    def change(entry: Data) -> bool:
        for name in sorted(entry[field]):
            entry[field][name] += by
            return True
        return False

    return change


def first_link(by: int) -> Callable[[Data], bool]:
    def change(entry: Data) -> bool:
        for link in entry["links"]:
            link["links"] += by
            return True
        return False

    return change


MUTANTS |= {
    "a switch fewer in a fabric": fabric(first_key("switches", -1)),
    "a module fewer in a fabric": fabric(first_key("modules", -1)),
    "a link fewer in a fabric": fabric(first_link(-1)),
    "a fabric for fewer systems": bump("fabrics", "systems", -1),
    "a fabric of no design": swap("fabrics", "design", "no-such-design"),
    "a fabric left out": drop("fabrics"),
    "cables left out": drop("cables"),
    "a link without a cable": bump("cables", "links", -1),
    "more cables than links": bump("cables", "cables", 10_000),
    "cables in another hall": swap("cables", "hall", "elsewhere"),
}

# Money


def money_of(table: str, field: str, by: int = 1) -> Mutant:
    def change(plan: Data) -> bool:
        for entry in plan[table]:
            if entry.get(field):
                entry[field]["typical"] += by
                return True
        return False

    return change


def cost(field: str, by: int = 1) -> Mutant:
    def change(plan: Data) -> bool:
        plan["cost"][field]["typical"] += by
        return True

    return change


MUTANTS |= {
    "a line left out": drop("bill"),
    "the last line left out": drop("bill", -1),
    "a line twice": lambda plan: bool(plan["bill"].append(deepcopy(plan["bill"][0])) or True),
    "a wrong line number": bump("bill", "line"),
    "one more of a product": bump("bill", "quantity"),
    "one fewer of a product": bump("bill", "quantity", -1),
    "none of a product": lambda plan: bool(plan["bill"][0].update(quantity=0) or True),
    "another vendor on a line": swap("bill", "vendor", "Nobody"),
    "another product on a line": swap("bill", "product", "nvidia-qm9790"),
    "a wrong unit price": money_of("bill", "unit_price"),
    "a wrong line price": money_of("bill", "extended"),
    "a price turned into a quote": lambda plan: any(
        line["unit_price"] is not None and not line.update(unit_price=None, extended=None) for line in plan["bill"]
    ),
    "a firmer price": swap("bill", "price_confidence", "vendor"),
    "a newer price": swap("bill", "price_as_of", "2030-01-01"),
    "wrong capex": cost("capex"),
    "wrong tco": cost("tco"),
    "a wrong part of the cost": lambda plan: bool(plan["cost"]["lines"][0]["amount"].update(typical=1) or True),
    "a line without a price hidden": lambda plan: bool(
        plan["cost"].update(lines_without_price=plan["cost"]["lines_without_price"] - 1) or True
    ),
    "a product without a price hidden": lambda plan: (
        bool(plan["cost"]["without_price"]) and bool(plan["cost"]["without_price"].pop())
    ),
    "lines miscounted": lambda plan: bool(plan["cost"].update(lines_total=1) or True),
    "better prices": lambda plan: bool(plan["cost"].update(confidence_share={"vendor": 1.0}) or True),
    "an expired price made up": lambda plan: bool(plan["cost"]["expired_prices"].append("nobody") or True),
}


@mutant
def a_cheaper_line_carried_through_every_sum(plan: Data) -> bool:
    """The careful forger: the price of one line, its sums, the cost and the first page agree with each other."""
    for line in plan["bill"]:
        if line["extended"] and not line["recurring"] and line["unit_price"]["typical"] > 10:
            off = dict.fromkeys(("low", "typical", "high"), line["quantity"])
            for end, by in off.items():
                line["unit_price"][end] -= 1
                line["extended"][end] -= by
                for total in (
                    plan["cost"]["capex"],
                    plan["cost"]["tco"],
                    plan["headline"]["capex"],
                    plan["headline"]["tco"],
                ):
                    total[end] -= by
            for part in plan["cost"]["lines"][:1]:
                for end, by in off.items():
                    part["amount"][end] -= by
            return True
    return False


@mutant
def a_switch_saved_everywhere(plan: Data) -> bool:
    """One device fewer in the count, the racks, the fabric and the bill."""
    for device in plan["devices"]:
        if device["role"].endswith("leaf") and device["count"] > 1:
            for pattern in plan["patterns"]:
                mine = [d for d in pattern["devices"] if d["product"] == device["product"]]
                if mine and pattern["count"] == 1:
                    pattern["devices"].remove(mine[0])
                    device["count"] -= 1
                    for entry in plan["fabrics"]:
                        if device["role"] in entry["switches"]:
                            entry["switches"][device["role"]] -= 1
                            break
                    for line in plan["bill"]:
                        if line["product"] == device["product"]:
                            line["quantity"] -= 1
                            break
                    return True
    return False


# The first page, findings and proofs


def head(field: str, value: Any) -> Mutant:
    def change(plan: Data) -> bool:
        changed = plan["headline"][field] != value
        plan["headline"][field] = value
        return changed

    return change


def head_more(field: str) -> Mutant:
    def change(plan: Data) -> bool:
        if plan["headline"][field] is None:
            return False
        plan["headline"][field] += 1
        return True

    return change


MUTANTS |= {
    f"first page: {field.replace('_', ' ')}": head_more(field)
    for field in (
        "system_count",
        "accelerators",
        "racks",
        "power_design_w",
        "power_peak_w",
        "lines",
        "lines_without_price",
        "lead_time_weeks",
        "gap",
        "errors",
        "warnings",
        "evidence_needed",
    )
} | {
    "first page: capex": head("capex", {"low": 1, "typical": 2, "high": 3}),
    "first page: tco": head("tco", {"low": 1, "typical": 2, "high": 3}),
    "first page: systems": head("systems", "5 x something else"),
    "first page: currency": head("currency", "XXX"),
    "first page: ready by": head("ready_by", "2026-11-22"),
    "first page: status": lambda plan: bool(
        plan["headline"].update(status="optimal" if plan["headline"]["status"] == "feasible" else "feasible") or True
    ),
    "a finding left out": lambda plan: any(
        f["severity"] != "information" and not plan["findings"].remove(f) for f in list(plan["findings"])
    ),
    "a rule's result left out": lambda plan: any(
        r["result"] == "evidence-needed" and not plan["sovereignty"].remove(r) for r in list(plan["sovereignty"])
    ),
    "a proof of the plan left out": lambda plan: any(
        p["stage"] == "plan" and not plan["proofs"].remove(p) for p in list(plan["proofs"])
    ),
    "a better bound": lambda plan: any(
        p["stage"] == "plan" and not p.update(lower_bound=p["objective"] + 1) for p in plan["proofs"]
    ),
    "a better gap": lambda plan: any(not p.update(gap=p["gap"] + 0.5) for p in plan["proofs"]),
    "a negative gap": lambda plan: any(not p.update(gap=-0.1) for p in plan["proofs"]),
    "a status that the bounds do not give": lambda plan: any(
        not p.update(status="feasible" if p["status"] == "optimal" else "optimal") for p in plan["proofs"]
    ),
    "a negative bound": lambda plan: any(not p.update(lower_bound=-1) for p in plan["proofs"]),
}


@mutant
def a_budget_that_is_not_kept(plan: Data) -> bool:
    plan["request"]["policy"]["budget"] = 1
    rehash(plan)
    return True


@mutant
def a_date_that_is_not_kept(plan: Data) -> bool:
    plan["request"]["policy"]["in_service_by"] = plan["request"]["date"][:8] + "30"
    rehash(plan)
    return plan["headline"]["lead_time_weeks"] is not None


def certificate(change_one: Callable[[Data], None]) -> Mutant:
    def change(plan: Data) -> bool:
        for proof in plan["proofs"]:
            for one in proof["certificates"]:
                change_one(one)
                return True
        return False

    return change


def forge(one: Data) -> None:
    """Promises that a rack holds nothing of weight: the bound would grow."""
    for name in one["z"]:
        one["z"][name] = 0


def heavier(one: Data) -> None:
    for name in one["weights"]:
        one["weights"][name] = 1000 * one["weights"][name] + 1


@mutant
def a_shorter_way_for_the_cables(plan: Data) -> bool:
    for proof in plan["proofs"]:
        if proof["stage"] == "floor" and proof["objective"]:
            proof["objective"] -= 1
            proof["lower_bound"] = min(proof["lower_bound"], proof["objective"])
            proof["gap"] = (proof["objective"] - proof["lower_bound"]) / proof["objective"]
            return True
    return False


MUTANTS |= {
    "a forged certificate": certificate(forge),
    "a certificate of heavier devices": certificate(heavier),
    "a certificate of unknown devices": certificate(lambda one: one["weights"].update({"system/nobody": 1})),
    "a certificate of unknown rows": certificate(lambda one: one["z"].update({"nowhere/Z": 1})),
    "a certificate of another hall": certificate(lambda one: one.update(hall="elsewhere")),
}


@mutant
def a_packing_bound_beyond_its_certificates(plan: Data) -> bool:
    for proof in plan["proofs"]:
        if proof["stage"] == "packing":
            more = proof["objective"] + 1
            proof.update(objective=more, lower_bound=more, gap=0.0, status="optimal")
            return True
    return False


@mutant
def an_effect_of_a_wrong_assumption_is_larger(plan: Data) -> bool:
    for assumption in plan["assumptions"]:
        for effect in assumption["if_wrong"] or ():
            effect["difference"] += 1
            return True
    return False


@mutant
def a_wrong_pue_is_said_to_move_nothing_that_is_known(plan: Data) -> bool:
    found = [a for a in plan["assumptions"] if a["id"] == "site.PUE"]
    found[0]["if_wrong"] = None
    return True


@mutant
def an_effect_is_made_up(plan: Data) -> bool:
    for assumption in plan["assumptions"]:
        if assumption["if_wrong"] is None:
            effect = {"change": "times", "factor": 1.1, "measure": "tco", "difference": 1000, "subject": ""}
            assumption["if_wrong"] = [effect]
            return True
    return False


# What the plan says


@mutant
def a_finding_that_says_another_number(plan: Data) -> bool:
    finding = next((f for f in plan["findings"] if any(c.isdigit() for c in f["text"])), None)
    if finding is None:
        return False
    finding["text"] = "".join("7" if c.isdigit() and c != "7" else c for c in finding["text"])
    return True


@mutant
def a_sentence_with_another_argument(plan: Data) -> bool:
    for entry in plan["said"].values():
        for name, value in entry["args"].items():
            if isinstance(value, int) and not isinstance(value, bool):
                entry["args"][name] += 1000
                return True
    return False


@mutant
def a_sentence_by_another_key(plan: Data) -> bool:
    entry = next(iter(plan["said"].values()), None)
    if entry is None:
        return False
    entry["key"] = "no.such-sentence"
    return True


@mutant
def a_sentence_without_its_arguments(plan: Data) -> bool:
    entry = next((e for e in plan["said"].values() if e["args"]), None)
    if entry is None:
        return False
    entry["args"] = {}
    return True


@mutant
def a_sentence_that_nothing_says(plan: Data) -> bool:
    plan["said"]["the hall is empty"] = {"key": "source.planner", "args": {}}
    return True


@mutant
def a_sentence_left_out(plan: Data) -> bool:
    return bool(plan["said"]) and plan["said"].pop(plan["findings"][0]["text"], None) is not None
