"""What a model goes by: for all rows, and row by row.

columns       rows as a matrix with one column for each feature, whatever the model's encoding
permutation   what is lost when a column is shuffled (scikit-learn)
shapley       SHAP values: each score as a sum of what the columns did to it
"""
