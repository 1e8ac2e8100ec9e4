"""What `rnntui bench` measures: the budgets on generation, training and start-up, beside peers.

It measures what the product really runs, never a copy of it, and judges by ratios taken side by
side in one run, since absolute figures are the machine's as much as ours.
"""
