"""A generator of any size: a small smooth decoder with random weights."""

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

LATENT = 16
WIDTH = 64
COARSE = (6, 6)
FINE = (24, 24)


def write(path, shape, spread, seed=0):
    """Writes a decoder of [n, 16] into pixels [n, 3, height, width] in (0, 1), or signals [n, length] in (−1, 1).

    Random coarse images are enlarged linearly twice with a convolution between, so images are smooth;
    `spread` is the standard deviation before the last sigmoid: more gives more contrast.
    """
    random = numpy.random.default_rng(seed)
    weights, nodes = {}, []

    def weight(name, *size, fan):
        weights[name] = (random.standard_normal(size) / numpy.sqrt(fan)).astype(numpy.float32)
        return name

    def node(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def constant(name, values, kind=numpy.int64):
        weights[name] = numpy.array(values, kind)
        return name

    hidden = node("Tanh", [node("MatMul", ["z", weight("w1", LATENT, WIDTH, fan=LATENT)], "h1")], "h2")
    if len(shape) == 1:
        wave = node("MatMul", [hidden, weight("w2", WIDTH, shape[0], fan=WIDTH / spread**2)], "signal")
        node("Tanh", [wave], "images")
        dimensions = ["n", shape[0]]
    else:
        channels = 8
        size = channels * COARSE[0] * COARSE[1]
        flat = node("MatMul", [hidden, weight("w2", WIDTH, size, fan=WIDTH / 4)], "flat")
        coarse = node("Reshape", [flat, constant("coarse_shape", [-1, channels, *COARSE])], "coarse")
        larger = resized(node, constant, coarse, FINE, "fine")
        mixed = node("Conv", [larger, weight("w3", channels, channels, 3, 3, fan=channels * 9 / 4)], "mixed",
                     pads=[1, 1, 1, 1])
        colours = node("Conv", [node("Tanh", [mixed], "soft"),
                                weight("w4", 3, channels, 3, 3, fan=channels * 9 / spread**2)], "colours",
                       pads=[1, 1, 1, 1])
        node("Sigmoid", [resized(node, constant, colours, shape, "full")], "images")
        dimensions = ["n", 3, *shape]
    graph = helper.make_graph(
        nodes, "decoder", [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", LATENT])],
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, dimensions)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def resized(node, constant, source, size, name):
    return node("Resize", [source, "", "", constant(name + "_size", size)], name, mode="linear", axes=[2, 3],
                coordinate_transformation_mode="half_pixel")
