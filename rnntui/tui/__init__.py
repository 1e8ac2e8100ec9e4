"""The app: screens and widgets over the engine's client. Never imports torch, nor NumPy."""
