package org.robustnessgap.campaign.plan;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.campaign.sampling.LatentSource;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobId;

/**
 * The jobs of a bounded campaign, each once, in the order in which a {@link Ledger} sends them:
 * whoever is furthest behind comes first. For a process that answers each job before it takes the
 * next; how fast jobs may be sent, and how long an answer may take, means nothing to it. Not
 * thread-safe.
 */
public final class JobQueue {
  private final JobCutter cutter;

  /** Ordinal of the next job of each sequence of jobs, by its first job. */
  private final Map<JobId, Long> next = new LinkedHashMap<>();

  private final long samples;

  /**
   * @param examined the latent vectors that classifiers are judged on; those on which the
   *     generator's smoothness is examined are always drawn
   * @throws InvalidInputException if the campaign never ends
   */
  public JobQueue(Campaign campaign, LatentSource examined) {
    if (campaign.sampling().end().isEmpty()) {
      throw new InvalidInputException(
          "Campaign " + campaign.id() + " never ends; give it a number of samples.");
    }
    this.cutter = new JobCutter(campaign, examined);
    cutter.firstJobs().forEach(first -> next.put(first, 0L));
    this.samples = cutter.firstJobs().stream().mapToLong(first -> cutter.end(first.kind())).sum();
  }

  /** How many samples all jobs hold together. */
  public long samples() {
    return samples;
  }

  /**
   * The next job, complete with its latent vectors; empty after the last.
   *
   * @throws InvalidInputException if there are fewer latent vectors than the campaign asks for
   */
  public Optional<Job> poll() {
    Optional<JobId> id =
        next.entrySet().stream()
            .filter(sequence -> sequence.getValue() < cutter.end(sequence.getKey().kind()))
            .min(Comparator.comparingLong(Map.Entry::getValue))
            .map(sequence -> sequence.getKey().at(sequence.getValue()));
    id.ifPresent(job -> next.put(job.at(0), job.firstOrdinal() + cutter.batchSize(job.kind())));
    return id.map(cutter::cut);
  }
}
