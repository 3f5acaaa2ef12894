"""The two pipelines: training.py and inference.py, each readable as its diagram."""
