"""Workloads to demand: how many accelerators, how much storage, how many spares. Pure functions."""

from __future__ import annotations

from planner.demand.inference import fits, need_batch, need_embedding, need_inference
from planner.demand.people import RetrievalNeed, need_notebooks, need_retrieval
from planner.demand.results import AcceleratorNeed, Assumption, StorageNeed
from planner.demand.sensitivity import Sensitivity, sensitivities
from planner.demand.spares import availability, spare_table, spares
from planner.demand.storage import need_storage
from planner.demand.systems import AcceleratorRates, SystemRates, rates_of, system_rates
from planner.demand.training import need_fine_tune, need_training
from planner.demand.workloads import (
    BatchInference,
    CheckpointingJob,
    DatasetNeed,
    EmbeddingService,
    FineTuneJob,
    InferenceService,
    Notebooks,
    RetrievalStore,
    StorageNeedInput,
    TrainingJob,
)
from planner.request.arrivals import Load, load_of, read_trace

__all__ = [
    "AcceleratorNeed",
    "AcceleratorRates",
    "Assumption",
    "BatchInference",
    "CheckpointingJob",
    "DatasetNeed",
    "EmbeddingService",
    "FineTuneJob",
    "InferenceService",
    "Load",
    "Notebooks",
    "RetrievalNeed",
    "RetrievalStore",
    "Sensitivity",
    "StorageNeed",
    "StorageNeedInput",
    "SystemRates",
    "TrainingJob",
    "availability",
    "fits",
    "load_of",
    "need_batch",
    "need_embedding",
    "need_fine_tune",
    "need_inference",
    "need_notebooks",
    "need_retrieval",
    "need_storage",
    "need_training",
    "rates_of",
    "read_trace",
    "sensitivities",
    "spare_table",
    "spares",
    "system_rates",
]
