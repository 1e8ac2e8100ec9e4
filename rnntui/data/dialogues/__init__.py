"""Dialogues: reading them from files, cleaning them, and making a text of them to learn."""
