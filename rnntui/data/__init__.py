"""From files to numbers: reading text, vocabularies, splits, and the order batches come in."""
