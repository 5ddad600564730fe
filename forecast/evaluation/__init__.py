"""Honest forecasts of the past: cuts in time, the forecasts table, scores and significance."""
