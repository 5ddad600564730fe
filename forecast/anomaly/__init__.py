"""Anomalies: rows that a forecaster did not expect, with calibrated p-values."""
