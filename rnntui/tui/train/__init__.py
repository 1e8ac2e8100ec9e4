"""The Train mode: runs begun, watched, stopped, resumed, compared. Torch is in their processes."""
