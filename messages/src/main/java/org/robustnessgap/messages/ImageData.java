package org.robustnessgap.messages;

import java.util.List;

/**
 * Images that classifiers are judged on where there is no generator.
 *
 * @param name how metrics, tables and keys call them
 * @param images path of a folder, an archive or a file of images, as the generator service sees it;
 *     docs/reference/images.md says which are read
 * @param shape of one image as the classifiers take it, without the batch, for instance [3, 32, 32]
 */
public record ImageData(String name, String images, List<Integer> shape) {
  public ImageData {
    Checks.name(name, "name of data");
    Checks.present(images, "location of images " + name);
    Checks.check(!images.isBlank(), "location of images %s is empty", name);
    shape = Checks.shape(shape, "shape of images " + name);
  }

  /** The images as if made by a generator that changes nothing. */
  public GeneratorReference identity() {
    return new GeneratorReference(name, images, Checks.values(shape), null, shape);
  }
}
