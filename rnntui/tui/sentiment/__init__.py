"""The Sentiment mode: a text's verdict while it is typed, and a file of reviews."""
