"""The catalogue of steps: one a module, each with its request, permissions and retry policy."""
