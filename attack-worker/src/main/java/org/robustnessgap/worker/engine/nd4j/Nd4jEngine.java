package org.robustnessgap.worker.engine.nd4j;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.worker.engine.Engine;
import org.robustnessgap.worker.engine.EngineSettings;
import org.robustnessgap.worker.engine.Executable;
import org.robustnessgap.worker.engine.ProbeInput;
import org.robustnessgap.worker.engine.Tensor;
import org.robustnessgap.worker.onnx.OnnxModel;
import org.robustnessgap.worker.onnx.ValueShapes;

/**
 * ND4J, operator by operator. Threads and memory are settings of the whole process, so one run at a
 * time is in progress, whatever the number of engines.
 */
public final class Nd4jEngine implements Engine {
  private static final Object ONE_RUN = new Object();

  private final String name;

  /**
   * @throws InvalidInputException if this build or machine cannot run ND4J on the device, with the
   *     remedy
   */
  public Nd4jEngine(EngineSettings settings) {
    this.name = settings.name();
    Backend.require(settings.device());
    synchronized (ONE_RUN) {
      Backend.start(settings);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Executable load(OnnxModel model) {
    synchronized (ONE_RUN) {
      return new Loaded(model, new Interpreter(model));
    }
  }

  @Override
  public Map<String, ValueShapes.Probed> run(OnnxModel model, int batch) {
    return probe(
        model,
        batch,
        array ->
            Optional.of(
                new ValueShapes.Probed(
                    TensorProtos.elementType(array.dataType()),
                    Arrays.stream(array.shape()).boxed().toList())));
  }

  @Override
  public Map<String, TensorProto> values(OnnxModel model, int batch) {
    return probe(model, batch, TensorProtos::toProto);
  }

  /** What a reader makes of each output on an input of zeros. */
  private static <T> Map<String, T> probe(
      OnnxModel model, int batch, Function<INDArray, Optional<T>> reader) {
    long[] shape = ProbeInput.shape(model, batch);
    synchronized (ONE_RUN) {
      try (Interpreter interpreter = new Interpreter(model);
          INDArray zeros = Nd4j.create(DataType.FLOAT, shape)) {
        Map<String, T> probed = new HashMap<>();
        interpreter
            .run(Map.of(model.input().name(), zeros), reader)
            .forEach((value, read) -> read.ifPresent(known -> probed.put(value, known)));
        return probed;
      }
    }
  }

  @Override
  public void close() {
    // ND4J is one a process and ends with it.
  }

  private static final class Loaded implements Executable {
    private final OnnxModel model;
    private final Interpreter interpreter;

    Loaded(OnnxModel model, Interpreter interpreter) {
      this.model = model;
      this.interpreter = interpreter;
    }

    @Override
    public List<Tensor> run(Tensor... inputs) {
      synchronized (ONE_RUN) {
        Map<String, INDArray> feeds = new LinkedHashMap<>();
        try {
          for (int i = 0; i < inputs.length; i++) {
            feeds.put(
                model.inputs().get(i).name(), HostMemory.of(inputs[i].values(), inputs[i].shape()));
          }
          return List.copyOf(interpreter.run(feeds, Loaded::tensor).values());
        } finally {
          feeds.values().forEach(INDArray::close);
        }
      }
    }

    private static Tensor tensor(INDArray array) {
      return new Tensor(HostMemory.floats(array), array.shape().clone());
    }

    @Override
    public void close() {
      synchronized (ONE_RUN) {
        interpreter.close();
      }
    }
  }
}
