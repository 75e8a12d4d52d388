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
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.ConstantFolding;
import org.robustnessgap.onnx.graph.NodeOrder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;

/** ONNX Runtime, on the CPU or a CUDA device. */
public final class OnnxRuntimeEngine implements Engine {
  private static final String ELEMENT_TYPE = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

  /**
   * ONNX Runtime 1.29 matches the command line recursively at start: a long one overflows 1 MiB.
   */
  private static final long START_STACK_BYTES = 256L << 20;

  /** How ONNX Runtime, CUDA and its libraries say it. */
  private static final Pattern TOO_LITTLE_MEMORY =
      Pattern.compile(
          "bad_alloc|bad allocation|[Ff]ailed to allocate|[Oo]ut of memory|Available memory of|ALLOC_FAILED");

  /** Enough to occupy a device; more values are no faster. */
  private static final long DEVICE_BATCH_BYTES = 2L << 30;

  /**
   * Measured: longer graphs, of recurrences and loops, load faster the earlier each node comes.
   * Shorter ones need not, and keep values for a shorter time as they are.
   */
  private static final int MOST_NODES_AS_LISTED = 4096;

  /** Any that has Neg. */
  private static final long TRIAL_OPSET = 13;

  /** What a thread's inputs are copied to, for as long as the thread lives. */
  private static final ThreadLocal<FloatBuffer[]> INPUTS =
      ThreadLocal.withInitial(() -> new FloatBuffer[2]);

  /** What is written to where a thread has arrays for its outputs, likewise. */
  private static final ThreadLocal<FloatBuffer[]> OUTPUTS =
      ThreadLocal.withInitial(() -> new FloatBuffer[2]);

  private static final AtomicBoolean LOADED = new AtomicBoolean();

  private final OrtEnvironment environment = environment();
  private final EngineSettings settings;

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
    return new Session(model);
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
    try (SharedWeights weights = SharedWeights.of(ordered(closed));
        OrtSession session =
            session(
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
      throw refused(model.name(), "cannot run on inputs of shape " + Arrays.toString(shape), e);
    }
  }

  private static OnnxModel ordered(OnnxModel model) {
    return model.nodes().size() > MOST_NODES_AS_LISTED ? NodeOrder.early(model) : model;
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

  private OrtSession session(
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
              settings.device(), reason(e.getCause() == null ? e : e.getCause())),
          e);
    }
  }

  private static InvalidInputException refused(String model, String what, OrtException e) {
    return new InvalidInputException(model + " " + what + ": " + reason(e), e);
  }

  /** The first line, without the place in the runtime's own sources. */
  private static String reason(Throwable failure) {
    String line = String.valueOf(failure.getMessage()).lines().findFirst().orElse("").strip();
    return line.replaceFirst("^.*\\[ONNXRuntimeError\\] : \\d+ : \\w+ : ", "");
  }

  @Override
  public void close() {
    // The runtime's environment is one a process and closes with it.
  }

  /** What is done with inputs that are in place. */
  private interface Work {
    List<Tensor> of(Map<String, OnnxTensor> feeds) throws OrtException;
  }

  private final class Session implements Executable {
    private final OnnxModel model;

    /** Held for as long as the sessions read them. */
    private final SharedWeights weights;

    private final OrtSession wide;
    private final List<String> inputs;
    private final List<String> outputs;

    /** With one thread; made when first needed. */
    private @Nullable OrtSession narrow;

    Session(OnnxModel model) {
      this.model = model;
      this.weights = SharedWeights.of(ordered(model));
      this.wide = session(settings.threads());
      this.inputs = List.copyOf(wide.getInputNames());
      this.outputs = List.copyOf(wide.getOutputNames());
    }

    private OrtSession session(int threads) {
      return OnnxRuntimeEngine.this.session(
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
      return settings.threads() > 0
          ? settings.threads()
          : Runtime.getRuntime().availableProcessors();
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
                FloatBuffer buffer = direct(OUTPUTS, i, made.get(i).values().length);
                written.put(
                    outputs.get(i),
                    OnnxTensor.createTensor(environment, buffer, made.get(i).shape()));
              }
              wide.run(feeds, written).close();
              for (int i = 0; i < made.size(); i++) {
                float[] values = made.get(i).values();
                direct(OUTPUTS, i, values.length).get(values);
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
          FloatBuffer buffer = direct(INPUTS, i, values.length).put(values).flip();
          feeds.put(
              inputs.get(i), OnnxTensor.createTensor(environment, buffer, arguments[i].shape()));
        }
        return work.of(feeds);
      } catch (OrtException e) {
        if (TOO_LITTLE_MEMORY.matcher(String.valueOf(e.getMessage())).find()) {
          throw new MemoryExhaustedException(model.name() + " found too little memory", e);
        }
        throw refused(model.name(), "failed", e);
      } finally {
        feeds.values().forEach(OnnxTensor::close);
      }
    }

    /**
     * Room for so many values. The binding would make a buffer for every run, which costs small
     * models half their time.
     */
    private FloatBuffer direct(ThreadLocal<FloatBuffer[]> buffers, int place, int count) {
      FloatBuffer[] known = buffers.get();
      if (known.length <= place) {
        known = Arrays.copyOf(known, place + 1);
        buffers.set(known);
      }
      if (known[place] == null || known[place].capacity() < count) {
        known[place] =
            ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
      }
      return known[place].clear().limit(count);
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
}
