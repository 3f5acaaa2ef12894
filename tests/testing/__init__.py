"""Testing state machines."""
