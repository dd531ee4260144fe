"""A small valid piece of YAML for each part of a request, by the name of its class; the reference prints them."""

from __future__ import annotations

SNIPPETS: dict[str, str] = {
    "Request": """
schema: request/v1
name: Edge room
date: 2026-11-21
currency: EUR
exchange_rates: [{base: USD, rate: 0.87, as_of: 2026-11-20, source: the treasury's rate}]
sites:
  - id: depot
    country: DE
    connectivity: connected
    halls:
      - id: room
        rows:
          - {id: A, positions: 4, rack_power: 20 kW, feeds: [A, B]}
        power:
          redundancy: 2N
          feeds:
            - {id: A, capacity: 60 kW}
            - {id: B, capacity: 60 kW}
        cooling: {air: 60 kW}
workloads:
  - {id: assistant, kind: inference, model: llama-3.1-8b, peak_requests: 2 /s, input_tokens: 1000, output_tokens: 200}
""",
    "ExchangeRate": """
base: USD
rate: 0.87
as_of: 2026-11-20
source: the treasury's rate
""",
    "Site": """
id: berlin
country: DE
connectivity: air-gapped
usable_share: 90 %
halls:
  - id: hall-1
    rows:
      - {id: A, positions: 8, rack_power: 20 kW, feeds: [A]}
    power: {redundancy: N, feeds: [{id: A, capacity: 200 kW}]}
    cooling: {air: 150 kW}
""",
    "Operator": """
name: the hospital's IT department
country: DE
parent_country: DE
staff_countries: [DE, AT]
support_countries: [DE]
foreign_access_law: false
""",
    "Energy": """
price_per_kwh: 0.17
carbon_g_per_kwh: 320
pue: 1.35
source: supply contract and design value
""",
    "Hall": """
id: hall-1
rows:
  - {id: A, positions: 8, rack_power: 20 kW, feeds: [A, B]}
power: {redundancy: 2N, feeds: [{id: A, capacity: 200 kW}, {id: B, capacity: 200 kW}]}
cooling: {air: 150 kW}
floor: {distributed_load: 12 kPa}
""",
    "Row": """
id: A
positions: 12
rack_power: 34 kW
feeds: [A, B]
rack_weight: 1600 kg
reserved: [11, 12]
""",
    "RearDoor": """
capacity: 40 kW
loop: chilled
""",
    "Circuit": """
voltage: 415 V
current: 60 A
phases: 3
per_feed: 2
""",
    "Busbar": """
shelf: nvidia-33kw-power-shelf
shelves: 2
""",
    "Power": """
standard: NEC
redundancy: 3-make-2
power_factor: 0.95
feeds:
  - {id: A, capacity: 300 kVA}
  - {id: B, capacity: 300 kVA}
  - {id: C, capacity: 300 kVA}
""",
    "Source": """
id: ups-a
kind: ups
capacity: 275 kVA
upstream: [grid-1, diesel]
""",
    "Feed": """
id: A
capacity: 300 kVA
existing_load: 40 kW
source: ups-a
""",
    "Panel": """
id: BW-A1
kind: busway
upstream: A
capacity: 180 kVA
""",
    "Cooling": """
air: 420 kW
inlet: 24 C
loops:
  - {id: warm, capacity: 2 MW, supply: 40 C}
""",
    "Loop": """
id: warm
capacity: 2 MW
supply: 40 C
water_class: W45
flow: 3000 L/min
""",
    "Floor": """
distributed_load: 12 kPa
point_load: 450 kg
containment: hot
door_height: 2300 mm
""",
    "Cabling": """
tray_height: 2600 mm
crossovers: [600 mm, 9 m]
media: [dac, multimode, single-mode, cat6]
""",
    "Column": """
x: 3 m
y: 1200 mm
width: 600 mm
depth: 600 mm
""",
    "Anchor": """
role: network
row: A
positions: [1, 2]
""",
    "Existing": """
other_loads: the core switches in row Z
racks:
  - {position: A01, rack: {height_u: 42}, load: 6 kW}
""",
    "ExistingRack": """
position: A03
decision: extend
rack: {name: rack of the last project, height_u: 42, weight: 180 kg}
devices:
  - {product: nvidia-dgx-h200, u: 1}
outlets_left: {C13: 8, C19: 6}
""",
    "OwnRack": """
name: rack of the last project
height_u: 42
width: 600 mm
weight: 180 kg
""",
    "ExistingDevice": """
product: nvidia-sn2201
u: 41
name: oob-1
free_ports:
  - {fabric: out-of-band, ports: "25-48", speed: 1 Gb/s}
""",
    "OwnDevice": """
name: backup server
height_u: 2
power: 900 W
weight: 32 kg
""",
    "FreePorts": """
fabric: in-band
ports: 25-36, 40
speed: 100 Gb/s
connector: QSFP28
""",
    "Inference": """
id: assistant
kind: inference
model: llama-3.1-70b
peak_requests: 30 /s
input_tokens: 2000
output_tokens: 300
ttft: 2 s
tpot: 50 ms
keep_apart: row
""",
    "DataRules": """
classes: [health, personal_eu]
residency: [DE, AT]
datasets: [records]
""",
    "Training": """
id: pre-training
kind: training
model: llama-3.1-8b
tokens: 2 T tokens
within: 60 days
""",
    "FineTuning": """
id: nightly
kind: fine-tuning
model: llama-3.1-70b
tokens: 200 M tokens
every: 7 days
within: 24 h
""",
    "Embedding": """
id: search
kind: embedding
model: llama-3.1-8b
tokens_per_second: 50000
hours: 08-20
""",
    "Batch": """
id: letters
kind: batch
model: llama-3.1-70b
requests: 500000
input_tokens: 1500
output_tokens: 200
within: 5 days
priority: low
""",
    "Notebooks": """
id: research
kind: notebooks
users: 40
active_share: 25 %
memory_each: 80 GB
""",
    "Retrieval": """
id: vectors
kind: retrieval
vectors: 200000000
queries: 50 /s
""",
    "StorageNeed": """
id: archive
kind: storage
capacity: 800 TB
growth: 20 %
read: 20 GB/s
""",
    "Dataset": """
id: records
size: 300 TB
growth: 15 %
location: berlin
classification: [health]
""",
    "Model": """
schema: model/v1
id: own-small
name: Own small model
vendor: the organisation itself
source: model card
as_of: 2026-11-01
width: 4096
vocabulary: 128000
context_tokens: 32768
blocks:
  - {kind: attention, layers: 32, heads: 32, kv_heads: 8, head_dim: 128}
  - {kind: feed-forward, layers: 32, hidden: 14336}
""",
    "Attention": "{kind: attention, layers: 32, heads: 32, kv_heads: 8, head_dim: 128}",
    "LatentAttention": """
kind: latent-attention
layers: 61
heads: 128
query_rank: 1536
kv_rank: 512
nope_dim: 128
rope_dim: 64
value_dim: 128
""",
    "CompressedAttention": """
kind: compressed-attention
layers: 20
heads: 64
head_dim: 512
query_rank: 1024
output_groups: 8
output_rank: 1024
window_tokens: 128
ratio: 4
""",
    "LinearAttention": """
kind: linear-attention
layers: 36
key_heads: 16
value_heads: 32
key_dim: 128
value_dim: 128
""",
    "StateSpace": "{kind: state-space, layers: 24, heads: 64, head_dim: 64, groups: 8, state: 128}",
    "FeedForward": "{kind: feed-forward, layers: 32, hidden: 14336}",
    "Experts": "{kind: experts, layers: 58, experts: 256, active: 8, hidden: 2048, shared_hidden: 2048}",
    "Printed": "{total_b: 8.03}",
    "Phase": """
id: first
date: 2027-10-01
shares: {claims: 50 %, advisers: 0 %}
storage: 60 %
redundancy: N
""",
    "Policy": """
objective: [tco, power, racks]
budget: 4000000
in_service_by: 2028-03-31
systems: {allow: [nvidia-dgx-b300-ac, nvidia-dgx-h200]}
spares: {cover: 95 %, repair: 3 days}
""",
    "Choice": """
allow: [nvidia-dgx-b200, nvidia-dgx-b300-ac]
""",
    "Sovereignty": """
profiles: [eu-data-residency]
evidence: {dpia_done: true}
buyer_type: essential_entity
buyer_country: AT
""",
    "Spares": """
cover: 99 %
repair: 5 days
cable_share: 3 %
""",
    "ReliefCosts": """
as_of: 2026-10-01
source: quote of the facility's contractor
power: 2500 /kW
positions: 9000 each
weight: 15 /kg
""",
    "PowerCap": """
product: nvidia-dgx-b200
cap: 11 kW
performance: 92 %
source: own measurement
""",
}
