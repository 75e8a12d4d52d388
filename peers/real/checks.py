"""What was measured, held against the file itself: Python's ONNX Runtime, preprocessing in NumPy."""

import numpy
import onnxruntime

STEPS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003)
FACTORS = (0.9, 1.001, 1.02, 1.05, 1.1, 1.2, 1.5)
ROUNDS = 60
TINY = 1e-30


def session(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class File:
    """The file as its package runs it: what it answers to pixels [3, height, width] in [0, 1], or to a signal."""

    def __init__(self, path, case):
        self.case = case
        self.session = session(path)
        inputs = self.session.get_inputs()
        self.input = next(i for i in inputs if i.name not in case.fixed)
        self.fixed = {i.name: numpy.full(*case.fixed[i.name]) for i in inputs if i.name in case.fixed}
        self.output = case.output() or self.session.get_outputs()[0].name

    def answer(self, image):
        """As the file lays it out, for a batch of one."""
        return self.session.run([self.output], {self.input.name: self.prepared(image), **self.fixed})[0]

    def prepared(self, image):
        image = image[None]
        if image.ndim == 2:
            return image
        pixels = self.case.pixels
        low, high = pixels.get("range", (0, 1))
        image = low + (high - low) * image
        image = image[:, ::-1] if pixels.get("colour") == "BGR" else image
        mean, std = (numpy.reshape(pixels.get(key, start), (1, -1, 1, 1)) for key, start in (("mean", 0), ("std", 1)))
        image = (image - mean) / std
        return numpy.ascontiguousarray(image.transpose(0, 2, 3, 1) if self.channels_last() else image, numpy.float32)

    def channels_last(self):
        return self.input.shape[3] == 3

    def scores(self, image):
        """Logits, or logarithms of probabilities, [K]."""
        return scores(self.answer(image))

    def label(self, image):
        return int(self.scores(image).argmax())


def scores(answer):
    answer = answer.ravel().astype(numpy.float64)
    if answer.size == 1:
        # One probability is that of the second of two classes.
        return numpy.log(numpy.maximum([1 - answer[0], answer[0]], TINY))
    return numpy.log(numpy.maximum(answer, TINY)) if are_probabilities(answer) else answer


def are_probabilities(answer):
    return answer.size == 1 or (answer.min() >= 0 and abs(answer.sum() - 1) < 1e-3)


class Gradients:
    """The differentiated model that the product wrote, from pixels to answers."""

    def __init__(self, path):
        self.session = session(path)
        self.inputs = [i.name for i in self.session.get_inputs()]

    def margin(self, image, answer, label, rival):
        """The gradient of scores[label] − scores[rival], and the answer."""
        values = answer.ravel().astype(numpy.float64)
        cotangent = numpy.zeros(values.size)
        if values.size == 1:
            cotangent[0] = (label - rival) / max(values[0] * (1 - values[0]), TINY)
        else:
            probabilities = are_probabilities(values)
            for k, sign in ((label, 1), (rival, -1)):
                cotangent[k] = sign / max(values[k], TINY) if probabilities else sign
        scale = numpy.abs(cotangent).max()
        cotangent = (cotangent / scale).astype(numpy.float32).reshape(answer.shape)
        y, gradient = self.session.run(None, {self.inputs[0]: image[None], self.inputs[1]: cotangent})
        return scale * gradient[0].astype(numpy.float64), y


def gradient_error(file, gradients, image, random):
    """The largest relative error of the derivative along the gradient and two random directions.

    Of several steps the best counts, because float32 spoils small ones and kinks large ones. The
    second number is how far the answers of both files are apart.
    """
    answer = file.answer(image)
    order = scores(answer).argsort()
    label, rival = int(order[-1]), int(order[-2])
    gradient, y = gradients.margin(image, answer, label, rival)
    length = numpy.linalg.norm(gradient)
    errors = []
    for direction in (gradient, gradient * random.uniform(0, 1, gradient.shape), gradient * (gradient > 0)):
        direction = direction / numpy.linalg.norm(direction)
        slopes = []
        for step in STEPS:
            h = step / length
            ends = [file.scores((image + sign * h * direction).astype(numpy.float32)) for sign in (1, -1)]
            slopes.append(((ends[0] - ends[1])[label] - (ends[0] - ends[1])[rival]) / (2 * h))
        errors.append(min(abs(slope - (gradient * direction).sum()) for slope in slopes) / length)
    return max(errors), float(numpy.abs(y - answer).max() / max(1, numpy.abs(answer).max()))


def confirmed(file, gradients, image, label, distance, seed=0):
    """The least of FACTORS times the distance at which another search changes the file's label; infinite if none.

    The search descends the margin on the sphere of that radius around the image, towards each of the
    three nearest rivals. Every label is the file's.
    """
    rivals = [int(k) for k in file.scores(image).argsort()[::-1] if k != label][:3]
    for factor in FACTORS:
        if any(flipped(file, gradients, image, label, rival, factor * distance) for rival in rivals):
            return factor
    return numpy.inf


def flipped(file, gradients, image, label, rival, radius):
    gradient, _ = gradients.margin(image, file.answer(image), label, rival)
    direction = -gradient
    for round_ in range(ROUNDS):
        length = numpy.linalg.norm(direction)
        if not 0 < length < numpy.inf:
            return False
        direction = direction / length
        point = (image + radius * direction).astype(numpy.float32)
        answer = file.answer(point)
        if int(scores(answer).argmax()) != label:
            return True
        gradient, _ = gradients.margin(point, answer, label, rival)
        tangent = gradient - (gradient * direction).sum() * direction
        norm = numpy.linalg.norm(tangent)
        if norm == 0:
            return False
        direction = direction - 0.5 / (1 + 0.1 * round_) * tangent / norm
    return False
