package org.robustnessgap.deploy.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelNameTest {
  @ParameterizedTest
  @CsvSource({
    "models/mnist-lenet.onnx, mnist-lenet",
    "oip+http://triton:8000/v2/models/digits, digits",
    "oip+http://triton:8000/v2/models/digits/versions/3, digits",
    "oip+https://host/serving/team/v2/models/d%20x, d_20x",
    "oip+grpc://host:8001/v2/models/digits, digits",
    "http://mlflow.example:5001/invocations, mlflow.example",
    "models:/digits@champion, digits",
    "models:/digits/3, digits"
  })
  void isThatOfTheFileOrTheModel(String location, String name) {
    assertThat(ModelName.ofLocation(location)).isEqualTo(name);
  }
}
