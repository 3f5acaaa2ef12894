"""The jobs, as people and containers run them: as programs, on folders."""
