"""Files as analysts have them: each with a known season, and with known faults planted in it."""

import numpy as np
import pandas as pd

HOLES = ((100, 3), (250, 1), (400, 9))  # first day and length, of the visits
STUCK = (550, 14)
SPIKE = 300


def store_sales(seed=0):
    """Return monthly sales of six stores over six years: one opened late, one closed early."""
    rng = np.random.default_rng(seed)
    months = pd.date_range("2018-01-01", periods=72, freq="MS", name="month")
    tables = []
    for number, store in enumerate(["Aalen", "Bonn", "Celle", "Dachau", "Essen", "Fulda"]):
        level = 1000 * (number + 1) * (1 + 0.004 * np.arange(72))
        year = 1 + 0.25 * np.sin(2 * np.pi * np.arange(72) / 12)
        sold = (level * year * rng.normal(1, 0.03, 72)).round(1)
        tables.append(pd.DataFrame({"store": store, "sales": sold}, months))
    tables[4] = tables[4].iloc[:40]
    tables[5] = tables[5].iloc[50:]
    return pd.concat(tables).reset_index()


def visits(seed=0):
    """Return two years of daily visits with a promotion that is known two weeks ahead.

    Days are missing at `HOLES`; the counter hung at `STUCK`, and counted too much at `SPIKE`.
    """
    rng = np.random.default_rng(seed)
    days = pd.date_range("2022-01-01", periods=744, freq="D", name="date")
    week = 60.0 * (days.day_of_week >= 5)
    promotion = (rng.random(744) < 0.1).astype(float)
    counted = (300 + week + 30 * promotion + rng.normal(0, 12, 744)).round()
    counted[SPIKE] += 500
    counted[STUCK[0] : STUCK[0] + STUCK[1]] = counted[STUCK[0]]
    counted[730:] = np.nan
    table = pd.DataFrame({"visits": counted, "promo": promotion}, days)
    missing = [day for first, length in HOLES for day in range(first, first + length)]
    return table.drop(days[missing]).reset_index()


def energy(seed=0):
    """Return six weeks of a load every 15 minutes in Berlin, over a change of clocks."""
    rng = np.random.default_rng(seed)
    moments = pd.date_range("2024-03-04", periods=42 * 96, freq="15min", tz="Europe/Berlin")
    t = np.arange(len(moments))
    day = 20 * np.sin(2 * np.pi * t / 96) + 8 * np.sin(4 * np.pi * t / 96)
    load = 100 + day - 15 * (t // 96 % 7 >= 5) + rng.normal(0, 3, len(t))
    return pd.DataFrame({"load": load.round(2)}, moments.rename("time")).reset_index()


def spare_parts(seed=0):
    """Return three years of weekly demand of three parts, none in most weeks."""
    rng = np.random.default_rng(seed)
    weeks = pd.date_range("2021-01-03", periods=156, freq="W", name="week")
    tables = [
        pd.DataFrame({"part": part, "demand": rng.poisson(3, 156) * (rng.random(156) < 0.3)}, weeks)
        for part in ("bolt", "clamp", "gasket")
    ]
    return pd.concat(tables).reset_index()
