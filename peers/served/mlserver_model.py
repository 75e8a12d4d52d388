"""What MLServer runs: see serve.py."""

from classifier import Classifier
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse


class OnnxModel(MLModel):
    async def load(self):
        parameters = self.settings.parameters
        self.classifier = Classifier(parameters.uri, parameters.extra["labels"])
        return True

    async def predict(self, payload):
        images = self.decode(payload.inputs[0], default_codec=NumpyCodec)
        output = NumpyCodec.encode_output(self.classifier.output[0], self.classifier(images))
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=[output])
