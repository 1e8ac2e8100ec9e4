"""The child process that owns the models, and the client that the app talks to it with.

The app's event loop must never wait for a network: a busy thread beside it delays every key press
by 10 to 20 ms, a busy child by none. So the models live in a child that speaks JSON lines over its
standard input and output; `docs/protocol.md` lists the messages.

`client` and `protocol` import nothing but msgspec and the standard library: they are what the app
loads. Everything that needs NumPy is behind `server`.
"""
