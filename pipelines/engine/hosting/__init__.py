"""SageMaker's hosting: models, endpoint configurations, and endpoints that really answer."""
