"""Requests of any size, made by rule: one site of alike halls, each with tenants of its own, real catalog products.

A hall has rows of up to forty positions for racks of 60 kW in air, two feeds in 2N, and three tenants: an assistant,
people at notebooks and a training run. Halls have at most 240 positions, near to what a fabric of the catalog can join.
"""

from __future__ import annotations

from typing import Any

ROW = 40  # positions
HALL = 240  # positions, at most
RACK_W = 60_000
FULL = 10_000  # devices for which the amounts below are stated
POSITIONS_PER_DEVICE = 0.12
HALL_W_PER_DEVICE = 9_000
REQUESTS_S, USERS, TOKENS_B, DATA_PB = 204_600, 341_000, 17_050, 205


def scaled(devices: int) -> dict[str, Any]:
    """The request, as data, for about so many systems, storage units and switches."""
    positions = round(devices * POSITIONS_PER_DEVICE)
    halls = max(1, -(-positions // HALL))
    share = devices / FULL / halls
    workloads = [tenant for number in range(1, halls + 1) for tenant in _tenants(f"hall-{number}", share)]
    return {
        "schema": "request/v1",
        "name": f"{devices} devices",
        "date": "2026-11-21",
        "currency": "USD",
        "exchange_rates": [_rate()],
        "sites": [_site([_hall(f"hall-{n}", positions // halls, devices // halls) for n in range(1, halls + 1)])],
        "workloads": workloads,
        "datasets": [_data(devices / FULL)],
        "policy": {"objective": ["tco", "power", "racks"]},
    }


def _rate() -> dict[str, Any]:
    return {"base": "EUR", "rate": 1.15, "as_of": "2026-11-20", "source": "assumption of this benchmark"}


def _data(share: float) -> dict[str, Any]:
    return {"id": "corpus", "size": f"{DATA_PB * share:.2f} PB", "growth": "20 %", "location": "site", "tier": "fast"}


def _site(halls: list[dict[str, Any]]) -> dict[str, Any]:
    energy = {"price_per_kwh": 0.07, "pue": 1.25, "source": "assumption of this benchmark"}
    return {"id": "site", "country": "US", "connectivity": "connected", "energy": energy, "halls": halls}


def _hall(name: str, positions: int, devices: int) -> dict[str, Any]:
    rows = max(2, -(-positions // ROW))
    watts = f"{devices * HALL_W_PER_DEVICE} W"
    return {
        "id": name,
        "rows": [_row(f"R{number:02d}x", -(-positions // rows)) for number in range(1, rows + 1)],
        "power": {"redundancy": "2N", "feeds": [{"id": feed, "capacity": watts} for feed in "AB"]},
        "cooling": {"air": watts},
        "floor": {"distributed_load": "20 kPa"},
    }


def _row(name: str, positions: int) -> dict[str, Any]:
    return {
        "id": name,
        "positions": positions,
        "rack_power": f"{RACK_W} W",
        "feeds": ["A", "B"],
        "rack_weight": "2000 kg",
        "rack_height_u": 52,
        "pitch": "700 mm",
    }


def _tenants(hall: str, share: float) -> list[dict[str, Any]]:
    return [
        {
            "id": f"assistant-{hall}",
            "kind": "inference",
            "model": "gpt-oss-120b",
            "peak_requests": f"{max(1, round(REQUESTS_S * share))} /s",
            "input_tokens": 1500,
            "output_tokens": 400,
            "ttft": "2 s",
            "tpot": "50 ms",
            "locations": [hall],
        },
        {
            "id": f"people-{hall}",
            "kind": "notebooks",
            "users": max(1, round(USERS * share)),
            "active_share": 0.25,
            "accelerators_each": 0.5,
            "locations": [hall],
        },
        {
            "id": f"training-{hall}",
            "kind": "training",
            "model": "llama-3.1-70b",
            "precision": "fp8",
            "tokens": f"{TOKENS_B * share:.3f} B",
            "within": "90 days",
            "locations": [hall],
        },
    ]
