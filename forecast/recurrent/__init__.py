"""Recurrent networks: cells in NumPy, their Keras twins, training, and the estimators made of them."""
