package org.robustnessgap.attack;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.AttackCancelledException;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.pair.PairSearch;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.messages.TransferResult;

/**
 * Two classifiers on the images of one generator, to find out which perturbations fool both. Used
 * by one thread at a time, as its targets are.
 */
public final class TransferTarget {
  private final AttackTarget first;
  private final AttackTarget second;

  /**
   * @param first on the generator's images; stays its owner's to close
   * @param second on images of the same generator
   * @throws InvalidInputException if the two do not tell the same number of classes
   */
  public TransferTarget(AttackTarget first, AttackTarget second) {
    if (first.classes() != second.classes()) {
      throw new InvalidInputException(
          String.format(
              "Classifiers %s and %s tell %d and %d classes, so their labels cannot be compared;"
                  + " measure their transfer in campaigns of classifiers of the same classes.",
              first.name(), second.name(), first.classes(), second.classes()));
    }
    this.first = first;
    this.second = second;
  }

  /** K, the number of classes of either. */
  public int classes() {
    return first.classes();
  }

  /**
   * For each latent vector, the smallest perturbation of either classifier and the smallest that
   * fools both, in the spaces of the plan.
   *
   * @throws InvalidInputException if the latent vectors have another length than the generator
   *     takes
   * @throws AttackCancelledException if the thread is interrupted
   */
  public List<TransferResult.Sample> measure(LatentBatch latents, TransferPlan plan) {
    GeneratorModel generator = first.generator();
    Rows z = generator.rows(latents);
    Rows images = generator.map().apply(z);
    Logits firstLogits = new Logits(first.classifier().answer(images));
    Logits secondLogits = new Logits(second.classifier().answer(images));
    Map<Space, List<PairSearch>> searches = new EnumMap<>(Space.class);
    for (Space space : plan.spaces()) {
      searches.put(
          space,
          space == Space.LATENT
              ? PairSearch.of(first.composed(), second.composed(), z, plan.effort())
              : PairSearch.of(first.classifier(), second.classifier(), images, plan.effort()));
    }
    List<TransferResult.Sample> samples = new ArrayList<>();
    for (int i = 0; i < z.count(); i++) {
      Map<Space, TransferResult.Perturbations> found = new EnumMap<>(Space.class);
      for (Map.Entry<Space, List<PairSearch>> searched : searches.entrySet()) {
        found.put(searched.getKey(), perturbations(searched.getValue().get(i)));
      }
      samples.add(
          new TransferResult.Sample(
              latents.firstOrdinal() + i,
              firstLogits.isFinite(i) ? firstLogits.label(i) : -1,
              secondLogits.isFinite(i) ? secondLogits.label(i) : -1,
              images.isFinite(i) ? images.norm(i) : 0,
              found,
              latents.name(i)));
    }
    return samples;
  }

  private static TransferResult.Perturbations perturbations(PairSearch search) {
    return new TransferResult.Perturbations(
        search.both().outcome(), own(search.first()), own(search.second()));
  }

  private static TransferResult.Own own(PairSearch.OwnPerturbation own) {
    boolean found = own.search().found().isPresent();
    return new TransferResult.Own(own.search().outcome(), found ? own.foolsOther() : null);
  }

  /**
   * Samples can fail one by one; when every one does, a model is to blame and its reason should be
   * seen.
   *
   * @param samples what {@link #measure} returned
   * @throws InvalidInputException if no sample has an outcome but failure
   */
  public void requireUsable(List<TransferResult.Sample> samples) {
    String reason = null;
    for (TransferResult.Sample sample : samples) {
      for (TransferResult.Perturbations found : sample.spaces().values()) {
        if (found.both().failure().isEmpty()) {
          return;
        }
        reason = found.both().failure().get();
      }
    }
    throw new InvalidInputException(
        String.format(
            "Classifiers %s and %s failed together on all %d samples: %s; check their weights and"
                + " the range of their input.",
            first.name(), second.name(), samples.size(), reason));
  }
}
