"""The look of every kind of thing, in light and dark, told apart without colour too: each kind has a letter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """Fill, line and text colour of one kind in one theme; `letter` is printed where colour alone would speak."""

    fill: str
    stroke: str
    text: str


LETTERS = {
    "compute": "A", "network": "N", "storage": "S", "management": "M", "power": "P", "cooling": "C", "other": "X",
    "existing": "E",
}  # fmt: skip

LIGHT: dict[str, Look] = {
    "compute": Look("#0b5fa5", "#084a82", "#ffffff"),
    "network": Look("#f2b04a", "#a86a05", "#2b1c00"),
    "storage": Look("#0d7d5e", "#0a6a50", "#ffffff"),
    "management": Look("#7d5ba6", "#5d4182", "#ffffff"),
    "power": Look("#c8501b", "#963a10", "#ffffff"),
    "cooling": Look("#9fd3f0", "#3f87b0", "#06283b"),
    "other": Look("#c9ced6", "#7d8794", "#1c232c"),
    "free": Look("#ffffff", "#c5ccd6", "#5b6675"),
    "blocked": Look("#e3e6ea", "#8b95a3", "#414b58"),
    "reserved": Look("#f1f6ee", "#7c9a6a", "#35512a"),
    "column": Look("#5b6675", "#1c232c", "#ffffff"),
    "existing": Look("#d3d7dd", "#6b7786", "#1c232c"),
    "retired": Look("#ffffff", "#6b7786", "#414b58"),
    "frame": Look("#ffffff", "#3a4554", "#1c232c"),
    "panel": Look("#f4f6f9", "#d5dbe3", "#1c232c"),
    "rear": Look("#eceff3", "#98a3b1", "#1c232c"),
    "track": Look("#e6eaf0", "none", "#1c232c"),
    "aisle-cold": Look("#e8f3fb", "none", "#2b5f82"),
    "aisle-hot": Look("#fbeee6", "none", "#8a4320"),
    "over": Look("#b3261e", "#7a1610", "#ffffff"),
    "range": Look("#a9c8e6", "none", "#1c232c"),
    "heat1": Look("#e9f1f9", "#7f93a8", "#1c232c"),
    "heat2": Look("#c3daef", "#6f8aa6", "#12233a"),
    "heat3": Look("#8fbbe0", "#4f7ba6", "#0c1f33"),
    "heat4": Look("#3578b3", "#23608f", "#ffffff"),
    "heat5": Look("#0b4f8a", "#07365f", "#ffffff"),
    "vendor": Look("#0d7d5e", "none", "#ffffff"),
    "press": Look("#0b5fa5", "none", "#ffffff"),
    "estimate": Look("#f2b04a", "none", "#2b1c00"),
    "unknown": Look("#b9c0ca", "none", "#1c232c"),
    "flow1": Look("#8fbbe0", "none", "#0c1f33"),
    "flow2": Look("#8ccdb9", "none", "#0c1f33"),
    "flow3": Look("#f3cf98", "none", "#0c1f33"),
    "flow4": Look("#c5b2dc", "none", "#0c1f33"),
    "flow5": Look("#e9b199", "none", "#0c1f33"),
    "flow6": Look("#c9ced6", "none", "#0c1f33"),
}

DARK: dict[str, Look] = LIGHT | {
    "compute": Look("#2874b5", "#7db7ea", "#ffffff"),
    "network": Look("#d99a35", "#f5c97f", "#201500"),
    "storage": Look("#137f62", "#4fc3a1", "#ffffff"),
    "management": Look("#7d5ba6", "#b79ad9", "#ffffff"),
    "power": Look("#bf4d1b", "#f0905f", "#ffffff"),
    "cooling": Look("#5fa9d0", "#a8dcf5", "#04202f"),
    "other": Look("#55606f", "#8f9bab", "#f2f5f9"),
    "free": Look("#12181f", "#3b4653", "#9aa7b6"),
    "blocked": Look("#2a323c", "#6b7786", "#b9c3cf"),
    "reserved": Look("#1b2a1d", "#6f9464", "#bfd9b3"),
    "column": Look("#8b97a6", "#e8edf3", "#04121f"),
    "existing": Look("#3d4753", "#9aa7b6", "#f2f5f9"),
    "retired": Look("#12181f", "#8b97a6", "#b9c3cf"),
    "frame": Look("#12181f", "#aab6c4", "#e8edf3"),
    "panel": Look("#1b232c", "#37424f", "#e8edf3"),
    "rear": Look("#222b35", "#566270", "#e8edf3"),
    "track": Look("#2a333e", "none", "#e8edf3"),
    "aisle-cold": Look("#14283a", "none", "#9fcbea"),
    "aisle-hot": Look("#33211a", "none", "#f0b594"),
    "range": Look("#37597a", "none", "#e8edf3"),
    "heat1": Look("#1c2a38", "#4c6176", "#e8edf3"),
    "heat2": Look("#1f3f5e", "#5b7d9e", "#e8edf3"),
    "heat3": Look("#255f92", "#6d9cc7", "#ffffff"),
    "heat4": Look("#4a93d0", "#9cc9ee", "#04121f"),
    "heat5": Look("#a9d4f7", "#d6ebfc", "#04121f"),
    "unknown": Look("#5f6b78", "none", "#ffffff"),
    "flow1": Look("#2c5f8f", "none", "#e8edf3"),
    "flow2": Look("#1f6b56", "none", "#e8edf3"),
    "flow3": Look("#7d5a1f", "none", "#e8edf3"),
    "flow4": Look("#584179", "none", "#e8edf3"),
    "flow5": Look("#7d4027", "none", "#e8edf3"),
    "flow6": Look("#55606f", "none", "#e8edf3"),
}

INKS = {
    "light": {"t-ink": "#1c232c", "t-soft": "#4d5866", "t-bad": "#a3201a", "t-good": "#0a6a50", "t-link": "#0b5fa5"},
    "dark": {"t-ink": "#e8edf3", "t-soft": "#a7b3c1", "t-bad": "#ff9d94", "t-good": "#69d3b3", "t-link": "#7db7ea"},
}
LINES = {
    "light": {"axis": "#8b95a3", "grid": "#dfe4ea", "path-a": "#0b5fa5", "path-b": "#c8501b",
              "path-c": "#0d7d5e", "strand": "#aab4c0", "limit": "#a3201a",
              "wire": "#5b6675", "mark": "#1c232c"},
    "dark": {"axis": "#6b7786", "grid": "#2f3945", "path-a": "#7db7ea", "path-b": "#f0905f",
             "path-c": "#4fc3a1", "strand": "#566475", "limit": "#ff9d94",
             "wire": "#a7b3c1", "mark": "#e8edf3"},
}  # fmt: skip
WIDTHS = {
    "axis": 0.8,
    "grid": 0.5,
    "path-a": 2.2,
    "path-b": 2.2,
    "path-c": 2.2,
    "strand": 0.6,
    "limit": 1.6,
    "wire": 1.1,
    "mark": 1.8,
}
DASHES = {"path-b": "6 3", "path-c": "9 2 2 2", "limit": "4 2"}


def css(theme: str, scope: str = "") -> str:
    """The rules of one theme, for a page (with a scope) or for a picture alone."""
    looks = LIGHT if theme == "light" else DARK
    rules = []
    for kind, look in looks.items():
        stroke = "" if look.stroke == "none" else f";stroke:{look.stroke};stroke-width:.8"
        rules.append(f"{scope}.k-{kind}{{fill:{look.fill}{stroke}}}")
        rules.append(f"{scope}.on-{kind}{{fill:{look.text}}}")
    rules += [f"{scope}.{kind}{{fill:{ink}}}" for kind, ink in INKS[theme].items()]
    for kind, stroke in LINES[theme].items():
        dash = f";stroke-dasharray:{DASHES[kind]}" if kind in DASHES else ""
        rules.append(f"{scope}.l-{kind}{{fill:none;stroke:{stroke};stroke-width:{WIDTHS[kind]}{dash}}}")
    return "".join(rules)


def kind_of(product_kind: str, role: str = "") -> str:
    """The look of a device, from its kind in the catalog or, without one, from the words of its role."""
    if product_kind in _OF_KIND:
        return _OF_KIND[product_kind]
    return next((look for mark, look in _OF_ROLE if mark in role), "other")


_OF_KIND = {
    "system": "compute", "switch": "network", "storage": "storage", "server": "management", "appliance": "management",
    "cdu": "cooling", "cooling-unit": "cooling", "pdu": "power", "power-shelf": "power",
}  # fmt: skip
_OF_ROLE = (
    ("leaf", "network"), ("spine", "network"), ("core", "network"), ("system", "compute"), ("storage", "storage"),
    ("cdu", "cooling"), ("power", "power"), ("manage", "management"), ("firewall", "management"),
)  # fmt: skip
