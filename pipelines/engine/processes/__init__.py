"""What the engine needs to run programs of others: to start, follow, log and end them."""
