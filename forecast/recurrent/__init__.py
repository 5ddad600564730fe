"""Recurrent networks, from the equations to the table.

`architecture`, `anchor`, `patches`, `cells` and `heads` are the network in NumPy; `gradients` and
`inspection` look inside it. `network`, `dropout`, `losses`, `schedule`, `trainer` and `training`
learn its weights with TensorFlow. `standardising`, `samples`, `panel_samples`, `normal_equations`,
`linear`, `combination` and `quantiles` are what the estimators in `regressor` and `forecaster` put
around it.
"""
