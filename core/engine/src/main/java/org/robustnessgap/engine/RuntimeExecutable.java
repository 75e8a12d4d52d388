package org.robustnessgap.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.onnx.graph.OnnxModel;

/** A model that ONNX Runtime has loaded. */
final class RuntimeExecutable implements Executable {
  /** How ONNX Runtime, CUDA and its libraries say it. */
  private static final Pattern TOO_LITTLE_MEMORY =
      Pattern.compile(
          "bad_alloc|bad allocation|[Ff]ailed to allocate|[Oo]ut of memory|Available memory of|ALLOC_FAILED");

  /** What a thread's inputs are copied to. */
  private static final DirectBuffers INPUTS = new DirectBuffers();

  /** What is written to where a thread has arrays for its outputs. */
  private static final DirectBuffers OUTPUTS = new DirectBuffers();

  /** What is done with inputs that are in place. */
  private interface Work {
    List<Tensor> of(Map<String, OnnxTensor> feeds) throws OrtException;
  }

  private final OnnxModel model;
  private final OrtEnvironment environment;
  private final EngineSettings settings;
  private final RuntimeSessions sessions;

  /** Held for as long as the sessions read them. */
  private final SharedWeights weights;

  private final OrtSession wide;
  private final List<String> inputs;
  private final List<String> outputs;

  /** With one thread; made when first needed. */
  private @Nullable OrtSession narrow;

  RuntimeExecutable(
      OnnxModel model,
      OrtEnvironment environment,
      EngineSettings settings,
      RuntimeSessions sessions) {
    this.model = model;
    this.environment = environment;
    this.settings = settings;
    this.sessions = sessions;
    this.weights = SharedWeights.of(RuntimeSessions.ordered(model));
    this.wide = session(settings.threads());
    this.inputs = List.copyOf(wide.getInputNames());
    this.outputs = List.copyOf(wide.getOutputNames());
  }

  private OrtSession session(int threads) {
    return sessions.open(
        weights, OrtSession.SessionOptions.OptLevel.ALL_OPT, settings.device(), threads);
  }

  @Override
  public List<Tensor> run(Tensor... arguments) {
    return run(wide, arguments);
  }

  @Override
  public int parallelism() {
    if (settings.device().isCuda()) {
      return 1;
    }
    return settings.threads() > 0 ? settings.threads() : Runtime.getRuntime().availableProcessors();
  }

  @Override
  public List<Tensor> runBeside(Tensor... arguments) {
    return run(narrow(), arguments);
  }

  private synchronized OrtSession narrow() {
    if (narrow == null) {
      narrow = parallelism() == 1 ? wide : session(1);
    }
    return narrow;
  }

  private List<Tensor> run(OrtSession session, Tensor... arguments) {
    return fed(
        arguments,
        feeds -> {
          try (OrtSession.Result result = session.run(feeds)) {
            List<Tensor> outputs = new ArrayList<>();
            for (Map.Entry<String, OnnxValue> entry : result) {
              OnnxTensor tensor = (OnnxTensor) entry.getValue();
              // The binding copies into an array of its own.
              float[] values = tensor.getFloatBuffer().array();
              outputs.add(new Tensor(values, tensor.getInfo().getShape()));
            }
            return outputs;
          }
        });
  }

  @Override
  public void runInto(List<Tensor> made, Tensor... arguments) {
    fed(
        arguments,
        feeds -> {
          Map<String, OnnxTensor> written = new LinkedHashMap<>();
          try {
            for (int i = 0; i < made.size(); i++) {
              FloatBuffer buffer = OUTPUTS.room(i, made.get(i).values().length);
              written.put(
                  outputs.get(i),
                  OnnxTensor.createTensor(environment, buffer, made.get(i).shape()));
            }
            wide.run(feeds, written).close();
            for (int i = 0; i < made.size(); i++) {
              float[] values = made.get(i).values();
              OUTPUTS.room(i, values.length).get(values);
            }
            return made;
          } finally {
            written.values().forEach(OnnxTensor::close);
          }
        });
  }

  private List<Tensor> fed(Tensor[] arguments, Work work) {
    Map<String, OnnxTensor> feeds = new HashMap<>();
    try {
      for (int i = 0; i < arguments.length; i++) {
        float[] values = arguments[i].values();
        FloatBuffer buffer = INPUTS.room(i, values.length).put(values).flip();
        feeds.put(
            inputs.get(i), OnnxTensor.createTensor(environment, buffer, arguments[i].shape()));
      }
      return work.of(feeds);
    } catch (OrtException e) {
      if (TOO_LITTLE_MEMORY.matcher(String.valueOf(e.getMessage())).find()) {
        throw new MemoryExhaustedException(model.name() + " found too little memory", e);
      }
      throw RuntimeSessions.refused(model.name(), "failed", e);
    } finally {
      feeds.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() {
    try {
      wide.close();
      if (narrow != null && narrow != wide) {
        narrow.close();
      }
      weights.close();
    } catch (OrtException e) {
      throw new IllegalStateException("cannot close the session of " + model.name(), e);
    }
  }
}
