package org.robustnessgap.campaign.diagnostic;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.attack.AttackedSample;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Inversion;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;

/** Some diagnostics, to be measured together. Immutable. */
public final class Diagnostics {
  /**
   * What attacked samples with their numbers are.
   *
   * @param attacked with the numbers of all diagnostics
   * @param unavailable why the models have none of a diagnostic's numbers, by its name
   */
  public record Measured(AttackedBatch attacked, Map<String, String> unavailable) {
    public Measured {
      unavailable = Map.copyOf(unavailable);
    }

    /** The results alone. */
    public List<SampleResult> samples() {
      return attacked.results();
    }
  }

  /**
   * A diagnostic on one classifier.
   *
   * @param probe null if the models have none of its numbers
   * @param unavailable why they have none; empty if they have
   */
  private record Opened(SampleDiagnostic.@Nullable Probe probe, String unavailable)
      implements AutoCloseable {
    @Override
    public void close() {
      if (probe != null) {
        probe.close();
      }
    }
  }

  private final List<SampleDiagnostic> all;

  private Diagnostics(List<SampleDiagnostic> all) {
    this.all = List.copyOf(all);
  }

  /** These, whether they are known by name or not. */
  static Diagnostics of(List<SampleDiagnostic> all) {
    return new Diagnostics(all);
  }

  /** All that there are, by name. */
  public static SortedMap<String, SampleDiagnostic> known() {
    SortedMap<String, SampleDiagnostic> known = new TreeMap<>();
    ServiceLoader.load(SampleDiagnostic.class)
        .forEach(diagnostic -> known.put(diagnostic.name(), diagnostic));
    return known;
  }

  /**
   * @param names each counts once
   * @throws InvalidInputException if there is none of a name, or it does not fit the plan
   */
  public static Diagnostics of(List<String> names, AttackPlan plan) {
    if (names.isEmpty()) {
      return of(List.of());
    }
    SortedMap<String, SampleDiagnostic> known = known();
    List<SampleDiagnostic> chosen = new ArrayList<>();
    for (String name : new LinkedHashSet<>(names)) {
      SampleDiagnostic diagnostic = known.get(name);
      if (diagnostic == null) {
        throw new InvalidInputException(
            "There is no diagnostic '"
                + name
                + "'; choose among "
                + String.join(", ", known.keySet())
                + ".");
      }
      diagnostic.requireFits(plan);
      chosen.add(diagnostic);
    }
    return of(chosen);
  }

  /**
   * The same of what a campaign or a job asks for.
   *
   * @param inversion of samples that are images: diagnostics look at those as they are, and so at
   *     the unconstrained space alone; null if there is none
   * @throws InvalidInputException likewise
   */
  public static Diagnostics of(List<String> names, AttackPlan plan, @Nullable Inversion inversion) {
    return of(names, inversion == null ? plan : plan.in(List.of(Space.UNCONSTRAINED)));
  }

  /**
   * Measures all of them; what takes long to prepare is kept with the target.
   *
   * @param latents z of each sample
   */
  public Measured measure(
      AttackTarget target, Engine engine, LatentBatch latents, AttackedBatch attacked) {
    List<AttackedSample> samples = attacked.samples();
    List<SampleValues> values =
        samples.stream().map(sample -> new SampleValues()).collect(Collectors.toList());
    Map<String, String> unavailable = new TreeMap<>();
    for (SampleDiagnostic diagnostic : all) {
      Opened opened =
          target.resource(diagnostic.name(), Opened.class, () -> open(diagnostic, target, engine));
      if (opened.probe() == null) {
        unavailable.put(diagnostic.name(), opened.unavailable());
        continue;
      }
      List<SampleValues> own = opened.probe().of(latents, samples);
      for (int i = 0; i < own.size(); i++) {
        values.get(i).with(own.get(i));
      }
    }
    List<AttackedSample> measured = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      AttackedSample sample = samples.get(i);
      measured.add(
          new AttackedSample(sample.result().with(values.get(i).bySpace()), sample.points()));
    }
    return new Measured(new AttackedBatch(measured, attacked.suspicions()), unavailable);
  }

  private static Opened open(SampleDiagnostic diagnostic, AttackTarget target, Engine engine) {
    try {
      return new Opened(diagnostic.open(target, engine), "");
    } catch (InvalidInputException e) {
      return new Opened(null, e.getMessage());
    }
  }
}
