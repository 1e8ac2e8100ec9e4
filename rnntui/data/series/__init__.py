"""Series of numbers in time: what one is, reading it from a file, its frequency and its season."""
