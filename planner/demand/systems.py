"""What sizing knows of a system product: rates of its accelerator, how many it has, and how they are joined."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from planner.catalog.load import Catalog
from planner.catalog.schema import Accelerator, System
from planner.errors import InputError

VendorClass = Literal["nvidia", "trainium", "other"]
Precision = Literal["fp4", "fp8", "bf16"]
PRECISIONS: tuple[Precision, ...] = ("fp4", "fp8", "bf16")


@dataclass(frozen=True)
class AcceleratorRates:
    """Rates of one accelerator, dense. None: the catalog does not know, and what needs it is not available."""

    id: str
    vendor_class: VendorClass
    memory_bytes: int | None
    memory_b_s: float | None
    fp4_flop_s: float | None
    fp8_flop_s: float | None
    bf16_flop_s: float | None
    scale_up_b_s: float | None  # one way
    power_w: float | None = None  # of the accelerator alone

    def flop_s(self, precision: Precision) -> float | None:
        """Dense FLOP/s at a precision; None when the accelerator has none or it is not known."""
        return {"fp4": self.fp4_flop_s, "fp8": self.fp8_flop_s, "bf16": self.bf16_flop_s}[precision]

    @property
    def precisions(self) -> tuple[Precision, ...]:
        """Precisions with a known rate, narrowest first."""
        return tuple(p for p in PRECISIONS if self.flop_s(p) is not None)

    @property
    def power_headroom(self) -> float:
        """Log of watts per dense BF16 TFLOP/s over 0.5, for accelerators with FP4; 0 for others or when not known.

        Power limits the clock of the newest accelerators: those with more watts per peak FLOP reach more of the peak.
        """
        if self.fp4_flop_s is None or self.bf16_flop_s is None or self.power_w is None:
            return 0.0
        return math.log(self.power_w / (self.bf16_flop_s / 10**12) / 0.5)

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts that sizing cannot do without and the catalog does not know."""
        facts = {"memory_bytes": self.memory_bytes, "memory_tb_s": self.memory_b_s, "bf16_tflops": self.bf16_flop_s}
        return tuple(name for name, value in facts.items() if value is None)


@dataclass(frozen=True)
class SystemRates:
    """A system product: `accelerators` in it, `scale_up` of them in one NVLink or NeuronLink domain."""

    id: str
    accelerator: AcceleratorRates
    accelerators: int
    scale_up: int


def rates_of(accelerator: Accelerator) -> AcceleratorRates:
    """The rates of a catalog accelerator."""
    tera = 10**12
    both_ways = accelerator.scale_up_gb_s.value
    return AcceleratorRates(
        id=accelerator.id,
        vendor_class=_vendor_class(accelerator.id),
        memory_bytes=None if accelerator.memory_bytes.value is None else int(accelerator.memory_bytes.value),
        memory_b_s=_times(accelerator.memory_tb_s.value, tera),
        fp4_flop_s=_times(accelerator.fp4_tflops.value, tera),
        fp8_flop_s=_times(accelerator.fp8_tflops.value, tera),
        bf16_flop_s=_times(accelerator.bf16_tflops.value, tera),
        scale_up_b_s=None if both_ways is None else both_ways * 10**9 / 2,
        power_w=accelerator.tdp_w.value,
    )


def system_rates(catalog: Catalog, name: str) -> SystemRates:
    """The rates of a catalog system.

    Raises:
        InputError: no such system, or its accelerator is not in the catalog.
    """
    system = catalog.get(name, System)
    accelerator = catalog.products.get(system.accelerator)
    if not isinstance(accelerator, Accelerator):
        raise InputError.of(f"{name}.accelerator", system.accelerator, "an accelerator of the catalog")
    rates = under_a_cap(rates_of(accelerator), system.throughput_share.value)
    return SystemRates(system.id, rates, system.accelerators, system.scale_up_accelerators)


def under_a_cap(rates: AcceleratorRates, share: float | None) -> AcceleratorRates:
    """Rates of compute, memory and scale-up links, of which a power cap leaves a share; None: no cap.

    Overheads that hang on no rate stay, so that throughput falls to the share or a little less far. Power falls with
    the rates, which leaves the watts per FLOP, and with them the reach of the peak, as they were measured.
    """
    if share is None:
        return rates

    def left(rate: float | None) -> float | None:
        return None if rate is None else rate * share

    return replace(
        rates,
        memory_b_s=left(rates.memory_b_s),
        fp4_flop_s=left(rates.fp4_flop_s),
        fp8_flop_s=left(rates.fp8_flop_s),
        bf16_flop_s=left(rates.bf16_flop_s),
        scale_up_b_s=left(rates.scale_up_b_s),
        power_w=left(rates.power_w),
    )


def _times(value: float | None, factor: int) -> float | None:
    return None if value is None else float(value) * factor


def _vendor_class(name: str) -> VendorClass:
    if name.startswith("nvidia-"):
        return "nvidia"
    return "trainium" if name.startswith("aws-trainium") else "other"
