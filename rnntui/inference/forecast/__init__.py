"""Forecasting in NumPy: what a forecast is, networks and baselines that make one, honest scores."""
