package org.robustnessgap.benchmarks;

import java.nio.file.Path;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.messages.LatentBatch;

/**
 * The models of the demonstration and inputs for them. Benchmarks run in the repository's folder.
 */
final class Models {
  private static final int SEED = 1;

  private Models() {}

  static Path file(String name) {
    return Path.of("deploy", "models", name + ".onnx");
  }

  /** The generator whose images a classifier takes. */
  static Path generatorOf(String classifier) {
    return file(classifier.substring(0, classifier.indexOf('-')) + "-dcgan");
  }

  static LatentBatch latents(int dimension, int count) {
    return new LatentSampler(SEED, dimension).draw(0, count);
  }

  /** Rows of normal numbers. */
  static Rows rows(int width, int count) {
    return new Rows(latents(width, count).values(), width);
  }
}
