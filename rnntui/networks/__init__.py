"""Networks in torch, for training. Inference has its own, in NumPy."""
