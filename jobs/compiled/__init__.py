"""Fitted models as look-ups: for the one row of a request, where an estimator's own way is slow.

scikit-learn's and LightGBM's estimators are made for many rows; for one, nearly all of their time
goes into checks and threads. The models here are the same functions, in numpy alone:

    linear       a sum of looked-up contributions
    bitvectors   trees of at most 64 leaves: an AND of looked-up masks
    stepping     any trees, all of them one level at a time

`compiling.compile_model` makes one, and lets it go again unless it gives the estimator's own
scores on rows made to tell them apart.
"""
