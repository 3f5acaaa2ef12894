"""Step Functions state machines for machine learning: defined once, run on AWS or on a laptop."""
