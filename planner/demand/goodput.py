"""The share of time that training makes progress, between failures, restarts and checkpoints."""

from __future__ import annotations

import math
from dataclasses import dataclass

CHECKPOINT_BYTES = 14  # per parameter: bf16 weights, fp32 master and two moments


@dataclass(frozen=True)
class Reliability:
    """What interrupts a job and how long a stop takes.

    `accelerator_mtbf_s` is the time between interruptions caused by one accelerator and its share of everything
    around it. `other_losses` covers evaluation, planned stops and slow starts.
    """

    accelerator_mtbf_s: float
    restart_s: float
    write_b_s_per_accelerator: float
    other_losses: float


@dataclass(frozen=True)
class Goodput:
    """The share of time that counts, and the checkpoints behind it."""

    share: float
    interval_s: float
    save_s: float
    job_mtbf_s: float


def goodput(reliability: Reliability, parameters: float, accelerators: int) -> Goodput:
    """Goodput of a job with the checkpoint interval that loses least: sqrt(2 x MTBF x save) (Young 1974).

    Lost: save / interval + (interval / 2 + restart) / MTBF, and the other losses.
    """
    mtbf = reliability.accelerator_mtbf_s / accelerators
    save = CHECKPOINT_BYTES * parameters / (reliability.write_b_s_per_accelerator * accelerators)
    interval = math.sqrt(2.0 * mtbf * save)
    lost = save / interval + (interval / 2.0 + reliability.restart_s) / mtbf
    return Goodput(max(0.05, 1.0 - lost) * (1.0 - reliability.other_losses), interval, save, mtbf)


def write_b_s_per_accelerator(reliability: Reliability, parameters: float, lost_share: float = 0.03) -> float:
    """Storage write rate per accelerator at which saving costs `lost_share` of the time, at the best interval.

    save / interval = sqrt(save / (2 MTBF)), so save <= 2 x lost^2 x MTBF; MTBF falls with the accelerators, so the
    rate grows in proportion to them.
    """
    return CHECKPOINT_BYTES * parameters / (2.0 * lost_share**2 * reliability.accelerator_mtbf_s)
