"""The shared preprocessing: what is read, learnt, and made of it."""
