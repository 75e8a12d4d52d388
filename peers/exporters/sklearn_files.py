"""Writes the test resources that skl2onnx makes of scikit-learn's multilayer perceptron."""

import warnings

import numpy
import skl2onnx
import torch
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

import resources

ROWS = 3


def files(name, activation, zipmap, x, labels):
    """Labels and probabilities, the latter as a tensor or as maps from class to probability."""
    classifier = MLPClassifier((24, 16), activation=activation, max_iter=30, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier.fit(x, labels)
    model = skl2onnx.to_onnx(classifier, x[:1], options={"zipmap": zipmap}, target_opset=18)
    (resources.FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())

    images = torch.tensor(x[:ROWS], dtype=torch.float64, requires_grad=True)
    probabilities = forward(classifier, images)
    numpy.testing.assert_allclose(
        probabilities.detach().numpy(), classifier.predict_proba(x[:ROWS]), rtol=1e-3
    )
    cotangent = torch.randn(ROWS, 10, dtype=torch.float64)
    (gradient,) = torch.autograd.grad(probabilities, images, cotangent)
    resources.save(name, images.detach(), cotangent, probabilities.detach(), gradient)


def forward(classifier, x):
    """scikit-learn has no gradients; the same arithmetic in PyTorch has."""
    activation = {"relu": torch.relu, "logistic": torch.sigmoid}[classifier.activation]
    layers = list(zip(classifier.coefs_, classifier.intercepts_))
    for number, (weights, bias) in enumerate(layers):
        x = x @ torch.tensor(weights).double() + torch.tensor(bias).double()
        x = activation(x) if number + 1 < len(layers) else x.softmax(dim=1)
    return x


def main():
    torch.manual_seed(0)
    pixels, labels = load_digits(return_X_y=True)
    x = (pixels / 16).astype(numpy.float32)
    files("sklearn-mlp-relu", "relu", False, x, labels)
    files("sklearn-mlp-zipmap", "logistic", True, x, labels)


if __name__ == "__main__":
    main()
