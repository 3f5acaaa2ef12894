"""SageMaker's processing and training jobs, as processes that keep the container contract."""
