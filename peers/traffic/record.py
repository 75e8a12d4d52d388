"""Writes the records that the tests of traffic/ read, by the libraries that write them in production.

    pip install -r requirements.txt
    python record.py ../../traffic/src/test/resources/records

A record is NAME.value, its value, and NAME.headers, a line "key: value" for each header it has.
events/ (Go, as KServe's agent is) wraps bodies as CloudEvents; it is called from here.
"""

import base64
import io
import json
import pathlib
import subprocess
import sys

import numpy as np
import tritonclient.grpc as triton_grpc
import tritonclient.http as triton_http
from cloudevents.core.bindings import kafka
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka.schema_registry import RegisteredSchema
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from PIL import Image
from tritonclient.grpc import _utils, service_pb2

HERE = pathlib.Path(__file__).parent
OUT = pathlib.Path(sys.argv[1])

# Two images of three channels, two rows and three columns; image, channel, row, column.
LEVELS = (np.arange(36) * 7 % 256).astype(np.uint8).reshape(2, 3, 2, 3)
PIXELS = (LEVELS / np.float32(255)).astype(np.float32)


def write(name, value, headers=()):
    (OUT / f"{name}.value").write_bytes(value)
    if headers:
        lines = [f"{key}: {text}" for key, text in sorted(dict(headers).items())]
        (OUT / f"{name}.headers").write_text("\n".join(lines) + "\n")


def named(name, array, datatype):
    tensor = triton_grpc.InferInput(name, array.shape, datatype)
    tensor.set_data_from_numpy(array)
    return tensor


def grpc_request(*inputs):
    return _utils._get_inference_request(
        model_name="photos", inputs=list(inputs), model_version="1", request_id="42",
        outputs=[triton_grpc.InferRequestedOutput("logits")],
        sequence_id=0, sequence_start=False, sequence_end=False, priority=0, timeout=None,
        parameters={"client": "record.py"})


def typed(datatype, shape, **contents):
    """Contents in place of raw bytes: what Seldon's gateway makes of a JSON request."""
    request = service_pb2.ModelInferRequest(model_name="photos", model_version="1")
    tensor = request.inputs.add(name="image", datatype=datatype, shape=shape)
    for field, values in contents.items():
        getattr(tensor.contents, field).extend(values)
    return request


def png(levels):
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(levels.transpose(1, 2, 0))).save(out, "PNG")
    return out.getvalue()


def open_inference():
    write("oip-raw-fp32", grpc_request(named("image", PIXELS, "FP32")).SerializeToString())
    write("oip-raw-fp16",
          grpc_request(named("image", PIXELS.astype(np.float16), "FP16")).SerializeToString())
    write("oip-raw-uint8-nhwc",
          grpc_request(named("image", np.ascontiguousarray(LEVELS.transpose(0, 2, 3, 1)), "UINT8"))
          .SerializeToString())
    write("oip-contents-fp32",
          typed("FP32", PIXELS.shape, fp32_contents=PIXELS.ravel()).SerializeToString())
    write("oip-contents-uint8",
          typed("UINT8", LEVELS.shape, uint_contents=LEVELS.ravel()).SerializeToString())
    write("oip-contents-fp64",
          typed("FP64", PIXELS.shape, fp64_contents=PIXELS.ravel()).SerializeToString())
    pictures = np.array([png(LEVELS[0]), png(LEVELS[1])], dtype=object)
    write("oip-raw-bytes", grpc_request(named("image", pictures, "BYTES")).SerializeToString())
    write("oip-contents-bytes",
          typed("BYTES", [2], bytes_contents=list(pictures)).SerializeToString())
    write("oip-two-inputs",
          grpc_request(named("threshold", np.array([0.5], np.float32), "FP32"),
                       named("image", PIXELS, "FP32")).SerializeToString())

    answer = service_pb2.ModelInferResponse(model_name="photos", model_version="1", id="42")
    answer.outputs.add(name="logits", datatype="FP32", shape=[2, 10])
    answer.raw_output_contents.append(np.zeros((2, 10), np.float32).tobytes())
    write("oip-answer", answer.SerializeToString())

    write("oip-schema-registry", registered(grpc_request(named("image", PIXELS, "FP32"))))


