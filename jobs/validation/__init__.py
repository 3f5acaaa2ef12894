"""Tests of data: what they have to be, what they are, and where the two differ.

expectations  validation.json → what was configured
reading       files → rows, with what could not be read
outcomes      what came of an expectation, with the rows that break it
headers       the columns that the files have
schema        what a column holds: a pandera schema, configured or the project's own
rows          what the rows are together: how many, which labels, the same in training and test
columns       what stands in each column, in numbers
page          all of it, for people
"""
