"""The Chat mode: a conversation with its branches, and the sessions that are kept."""
