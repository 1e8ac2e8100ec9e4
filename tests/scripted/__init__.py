"""An engine that does what a test says, one module for each kind of work."""
