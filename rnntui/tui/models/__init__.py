"""The Models mode: what is here, what the Hub has, and the ways between."""
