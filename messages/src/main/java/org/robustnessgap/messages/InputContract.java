package org.robustnessgap.messages;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done to an image before a classifier gets it: what its pixels are, and what the
 * classifier's file wants. It becomes part of the classifier, so that gradients go through it and
 * distances are those of the pixels. The steps, in their order: the pixels' type and colours,
 * resize, crop, range, mean and standard deviation, layout, the file's type.
 *
 * @param pixels null for {@link PixelSpace#STANDARD}
 * @param resize null to leave images in their size
 * @param crop height and width, or one number for both, of the middle that is cut out; null for the
 *     whole
 * @param cropRounding null for {@link CropRounding#EVEN}
 * @param model null for {@link ModelInput#STANDARD}
 */
@OmitEmpty
@StableApi
public record InputContract(
    PixelSpace pixels,
    @Nullable Resize resize,
    @Nullable List<Integer> crop,
    @Nullable CropRounding cropRounding,
    ModelInput model) {
  /** That crops as torchvision and timm do. */
  public InputContract(
      @Nullable PixelSpace pixels,
      @Nullable Resize resize,
      @Nullable List<Integer> crop,
      @Nullable ModelInput model) {
    this(pixels, resize, crop, null, model);
  }

  /** Null where nothing is said. */
  public InputContract(
      @Nullable PixelSpace pixels,
      @Nullable Resize resize,
      @Nullable List<Integer> crop,
      @Nullable CropRounding cropRounding,
      @Nullable ModelInput model) {
    this.pixels = pixels == null ? PixelSpace.STANDARD : pixels;
    this.resize = resize;
    this.crop = crop == null ? null : Checks.size(crop, "size to crop to");
    this.cropRounding = cropRounding;
    this.model = model == null ? ModelInput.STANDARD : model;
    Checks.check(
        cropRounding == null || crop != null, "a way to round a crop is given, but no crop");
    Checks.check(
        this.model.range() != null
            || this.model.mean() == null && this.model.std() == null
            || this.pixels.range().equals(PixelSpace.STANDARD.range()),
        "mean and standard deviation may be those of [0, 1] or of the pixels' range; name the model's range too");
  }
}
