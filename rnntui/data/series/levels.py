"""The quantiles that forecasts are scored by, and so learn by default."""

from __future__ import annotations

LEVELS = (0.025, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.975)
"""The deciles, for the CRPS, and the ends of the bands of 50, 80 and 95 %, for their coverage."""
