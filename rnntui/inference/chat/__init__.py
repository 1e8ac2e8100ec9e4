"""Talking with a text model: candidates for a reply, their ranking, and a conversation's turns."""
