package org.robustnessgap.messages;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is to be watched, and how: the value of topic {@code campaigns}, keyed by its id.
 *
 * @param id name of the campaign
 * @param generator where the data come from
 * @param classifiers what is judged on them; at least one, names distinct
 * @param sampling which latent vectors are drawn
 * @param attack how perturbations are searched
 * @param smoothness how the generator's modulus of continuity is estimated; null to publish latent
 *     limits only
 * @param transfer how it is measured whether perturbations of one classifier fool another; null not
 *     to
 * @param quantiles fractions p of the data for which limit and measurement are compared, in (0, 1)
 */
public record Campaign(
    String id,
    GeneratorReference generator,
    List<ModelReference> classifiers,
    SamplingPlan sampling,
    AttackPlan attack,
    SmoothnessPlan smoothness,
    TransferPlan transfer,
    List<Double> quantiles) {

  /** The quantiles reported when nobody asks for others; the paper reports 0.25. */
  public static final List<Double> STANDARD_QUANTILES = List.of(0.05, 0.25, 0.5);

  public Campaign {
    Checks.name(id, "campaign id");
    Checks.present(generator, "generator of campaign " + id);
    classifiers = Checks.notEmpty(classifiers, "list of classifiers of campaign " + id);
    Set<String> names = new HashSet<>();
    for (ModelReference classifier : classifiers) {
      Checks.check(
          names.add(classifier.name()),
          "campaign %s names classifier %s twice",
          id,
          classifier.name());
    }
    Checks.present(sampling, "sampling plan of campaign " + id);
    Checks.present(attack, "attack plan of campaign " + id);
    quantiles = Checks.notEmpty(quantiles, "list of quantiles of campaign " + id);
    quantiles.forEach(quantile -> Checks.probability(quantile, "quantile"));
  }
}
