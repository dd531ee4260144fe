"""Three requests and what law does to them: a Berlin hospital, a Paris sovereign cloud, a Riyadh AI zone."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from planner.catalog.files import catalog_roots
from planner.catalog.load import load_catalog
from planner.catalog.profiles import load_profiles
from planner.catalog.rules import load_rules
from planner.catalog.schema import Region
from planner.errors import InputError
from planner.sovereignty import Context, Exclusion, RuleResult, accelerators_of, bom_line_facts, evaluate, exclusions

BOOK = load_rules(catalog_roots())
PROFILES = load_profiles(catalog_roots(), BOOK)
PRODUCTS = {product.id: product for product in load_catalog().products.values()}
REGIONS = [product for product in PRODUCTS.values() if isinstance(product, Region)]
CHIPS = accelerators_of(PRODUCTS.values())
OPENING = date(2027, 6, 1)

EU_REGION = Region.model_validate(
    {
        "schema": "catalog/v1",
        "kind": "region",
        "id": "example-fr-1",
        "name": "A region of a French company",
        "vendor": "Example",
        "vendor_country": "FR",
        "source": "invented for this test",
        "as_of": "2026-11-20",
        "provider": "Example",
        "country": "FR",
        "operator_country": "FR",
    }
)


def site(name: str, country: str, connectivity: str = "connected", **more: Any) -> dict[str, Any]:
    operator = {"name": f"{name} operator", "country": country, "parent_country": country}
    return {"id": name, "country": country, "connectivity": connectivity, "operator": operator, **more}


def workload(name: str, residency: Any, *classes: str) -> dict[str, Any]:
    return {"id": name, "kind": "inference", "data": {"classes": classes, "residency": residency}}


def excluded(profiles: Sequence[str], where: Any, what: Any, **more: Any) -> tuple[Exclusion, ...]:
    places, needs = (part if isinstance(part, list) else [part] for part in (where, what))
    more.setdefault("regions", [*REGIONS, EU_REGION])
    return exclusions(
        profiles,
        BOOK,
        PROFILES,
        products=PRODUCTS.values(),
        sites=places,
        workloads=needs,
        operators=[],
        on=OPENING,
        **more,
    )


def of_kind(found: Sequence[Exclusion], kind: str, *rules: str) -> set[str]:
    return {each.id for each in found if each.kind == kind and (not rules or each.rule in rules)}


def context(where: dict[str, Any], what: dict[str, Any], *lines: str, **more: Any) -> Context:
    return Context(
        {
            "sites": [where],
            "workloads": [what],
            "bom_lines": [bom_line_facts(PRODUCTS[line], CHIPS) for line in lines],
            "placements": [{"workload": what["id"], "site": where["id"], "option": "owned"}],
            **more,
        }
    )


def results(profiles: Sequence[str], facts: Context) -> dict[tuple[str, str], RuleResult]:
    return {(each.rule, each.subject): each for each in evaluate(profiles, BOOK, PROFILES, facts)}


def test_berlin_keeps_its_own_hall_and_owned_systems_and_loses_what_others_operate() -> None:
    berlin = site("berlin", "DE")
    needs = [workload("chat", "site", "health"), workload("imaging", "eu", "health")]
    found = excluded(["eu-data-residency", "de-hospital", "nis2"], berlin, needs)
    assert of_kind(found, "location") == set()
    products = of_kind(found, "product")
    assert {"aws-trn3-gen1-ultraserver", "aws-trn3-gen2-ultraserver"} <= products
    assert not {name for name in products if name.startswith(("nvidia-", "dell-", "supermicro-"))}
    assert of_kind(found, "region", "X-OPR-001") == {region.id for region in REGIONS}
    outside = {region.id for region in REGIONS if region.country not in BOOK.groups["eu"].members}
    assert of_kind(found, "region", "X-RES-002") == outside
    assert [(each.workload, each.rule) for each in found if each.id == EU_REGION.id] == [("chat", "X-RES-001")]


def test_berlin_after_planning_passes_what_is_known_and_asks_for_the_rest() -> None:
    facts = context(
        site("berlin", "DE"),
        workload("chat", "site", "health"),
        "nvidia-dgx-b300-ac",
        plan={"commission_date": "2027-06-01", "spares": "1 system"},
        evidence={},
    )
    found = results(["eu-data-residency", "de-hospital", "nis2"], facts)
    assert found["X-OPR-001", "berlin operator"].result == "pass"
    assert found["X-RES-001", "chat at berlin on owned"].result == "pass"
    assert found["DE-SGBV-001", "plan"].result == "not-applicable"
    assert found["EU-NIS2-001", "plan"].missing == ("plan.redundancy",)
    gdpr = found["EU-GDPR-001", "chat at berlin on owned"]
    assert gdpr.result == "evidence-needed"
    assert "evidence.transfer_instrument" in gdpr.missing
    assert ("site[berlin].country", "DE") in gdpr.inputs
    assert "https://gtg.com.mt" in gdpr.source and gdpr.clause.startswith("Art. 44")


def test_paris_accepts_an_operator_of_the_union_and_no_subsidiary_of_another() -> None:
    profiles = ["secnumcloud", "eu-csf-seal-3", "cada-level-2"]
    found = excluded(profiles, site("paris", "FR"), workload("service", "eu"))
    assert of_kind(found, "location") == set()
    sovereign = {each.rule for each in found if each.id == "aws-eusc-de-east-1"}
    assert sovereign == {"EU-CSF-005"}, "in the Union by place and seat, not by parent"
    assert of_kind(found, "region", "FR-SNC-001") == {r.id for r in REGIONS if not r.id.startswith("aws-eusc")}
    assert EU_REGION.id not in of_kind(found, "region")


def test_paris_share_register_decides_secnumcloud() -> None:
    def outcome(**shares: float) -> str:
        paris = site("paris", "FR")
        paris["operator"] |= shares
        found = results(["secnumcloud"], context(paris, workload("service", "eu")))
        return found["FR-SNC-002", "paris operator"].result

    assert outcome(non_eu_share_max_single_pct=24, non_eu_share_total_pct=39) == "pass"
    assert outcome(non_eu_share_max_single_pct=24.1, non_eu_share_total_pct=39) == "fail"
    assert outcome(non_eu_share_max_single_pct=24) == "evidence-needed"
    assert outcome(non_eu_share_total_pct=39.1) == "fail"


def riyadh(**evidence: Any) -> dict[tuple[str, str], RuleResult]:
    plan = {
        "commission_date": "2027-06-01",
        "accelerator_count": 4608,
        "buyer_parent_country": "SA",
        "ruleset_date": "2026-11-20",
    }
    need = workload("service", "country", "SA-gov")
    facts = context(
        site("riyadh", "SA"), need, "nvidia-gb300-nvl72", "nvidia-qm9700", plan=plan, options=[], evidence=evidence
    )
    return results(["saudi", "export-us"], facts)


def test_riyadh_needs_a_licence_which_is_a_finding_and_no_exclusion() -> None:
    found = excluded(["saudi", "export-us"], site("riyadh", "SA"), workload("service", "country", "SA-gov"))
    assert of_kind(found, "product") == set()
    licence = riyadh()["US-EAR-004", "nvidia-gb300-nvl72"]
    assert (licence.severity, licence.result) == ("license", "evidence-needed")
    assert "HUMAIN and G42" in licence.text
    assert ("US-EAR-004", "nvidia-qm9700") not in riyadh()
    held = {"bis_licence": "BIS-1", "bis_security_plan": "plan.pdf"}
    assert riyadh(**held, quota_remaining=35000)["US-EAR-004", "nvidia-gb300-nvl72"].result == "pass"
    assert riyadh(**held, quota_remaining=4607)["US-EAR-004", "nvidia-gb300-nvl72"].result == "fail"
    assert riyadh(bis_licence=False)["US-EAR-004", "nvidia-gb300-nvl72"].result == "fail"


def test_blackwell_is_ruled_out_for_an_embargoed_destination_and_a_parent_there_needs_a_licence() -> None:
    found = excluded(["export-us"], site("shanghai", "CN"), workload("service", "anywhere"))
    assert "nvidia-gb300-nvl72" in of_kind(found, "product", "US-EAR-002")
    assert "nvidia-qm9700" not in of_kind(found, "product")
    abroad = site("berlin", "DE")
    abroad["operator"]["parent_country"] = "CN"
    plan = {"buyer_parent_country": "DE"}
    facts = context(abroad, workload("service", "eu"), "nvidia-gb300-nvl72", plan=plan, evidence={"bis_licence": False})
    assert results(["export-us"], facts)["US-EAR-003", "nvidia-gb300-nvl72"].result == "fail"


def test_behind_an_air_gap_unknown_is_not_good_enough_and_only_there() -> None:
    sites = [site("vault", "DE", "air-gapped"), site("campus", "DE")]
    found = excluded([], sites, workload("service", "anywhere"))
    trainium = [each for each in found if each.id == "aws-trn3-gen2-ultraserver"]
    assert [(each.location, each.rule) for each in trainium] == [("vault", "X-LINK-001")]
    assert "supports_disconnected" in trainium[0].reason
    assert of_kind(found, "region") == set(), "the campus reaches regions"
    alone = excluded([], sites[0], workload("service", "anywhere"))
    assert of_kind(alone, "region", "X-LINK-005") == {region.id for region in [*REGIONS, EU_REGION]}


def test_where_nothing_may_leave_regions_and_tethered_options_are_out_even_of_a_connected_site() -> None:
    found = excluded(["air-gapped"], site("campus", "DE"), workload("service", "anywhere"))
    assert of_kind(found, "region", "X-LINK-006") == {region.id for region in [*REGIONS, EU_REGION]}
    assert "aws-trn3-gen2-ultraserver" in of_kind(found, "product", "X-LINK-001")


def test_a_controlled_line_is_held_against_its_own_site() -> None:
    line = bom_line_facts(PRODUCTS["nvidia-gb300-nvl72"], CHIPS)
    sites = [site("shanghai", "CN"), site("berlin", "DE")]

    def destination(**more: Any) -> str:
        found = results(["export-us"], Context({"sites": sites, "bom_lines": [{**line, **more}]}))
        return next(each.result for (rule, _), each in found.items() if rule == "US-EAR-002")

    assert [destination(site="shanghai"), destination(site="berlin")] == ["fail", "not-applicable"]
    assert destination() == "evidence-needed"
    found = excluded(["export-us"], sites, workload("service", "anywhere"))
    assert {each.location for each in found if each.id == "nvidia-gb300-nvl72"} == {"shanghai"}


def test_two_operators_of_one_name_are_both_judged() -> None:
    sites = [site("berlin", "DE"), site("austin", "US")]
    for each in sites:
        each["operator"]["name"] = "the organisation itself"
    found = evaluate([], BOOK, PROFILES, Context({"sites": sites, "policy": {"operator_area": ["eu"]}}))
    assert sorted(each.result for each in found if each.rule == "X-OPR-001") == ["fail", "pass"]


def test_policy_of_the_request_holds_without_any_profile() -> None:
    policy = {"operator_area": ["eea"], "vendors_excluded": ["Dell"]}
    sites = [site("oslo", "NO"), site("austin", "US")]
    found = excluded([], sites, workload("service", ["NO"]), policy=policy)
    assert of_kind(found, "location") == {"austin"}
    dell = {name for name, product in PRODUCTS.items() if product.vendor == "Dell" and product.kind != "region"}
    assert of_kind(found, "product", "X-VEN-001") == dell != set()


def test_country_of_origin_rules_out_lines_not_known_ones_only() -> None:
    line = {"id": "optic", "kind": "module", "vendor": "Maker"}

    def taa(**origin: str) -> str:
        found = results(["taa"], Context({"bom_lines": [{**line, **origin}]}))
        return found["US-TAA-001", "optic"].result

    assert [taa(assembly_country="MX"), taa(assembly_country="MY"), taa()] == ["pass", "fail", "evidence-needed"]
    assert taa(assembly_country="VN") == "evidence-needed"


def test_a_proposal_is_tested_only_where_a_profile_says_so_and_from_its_date() -> None:
    paris, need = site("paris", "FR"), workload("service", "eu")
    ordinary = results(["secnumcloud", "eu-csf-seal-3"], context(paris, need, plan={"commission_date": "2030-01-01"}))
    assert not [rule for rule, _ in ordinary if BOOK.rules[rule].status in ("proposed", "draft")]
    for day, expected in (("2026-06-02", "not-applicable"), ("2026-06-03", "pass"), (None, "evidence-needed")):
        found = results(["cada-level-1"], context(paris, need, plan={"commission_date": day}))
        assert found["EU-CADA-005", "plan"].result == expected


@pytest.mark.parametrize(
    ("power_kw", "expected"), [(499.9, "not-applicable"), (500, "pass"), (None, "evidence-needed")]
)
def test_energy_reporting_starts_at_500_kw(power_kw: float | None, expected: str) -> None:
    hall = site("berlin", "DE", it_power_kw=power_kw, floor_area_m2=400, pue=1.2, waste_heat_plan=True)
    plan = {"defence_exempt": False}
    found = results(["eed"], Context({"sites": [hall], "plan": plan}))
    assert [each.result for (rule, _), each in found.items() if rule == "EU-EED-001"] == [expected]


def test_an_annulled_framework_takes_the_united_states_off_the_list() -> None:
    virginia = site("virginia", "US", support_locations=["US"], outbound_allowed=False)
    virginia["operator"]["support_countries"] = ["US"]
    facts = context(virginia, workload("crm", "anywhere", "personal_eu"), evidence={"transfer_instrument": False})
    outcome = {
        profile: results([profile], facts)["EU-GDPR-001", "crm at virginia on owned"].result
        for profile in ("gdpr-transfers", "dpf-invalid")
    }
    assert outcome == {"gdpr-transfers": "pass", "dpf-invalid": "fail"}


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(InputError, match='found "secnumclod", expected a known id; did you mean "secnumcloud"'):
        evaluate(["secnumclod"], BOOK, PROFILES, Context({}))


def test_the_order_of_the_input_changes_nothing() -> None:
    sites = [site("berlin", "DE"), site("austin", "US"), site("vault", "DE", "air-gapped")]
    needs = [workload("chat", "site", "health"), workload("crm", "eu", "personal_eu")]
    profiles = ["eu-data-residency", "gdpr-transfers", "export-us"]
    forward = excluded(profiles, sites, needs)
    assert forward == excluded(profiles[::-1], sites[::-1], needs[::-1], regions=[EU_REGION, *REGIONS[::-1]])
