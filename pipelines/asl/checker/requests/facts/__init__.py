"""What services check across the members of a request: facts that no shape can state."""
