"""SageMaker's model registry."""
