package org.robustnessgap.engine;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.NodeOrder;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Opens sessions of ONNX Runtime, and says in one sentence why it refuses a model.
 *
 * @param environment that of the process
 * @param settings of the engine
 */
record RuntimeSessions(OrtEnvironment environment, EngineSettings settings) {
  /**
   * Measured: longer graphs, of recurrences and loops, load faster the earlier each node comes.
   * Shorter ones need not, and keep values for a shorter time as they are.
   */
  private static final int MOST_NODES_AS_LISTED = 4096;

  /** The model as it loads fastest. */
  static OnnxModel ordered(OnnxModel model) {
    return model.nodes().size() > MOST_NODES_AS_LISTED ? NodeOrder.early(model) : model;
  }

  /**
   * A session, which reads the weights for as long as it is open.
   *
   * @throws InvalidInputException if ONNX Runtime does not take the model
   */
  OrtSession open(
      SharedWeights weights, OrtSession.SessionOptions.OptLevel level, Device device, int threads) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(level);
      options.setIntraOpNumThreads(threads);
      // Threads that spin after a run take the cores from the next model: up to 40 % of the time.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      // Batches shrink as samples finish; planning memory for each size costs more than it saves.
      options.setMemoryPatternOptimization(false);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      if (device.isCuda()) {
        addCuda(options, device);
      }
      return weights.session(environment, options, device.isCuda());
    } catch (OrtException e) {
      throw refused(weights.rest().name(), "is no model that ONNX Runtime accepts", e);
    }
  }

  private void addCuda(OrtSession.SessionOptions options, Device device) throws OrtException {
    options.setDeterministicCompute(true);
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device.ordinal())) {
      cuda.add("gpu_mem_limit", Long.toString(settings.deviceMemory()));
      // Growing by powers of two would meet the limit at half of it.
      cuda.add("arena_extend_strategy", "kSameAsRequested");
      // A search by trial would be made anew for every size of a shrinking batch, and its winner,
      // so the last bits of a result, may differ from one run to the next.
      cuda.add("cudnn_conv_algo_search", "HEURISTIC");
      // TF32 keeps 10 bits of a product's factors: too coarse for distances near a boundary.
      cuda.add("use_tf32", "0");
      options.addCUDA(cuda);
    }
  }

  static InvalidInputException refused(String model, String what, OrtException e) {
    return new InvalidInputException(model + " " + what + ": " + reason(e), e);
  }

  /** The first line, without the place in the runtime's own sources. */
  static String reason(Throwable failure) {
    String line = String.valueOf(failure.getMessage()).lines().findFirst().orElse("").strip();
    return line.replaceFirst("^.*\\[ONNXRuntimeError\\] : \\d+ : \\w+ : ", "");
  }
}
