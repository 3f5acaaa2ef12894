"""The types of JSON values, and what can be done with them."""
