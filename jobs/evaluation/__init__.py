"""What a model's scores on the test rows say: pure functions of numbers, and of the rows' text.

classification, regression   metrics, curves and tables of one kind of label
measures                     the two, behind one interface
bootstrap                    intervals, and the interval of a difference
slices                       the same metrics, by group
leaks                        columns that tell the label by themselves
champion                     another model on the same rows
rows                         the test rows: codes, labels, and the text they were made from
golden                       a few of them with their predictions, for who serves the model
"""
