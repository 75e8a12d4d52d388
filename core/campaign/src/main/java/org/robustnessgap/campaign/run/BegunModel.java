package org.robustnessgap.campaign.run;

import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.query.ModelChangedException;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;

/**
 * A classifier that is worked with, and which version of it there was when that began.
 *
 * @param identity null where nobody knows
 */
record BegunModel(
    Models models,
    ModelReference classifier,
    AttackTarget target,
    @Nullable ModelIdentity identity) {
  /** Opens it and looks which one it is. */
  static BegunModel of(Models models, GeneratorReference generator, ModelReference classifier) {
    return Opened.of(models, generator, classifier).begin();
  }

  /**
   * One that was not asked yet which it is.
   *
   * @param file which there was before it was read; null where nobody knows
   */
  record Opened(
      Models models, ModelReference classifier, AttackTarget target, @Nullable ModelIdentity file) {
    static Opened of(Models models, GeneratorReference generator, ModelReference classifier) {
      // Before it is read: what is replaced meanwhile must not be taken for what was read.
      ModelIdentity file = models.identity(classifier);
      return new Opened(models, classifier, models.target(generator, classifier), file);
    }

    BegunModel begin() {
      return new BegunModel(
          models,
          classifier,
          target,
          target.queried().map(QueriedClassifier::identity).orElse(file));
    }
  }

  /**
   * What was found holds for one version alone. Weights change under the same label, so what can
   * only be asked must answer at last as it did at first.
   *
   * @throws ModelChangedException if there is another one now
   */
  void requireSame() {
    ModelIdentity now =
        target
            .queried()
            .map(QueriedClassifier::identity)
            .orElseGet(() -> models.identity(classifier));
    if (identity != null && now != null && !now.equals(identity)) {
      throw new ModelChangedException(classifier.name(), identity, now);
    }
  }
}