def registered(request):
    """As with a schema registry, here one that gives every schema the number 7."""
    schema = RegisteredSchema(subject="s", version=1, schema_id=7, guid=None, schema=None)

    class Registry:
        def __getattr__(self, name):
            return lambda *arguments, **options: schema if "schema" in name else []

    serializer = ProtobufSerializer(service_pb2.ModelInferRequest, Registry(),
                                    {"use.deprecated.format": False})
    return serializer(request, SerializationContext("t", MessageField.VALUE))


def bodies():
    """Of the same request over REST: name, content type, body."""
    flat = triton_http.InferInput("image", PIXELS.shape, "FP32")
    flat.set_data_from_numpy(PIXELS, binary_data=False)
    binary = triton_http.InferInput("image", PIXELS.shape, "FP32")
    binary.set_data_from_numpy(PIXELS, binary_data=True)
    outputs = [triton_http.InferRequestedOutput("logits", binary_data=False)]
    yield ("flat", "application/json",
           triton_http.InferenceServerClient.generate_request_body([flat], outputs=outputs)[0])
    yield ("binary-tensor", "application/octet-stream",
           triton_http.InferenceServerClient.generate_request_body([binary], outputs=outputs)[0])
    nested = {"inputs": [{"data": LEVELS.transpose(0, 2, 3, 1).tolist(), "datatype": "UINT8",
                          "name": "image", "shape": [2, 2, 3, 3]}]}
    yield "nested", "application/json", json.dumps(nested).encode()
    encoded = {"inputs": [{"name": "image", "shape": [1], "datatype": "BYTES",
                           "data": [base64.b64encode(png(LEVELS[0])).decode()]}]}
    yield "base64", "application/json", json.dumps(encoded).encode()


def cloud_events():
    for name, content_type, body in bodies():
        for mode in "binary", "structured":
            event(f"ce-{mode}-{name}", mode, "request", content_type, bytes(body))
    answer = json.dumps({"model_name": "photos", "outputs": [
        {"name": "logits", "shape": [1, 2], "datatype": "FP32", "data": [0.5, -1.5]}]}).encode()
    for mode in "binary", "structured":
        event(f"ce-{mode}-answer", mode, "response", "application/json", answer)
    event("ce-binary-v1", "binary", "request", "application/json",
          json.dumps({"instances": PIXELS.tolist()}).encode())

    python = CloudEvent(
        {"id": "42", "source": "/photos", "type": "org.kubeflow.serving.inference.request",
         "datacontenttype": "application/json", "inferenceservicename": "photos"},
        json.loads(next(bodies())[2]))
    for mode, form in ("binary", kafka.to_binary_event), ("structured", kafka.to_structured_event):
        message = form(python)
        write(f"ce-python-{mode}", message.value,
              {key: text.decode() for key, text in message.headers.items()})


def event(name, mode, kind, content_type, body):
    wrapped = json.loads(subprocess.run(
        ["go", "run", ".", mode, f"org.kubeflow.serving.inference.{kind}", content_type],
        cwd=HERE / "events", input=body, stdout=subprocess.PIPE, check=True).stdout)
    write(name, base64.b64decode(wrapped["value"]), wrapped["headers"])


def pictures():
    write("image-png", png(LEVELS[0]))
    out = io.BytesIO()
    Image.new("RGB", (3, 2), (200, 100, 50)).save(out, "JPEG", quality=95)
    write("image-jpeg", out.getvalue())


def samples():
    write("sample-uint8", json.dumps(
        {"name": "camera-3/17", "shape": [3, 2, 3], "datatype": "UINT8",
         "values": base64.b64encode(LEVELS[0].tobytes()).decode()}).encode())
    write("sample-fp32", json.dumps(
        {"shape": [2, 3, 2, 3], "datatype": "FP32",
         "values": base64.b64encode(PIXELS.tobytes()).decode()}).encode())


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    open_inference()
    cloud_events()
    pictures()
    samples()
