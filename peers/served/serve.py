"""Serves an ONNX classifier as model `digits` with a real server, until it is killed.

    python serve.py mlserver|kserve|triton|mlflow MODEL.onnx --http 8080 [--grpc 8081] [--labels] [--version 1]

Each server wants its own environment, see run.sh. MLflow is a registry, whose alias `champion` points to the model.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
NAME = "digits"


def mlserver(options, root):
    """Without parallel workers, whose event loop does not start beside newer versions of uvloop."""
    settings = {"host": "127.0.0.1", "http_port": options.http, "grpc_port": options.grpc,
                "metrics_port": options.http + 2, "parallel_workers": 0, "debug": False}
    (root / "settings.json").write_text(json.dumps(settings))
    folder = root / NAME
    folder.mkdir()
    parameters = {"uri": options.model, "version": options.version, "extra": {"labels": options.labels}}
    model = {"name": NAME, "implementation": "mlserver_model.OnnxModel", "parameters": parameters}
    (folder / "model-settings.json").write_text(json.dumps(model))
    os.environ["PYTHONPATH"] = str(HERE)
    os.chdir(root)
    command = str(pathlib.Path(sys.executable).parent / "mlserver")
    os.execv(command, [command, "start", str(root)])


def kserve(options, root):
    import uuid

    from classifier import Classifier
    from kserve import InferOutput, InferResponse, Model, ModelServer

    class OnnxModel(Model):
        def __init__(self):
            super().__init__(NAME)
            self.classifier = Classifier(options.model, options.labels)
            self.ready = True

        async def get_input_types(self):
            return [{"name": self.classifier.input, "datatype": "FP32", "shape": self.classifier.shape}]

        async def get_output_types(self):
            name, datatype, shape = self.classifier.output
            return [{"name": name, "datatype": datatype, "shape": shape}]

        def predict(self, payload, headers=None, response_headers=None):
            answer = self.classifier(payload.inputs[0].as_numpy())
            name, datatype, _ = self.classifier.output
            output = InferOutput(name, list(answer.shape), datatype)
            output.set_data_from_numpy(answer, binary_data=payload.use_binary_outputs)
            return InferResponse(payload.id or str(uuid.uuid4()), NAME, [output],
                                 use_binary_outputs=payload.use_binary_outputs,
                                 requested_outputs=payload.request_outputs)

    ModelServer(http_port=options.http, grpc_port=options.grpc, workers=1).start([OnnxModel()])


TRITON_MODEL = """
import sys
sys.path.insert(0, {here!r})
import triton_python_backend_utils as backend
from classifier import Classifier


class TritonPythonModel:
    def initialize(self, arguments):
        self.classifier = Classifier({model!r}, {labels!r})

    def execute(self, requests):
        answers = []
        for request in requests:
            images = backend.get_input_tensor_by_name(request, self.classifier.input).as_numpy()
            output = backend.Tensor(self.classifier.output[0], self.classifier(images))
            answers.append(backend.InferenceResponse([output]))
        return answers
"""


def triton(options, root):
    """In its Python backend: the wheel holds no other."""
    import pytriton
    from classifier import Classifier

    package = pathlib.Path(pytriton.__file__).parent
    server = package / "tritonserver"
    backend = root / "backends" / "python"
    shutil.copytree(server / "backends" / "python", backend)
    python = "%d.%d" % sys.version_info[:2]
    shutil.copy(server / "python_backend_stubs" / python / "triton_python_backend_stub", backend)
    folder = root / "models" / NAME / options.version
    folder.mkdir(parents=True)
    (folder / "model.py").write_text(
        TRITON_MODEL.format(here=str(HERE), model=options.model, labels=options.labels))
    classifier = Classifier(options.model, options.labels)
    name, datatype, shape = classifier.output
    (root / "models" / NAME / "config.pbtxt").write_text(f"""
backend: "python"
max_batch_size: 64
input [{{ name: "{classifier.input}" data_type: TYPE_FP32 dims: {classifier.shape[1:]} }}]
output [{{ name: "{name}" data_type: TYPE_{datatype} dims: {shape[1:]} }}]
instance_group [{{ kind: KIND_CPU count: 1 }}]
parameters: {{ key: "EXECUTION_ENV_PATH" value: {{ string_value: "{sys.prefix}" }} }}
""")
    libraries = package.parent / "nvidia_pytriton.libs"
    environment = dict(os.environ, LD_LIBRARY_PATH=str(libraries))
    os.execve(server / "bin" / "tritonserver",
              ["tritonserver", f"--model-repository={root / 'models'}", f"--backend-directory={root / 'backends'}",
               "--http-address=127.0.0.1", "--grpc-address=127.0.0.1", f"--http-port={options.http}",
               f"--grpc-port={options.grpc}", "--allow-metrics=false"], environment)


def mlflow(options, root):
    environment = dict(os.environ, MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false", MLFLOW_DISABLE_TELEMETRY="true",
                       PATH=str(pathlib.Path(sys.executable).parent) + os.pathsep + os.environ["PATH"])
    base = f"http://127.0.0.1:{options.http}"
    server = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(options.http), "--workers", "1",
         "--backend-store-uri", f"sqlite:///{root}/mlflow.db", "--artifacts-destination", str(root / "artifacts")],
        env=environment, cwd=root, start_new_session=True)
    # It starts processes of its own, which would outlive this one.
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(server.pid, signal.SIGTERM))
    while True:
        try:
            urllib.request.urlopen(base + "/health")
            break
        except OSError:
            if server.poll() is not None:
                sys.exit("MLflow ended")
            time.sleep(0.5)
    register(base, options.model)
    print("ready", flush=True)
    sys.exit(server.wait())


def register(base, path):
    """A new version of the model, to which the alias points from then on."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    import mlflow
    import numpy
    import onnx
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    mlflow.set_tracking_uri(base)
    mlflow.set_experiment("served")
    model = onnx.load(path)

    def schema(value):
        shape = tuple(d.dim_value or -1 for d in value.type.tensor_type.shape.dim)
        return Schema([TensorSpec(numpy.dtype("float32"), shape, value.name)])

    with mlflow.start_run():
        logged = mlflow.onnx.log_model(
            model, name="model", registered_model_name=NAME,
            signature=ModelSignature(schema(model.graph.input[0]), schema(model.graph.output[0])),
            pip_requirements=["onnx", "onnxruntime"])
    mlflow.MlflowClient().set_registered_model_alias(NAME, "champion", logged.registered_model_version)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", choices=["mlserver", "kserve", "triton", "mlflow", "register"])
    parser.add_argument("model", type=os.path.abspath)
    parser.add_argument("--http", type=int, default=8080)
    parser.add_argument("--grpc", type=int, default=8081)
    parser.add_argument("--labels", action="store_true")
    parser.add_argument("--version", default="1")
    options = parser.parse_args()
    # KServe reads the command line, too.
    sys.argv = sys.argv[:1]
    if options.server == "register":
        register(f"http://127.0.0.1:{options.http}", options.model)
        return
    sys.path.insert(0, str(HERE))
    globals()[options.server](options, pathlib.Path(tempfile.mkdtemp(prefix=options.server + "-")))


if __name__ == "__main__":
    main()
