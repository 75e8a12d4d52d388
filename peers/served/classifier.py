"""An ONNX classifier in ONNX Runtime, for the servers that have no runtime of their own for it."""

import numpy as np
import onnxruntime


class Classifier:
    def __init__(self, path, labels=False):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.labels = labels
        self.input = self.session.get_inputs()[0].name
        self.shape = [d if isinstance(d, int) else -1 for d in self.session.get_inputs()[0].shape]
        self.classes = self.session.get_outputs()[0].shape[-1]

    @property
    def output(self):
        """Name, datatype and shape of what it answers."""
        return ("label", "INT64", [-1, 1]) if self.labels else ("logits", "FP32", [-1, self.classes])

    def __call__(self, images):
        scores = self.session.run(None, {self.input: np.asarray(images, np.float32)})[0]
        return scores.argmax(axis=1)[:, None].astype(np.int64) if self.labels else scores
