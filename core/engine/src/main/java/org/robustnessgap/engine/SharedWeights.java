package org.robustnessgap.engine;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * The large weights of a model, outside it: all sessions with the same weight read it from one
 * buffer, and it is not part of the bytes that make a session.
 */
final class SharedWeights implements AutoCloseable {
  /** Smaller ones cost little. */
  static final int SMALLEST_BYTES = 1 << 22;

  /**
   * Every session would pack a matrix anew for each product: a third faster in large batches, and
   * as large as the matrix.
   */
  private static final int LARGEST_PACKED_BYTES = 1 << 26;

  /** A weight as models hold it, and its buffer for as long as a session does. */
  private record Known(WeakReference<ByteString> held, WeakReference<ByteBuffer> buffer) {}

  private static final List<Known> KNOWN = new ArrayList<>();

  private final OnnxModel rest;
  private final Map<String, ByteBuffer> buffers;
  private final Map<String, TensorProto> weights;

  /** What sessions read, for as long as one does. */
  private final Map<String, OnnxTensorLike> tensors = new HashMap<>();

  private SharedWeights(
      OnnxModel rest, Map<String, ByteBuffer> buffers, Map<String, TensorProto> weights) {
    this.rest = rest;
    this.buffers = buffers;
    this.weights = weights;
  }

  static SharedWeights of(OnnxModel model) {
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    Map<String, ByteBuffer> buffers = new HashMap<>();
    Map<String, TensorProto> weights = new HashMap<>();
    Set<String> read = new HashSet<>();
    model.nodes().forEach(node -> read.addAll(node.getInputList()));
    initializers.replaceAll(
        (name, tensor) -> {
          // The runtime drops what nothing reads, and then misses it.
          if (!read.contains(name)
              || tensor.getDataType() != TensorProto.DataType.FLOAT_VALUE
              || tensor.getRawData().size() < SMALLEST_BYTES) {
            return tensor;
          }
          buffers.put(name, buffer(tensor.getRawData()));
          weights.put(name, tensor);
          return elsewhere(tensor);
        });
    OnnxModel rest =
        new OnnxModel(
            model.name(),
            model.opset(),
            model.inputs(),
            model.outputs(),
            model.nodes(),
            initializers);
    return new SharedWeights(rest, buffers, weights);
  }

  private static TensorProto elsewhere(TensorProto tensor) {
    return tensor.toBuilder()
        .clearRawData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue("memory"))
        .build();
  }

  private static synchronized ByteBuffer buffer(ByteString held) {
    KNOWN.removeIf(known -> known.held().get() == null || known.buffer().get() == null);
    for (Known known : KNOWN) {
      ByteBuffer buffer = known.buffer().get();
      if (known.held().get() == held && buffer != null) {
        return buffer;
      }
    }
    ByteBuffer there = held.asReadOnlyByteBuffer();
    if (there.isDirect()) {
      return there;
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(held.size()).order(ByteOrder.nativeOrder());
    held.copyTo(buffer);
    KNOWN.add(new Known(new WeakReference<>(held), new WeakReference<>(buffer.flip())));
    return buffer;
  }

  /** The model without them, which names them only. */
  OnnxModel rest() {
    return rest;
  }

  /**
   * Makes a session of the model that reads them; close them when none runs any more.
   *
   * @param onDevice where the session needs copies of its own
   */
  OrtSession session(
      OrtEnvironment environment, OrtSession.SessionOptions options, boolean onDevice)
      throws OrtException {
    Map<String, OnnxTensorLike> read = tensors(environment);
    if (!read.isEmpty()) {
      options.addExternalInitializers(read);
    }
    if (!onDevice) {
      // The runtime copies the former while it optimises; those it runs with are these.
      for (Map.Entry<String, OnnxTensorLike> tensor : read.entrySet()) {
        options.addInitializer(tensor.getKey(), tensor.getValue());
      }
    }
    if (buffers.values().stream().anyMatch(buffer -> buffer.capacity() >= LARGEST_PACKED_BYTES)) {
      options.addConfigEntry("session.disable_prepacking", "1");
    }
    return environment.createSession(rest.toBytes(), options);
  }

  private synchronized Map<String, OnnxTensorLike> tensors(OrtEnvironment environment)
      throws OrtException {
    for (Map.Entry<String, TensorProto> weight : weights.entrySet()) {
      if (!tensors.containsKey(weight.getKey())) {
        long[] shape =
            weight.getValue().getDimsList().stream().mapToLong(Long::longValue).toArray();
        ByteBuffer own =
            Objects.requireNonNull(buffers.get(weight.getKey()))
                .duplicate()
                .order(ByteOrder.nativeOrder());
        tensors.put(
            weight.getKey(), OnnxTensor.createTensor(environment, own, shape, OnnxJavaType.FLOAT));
      }
    }
    return tensors;
  }

  @Override
  public synchronized void close() {
    tensors.values().forEach(OnnxTensorLike::close);
    tensors.clear();
  }
}
