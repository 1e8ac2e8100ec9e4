"""Programs that `rnntui import --snippet` prints, for somebody else's environment to run."""
