package org.robustnessgap.deploy.images;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.data.Images;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * Images and the classifier that takes them: each may settle what the other leaves open.
 *
 * @param path of the images
 * @param contract what is done to them before the classifier; null for nothing
 * @param pixels what they are; null for what is usual
 */
public record ClassifierImages(
    Path path, @Nullable InputContract contract, @Nullable PixelSpace pixels) {

  /**
   * The classifier, on images of this size where its contract resizes or cuts them.
   *
   * @throws org.robustnessgap.messages.InvalidInputException if it cannot be attacked, or there are
   *     no images
   */
  public ClassifierModel read(Path classifier, ModelOptions options, ValueShapes.Probe probe) {
    boolean scaled = contract != null && (contract.resize() != null || contract.crop() != null);
    List<Long> size =
        scaled && options.imageSize() == null
            ? settled(ImageForm.of(List.of(), pixels)).shape()
            : List.of();
    return ClassifierModel.read(classifier, options, contract, size, probe);
  }

  /**
   * The form of the images, with what a classifier leaves open as they have it.
   *
   * @throws org.robustnessgap.messages.InvalidInputException if no image tells it
   */
  public ImageForm form(ClassifierModel classifier) {
    return settled(ImageForm.of(classifier.image(), pixels));
  }

  private ImageForm settled(ImageForm form) {
    try (Images images = Images.open(path, form)) {
      return images.form();
    }
  }
}
