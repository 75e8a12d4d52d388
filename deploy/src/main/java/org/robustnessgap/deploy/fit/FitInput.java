package org.robustnessgap.deploy.fit;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.fit.ImageSet;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * What every kind of generator is made of.
 *
 * @param name of the images' file or folder
 * @param form of the images, in which nothing is open
 * @param images all, in one order
 * @param holdOut of each so many one is not fitted; 0 for none
 * @param dimension of the latent space
 * @param seed of all draws
 * @param out the file to write
 */
record FitInput(
    String name, ImageForm form, ImageSet images, int holdOut, int dimension, long seed, Path out) {
  List<Long> shape() {
    return form.shape();
  }

  /** For people. */
  String describe(long fitted) {
    return String.format("%d images %s of %s, pixels in %s", fitted, shape(), name, pixels());
  }

  private String pixels() {
    return form.pixels().range().describe();
  }

  /** What the card of every kind says. */
  Map<String, String> metadata() {
    // In this order: that of Map.of is another in each process, and so would be the file.
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("images_from", name);
    metadata.put("pixels", pixels());
    return metadata;
  }

  String modelName() {
    return OnnxModel.nameOf(out);
  }

  /** A file beside that of the generator, named after it. */
  Path beside(String ending) {
    return out.resolveSibling(modelName() + ending);
  }
}
