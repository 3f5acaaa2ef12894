"""S3, as files on disk."""
