package org.robustnessgap.engine;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.ConstantFolding;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;

/** ONNX Runtime, on the CPU or a CUDA device. */
public final class OnnxRuntimeEngine implements Engine {
  private static final String ELEMENT_TYPE = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

  /**
   * ONNX Runtime 1.29 matches the command line recursively at start: a long one overflows 1 MiB.
   */
  private static final long START_STACK_BYTES = 256L << 20;

  /** Enough to occupy a device; more values are no faster. */
  private static final long DEVICE_BATCH_BYTES = 2L << 30;

  /** Any that has Neg. */
  private static final long TRIAL_OPSET = 13;

  private static final AtomicBoolean LOADED = new AtomicBoolean();

  private final OrtEnvironment environment = environment();
  private final EngineSettings settings;
  private final RuntimeSessions sessions;

  /**
   * On the CPU.
   *
   * @param threads that work on one run; 0 for one a core
   */
  public OnnxRuntimeEngine(int threads) {
    this(
        new EngineSettings(
            EngineSettings.ONNX_RUNTIME, Device.CPU, threads, EngineSettings.ALL_MEMORY));
  }

  /**
   * @throws InvalidInputException if ONNX Runtime does not reach the device, with the remedy
   */
  OnnxRuntimeEngine(EngineSettings settings) {
    this.settings = settings;
    this.sessions = new RuntimeSessions(environment, settings);
    if (settings.device().isCuda()) {
      requireCuda();
    }
  }

  private static OrtEnvironment environment() {
    FutureTask<OrtEnvironment> start =
        new FutureTask<>(
            () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR));
    new Thread(null, start, "onnxruntime-start", START_STACK_BYTES).start();
    try {
      OrtEnvironment started = start.get();
      if (!LOADED.getAndSet(true)) {
        ExtractedLibraries.deleteAtExit();
      }
      return started;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while ONNX Runtime starts", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("ONNX Runtime does not start: " + e.getCause(), e);
    }
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public long batchBytes() {
    return settings.device().isCuda()
        ? Math.min(DEVICE_BATCH_BYTES, settings.deviceMemory() / 4)
        : PROCESSOR_BATCH_BYTES;
  }

  @Override
  public Executable load(OnnxModel model) {
    return new RuntimeExecutable(model, environment, settings, sessions);
  }

  @Override
  public Map<String, ValueShapes.Probed> run(OnnxModel model, int batch) {
    return probe(
        model,
        batch,
        tensor ->
            new ValueShapes.Probed(
                elementType(tensor), Arrays.stream(tensor.getInfo().getShape()).boxed().toList()));
  }

  @Override
  public Map<String, TensorProto> values(OnnxModel model, int batch) {
    return probe(model, batch, OnnxRuntimeEngine::toProto);
  }

  /** What a reader makes of each output on an input of zeros; null leaves the output out. */
  private <T> Map<String, T> probe(OnnxModel model, int batch, Function<OnnxTensor, T> reader) {
    long[] shape = ProbeInput.shape(model, batch);
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    // With sizes that are all known the runtime need not reason about them.
    OnnxModel closed = model.withInput(withShape(model.input(), shape));
    // Shapes and constants do not depend on the device; the CPU is ready sooner.
    try (SharedWeights weights = SharedWeights.of(RuntimeSessions.ordered(closed));
        OrtSession session =
            sessions.open(
                weights,
                OrtSession.SessionOptions.OptLevel.NO_OPT,
                Device.CPU,
                settings.threads())) {
      requireSizes(model, batch, session);
      try (OnnxTensor tensor =
              OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
          OrtSession.Result result = session.run(Map.of(model.input().name(), tensor))) {
        Map<String, T> probed = new HashMap<>();
        for (Map.Entry<String, OnnxValue> entry : result) {
          T read = entry.getValue() instanceof OnnxTensor output ? reader.apply(output) : null;
          if (read != null) {
            probed.put(entry.getKey(), read);
          }
        }
        return probed;
      }
    } catch (OrtException e) {
      throw RuntimeSessions.refused(
          model.name(), "cannot run on inputs of shape " + Arrays.toString(shape), e);
    }
  }

