"""SageMaker's tuning jobs: a search for hyperparameters, whose trials are training jobs."""
