package org.robustnessgap.generator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.plan.ImageReports;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.service.kafka.Records;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What of the topic {@code campaigns} is refused, each record once, also after a restart. */
final class Refusals implements ImageReports {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  /**
   * @param campaignId whose value in force is to be written again; null if that is on the topic
   */
  record Refusal(@Nullable String campaignId, JobFailure failure) {}

  private final Deque<Refusal> pending = new ArrayDeque<>();
  private final Set<String> reported = new HashSet<>();

  /** The last record of each campaign of images, which is named if they cannot be used. */
  private final Map<String, ConsumerRecord<String, byte[]>> ofImages = new HashMap<>();

  /** A record that is no campaign, or not one that can follow what is in force. */
  void add(ConsumerRecord<String, byte[]> campaign, InvalidInputException reason) {
    pending.add(new Refusal(campaign.key(), Records.refused(campaign, reason)));
  }

  /** A campaign whose images may yet be refused. */
  void ofImages(ConsumerRecord<String, byte[]> campaign) {
    ofImages.put(campaign.key(), campaign);
  }

  /** This was written by an earlier body. */
  void reported(JobFailure failure) {
    reported.add(failure.key());
  }

  /** What was written is known; only what images may still come to is to be remembered. */
  void recovered() {
    pending.removeIf(refusal -> reported.contains(refusal.failure().key()));
    InvalidInputException none = new InvalidInputException("");
    reported.retainAll(
        ofImages.values().stream().map(campaign -> Records.refused(campaign, none).key()).toList());
  }

  /** The next one to report. */
  Optional<Refusal> poll() {
    return Optional.ofNullable(pending.poll());
  }

  @Override
  public void skipped(String campaign, String image) {
    LOG.warn("campaign {}: skipped {}", campaign, image);
  }

  @Override
  public void refused(String campaign, String reason) {
    InvalidInputException halted =
        new InvalidInputException(
            String.format(
                "%s Nothing more of campaign %s is sent until it is applied again.",
                reason, campaign));
    JobFailure failure = Records.refused(Objects.requireNonNull(ofImages.get(campaign)), halted);
    if (!reported.contains(failure.key())) {
      pending.add(new Refusal(null, failure));
    }
  }
}
