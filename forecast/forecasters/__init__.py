"""The contract of all forecasters, and the forecasters that need no network."""
