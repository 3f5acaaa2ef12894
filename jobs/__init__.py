"""What runs inside the containers: `preprocess`, `train`, `evaluate` and `predict`.

Each is a program with its paths as arguments, the same by hand and in SageMaker:

    python -m jobs.preprocess training --features features.json \\
        --training data/train --test data/test --output out
    python -m jobs.train --train out/train --preprocessor out/preprocessor --model-dir out/model \\
        --algorithm hist_gradient_boosting --max_iter 300
    tar -czf out/model.tar.gz -C out/model .
    python -m jobs.evaluate --model out --test out/test --output out

A job logs plain lines on standard output. It exits 0 when done, 1 when the work failed and 2 when
what it was given is wrong; then the last line on standard error says why.
"""
