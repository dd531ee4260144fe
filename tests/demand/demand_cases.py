from __future__ import annotations

from planner.demand import AcceleratorRates, SystemRates

GB = 10**9


def rates(
    name: str = "nvidia-test",
    *,
    memory_gb: float | None = 180,
    bandwidth_tb_s: float | None = 8.0,
    bf16: float | None = 2250,
    fp8: float | None = 4500,
    fp4: float | None = 9000,
    link_gb_s: float | None = 900,
) -> AcceleratorRates:
    """An accelerator for tests, near a B200."""

    def times(value: float | None, factor: float) -> float | None:
        return None if value is None else value * factor

    return AcceleratorRates(
        name,
        "trainium" if "trainium" in name else "nvidia",
        None if memory_gb is None else int(memory_gb * GB),
        times(bandwidth_tb_s, 1e12),
        times(fp4, 1e12),
        times(fp8, 1e12),
        times(bf16, 1e12),
        times(link_gb_s, 1e9),
        1000.0,
    )


def system(accelerator: AcceleratorRates | None = None, accelerators: int = 8, scale_up: int = 8) -> SystemRates:
    return SystemRates("test-system", accelerator or rates(), accelerators, scale_up)
