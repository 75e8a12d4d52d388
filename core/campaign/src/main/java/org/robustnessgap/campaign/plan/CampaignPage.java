package org.robustnessgap.campaign.plan;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobId;

/** One campaign's page of the {@link Ledger}. Not thread-safe. */
interface CampaignPage {
  /** The campaign as it is being followed; empty if it is stopped. */
  Optional<Campaign> inForce();

  /**
   * Another value of the campaign, or the same after it was stopped.
   *
   * @throws InvalidInputException if that would give an old job id new content
   */
  void change(Campaign changed);

  void stop();

  /** Lets go of what can be had again. */
  void close();

  void sent(JobId id, Instant at);

  void answered(JobId id);

  /** Queries that were made for a job, to be told once each. */
  void spent(JobId id, long queries, Instant at);

  /** Of its served classifiers, by name. */
  Map<String, Queries> queries();

  /** A job was given up: it is answered, and its queries are lost. */
  void givenUp(JobId id, Instant at);

  /** A job cannot be done before a time. */
  void putOff(JobId id, Instant at, Instant until);

  /** Whether it wants to know what jobs held. */
  boolean isOfImages();

  /** What a job held that an earlier ledger sent. */
  void carried(Job job);

  int inFlight();

  /** A job to send now; it stays due until it is sent. */
  Optional<Ledger.Due> due(Instant now);
}
