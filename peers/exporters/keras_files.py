"""Writes the test resources that tf2onnx and Keras's own export make: NHWC, with transposes."""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import keras
import numpy
import tensorflow
import tf2onnx
from keras import layers

import resources

ROWS = 3


def approximate_gelu(x):
    return keras.activations.gelu(x, approximate=True)


def convnet():
    image = keras.Input((16, 16, 3))
    x = layers.Rescaling(2.0, -1.0)(image)
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(6.0)(x)
    y = layers.DepthwiseConv2D(3, padding="same", activation="swish")(x)
    y = layers.SeparableConv2D(8, 3, dilation_rate=2, padding="same", activation="hard_silu")(y)
    x = layers.Add()([x, y])
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    excitation = layers.GlobalAveragePooling2D(keepdims=True)(x)
    excitation = layers.Conv2D(8, 1, activation="sigmoid")(excitation)
    x = layers.Multiply()([x, excitation])
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = layers.Cropping2D(((1, 0), (0, 1)))(layers.ZeroPadding2D(1)(x))
    x = layers.Conv2DTranspose(6, 3, strides=2, padding="same", activation="leaky_relu")(x)
    x = layers.AveragePooling2D(4, padding="same")(x)
    x = layers.LayerNormalization()(x)
    x = layers.Concatenate()([layers.PReLU(shared_axes=[1, 2])(x), layers.Softmax()(x)])
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(10, activation="softmax")(x))


def attention():
    image = keras.Input((16, 16, 3))
    x = layers.Conv2D(16, 4, strides=4)(image)
    x = layers.Reshape((16, 16))(x)
    y = layers.LayerNormalization()(x)
    x = layers.Add()([x, layers.MultiHeadAttention(4, 4)(y, y)])
    y = layers.Dense(32, activation=approximate_gelu)(layers.LayerNormalization()(x))
    x = layers.Add()([x, layers.Dense(16)(y)])
    return keras.Model(image, layers.Dense(10)(layers.GlobalAveragePooling1D()(x)))


def generator():
    z = keras.Input((8,))
    x = layers.Reshape((4, 4, 8))(layers.Dense(128)(z))
    x = layers.Activation("elu")(layers.GroupNormalization(4)(x))
    x = layers.Conv2DTranspose(6, 4, strides=2, padding="same")(x)
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization()(x))
    x = layers.UpSampling2D(2)(x)
    return keras.Model(z, layers.Conv2D(3, 5, padding="same", activation="tanh")(x))


def by_tf2onnx(opset, model, file):
    signature = [tensorflow.TensorSpec((None, *model.input.shape[1:]), "float32", name="x")]
    function = tensorflow.function(lambda x: model(x, training=False), input_signature=signature)
    tf2onnx.convert.from_function(function, signature, opset=opset, output_path=file)


def by_keras(model, file):
    model.export(file, format="onnx", verbose=False)


def files(name, build, exporters):
    random = numpy.random.default_rng(0)
    in_precision("float32")
    model = build()
    model.set_weights([alive(weight, random) for weight in model.weights])
    for exporter, export in exporters.items():
        export(model, str(resources.FOLDER / f"{name}-{exporter}.onnx"))

    in_precision("float64")
    twin = build()
    twin.set_weights(model.get_weights())
    x = tensorflow.constant(random.random((ROWS, *model.input.shape[1:]), numpy.float32))
    x = tensorflow.cast(x, "float64")
    cotangent = random.standard_normal((ROWS, *model.output.shape[1:])).astype(numpy.float32)
    with tensorflow.GradientTape() as tape:
        tape.watch(x)
        y = twin(x, training=False)
    gradient = tape.gradient(y, x, tensorflow.constant(cotangent, "float64"))
    for exporter in exporters:
        resources.save(f"{name}-{exporter}", x, cotangent, y, gradient)


def in_precision(dtype):
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)


def alive(weight, random):
    """Weights as they are initialised, but no zeros and ones for biases, scales and statistics."""
    value = weight.numpy()
    if value.ndim > 1:
        return value
    if "variance" in weight.name or "gamma" in weight.name:
        return random.uniform(0.5, 1.5, value.shape)
    return 0.2 * random.standard_normal(value.shape)


def main():
    keras.utils.set_random_seed(0)
    tf2onnx13 = lambda model, file: by_tf2onnx(13, model, file)
    tf2onnx17 = lambda model, file: by_tf2onnx(17, model, file)
    files("keras-convnet", convnet, {"tf2onnx13": tf2onnx13, "tf2onnx17": tf2onnx17, "keras": by_keras})
    files("keras-attention", attention, {"tf2onnx17": tf2onnx17, "keras": by_keras})
    files("keras-generator", generator, {"tf2onnx17": tf2onnx17, "keras": by_keras})


if __name__ == "__main__":
    main()
