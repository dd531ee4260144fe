"""Ways to break the build-out of a plan; each changes one thing of one phase."""

from __future__ import annotations

from typing import Any

from plan_mutants import mutant, rehash

Data = dict[str, Any]


@mutant
def a_rack_that_stands_in_no_phase(plan: Data) -> bool:
    return bool(plan["phases"]) and bool(plan["phases"][0]["added_racks"].pop())


@mutant
def a_device_taken_away_by_a_later_phase(plan: Data) -> bool:
    for before, after in zip(plan["phases"], plan["phases"][1:], strict=False):
        for part in before["part_racks"]:
            for later in after["part_racks"]:
                if later["rack"] == part["rack"] and later["product"] == part["product"] and part["count"] == 0:
                    part["count"] = later["count"] + 1
                    return True
    return False


@mutant
def systems_promised_that_do_not_stand(plan: Data) -> bool:
    for phase in plan["phases"]:
        for system in phase["systems"]:
            system["count"] += 1
            return True
    return False


@mutant
def a_phase_that_serves_less_than_asked(plan: Data) -> bool:
    for phase in plan["phases"]:
        for service in phase["services"]:
            if service["units"]:
                service["units"] -= 1
                return True
    return False


@mutant
def a_phase_without_its_switches(plan: Data) -> bool:
    for phase in plan["phases"]:
        for pattern in plan["patterns"]:
            switches = [d for d in pattern["devices"] if d["role"].endswith("-leaf")]
            rack = next((r["id"] for r in plan["racks"] if r["pattern"] == pattern["id"]), None)
            if switches and rack in phase["added_racks"]:
                name, role = switches[0]["product"], switches[0]["role"]
                phase["part_racks"].append({"rack": rack, "role": role, "product": name, "count": 0})
                return True
    return False


@mutant
def a_feed_that_arrives_after_its_phase(plan: Data) -> bool:
    if not plan["phases"]:
        return False
    hall = plan["request"]["sites"][0]["halls"][0]
    hall["power"]["feeds"][0]["available_from"] = plan["phases"][1]["date"]
    rehash(plan)
    return True


@mutant
def a_redundancy_kept_without_its_feed(plan: Data) -> bool:
    for n, phase in enumerate(plan["phases"]):
        if plan["request"]["phases"][n].pop("redundancy", None):
            rehash(plan)
            phase["redundancy"] = dict.fromkeys(phase["redundancy"], "2N")
            return True
    return False


@mutant
def an_order_for_less_than_stands(plan: Data) -> bool:
    for phase in plan["phases"]:
        for order in phase["orders"]:
            if order["quantity"] > 1:
                order["quantity"] -= 1
                return True
    return False


@mutant
def an_order_left_for_a_later_phase(plan: Data) -> bool:
    if len(plan["phases"]) < 2:
        return False
    order = plan["phases"][0]["orders"].pop()
    plan["phases"][1]["orders"].append(order)
    return True


@mutant
def an_order_date_that_comes_too_late(plan: Data) -> bool:
    for phase in plan["phases"]:
        for order in phase["orders"]:
            if order["order_by"] is not None:
                order["order_by"] = phase["date"]
                return True
    return False


@mutant
def a_phase_that_spends_less(plan: Data) -> bool:
    for phase in plan["phases"]:
        phase["spend"]["typical"] -= 1
        return True
    return False


@mutant
def a_feed_of_a_phase_that_carries_less(plan: Data) -> bool:
    for phase in plan["phases"]:
        for feed in phase["feeds"]:
            feed["load_w"] -= 1
            return True
    return False


@mutant
def storage_promised_before_it_stands(plan: Data) -> bool:
    for phase in plan["phases"]:
        for hall in phase["storage_units"]:
            phase["storage_units"][hall] += 1
            return True
    return False


@mutant
def a_product_that_cannot_be_there_in_time(plan: Data) -> bool:
    if not plan["phases"]:
        return False
    plan["request"]["policy"]["order_date"] = "2027-05-01"
    rehash(plan)
    return True
