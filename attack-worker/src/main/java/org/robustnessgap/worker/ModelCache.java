package org.robustnessgap.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.worker.attack.AttackTarget;
import org.robustnessgap.worker.attack.GeneratorModel;
import org.robustnessgap.worker.engine.Engine;
import org.robustnessgap.worker.onnx.OnnxModel;

/**
 * Models that are ready to run, the least recently used closed first. A file that changes is read
 * again. One thread.
 */
final class ModelCache implements AutoCloseable {
  private static final int GENERATORS = 4;
  private static final int TARGETS = 8;

  private final Path folder;
  private final Engine engine;
  private final Map<Version, GeneratorModel> generators = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Pair, AttackTarget> targets = new LinkedHashMap<>(16, 0.75f, true);

  /** A file as it was at one time. */
  private record Version(Path file, FileTime modified, long size) {}

  private record Pair(Version generator, Version classifier) {}

  /**
   * @param folder where relative locations begin
   */
  ModelCache(Path folder, Engine engine) {
    this.folder = folder;
    this.engine = engine;
  }

  /**
   * @throws InvalidInputException if the file is missing or no usable generator
   */
  GeneratorModel generator(GeneratorReference reference) {
    return generator(version(reference.location()));
  }

  private GeneratorModel generator(Version version) {
    GeneratorModel known = generators.get(version);
    if (known != null) {
      return known;
    }
    evict(generators, GENERATORS);
    GeneratorModel opened = GeneratorModel.open(OnnxModel.read(version.file()), engine);
    generators.put(version, opened);
    return opened;
  }

  /**
   * @throws InvalidInputException if a file is missing, no usable model, or the two do not fit
   */
  AttackTarget target(GeneratorReference generator, ModelReference classifier) {
    Pair pair = new Pair(version(generator.location()), version(classifier.location()));
    AttackTarget known = targets.get(pair);
    if (known != null) {
      return known;
    }
    evict(targets, TARGETS);
    AttackTarget opened =
        AttackTarget.open(
            generator(pair.generator()), OnnxModel.read(pair.classifier().file()), engine);
    targets.put(pair, opened);
    return opened;
  }

  private Version version(String location) {
    Path file = folder.resolve(location).toAbsolutePath().normalize();
    try {
      return new Version(file, Files.getLastModifiedTime(file), Files.size(file));
    } catch (IOException e) {
      throw new InvalidInputException(
          "There is no file "
              + file
              + "; put the ONNX model there, or correct its location in the campaign.",
          e);
    }
  }

  private static void evict(Map<?, ? extends AutoCloseable> models, int capacity) {
    if (models.size() < capacity) {
      return;
    }
    Iterator<? extends AutoCloseable> eldest = models.values().iterator();
    closeQuietly(eldest.next());
    eldest.remove();
  }

  private static void closeQuietly(AutoCloseable model) {
    try {
      model.close();
    } catch (Exception e) {
      throw new IllegalStateException("cannot close a model", e);
    }
  }

  @Override
  public void close() {
    targets.values().forEach(ModelCache::closeQuietly);
    generators.values().forEach(ModelCache::closeQuietly);
    targets.clear();
    generators.clear();
  }
}
