"""Figures of forecasts, of backtests, and of what happens inside a network."""
