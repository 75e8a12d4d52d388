package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;

/** Weights that a model keeps in files beside its own. */
final class ExternalData {
  private ExternalData() {}

  /** The tensor with its values inside. */
  static TensorProto load(String model, TensorProto tensor, Path directory) {
    if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
      return tensor;
    }
    Map<String, String> entries = entries(tensor);
    String location = entries.getOrDefault("location", "");
    Path file = inside(directory.normalize(), location);
    if (file == null) {
      throw new InvalidInputException(
          "Weight "
              + tensor.getName()
              + " of "
              + model
              + " points outside the model's folder ('"
              + location
              + "').");
    }
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(
          "Weight "
              + tensor.getName()
              + " of "
              + model
              + " is kept in "
              + file
              + ", which is missing; copy it there.");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      long offset = Long.parseLong(entries.getOrDefault("offset", "0"));
      long length =
          Long.parseLong(entries.getOrDefault("length", Long.toString(channel.size() - offset)));
      if (offset < 0 || length < 0 || offset > channel.size() - length) {
        throw new InvalidInputException(
            "Weight "
                + tensor.getName()
                + " of "
                + model
                + " lies beyond the end of "
                + file
                + "; copy it anew.");
      }
      if (length > Integer.MAX_VALUE) {
        throw new InvalidInputException(
            String.format(
                "Weight %s of %s has %d bytes in %s, and at most %d of one weight are read; split it.",
                tensor.getName(), model, length, file, Integer.MAX_VALUE));
      }
      ByteBuffer bytes = ByteBuffer.allocateDirect((int) length);
      while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {}
      return tensor.toBuilder()
          .clearExternalData()
          .clearDataLocation()
          .setRawData(UnsafeByteOperations.unsafeWrap(bytes.flip()))
          .build();
    } catch (NumberFormatException | IOException e) {
      throw new InvalidInputException(
          "Weight " + tensor.getName() + " of " + model + " cannot be read from " + file + ".", e);
    }
  }

  private static Map<String, String> entries(TensorProto tensor) {
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      entries.put(entry.getKey(), entry.getValue());
    }
    return entries;
  }

  /** The files that any tensor of a model points to, by their names; none outside the folder. */
  static SortedMap<String, Path> files(ModelProto model, Path directory) {
    SortedMap<String, Path> files = new TreeMap<>();
    collect(model, directory.normalize(), files);
    return files;
  }

  private static void collect(Message message, Path directory, Map<String, Path> files) {
    if (message instanceof TensorProto tensor) {
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        String location = entries(tensor).getOrDefault("location", "");
        Path file = inside(directory, location);
        if (file != null) {
          files.put(location, file);
        }
      }
      return;
    }
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                List<?> parts = value instanceof List<?> many ? many : List.of(value);
                parts.forEach(part -> collect((Message) part, directory, files));
              }
            });
  }

  /** A model must not make the worker read arbitrary files: null for one outside the folder. */
  private static @Nullable Path inside(Path directory, String location) {
    try {
      Path file = directory.resolve(location).normalize();
      return location.isEmpty() || !file.startsWith(directory) ? null : file;
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
