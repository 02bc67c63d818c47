"""Plays a secret scanner that reports to a running range: signed batches, and all that can be wrong with them."""
