"""What Mincer's equation of wages adds to the survey's columns: https://www.nber.org/books/minc74-1

Each row by itself, so that training, inference and the endpoint see the same.
"""

READS = {"education": "number", "experience": "number"}


def derive(columns):
    """Arrays of one length to new columns of that length; NaN where a number is missing."""
    education, experience = columns["education"], columns["experience"]
    return {
        # Wages rise with experience, and ever more slowly.
        "experience squared": experience**2 / 100,
        # What a year at work is worth depends on the years at school.
        "education times experience": education * experience,
        # The survey counts experience as age - education - 6.
        "age": education + experience + 6,
    }
