"""Configuration: config/base.yaml and config/<environment>.yaml, read into an `Environment`."""
