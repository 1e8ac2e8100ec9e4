"""Training, in torch: the loop, what drives it, and the states it can be resumed from."""
