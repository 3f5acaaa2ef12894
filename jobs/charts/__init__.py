"""Pictures as SVG text: no library draws in these containers. Colours come from the page's CSS.

frame      axes, and from values to pixels
squares    curves in the unit square, and the confusion matrix
planes     points and bars over axes of any unit
lists      one line for each of several things: bars, dots with intervals, steps up and down
"""
