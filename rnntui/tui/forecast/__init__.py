"""The Forecast mode: a series, how it may go on, and how far that is to be trusted."""
