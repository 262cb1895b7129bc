"""Sizes of the benchmark's parts: in full, or with QUICK=1 too small for meaningful numbers."""

import os
from typing import NamedTuple


class Past(NamedTuple):
    """A creator's past in `statements`: lives, taps in all of them, paid withdrawals of $100."""

    lives: int
    taps: int
    withdrawals: int


class Sizes(NamedTuple):
    """The numbers that decide how long a run takes. Seconds are those of one measurement."""

    # taps
    viewers: int
    clients: int
    few_taps: int
    many_taps: int
    load_seconds: float
    latency_seconds: float
    warm_up: float
    ledger_seconds: int
    # cpu
    requests: int
    # feed
    listeners: int
    listeners_of_queries: tuple[int, int, int]
    listeners_of_taps: int
    stream_seconds: float
    rest_seconds: float
    statistics_seconds: float
    turns: int
    # statements
    short_past: Past
    long_past: Past
    rounds: int
    # desk
    people: int
    desk_taps: int
    desk_days: int
    # withdrawals
    withdrawals: int
    worker_start_seconds: float
    # search
    few_people: int
    many_people: int
    # lots
    entries: int
    # pages
    pages: int
    page_runs: int


FULL = Sizes(
    viewers=640,
    clients=32,
    few_taps=10_000,
    many_taps=1_000_000,
    load_seconds=6,
    latency_seconds=4,
    warm_up=1.5,
    ledger_seconds=5,
    requests=2_000,
    listeners=5_000,
    listeners_of_queries=(10, 100, 1_000),
    listeners_of_taps=500,
    stream_seconds=12,
    rest_seconds=3,
    # An idle connection adds its numbers to PostgreSQL's statistics after ten seconds.
    statistics_seconds=12,
    turns=8,
    short_past=Past(50, 10_000, 2),
    long_past=Past(5_000, 1_000_000, 200),
    rounds=6,
    people=100_000,
    desk_taps=1_000_000,
    desk_days=400,
    withdrawals=300,
    worker_start_seconds=12,
    few_people=1_000,
    many_people=100_000,
    entries=100_000,
    pages=4,
    page_runs=3,
)
SMALL = Sizes(
    viewers=32,
    clients=4,
    few_taps=200,
    many_taps=2_000,
    load_seconds=0.5,
    latency_seconds=0.3,
    warm_up=0.2,
    ledger_seconds=1,
    requests=40,
    listeners=20,
    listeners_of_queries=(2, 4, 8),
    listeners_of_taps=5,
    stream_seconds=1.5,
    rest_seconds=1,
    statistics_seconds=0,
    turns=1,
    short_past=Past(2, 4_200, 1),
    long_past=Past(10, 8_400, 2),
    rounds=1,
    people=1_000,
    desk_taps=2_000,
    desk_days=30,
    withdrawals=10,
    worker_start_seconds=1,
    few_people=100,
    many_people=1_000,
    entries=2_000,
    pages=1,
    page_runs=1,
)
IS_QUICK = os.environ.get("QUICK", "0") not in ("", "0")
SIZES = SMALL if IS_QUICK else FULL
