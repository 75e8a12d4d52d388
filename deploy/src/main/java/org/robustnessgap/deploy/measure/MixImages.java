package org.robustnessgap.deploy.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.data.Images;
import org.robustnessgap.deploy.images.ImageNotices;
import org.robustnessgap.deploy.model.ModelName;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.ImageData;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.PixelRange;

/**
 * Images whose mix of classes is wanted, in the shape of a generator's.
 *
 * @param campaign of that generator; its classifiers give the labels
 */
record MixImages(Path path, Campaign campaign, ModelCache models) {
  private static final int BATCH = 64;

  /** Of the range of pixels: means of images of the same kind differ by less. */
  private static final double LARGEST_SHIFT = 0.25;

  /**
   * Labels of each class, by classifier; images that are skipped are named on the standard error.
   *
   * @throws InvalidInputException if there is no image, more than 1 % cannot be used, their pixels
   *     are others than the generator's, or a classifier gives none of them a label
   */
  Map<String, List<Long>> labels() {
    List<Long> shape = models.generator(campaign.source()).image();
    ImageForm form = ImageForm.of(shape, campaign.classifiers().get(0).pixels());
    GeneratorReference identity =
        new ImageData(
                ModelName.of(path), path.toString(), shape.stream().map(Math::toIntExact).toList())
            .identity();
    Map<String, long[]> counts = new LinkedHashMap<>();
    try (Images images = Images.open(path, form)) {
      List<float[]> batch = next(images);
      if (!batch.isEmpty()) {
        requireSamePixels(batch, images.form().pixels().range());
      }
      while (!batch.isEmpty()) {
        Rows rows = Rows.of(batch, batch.get(0).length);
        for (ModelReference model : campaign.classifiers()) {
          AttackTarget target = models.target(identity, model);
          long[] seen = counts.computeIfAbsent(model.name(), name -> new long[target.classes()]);
          for (int label : new Logits(target.map().answer(rows)).labels()) {
            if (label >= 0) {
              seen[label]++;
            }
          }
        }
        batch = next(images);
      }
      images.requireFewSkipped();
      ImageNotices.skipped(images.skipped());
    }
    Map<String, List<Long>> labels = new LinkedHashMap<>();
    counts.forEach((name, seen) -> labels.put(name, Arrays.stream(seen).boxed().toList()));
    labels.forEach(this::requireAny);
    return labels;
  }

  private static List<float[]> next(Images images) {
    List<float[]> batch = new ArrayList<>();
    while (batch.size() < BATCH) {
      FittedImage image = images.next();
      if (image == null) {
        return batch;
      }
      batch.add(image.values());
    }
    return batch;
  }

  private void requireAny(String classifier, List<Long> counts) {
    if (counts.stream().allMatch(count -> count == 0)) {
      throw new InvalidInputException(
          classifier + " gives none of the images of " + path + " a label; are they its own?");
    }
  }

  /** What is read in another range than the generator's would be labelled, but wrongly. */
  private void requireSamePixels(List<float[]> batch, PixelRange range) {
    GeneratorModel generator = models.generator(campaign.source());
    Rows latents =
        generator.rows(
            new LatentSampler(campaign.sampling().seed(), campaign.source().latentDimension())
                .draw(0, BATCH));
    double made = mean(List.of(generator.map().apply(latents).values()));
    double read = mean(batch);
    if (!(Math.abs(made - read) <= LARGEST_SHIFT * (range.upper() - range.lower()))) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "The generator's pixels are %.2f on average, and those of %s, read as %s, %.2f; say"
                  + " with --range what black and white are.",
              made,
              path,
              range.describe(),
              read));
    }
  }

  private static double mean(List<float[]> images) {
    double sum = 0;
    long count = 0;
    for (float[] image : images) {
      for (float value : image) {
        sum += value;
      }
      count += image.length;
    }
    return sum / count;
  }
}
