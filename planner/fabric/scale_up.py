"""Scale-up links as arithmetic: what a PCIe link of a NeuronLink domain carries."""

from __future__ import annotations

GEN1_GT_S = 2.5
GEN3_GT_S = 8.0


def pcie_gb_s(generation: int, lanes: int) -> float:
    """GB/s of one PCIe link in one direction, before encoding: transfers per second, one bit each, times the lanes.

    PCIe runs at 2.5, 5, 8, 16, 32 and 64 GT/s a lane in generations 1 to 6 (PCI-SIG). Vendors print this figure also
    as the sum of both directions; a user of the number must say which.
    """
    per_lane = GEN1_GT_S * 2 ** (generation - 1) if generation < 3 else GEN3_GT_S * 2 ** (generation - 3)
    return float(per_lane * lanes / 8)
