package org.robustnessgap.campaign.run;

import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.projection.ImageInversion;
import org.robustnessgap.attack.projection.ReconstructionAttack;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Inversion;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;

/** Models by what jobs call them, ready to run. */
public interface Models extends AutoCloseable {
  /**
   * @throws InvalidInputException if it is missing or no usable generator
   */
  GeneratorModel generator(GeneratorReference reference);

  /**
   * @throws InvalidInputException if one is missing, no usable model, or the two do not fit
   */
  AttackTarget target(GeneratorReference generator, ModelReference classifier);

  /**
   * Which version of a classifier there is now, if it is a file, here or in a registry; null of one
   * that can only be asked, which tells itself.
   *
   * @throws InvalidInputException if it is missing or cannot be read
   * @throws org.robustnessgap.attack.query.ServerUnavailableException if it is in a registry that
   *     does not answer now
   */
  @Nullable ModelIdentity identity(ModelReference classifier);

  /**
   * What brings images back to latent vectors of a generator.
   *
   * @throws InvalidInputException if generator or encoder is missing or not usable, or the two do
   *     not fit
   */
  ImageInversion inversion(Inversion plan);

  /**
   * A classifier on images, and on the nearest of a generator's to them.
   *
   * @param images the identity on them
   * @throws InvalidInputException if one is missing, no usable model, or they do not fit
   */
  default ReconstructionAttack reconstruction(
      GeneratorReference images, Inversion plan, ModelReference classifier) {
    return new ReconstructionAttack(
        target(images, classifier),
        target(plan.generator(), classifier),
        inversion(plan),
        plan.limit());
  }

  /** What runs them. */
  Engine engine();

  @Override
  void close();
}
