"""Running trained models with NumPy alone: one time step made fast, sampling, generation, scoring.

Nothing here imports torch, so that a cold start writes its first character in well under a second.
"""
