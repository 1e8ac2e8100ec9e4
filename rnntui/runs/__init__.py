"""Run folders: what a training writes and what anyone may read without torch."""
