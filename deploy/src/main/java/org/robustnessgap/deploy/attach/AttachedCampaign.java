package org.robustnessgap.deploy.attach;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.serving.Attachment;

/** A campaign of what was attached. */
final class AttachedCampaign {
  /** Small ones lose little when a server goes away in mid-job. */
  private static final int BATCH = 8;

  private static final int SMOOTHNESS_SAMPLES = 1024;
  private static final double LEAST_TIMEOUT = 600;
  private static final int JOBS = 16;

  private AttachedCampaign() {}

  /** The entry of a classifier, with what its server does not state and asking told. */
  static ModelReference reference(ModelReference asked, Attachment found) {
    Endpoint said = asked.endpointOrStandard();
    Endpoint endpoint =
        new Endpoint(
            said.access() == null ? found.access() : said.access(),
            said.image() == null
                ? found.imageShape().stream().map(Math::toIntExact).toList()
                : said.image(),
            found.input(),
            said.output(),
            said.labels(),
            said.batch() == null ? (Integer) found.largestBatch() : said.batch(),
            said.queriesOfSample(),
            said.queriesPerSecond(),
            said.queriesPerHour(),
            said.queries(),
            said.jobsAtOnce(),
            said.surrogate(),
            said.credentials());
    return new ModelReference(asked.name(), asked.location(), null, asked.input(), endpoint);
  }

  /** All spaces, and limits in all of them; with time enough for a job at the endpoint's rate. */
  static Campaign of(ModelReference classifier, GeneratorReference generator, long samples) {
    AttackPlan attack = AttackPlan.standard();
    return new Campaign(
        classifier.name(),
        generator,
        List.of(classifier),
        new SamplingPlan(
            0, samples, null, BATCH, windowOf(samples), JOBS, timeout(classifier, attack)),
        attack,
        SmoothnessPlan.standard(SMOOTHNESS_SAMPLES),
        null,
        Campaign.STANDARD_QUANTILES);
  }

  private static long windowOf(long samples) {
    return Math.max(1, samples);
  }

  private static double timeout(ModelReference classifier, AttackPlan attack) {
    Endpoint endpoint = classifier.endpointOrStandard();
    @Nullable Double rate = endpoint.queriesPerSecondOfJob();
    double needed =
        rate == null ? 0 : 3 * endpoint.queriesOfJob(BATCH, attack.spaces().size()) / rate;
    return Math.ceil(Math.max(LEAST_TIMEOUT, needed));
  }
}
