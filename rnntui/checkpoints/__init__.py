"""The checkpoint format: a folder in Hub layout, safetensors and JSON, never a pickle."""
