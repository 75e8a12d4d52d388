package org.robustnessgap.engine.nd4j;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * ND4J, operator by operator. Threads and memory are settings of the whole process, so one run at a
 * time is in progress, whatever the number of engines.
 */
public final class Nd4jEngine implements Engine {
  /** What command lines and results call it. */
  public static final String NAME = "nd4j";

  private static final Object ONE_RUN = new Object();

  private final String name;
  private final int threads;
  private final Engine reader;

  /**
   * @throws InvalidInputException if this build or machine cannot run ND4J on the device, with the
   *     remedy
   */
  public Nd4jEngine(EngineSettings settings) {
    this.name = settings.name();
    this.threads =
        settings.threads() == 0 ? Runtime.getRuntime().availableProcessors() : settings.threads();
    Backend.require(settings.device());
    this.reader = new OnnxRuntimeEngine(settings.threads());
    alone(
        () -> {
          Backend.start();
          return null;
        });
  }

  private <T> T alone(Supplier<T> work) {
    synchronized (ONE_RUN) {
      return work.get();
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Executable load(OnnxModel model) {
    return alone(() -> new Loaded(model, new Interpreter(model)));
  }

  /**
   * Models are read by the other runtime, which knows operators that are rewritten for this one.
   */
  @Override
  public Map<String, ValueShapes.Probed> run(OnnxModel model, int batch) {
    return reader.run(model, batch);
  }

  @Override
  public Map<String, TensorProto> values(OnnxModel model, int batch) {
    return reader.values(model, batch);
  }

  private <T> Map<String, T> run(
      OnnxModel model, Interpreter interpreter, Function<INDArray, T> reader, Tensor... inputs) {
    Backend.useThreads(threads);
    Map<String, INDArray> feeds = new HashMap<>();
    try {
      for (int i = 0; i < inputs.length; i++) {
        feeds.put(
            model.inputs().get(i).name(), HostMemory.of(inputs[i].values(), inputs[i].shape()));
      }
      return interpreter.run(feeds, reader);
    } finally {
      feeds.values().forEach(INDArray::close);
    }
  }

  @Override
  public void close() {
    // ND4J is one a process and ends with it.
    reader.close();
  }

  private final class Loaded implements Executable {
    private final OnnxModel model;
    private final Interpreter interpreter;

    Loaded(OnnxModel model, Interpreter interpreter) {
      this.model = model;
      this.interpreter = interpreter;
    }

    @Override
    public List<Tensor> run(Tensor... inputs) {
      return alone(
          () ->
              List.copyOf(
                  Nd4jEngine.this
                      .run(
                          model,
                          interpreter,
                          array -> new Tensor(HostMemory.floats(array), array.shape().clone()),
                          inputs)
                      .values()));
    }

    @Override
    public void close() {
      alone(
          () -> {
            interpreter.close();
            return null;
          });
    }
  }
}
