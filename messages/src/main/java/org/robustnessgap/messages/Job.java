package org.robustnessgap.messages;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work for a worker, complete in itself: it carries its latent vectors, so a worker needs no random
 * numbers. The value of topic {@code latent-samples}, keyed by its id.
 */
@Tagged("kind")
public interface Job {
  JobId id();

  GeneratorReference generator();

  LatentBatch latents();

  /** The window of its samples; null unless its kind is {@link JobKind#windowed}. */
  default @Nullable Window window() {
    return null;
  }

  /**
   * Find minimal perturbations of each sample; answered on {@code attack-results}.
   *
   * @param diagnostics names of what else is to be measured of each sample; absent if nothing
   * @param inversion how samples that are images are brought back to latent vectors; absent if they
   *     are not
   */
  record Attack(
      JobId id,
      GeneratorReference generator,
      ModelReference classifier,
      Window window,
      AttackPlan plan,
      LatentBatch latents,
      @OmitEmpty List<String> diagnostics,
      @OmitEmpty @Nullable Inversion inversion)
      implements Job {
    /** Of samples as they are. */
    public Attack(
        JobId id,
        GeneratorReference generator,
        ModelReference classifier,
        Window window,
        AttackPlan plan,
        LatentBatch latents,
        List<String> diagnostics) {
      this(id, generator, classifier, window, plan, latents, diagnostics, null);
    }

    /** Without diagnostics. */
    public Attack(
        JobId id,
        GeneratorReference generator,
        ModelReference classifier,
        Window window,
        AttackPlan plan,
        LatentBatch latents) {
      this(id, generator, classifier, window, plan, latents, List.of());
    }

    public Attack {
      Job.validate(id, JobKind.ATTACK, generator, latents);
      Checks.present(classifier, "classifier of job " + id);
      Checks.check(
          id.subject().equals(classifier.name()),
          "job %s is about %s but names classifier %s",
          id,
          id.subject(),
          classifier.name());
      Checks.present(window, "window of job " + id);
      Checks.present(plan, "attack plan of job " + id);
      diagnostics = Checks.diagnostics(diagnostics);
      Checks.check(
          inversion == null || generator.image() != null,
          "job %s is of latent vectors, which need not be brought back to any",
          id);
    }
  }

  /** Estimate D_t(z) for each sample and radius; answered on {@code smoothness-results}. */
  record Smoothness(
      JobId id, GeneratorReference generator, SmoothnessPlan plan, LatentBatch latents)
      implements Job {
    public Smoothness {
      Job.validate(id, JobKind.SMOOTHNESS, generator, latents);
      Checks.present(plan, "smoothness plan of job " + id);
    }
  }

  /**
   * Find minimal perturbations of two classifiers and the smallest that fools both; answered on
   * {@code transfer-results}.
   */
  record Transfer(
      JobId id,
      GeneratorReference generator,
      ModelReference first,
      ModelReference second,
      TransferPlan plan,
      LatentBatch latents)
      implements Job {
    public Transfer {
      Job.validate(id, JobKind.TRANSFER, generator, latents);
      Checks.present(first, "first classifier of job " + id);
      Checks.present(second, "second classifier of job " + id);
      PairId pair = id.pair();
      Checks.check(
          pair.first().equals(first.name()) && pair.second().equals(second.name()),
          "job %s is about %s but names classifiers %s and %s",
          id,
          pair.subject(),
          first.name(),
          second.name());
      Checks.present(plan, "transfer plan of job " + id);
    }
  }

  /**
   * What the jobs of all kinds must hold.
   *
   * @throws InvalidInputException if one of these is missing or they contradict each other
   */
  static void validate(JobId id, JobKind kind, GeneratorReference generator, LatentBatch latents) {
    Checks.present(id, "job id");
    Checks.check(id.kind() == kind, "job %s does not hold %s work", id, kind.label());
    Checks.present(generator, "generator of job " + id);
    Checks.present(latents, "latent vectors of job " + id);
    Checks.check(
        latents.dimension() == generator.latentDimension(),
        "job %s holds latent vectors of length %d but generator %s takes %d",
        id,
        latents.dimension(),
        generator.name(),
        generator.latentDimension());
    Checks.check(
        latents.firstOrdinal() == id.firstOrdinal(),
        "job %s holds latent vectors from ordinal %d",
        id,
        latents.firstOrdinal());
  }
}