  private static OnnxModel.Value withShape(OnnxModel.Value value, long[] shape) {
    return new OnnxModel.Value(
        value.name(), value.elementType(), Arrays.stream(shape).boxed().toList());
  }

  /**
   * A damaged file may imply values that fill the memory before the runtime finds them absurd:
   * those of a row are limited each, those that no row changes together.
   */
  private static void requireSizes(OnnxModel model, int batch, OrtSession session)
      throws OrtException {
    Set<String> weights = ConstantFolding.independent(model);
    long left = ProbeInput.LARGEST_WEIGHTS;
    for (NodeInfo output : session.getOutputInfo().values()) {
      boolean isWeight = weights.contains(output.getName());
      long limit = isWeight ? left : batch * ProbeInput.LARGEST_ROW;
      long size = 1;
      long[] shape =
          output.getInfo() instanceof TensorInfo tensor ? tensor.getShape() : new long[0];
      for (long dimension : shape) {
        if (dimension > limit / size) {
          throw new InvalidInputException(
              String.format(
                  isWeight
                      ? "With value %s, weights that nodes of %s make would hold more than %d numbers; export it with smaller sizes."
                      : "Value %s of %s would hold more than %d numbers in a row; export it with smaller sizes.",
                  output.getName(),
                  model.name(),
                  isWeight ? ProbeInput.LARGEST_WEIGHTS : ProbeInput.LARGEST_ROW));
        }
        size *= Math.max(1, dimension);
      }
      left -= isWeight ? size : 0;
    }
  }

  /** The runtime's binding numbers types differently from ONNX, but calls them the same. */
  private static int elementType(OnnxTensor tensor) {
    String name = tensor.getInfo().onnxType.name();
    return TensorProto.DataType.valueOf(name.substring(ELEMENT_TYPE.length())).getNumber();
  }

  /** Null for strings, which have no bytes of their own. */
  private static @Nullable TensorProto toProto(OnnxTensor tensor) {
    if (tensor.getInfo().type == OnnxJavaType.STRING) {
      return null;
    }
    TensorProto.Builder proto =
        TensorProto.newBuilder()
            .setDataType(elementType(tensor))
            .setRawData(UnsafeByteOperations.unsafeWrap(outside(tensor.getByteBuffer())));
    Arrays.stream(tensor.getInfo().getShape()).forEach(proto::addDims);
    return proto.build();
  }

  /** A large value outside the heap, where other sessions can read it. */
  private static ByteBuffer outside(ByteBuffer copy) {
    return copy.remaining() < SharedWeights.SMALLEST_BYTES
        ? copy
        : ByteBuffer.allocateDirect(copy.remaining()).put(copy).flip();
  }

  /** One run on the device: what is missing should be said at start. */
  private void requireCuda() {
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      throw new InvalidInputException(
          "This build has ONNX Runtime for the CPU alone; pass --device cpu, or build with mvn -Pcuda as docs/how-to/choose-an-engine.md says.");
    }
    OnnxModel.Value x = new OnnxModel.Value("x", TensorProto.DataType.FLOAT_VALUE, List.of(-1L));
    OnnxModel.Value y = new OnnxModel.Value("y", TensorProto.DataType.FLOAT_VALUE, List.of(-1L));
    NodeProto negation =
        NodeProto.newBuilder().setOpType("Neg").addInput(x.name()).addOutput(y.name()).build();
    OnnxModel trial =
        new OnnxModel("a trial", TRIAL_OPSET, List.of(x), List.of(y), List.of(negation), Map.of());
    try (Executable loaded = load(trial)) {
      loaded.run(new Tensor(new float[] {1}, new long[] {1}));
    } catch (InvalidInputException | MemoryExhaustedException e) {
      throw new InvalidInputException(
          String.format(
              "ONNX Runtime does not reach device %s (%s); install what docs/how-to/choose-an-engine.md names, or pass --device cpu.",
              settings.device(), RuntimeSessions.reason(e.getCause() == null ? e : e.getCause())),
          e);
    }
  }

  @Override
  public void close() {
    // The runtime's environment is one a process and closes with it.
  }
}
