"""Files of estimators, without pickle: what is written, and what is believed of what is read."""
