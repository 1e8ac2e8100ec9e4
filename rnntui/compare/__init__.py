"""Runs and models beside each other: which learns faster, and what each has learned. No torch."""
