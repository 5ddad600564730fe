"""Warnings of our own: what a user may want to catch by name."""

from __future__ import annotations


class FitInterrupted(UserWarning):
    """Ctrl-C has ended a training early: the estimator works, with the best it has learned."""
