package org.robustnessgap.attack.projection;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.attack.AttackedSample;
import org.robustnessgap.attack.map.AttackCancelledException;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Reconstruction;
import org.robustnessgap.messages.Reconstruction.TooFar;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Suspicion;

/**
 * The robustness of one classifier at images x of one's own in all spaces: r_unc at x itself, r_Z
 * and r_in at g(z), the nearest image of a generator, where that is near enough to stand for x.
 * Where it is, g(z + r) is an image with another label than x, so r_unc(x) ≤ ‖g(z) − x‖ + r_in(z)
 * on every sample, though not r_unc(x) ≤ r_in(z). Used by one thread at a time.
 */
public final class ReconstructionAttack {
  private final AttackTarget images;
  private final AttackTarget generated;
  private final ImageInversion inversion;
  private final double limit;

  /**
   * @param images the classifier on images as they are
   * @param generated the same classifier on those of the generator
   * @param inversion of that generator
   * @param limit the largest share of {@link InvertedImage} at which g(z) stands for x
   * @throws InvalidInputException if the generator's images have another shape
   */
  public ReconstructionAttack(
      AttackTarget images, AttackTarget generated, ImageInversion inversion, double limit) {
    if (!images.generator().image().equals(generated.generator().image())) {
      throw new InvalidInputException(
          String.format(
              "Generator %s makes images of shape %s, but those given have shape %s; name a generator of such images.",
              generated.generator().model().name(),
              generated.generator().image(),
              images.generator().image()));
    }
    this.images = images;
    this.generated = generated;
    this.inversion = inversion;
    this.limit = limit;
  }

  /**
   * Measures each image in the spaces of the plan; one that is too far from the generator in the
   * unconstrained one alone.
   *
   * @param batch images
   * @throws AttackCancelledException if the thread is interrupted
   */
  public AttackedBatch search(LatentBatch batch, AttackPlan plan) {
    List<InvertedImage> inverted = inversion.of(batch);
    List<Reconstruction> reconstructions = reconstructions(batch, inverted);
    int[] near =
        IntStream.range(0, batch.count())
            .filter(i -> reconstructions.get(i).tooFar() == null)
            .toArray();
    AttackedBatch onGenerated = atLatents(batch.firstOrdinal(), inverted, near, plan);
    List<Optional<float[]>> offers = new ArrayList<>();
    Map<Integer, AttackedSample> byImage = new HashMap<>();
    for (int i = 0; i < batch.count(); i++) {
      offers.add(Optional.empty());
    }
    for (int k = 0; k < near.length; k++) {
      AttackedSample sample = onGenerated.samples().get(k);
      byImage.put(near[k], sample);
      offers.set(near[k], changed(sample));
    }
    AttackedBatch onImages = images.search(batch, plan.in(List.of(Space.UNCONSTRAINED)), offers);
    List<AttackedSample> samples = new ArrayList<>();
    for (int i = 0; i < batch.count(); i++) {
      samples.add(joined(onImages.samples().get(i), byImage.get(i), reconstructions.get(i)));
    }
    List<Suspicion> suspicions = new ArrayList<>(onImages.suspicions());
    suspicions.addAll(onGenerated.suspicions());
    return new AttackedBatch(samples, suspicions);
  }

  private List<Reconstruction> reconstructions(LatentBatch batch, List<InvertedImage> inverted) {
    int[] labels =
        new Logits(images.map().answer(new Rows(batch.values(), batch.dimension()))).labels();
    List<float[]> latents = inverted.stream().map(InvertedImage::z).toList();
    int[] again =
        new Logits(generated.map().answer(Rows.of(latents, latents.get(0).length))).labels();
    List<Reconstruction> reconstructions = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      InvertedImage nearest = inverted.get(i);
      reconstructions.add(
          new Reconstruction(
              nearest.error(),
              nearest.share(),
              Vectors.norm(nearest.z()),
              again[i],
              tooFar(nearest.share(), labels[i] == again[i])));
    }
    return reconstructions;
  }

  private @Nullable TooFar tooFar(double share, boolean sameLabel) {
    if (share > limit) {
      return TooFar.ERROR;
    }
    return sameLabel ? null : TooFar.LABEL;
  }

  /** Of the latent vectors of some images, in the spaces that take them. */
  private AttackedBatch atLatents(
      long firstOrdinal, List<InvertedImage> inverted, int[] some, AttackPlan plan) {
    if (some.length == 0) {
      return new AttackedBatch(List.of(), List.of());
    }
    List<float[]> latents = IntStream.of(some).mapToObj(i -> inverted.get(i).z()).toList();
    int d = latents.get(0).length;
    List<Space> spaces =
        plan.spaces().stream().filter(space -> space != Space.UNCONSTRAINED).toList();
    return generated.search(
        new LatentBatch(firstOrdinal, d, Rows.of(latents, d).values()), plan.in(spaces));
  }

  /** The nearest image of the generator that was found to have another label. */
  private Optional<float[]> changed(AttackedSample sample) {
    return List.of(Space.IN_DISTRIBUTION, Space.LATENT).stream()
        .flatMap(space -> Optional.ofNullable(sample.points().get(space)).stream())
        .findFirst()
        .map(z -> generated.generator().map().apply(new Rows(z, z.length)).row(0));
  }

  /**
   * @param onGenerated null if the image is too far
   */
  private static AttackedSample joined(
      AttackedSample onImage, @Nullable AttackedSample onGenerated, Reconstruction found) {
    Map<Space, Outcome> spaces = new EnumMap<>(onImage.result().spaces());
    Map<Space, float[]> points = new EnumMap<>(Space.class);
    points.putAll(onImage.points());
    if (onGenerated != null) {
      spaces.putAll(onGenerated.result().spaces());
      points.putAll(onGenerated.points());
    }
    return new AttackedSample(onImage.result().reconstructed(spaces, found), points);
  }
}
