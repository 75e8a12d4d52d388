package org.robustnessgap.campaign.plan;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.sampling.Fingerprints;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.ModelReference;

/** One campaign's page of the {@link Ledger}. Not thread-safe. */
final class CampaignLedger implements CampaignPage {
  private record Subject(JobKind kind, String name) {
    static Subject of(JobId id) {
      return new Subject(id.kind(), id.subject());
    }
  }

  // Subjects that a later value of the campaign drops keep their place, in case they return.
  private final Map<Subject, JobSequence> sequences = new HashMap<>();
  private final Pace pace = new Pace();
  private final QueryBudgets budgets = new QueryBudgets();
  private final Map<String, ModelReference> classifiers = new HashMap<>();
  private final Path imageFolder;
  private final ImageReports reports;
  private final Fingerprints sentImages = new Fingerprints();

  private Campaign campaign;

  /** Null if the campaign is of a generator. */
  private @Nullable CampaignImages images;

  private JobCutter cutter;
  private boolean stopped;

  /** Whether its images cannot be used as they are. */
  private boolean refused;

  private long drawn;

  /**
   * @param imageFolder where relative locations of images begin, and outside which none is read
   */
  CampaignLedger(Campaign campaign, Path imageFolder, ImageReports reports) {
    this.imageFolder = imageFolder;
    this.reports = reports;
    this.images = images(campaign);
    this.cutter = cutter(campaign, images);
    follow(campaign);
  }

  private @Nullable CampaignImages images(Campaign value) {
    return value.data() == null
        ? null
        : new CampaignImages(value, imageFolder, sentImages, reports);
  }

  private static JobCutter cutter(Campaign value, @Nullable CampaignImages images) {
    return JobCutter.ofMessages(value, images == null ? JobCutter.drawn(value) : images);
  }

  @Override
  public Optional<Campaign> inForce() {
    return stopped ? Optional.empty() : Optional.of(campaign);
  }

  @Override
  public void change(Campaign changed) {
    CampaignImages changedImages = images(changed);
    JobCutter changedCutter = cutter(changed, changedImages);
    new SameJobs(campaign, classifiers).require(changed);
    close();
    images = changedImages;
    cutter = changedCutter;
    follow(changed);
    stopped = false;
    refused = false;
  }

  private void follow(Campaign value) {
    campaign = value;
    budgets.follow(value);
    value.classifiers().forEach(classifier -> classifiers.put(classifier.name(), classifier));
  }

  @Override
  public void stop() {
    stopped = true;
    close();
  }

  /** Closes images, until more of them are due. */
  @Override
  public void close() {
    if (images != null) {
      images.close();
    }
  }

  @Override
  public void sent(JobId id, Instant at) {
    if (!cutter.couldCut(id)) {
      return;
    }
    sequence(id).sent(id.firstOrdinal(), at);
    if (id.kind().windowed() && id.firstOrdinal() >= drawn) {
      int ordinals = cutter.batchSize(id.kind());
      Double rate = campaign.sampling().samplesPerSecond();
      if (rate != null) {
        pace.drawn(ordinals, rate, at);
      }
      drawn = id.firstOrdinal() + ordinals;
    }
  }

  @Override
  public boolean isOfImages() {
    return campaign.data() != null;
  }

  /** What a job held that was sent: the images must still be those. */
  @Override
  public void carried(Job job) {
    if (images != null && cutter.couldCut(job.id()) && !sentImages.agree(job.latents())) {
      refuse(
          "The jobs sent so far hold different images under the same number, as "
              + job.id()
              + " does, so its figures would mix two sets; give campaign "
              + campaign.id()
              + " a new id.");
    }
  }

  @Override
  public void answered(JobId id) {
    if (cutter.couldCut(id)) {
      sequence(id).answered(id.firstOrdinal());
    }
  }

  @Override
  public void spent(JobId id, long queries, Instant at) {
    budgets.spent(id, queries, at);
  }

  @Override
  public Map<String, Queries> queries() {
    return budgets.queries();
  }

  @Override
  public void givenUp(JobId id, Instant at) {
    answered(id);
    budgets.lost(id, at);
  }

  @Override
  public void putOff(JobId id, Instant at, Instant until) {
    if (cutter.couldCut(id)) {
      sequence(id).putOff(id.firstOrdinal(), at, until);
    }
  }

  @Override
  public int inFlight() {
    return sequences.values().stream().mapToInt(JobSequence::inFlight).sum();
  }

  @Override
  public Optional<Ledger.Due> due(Instant now) {
    if (stopped || refused) {
      return Optional.empty();
    }
    Optional<JobId> overdue = overdue(now);
    Optional<JobId> id = overdue.isPresent() ? overdue : next(now);
    if (images == null) {
      return id.map(job -> new Ledger.Due(cutter.cut(job), overdue.isPresent()));
    }
    try {
      if (id.isEmpty()) {
        closeIfDone(images);
        return Optional.empty();
      }
      return images.ready()
          ? Optional.of(new Ledger.Due(cutter.cut(id.get()), overdue.isPresent()))
          : Optional.empty();
    } catch (InvalidInputException e) {
      refuse(e.getMessage());
      return Optional.empty();
    }
  }

  private void closeIfDone(CampaignImages open) {
    if (inFlight() == 0) {
      open.close();
    }
  }

  private void refuse(String reason) {
    refused = true;
    close();
    reports.refused(campaign.id(), reason);
  }

  private Optional<JobId> overdue(Instant now) {
    double timeout = campaign.sampling().jobTimeoutSeconds();
    for (JobId first : cutter.firstJobs()) {
      Optional<Long> ordinal = sequence(first).overdue(now, timeout, cutter.end(first.kind()));
      if (ordinal.isPresent() && budgets.allows(first, sequence(first).inFlight() - 1, now)) {
        return ordinal.map(o -> first.at(o));
      }
    }
    return Optional.empty();
  }

  /** Whoever is furthest behind comes first, so that all classifiers see the same samples early. */
  private Optional<JobId> next(Instant now) {
    List<JobId> candidates = new ArrayList<>();
    for (JobId first : cutter.firstJobs()) {
      JobSequence sequence = sequence(first);
      long next = sequence.next();
      boolean wanted =
          next < cutter.end(first.kind())
              && sequence.inFlight() < campaign.sampling().maxJobsInFlight()
              && budgets.allows(first, sequence.inFlight(), now);
      boolean newOrdinals = first.kind().windowed() && next >= drawn;
      boolean held =
          newOrdinals && campaign.sampling().samplesPerSecond() != null && !pace.allows(now);
      if (wanted && !held) {
        candidates.add(first.at(next));
      }
    }
    return candidates.stream().min(Comparator.comparingLong(JobId::firstOrdinal));
  }

  private JobSequence sequence(JobId id) {
    return sequences.computeIfAbsent(
        Subject.of(id), subject -> new JobSequence(cutter.batchSize(subject.kind())));
  }
}
