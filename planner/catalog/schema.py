"""The kinds of product in a catalog (`catalog/v1`), one class per kind; a product is data, never code.

Every measured or quoted number is a `Fact`; a field left out is unknown. Names end in their base unit.
Power has three tiers: `typical` (energy), `design` (racks, continuous ratings, cooling), `peak` (breakers, nameplate).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from planner.catalog.facts import Confidence, Fact, Strict, read_fact

Number = Fact[float]
Count = Fact[int]
Text = Fact[str]
Flag = Fact[bool]

ID_PATTERN = r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$"
ProductId = Annotated[str, Field(pattern=ID_PATTERN, max_length=80)]

Cooling = Literal["air", "liquid", "hybrid"]
Delivery = Literal["owned", "aws-ai-factory", "cloud-region"]
Fabric = Literal["compute", "storage", "in-band", "out-of-band", "scale-up"]
Airflow = Literal["front-to-rear", "rear-to-front", "port-to-power", "power-to-port"]


def unknown(description: str | None = None) -> Any:
    """A field default: the fact is not known."""
    return Field(default_factory=Fact, description=description)


class Port(Strict):
    """Ports of one device that go to one fabric: `count` links at `speed_gbit_s`, leaving through `cages` cages."""

    fabric: Fabric
    count: int = Field(ge=1)
    speed_gbit_s: float = Field(gt=0)
    cages: int | None = Field(default=None, ge=1)
    connector: str = Field(default="", description="OSFP, OSFP-twin, QSFP112, QSFP56, QSFP28, SFP28, RJ45, ...")
    technology: str = Field(
        default="", description="infiniband-ndr, infiniband-xdr, ethernet, nvlink, neuronlink, efa."
    )
    nic: str = Field(default="", description="Catalog id of the network interface, where it is a product of its own.")
    note: str = ""


class Inlets(Strict):
    """Power inlets of a device: `count` cords that fit `outlet` sockets (C13, C19, C39, busbar)."""

    outlet: str
    count: int = Field(ge=0)


class FlowPoint(Strict):
    """Coolant that one system needs at one supply temperature."""

    supply_c: float
    flow_l_min: float = Field(gt=0)
    pressure_kpa: float | None = None


class CapacityPoint(Strict):
    """What a coolant distribution unit removes at one approach and, where the maker says, one supply temperature."""

    capacity_w: float = Field(gt=0)
    approach_k: float | None = None
    supply_c: float | None = None
    flow_l_min: float | None = None
    fluid: str = ""


class Product(Strict):
    """Anything that can be bought or rented."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["catalog/v1"] = Field(alias="schema")
    kind: str
    id: ProductId
    name: str = Field(min_length=1, max_length=120)
    vendor: str = Field(min_length=1)
    source: str = Field(min_length=1)
    as_of: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    confidence: Confidence = "vendor"
    aliases: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    part_number: Text = unknown()
    vendor_country: Text = unknown("ISO 3166 alpha-2 of the vendor's ultimate parent.")
    assembly_country: Text = unknown()
    firmware_country: Text = unknown()
    eccn: Text = unknown("Export control classification number.")
    lead_time_weeks: Number = unknown("Typical lead time.")
    lead_time_low_weeks: Number = unknown()
    lead_time_high_weeks: Number = unknown()
    available_from: Text = unknown("ISO date from which it can be had.")
    embodied_carbon_kg: Number = unknown()
    unspsc: Text = unknown()

    @model_validator(mode="before")
    @classmethod
    def _facts_with_their_defaults(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        defaults = {key: data[key] for key in ("source", "as_of") if key in data}
        defaults["confidence"] = data.get("confidence", "vendor")
        facts = {name for name, field in cls.model_fields.items() if field.default_factory is Fact}
        return {key: read_fact(key, raw, defaults) if key in facts else raw for key, raw in data.items()}


class Device(Product):
    """A product with a body: it stands in a rack, or is one."""

    height_u: Count = unknown()
    width_mm: Number = unknown()
    depth_mm: Number = unknown()
    weight_kg: Number = unknown()
    power_typical_w: Number = unknown()
    power_design_w: Number = unknown()
    power_peak_w: Number = unknown()
    liquid_share: Number = unknown("Share of the heat that goes to liquid.")
    airflow_m3_h: Number = unknown()
    airflow_direction: Text = unknown()
    inlet_min_c: Number = unknown()
    inlet_max_c: Number = unknown()
    inlets: tuple[Inlets, ...] = ()
    psu_count: Count = unknown()
    psu_w: Number = unknown()
    psu_redundancy: Text = unknown('"5+1", "N+N": believed only after it is computed.')
    ports: tuple[Port, ...] = ()


class Accelerator(Product):
    """One GPU or one Trainium chip. Peak rates are dense."""

    kind: Literal["accelerator"]
    architecture: Text = unknown()
    fp4_tflops: Number = unknown()
    fp8_tflops: Number = unknown()
    bf16_tflops: Number = unknown()
    memory_bytes: Number = unknown()
    memory_tb_s: Number = unknown()
    scale_up_gb_s: Number = unknown("Scale-up bandwidth per accelerator, both directions, as vendors print it.")
    tdp_w: Number = unknown()
    tpp: Number = unknown("Total processing performance of export rules.")


class Software(Product):
    """A licence or subscription."""

    kind: Literal["software"]
    unit: Literal["accelerator-year", "accelerator", "node-year", "system-year", "site-year"] = "accelerator-year"
    needs_outbound: Flag = unknown()


class Service(Product):
    """Support, installation, a managed service."""

    kind: Literal["service"]
    unit: Literal["accelerator-year", "system-year", "system", "site", "accelerator-hour"] = "system-year"
    min_accelerators: Count = unknown()
    needs_region_link: Flag = unknown()
    supports_disconnected: Flag = unknown()
    link_min_gbit_s: Number = unknown()
    services: tuple[str, ...] = ()


class Entitlement(Strict):
    """Software or a service that a system needs, by product id."""

    product: ProductId
    included_years: float = 0


class System(Device):
    """An accelerator product: one server, one rack-scale system, one UltraServer."""

    kind: Literal["system"]
    family: str = Field(description="b200, b300, gb200-nvl72, trn3-gen2, ...")
    form: Literal["node", "rack"] = Field(description="A node stands in a rack; a rack system is one or more racks.")
    racks: int = Field(default=0, ge=0, description="Racks that a rack system takes, adjacent.")
    cooling: Cooling
    delivery: Delivery = "owned"
    operator: str = Field(default="", description='Who operates it where the buyer does not: "AWS".')
    accelerator: ProductId
    accelerators: int = Field(ge=1)
    scale_up_accelerators: int = Field(ge=1, description="Size of the NVLink or NeuronLink domain.")
    coolant_flow: tuple[FlowPoint, ...] = ()
    coolant_supply_max_c: Number = unknown()
    host_memory_bytes: Number = unknown()
    host_cpus: Text = unknown()
    local_nvme_tb: Number = unknown()
    shelf_count: Count = unknown("Power shelves of a rack system.")
    compute_trays: Count = unknown("Compute trays of a rack system: what fails and is replaced as one.")
    shelf_w: Number = unknown()
    shelf_redundancy: Text = unknown()
    shelf_phases: Count = unknown("Phases of the AC that each shelf takes.")
    max_per_rack: Count = unknown()
    fabric_designs: tuple[str, ...] = ()
    software: tuple[Entitlement, ...] = ()
    min_accelerators: Count = unknown("Smallest order.")
    power_cap_min_w: Number = unknown()
    throughput_share: Number = unknown("Share of the throughput of the same system without its power cap.")
    capped_from: ProductId | None = Field(
        default=None, description="The system that is bought and run under a power cap."
    )
    chip_floor_w: Number = unknown("Power of the accelerators alone, where the system's own power is not published.")


class PortGroup(Strict):
    """Equal ports of a switch: `cages` cages that give `ports` logical ports at `speed_gbit_s`."""

    cages: int = Field(ge=1)
    ports: int = Field(ge=1)
    speed_gbit_s: float = Field(gt=0)
    connector: str
    splits: tuple[int, ...] = Field(default=(1,), description="1:n splits of one logical port.")
    max_logical_ports: int | None = None
    cage_power_max_w: float | None = None
    role: Literal["data", "uplink", "management", "ufm"] = "data"


class Switch(Device):
    """A network switch."""

    kind: Literal["switch"]
    technology: Literal["infiniband-ndr", "infiniband-xdr", "infiniband-hdr", "ethernet", "nvlink"]
    port_groups: tuple[PortGroup, ...] = ()
    management_ports: Count = unknown()
    airflow_options: tuple[Airflow, ...] = ()
    cooling: Cooling = "air"
    power_excludes_modules: bool = Field(
        default=True, description="false: design and peak hold a full set of modules; typical never does."
    )
    roles: tuple[str, ...] = Field(
        default=(), description="compute-leaf, compute-spine, storage, in-band, out-of-band."
    )


class Nic(Product):
    """A network interface card or data processing unit."""

    kind: Literal["nic"]
    ports: tuple[Port, ...] = ()
    power_typical_w: Number = unknown()
    power_peak_w: Number = unknown()
    rules: tuple[str, ...] = ()


class Module(Product):
    """An optical module: sits in a cage."""

    kind: Literal["module"]
    form: str = Field(description="OSFP-twin, OSFP, QSFP112, QSFP56, QSFP28.")
    top: Literal["finned", "flat", "riding-heat-sink", "unspecified"] = "unspecified"
    ports: int = Field(default=1, ge=1)
    speed_gbit_s: float = Field(gt=0, description="Speed of each port.")
    technology: tuple[str, ...] = ()
    fibre: Literal["multimode", "single-mode", "none"] = "none"
    fibre_connector: str = ""
    reach_m: Number = unknown()
    power_peak_w: Number = unknown()
    power_split_w: Number = unknown()
    split: tuple[int, ...] = (1,)


class CableLength(Strict):
    """One length of a cable family and its order code, where known."""

    length_m: float = Field(gt=0)
    part_number: str = ""


class Cable(Product):
    """A cable family: copper, active optical, or fibre. One product, many lengths."""

    kind: Literal["cable"]
    medium: Literal["dac", "active-copper", "aoc", "multimode", "single-mode", "cat6", "power"]
    ends: tuple[int, int] = Field(default=(1, 1), description="Connectors at each end: 1 to 2 is a split.")
    links: int = Field(default=1, ge=1, description="Links at `speed_gbit_s` that one cable carries.")
    connector_a: str = ""
    connector_b: str = ""
    speed_gbit_s: float | None = None
    technology: tuple[str, ...] = ()
    reach_m: Number = unknown()
    lengths: tuple[CableLength, ...] = ()
    power_peak_w: Number = unknown()


class Storage(Device):
    """A storage product: bought in units of itself, at least `min_units`."""

    kind: Literal["storage"]
    tier: Literal["fast", "capacity", "archive"] = "fast"
    usable_tb: Number = unknown("Usable capacity of one unit.")
    usable_options_tb: tuple[float, ...] = ()
    read_gb_s: Number = unknown()
    write_gb_s: Number = unknown()
    min_units: Count = unknown()
    racks: int = Field(default=0, ge=0)


class Server(Device):
    """A server without accelerators: management, login, storage head."""

    kind: Literal["server"]
    roles: tuple[str, ...] = ()


class Appliance(Device):
    """A fabric manager, firewall, console server."""

    kind: Literal["appliance"]
    roles: tuple[str, ...] = ()


class Rack(Product):
    """An empty rack."""

    kind: Literal["rack"]
    height_u: Count = unknown()
    width_mm: Number = unknown()
    depth_mm: Number = unknown()
    height_mm: Number = unknown()
    weight_kg: Number = unknown()
    static_load_kg: Number = unknown()
    rolling_load_kg: Number = unknown()
    standard: Literal["eia-19", "ocp-orv3", "mgx"] = "eia-19"


class Pdu(Product):
    """A rack power distribution unit (rPDU)."""

    kind: Literal["pdu"]
    voltage_v: Number = unknown()
    current_a: Number = unknown()
    phases: Count = unknown()
    standard: Literal["IEC", "NEC"] = "IEC"
    continuous_w: Number = unknown()
    nameplate_w: Number = unknown()
    height_u: Count = unknown("Rack units; 0 for vertical units.")
    weight_kg: Number = unknown()
    outlets: dict[str, int] = Field(default_factory=dict, description="Outlets by type: C13, C19, C39.")


class PowerShelf(Device):
    """A rack power shelf that feeds a DC busbar."""

    kind: Literal["power-shelf"]
    output_w: Number = unknown()
    redundancy: Text = unknown()
    busbar_v: Number = unknown()
    input_phases: Count = unknown()


class Cdu(Device):
    """A coolant distribution unit."""

    kind: Literal["cdu"]
    form: Literal["in-row", "in-rack", "sidecar", "skid"] = "in-row"
    capacity: tuple[CapacityPoint, ...] = ()
    flow_max_l_min: Number = unknown()
    pump_w: Number = unknown()
    filtration_um: Number = unknown()


class CoolingUnit(Device):
    """A room or row air cooler, a rear-door heat exchanger, a chiller."""

    kind: Literal["cooling-unit"]
    form: Literal["crah", "fan-wall", "in-row", "rear-door", "chiller"] = "crah"
    capacity_w: Number = unknown()


class Instance(Strict):
    """An accelerator instance that a region rents."""

    name: str
    accelerator: ProductId
    accelerators: int = Field(ge=1)
    price: ProductId | None = None


class Region(Product):
    """A cloud region: a place where a workload may run if policy allows it."""

    kind: Literal["region"]
    provider: str
    country: str = Field(pattern=r"^[A-Z]{2}$")
    operator_country: str = Field(pattern=r"^[A-Z]{2}$")
    sovereign: bool = False
    carbon_g_per_kwh: Number = unknown()
    instances: tuple[Instance, ...] = ()
    services: tuple[str, ...] = ()


KINDS: dict[str, type[Product]] = {
    "accelerator": Accelerator,
    "appliance": Appliance,
    "cable": Cable,
    "cdu": Cdu,
    "cooling-unit": CoolingUnit,
    "module": Module,
    "nic": Nic,
    "pdu": Pdu,
    "power-shelf": PowerShelf,
    "rack": Rack,
    "region": Region,
    "server": Server,
    "service": Service,
    "software": Software,
    "storage": Storage,
    "switch": Switch,
    "system": System,
}
