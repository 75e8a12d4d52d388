package org.robustnessgap.messages;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a classifier behind a server is asked. {@code attach} writes it; everything may be left out.
 *
 * @param access what of its answers may be used; null for all that they tell
 * @param image shape of one image, as [channels, height, width]; null to take the generator's
 * @param input name of the tensor that takes images; null for what the server states
 * @param output name of the tensor that answers; null for the first
 * @param labels what label answers call the classes, in their order; null where they are numbers
 * @param batch most images in a request; null for what the server and its limits on bytes allow
 * @param queriesPerSample most images asked about for a sample in one space; null for 1000
 * @param queriesPerSecond over all workers together; null for no limit
 * @param queriesPerHour likewise
 * @param queries in all, likewise
 * @param concurrency most jobs that ask at the same time, over all workers; null for 1
 * @param surrogate place of an ONNX file whose gradients may guide the search; null for none
 * @param credentials file of headers, one {@code Name: value} a line, as the workers see it; read
 *     again when it changes; null for none
 */
@OmitEmpty
public record Endpoint(
    @Nullable Access access,
    @Nullable List<Integer> image,
    @Nullable String input,
    @Nullable String output,
    @Nullable List<String> labels,
    @Nullable Integer batch,
    @Nullable Integer queriesPerSample,
    @Nullable Double queriesPerSecond,
    @Nullable Long queriesPerHour,
    @Nullable Long queries,
    @Nullable Integer concurrency,
    @Nullable String surrogate,
    @Nullable String credentials) {
  /** Asked as the server says, without limits but those of a sample. */
  public static final Endpoint STANDARD =
      new Endpoint(null, null, null, null, null, null, null, null, null, null, null, null, null);

  private static final int STANDARD_QUERIES = 1000;

  /** Of each sample: its label, and what was found in one space looked at in another. */
  private static final int CHECKS_OF_SAMPLE = 6;

  /** Of each job: probes at its beginning and its end, and at the opening of the endpoint. */
  private static final int CHECKS_OF_JOB = 48;

  /** Fewer leave nothing to search with. */
  private static final int FEWEST_QUERIES = 10;

  private static final int MOST_QUERIES = 1_000_000;
  private static final double LOWEST_RATE = 0.001;
  private static final int MOST_JOBS = 10_000;

  public Endpoint {
    Checks.check(
        access != Access.GRADIENTS,
        "a server answers no gradients; name scores, probabilities, top-k or labels as its access");
    image = image == null ? null : Checks.shape(image, "image of an endpoint");
    Checks.text(input, "input of an endpoint");
    Checks.text(output, "output of an endpoint");
    Checks.text(surrogate, "surrogate of an endpoint");
    Checks.text(credentials, "credentials of an endpoint");
    labels = labels == null ? null : Checks.list(labels, "labels of an endpoint");
    Checks.check(
        labels == null || labels.size() > 1,
        "labels of an endpoint are %s, but there must be two or more; name all, or leave them out",
        labels);
    Checks.check(
        labels == null || labels.stream().distinct().count() == labels.size(),
        "a label of an endpoint is named twice in %s",
        labels);
    Checks.atLeastOneOrNull(batch == null ? null : (long) batch, "batch of an endpoint");
    Checks.check(
        queriesPerSample == null
            || queriesPerSample >= FEWEST_QUERIES && queriesPerSample <= MOST_QUERIES,
        "queries_per_sample is %s but must be from %d to %d",
        queriesPerSample,
        FEWEST_QUERIES,
        MOST_QUERIES);
    if (queriesPerSecond != null) {
      Checks.finite(queriesPerSecond, "queries_per_second");
      Checks.check(
          queriesPerSecond >= LOWEST_RATE,
          "queries_per_second is %s but must be at least %s",
          queriesPerSecond,
          LOWEST_RATE);
    }
    Checks.atLeastOneOrNull(queriesPerHour, "queries_per_hour");
    Checks.atLeastOneOrNull(queries, "queries of an endpoint");
    Checks.check(
        concurrency == null || concurrency >= 1 && concurrency <= MOST_JOBS,
        "concurrency of an endpoint is %s but must be from 1 to %d",
        concurrency,
        MOST_JOBS);
  }

  /** The same without what says how fast and how often it may be asked, and by whom. */
  public Endpoint withoutLimits() {
    return new Endpoint(
        access,
        image,
        input,
        output,
        labels,
        null,
        queriesPerSample,
        null,
        null,
        null,
        null,
        surrogate,
        null);
  }

  /** Most images asked about for a sample in one space. */
  public int queriesOfSample() {
    return queriesPerSample == null ? STANDARD_QUERIES : queriesPerSample;
  }

  /**
   * Most images that a job asks about: what searches may take, the samples themselves, and what
   * tells whether the same model still answers.
   *
   * @param samples of the job
   * @param spaces that are searched
   */
  public long queriesOfJob(int samples, int spaces) {
    return (long) samples * ((long) spaces * queriesOfSample() + CHECKS_OF_SAMPLE) + CHECKS_OF_JOB;
  }

  /** The share of one job in the queries per second; null for no limit. */
  public @Nullable Double queriesPerSecondOfJob() {
    return queriesPerSecond == null ? null : (Double) (queriesPerSecond / jobsAtOnce());
  }

  /** Most jobs that ask at the same time, over all workers. */
  public int jobsAtOnce() {
    return concurrency == null ? 1 : concurrency;
  }
}
