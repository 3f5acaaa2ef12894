"""What `make bench` runs: each module compares two things in one run and prints their ratio."""
