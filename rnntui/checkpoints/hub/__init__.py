"""Models from and to the Hugging Face Hub; nothing else here knows its client, imported late."""
