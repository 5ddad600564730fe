"""A recurrent network that has learned from simulated series: forecasts without fitting."""
